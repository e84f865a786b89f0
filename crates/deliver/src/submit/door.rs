//! Who may hand mail in: programs with a key of an account.
//!
//! Promises: a wrong name, a wrong key and a revoked key get the same answer; whoever was wrong too often from one
//! network is not looked at for a while. A key is 256 random bits and found by its hash, so that no comparison tells
//! how much of one was right. Never: keeps or logs a key.

use std::net::IpAddr;
use std::time::Duration;

use avow_model::{Purpose, Timestamp};
use avow_store::{AccountRow, AccountScope, ApiKeyRow, ApiScope, Store, StoreError};
use aws_lc_rs::digest::{SHA256, digest};

use super::window::Window;
use super::words;
use crate::server::{Login, Reply, network, said};

/// Wrong keys from one network before it waits: a program that was set up wrong tries often, but not for ever.
const FAILURES_MAX: u32 = 20;
const FAILURES_WINDOW: Duration = Duration::from_mins(10);

const WRONG: &[u8] = b"535 5.7.8 The name is the short name of an account, and the password a key of `avow account api-key add` for it\r\n";
const WAIT: &[u8] =
    b"454 4.7.0 Too many wrong keys came from your network, try again in ten minutes\r\n";
const LATER: &[u8] = b"454 4.3.0 Nobody can be looked up now, try again later\r\n";
const REVOKED: &[u8] = b"550 5.7.1 The key that you signed in with was revoked\r\n";

/// A program that has signed in.
pub(super) struct Member {
    pub(super) scope: AccountScope,
    pub(super) key: ApiKeyRow,
    hash: [u8; 32],
    pub(super) sending_domain: String,
    /// What its mail is for, where the name says it: `acme/receipts`.
    pub(super) purpose: Option<Purpose>,
}

/// Lets programs in.
pub(super) struct Doorkeeper {
    pub(super) store: Store,
    failures: Window<IpAddr>,
}

impl Doorkeeper {
    pub(super) fn new(store: Store) -> Self {
        Self {
            store,
            failures: Window::new(FAILURES_MAX, FAILURES_WINDOW),
        }
    }

    pub(super) async fn admit(
        &self,
        (peer, login): (IpAddr, &Login),
        now: Timestamp,
    ) -> Result<Member, Reply> {
        let network = network(peer);
        if self.failures.is_full(&network, now) {
            return Err(said(WAIT));
        }
        let found = self.member(login).await.map_err(later)?;
        let Some(member) = found else {
            self.failures.count(network, now);
            return Err(said(WRONG));
        };
        if !member.key.scopes.contains(&ApiScope::Send) {
            let text = format!(
                "This key lacks the scope `{}`; make one that has it",
                ApiScope::Send.as_str()
            );
            return Err(words::reply(535, "5.7.8", &text));
        }
        Ok(member)
    }

    /// `None` where the name is not that of the key's account, or anything else is wrong.
    async fn member(&self, login: &Login) -> Result<Option<Member>, StoreError> {
        let hash = hash(&login.password);
        let Some(key) = self.store.api_key_find(hash).await? else {
            return Ok(None);
        };
        let account = self.store.account_row(key.account).await?;
        let (name, purpose) = match login.user.split_once('/') {
            Some((name, purpose)) => (name, Some(purpose)),
            None => (login.user.as_str(), None),
        };
        let named = |row: &AccountRow| row.slug.as_str().eq_ignore_ascii_case(name);
        let purpose = purpose.map(str::parse).transpose();
        let (Some(row), Ok(purpose)) = (account.filter(named), purpose) else {
            return Ok(None);
        };
        Ok(Some(Member {
            scope: self.store.account(row.id),
            key,
            hash,
            sending_domain: row.settings.sending_domain,
            purpose,
        }))
    }

    /// The account as it is now, as long as the key is not revoked: a session may have begun before.
    pub(super) async fn account(&self, member: &Member) -> Result<AccountRow, Reply> {
        let key = self.store.api_key_find(member.hash).await.map_err(later)?;
        if key.is_none() {
            return Err(said(REVOKED));
        }
        let row = self.store.account_row(member.scope.id()).await;
        row.map_err(later)?.ok_or(said(REVOKED))
    }
}

fn later(fault: StoreError) -> Reply {
    tracing::error!(%fault, "the store failed under a submission");
    said(LATER)
}

fn hash(password: &str) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, password.as_bytes()).as_ref());
    out
}
