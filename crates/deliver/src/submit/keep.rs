//! From a letter to messages in the store: for each person once per Message-ID.
//!
//! Promises: either everybody of the letter who did not have it yet is written to, or nobody is; the same letter again,
//! for the same people or others, reaches each of them once. A letter without a Message-ID is a new one each time.

use std::collections::{BTreeMap, BTreeSet};

use avow_model::{EmailAddress, Purpose};
use avow_store::{AccountScope, NewCall, StoreError};
use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::desk::{SubmitDesk, fault_reply};
use super::door::Member;
use super::letter::Letter;
use super::words;
use crate::inject::{Addressee, InjectFault, Judged, Post, Refused};
use crate::server::{Reply, said};

/// Somebody else may hand the same in at the same moment; then it is looked at once more.
const ROUNDS: usize = 2;

const NO_PURPOSE: &[u8] = b"550 5.7.1 Nothing says what this mail is for: name a purpose of the policy in X-Avow-Purpose, or sign in as ACCOUNT/PURPOSE\r\n";
const NOBODY: &[u8] = b"553 5.1.3 The address is not as it must be\r\n";
const OTHER: &[u8] = b"554 5.6.0 A mail with this Message-ID and another content was handed in before: give each mail an ID of its own\r\n";
const KNOWN: &[u8] = b"250 2.0.0 Ok: it was handed in before, nothing was done again\r\n";
const BUSY: &[u8] = b"451 4.3.0 The same mail is being handed in elsewhere, try again later\r\n";

/// A letter with its people, each once.
struct Lot {
    purpose: Purpose,
    letter: Letter,
    to: Vec<EmailAddress>,
    /// SHA-256 of what the people get.
    content: [u8; 32],
}

impl SubmitDesk {
    /// The answer to a letter; the error is one as well.
    pub(super) async fn keep(
        &self,
        member: &Member,
        letter: Letter,
        to: &[String],
    ) -> Result<Reply, Reply> {
        let purpose = letter.purpose.clone().or_else(|| member.purpose.clone());
        let purpose = purpose.or_else(|| self.purpose.clone());
        let purpose = purpose.ok_or(said(NO_PURPOSE))?;
        let lot = Lot {
            content: fingerprint(&purpose, &letter),
            purpose,
            letter,
            to: each_once(to).ok_or(said(NOBODY))?,
        };
        for _ in 0..ROUNDS {
            // Otherwise the same letter at the same moment was faster.
            if let Some(reply) = self.round(member, &lot).await? {
                return Ok(reply);
            }
        }
        Ok(said(BUSY))
    }

    /// `None` where somebody else was faster.
    async fn round(&self, member: &Member, lot: &Lot) -> Result<Option<Reply>, Reply> {
        let scope = &member.scope;
        let open = lot.open(scope).await?;
        if open.is_empty() {
            return Ok(Some(said(KNOWN)));
        }
        let now = self.clock.now();
        let written = self
            .writing()
            .write(scope.id(), &lot.post(&open), now)
            .await;
        let judged = written.map_err(|fault| fault_reply(&fault))?;
        if let Some(reply) = refused(scope, &judged).await? {
            return Ok(Some(reply));
        }
        let reply = taken(&judged);
        let ids = judged.iter().map(|one| one.message.id.to_string());
        let calls: Vec<NewCall> = open
            .iter()
            .zip(ids)
            .filter_map(|(to, id)| lot.call(to, id))
            .collect();
        let messages = judged.into_iter().map(|one| one.message).collect();
        match scope.inject(messages, calls).await {
            Ok(()) => {
                if let Some(engine) = &self.engine {
                    engine.wake();
                }
                Ok(Some(reply))
            }
            Err(StoreError::Duplicate { .. }) => Ok(None),
            Err(fault) => Err(fault_reply(&InjectFault::Store(fault))),
        }
    }
}

impl Lot {
    /// What the store knows one person's copy by; `None` where nothing names the letter.
    fn key(&self, to: &EmailAddress) -> Option<String> {
        let id = self.letter.message_id.as_deref()?;
        let mut hash = Context::new(&SHA256);
        for text in [id, "\n", to.expose_canonical()] {
            hash.update(text.as_bytes());
        }
        Some(format!("smtp {}", URL_SAFE_NO_PAD.encode(hash.finish())))
    }

    fn call(&self, to: &EmailAddress, answer: String) -> Option<NewCall> {
        self.key(to).map(|key| NewCall {
            key,
            body_hash: self.content,
            answer,
        })
    }

    /// The people who do not have it yet.
    async fn open(&self, scope: &AccountScope) -> Result<Vec<EmailAddress>, Reply> {
        let keys: Vec<String> = self.to.iter().filter_map(|to| self.key(to)).collect();
        if keys.is_empty() {
            return Ok(self.to.clone());
        }
        let known = scope.api_calls(&keys).await;
        let known = known.map_err(|fault| fault_reply(&InjectFault::Store(fault)))?;
        if known.iter().any(|(_, call)| call.body_hash != self.content) {
            return Err(said(OTHER));
        }
        let known: BTreeSet<String> = known.into_iter().map(|(key, _)| key).collect();
        let is_open = |to: &&EmailAddress| self.key(to).is_none_or(|key| !known.contains(&key));
        Ok(self.to.iter().filter(is_open).cloned().collect())
    }

    fn post(&self, to: &[EmailAddress]) -> Post {
        let name = |to: &EmailAddress| self.letter.names.get(to.expose_canonical()).cloned();
        let addressee = |to: &EmailAddress| Addressee {
            address: to.clone(),
            name: name(to).unwrap_or_default(),
            fields: BTreeMap::new(),
        };
        Post {
            purpose: self.purpose.clone(),
            content: self.letter.content.clone(),
            to: to.iter().map(addressee).collect(),
        }
    }
}

/// What the people get, whatever program wrote the mail around it this time.
fn fingerprint(purpose: &Purpose, letter: &Letter) -> [u8; 32] {
    let content = &letter.content;
    let about = content.about.as_ref().map_or("", |about| about.as_str());
    let texts = [
        purpose.as_str(),
        about,
        &content.from_name,
        &content.from_address,
        content.reply_to.as_deref().unwrap_or_default(),
        &content.subject,
        content.text.as_deref().unwrap_or_default(),
        &content.body,
    ];
    let mut hash = Context::new(&SHA256);
    for text in texts {
        hash.update(&(text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    let mut out = [0; 32];
    out.copy_from_slice(hash.finish().as_ref());
    out
}

/// `None` where one is no address: the session looked before.
fn each_once(to: &[String]) -> Option<Vec<EmailAddress>> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::with_capacity(to.len());
    for text in to {
        let address: EmailAddress = text.parse().ok()?;
        if seen.insert(address.expose_canonical().to_owned()) {
            all.push(address);
        }
    }
    Some(all)
}

/// The reply where somebody is refused: then nobody is written to, and the refusals are kept as those of the API are.
async fn refused(scope: &AccountScope, judged: &[Judged]) -> Result<Option<Reply>, Reply> {
    let no = judged.iter().filter(|one| one.refused.is_some());
    let refusals: Vec<&Refused> = no.clone().filter_map(|one| one.refused.as_ref()).collect();
    let Some(first) = refusals.first() else {
        return Ok(None);
    };
    let reply = words::refused_whole(first, (refusals.len(), judged.len()));
    let kept = no.map(|one| one.message.clone()).collect();
    let kept = scope.inject(kept, None).await;
    kept.map_err(|fault| fault_reply(&InjectFault::Store(fault)))?;
    Ok(Some(reply))
}

/// RFC 5321 4.2.5: from here on the mail is ours. The ids are those of the API.
fn taken(judged: &[Judged]) -> Reply {
    let first = judged.first().map(|one| one.message.id.to_string());
    let first = first.unwrap_or_default();
    let text = match judged.len() {
        1 => format!("Ok: queued as {first}"),
        n => format!("Ok: {n} messages queued, the first as {first}"),
    };
    words::reply(250, "2.0.0", &text)
}
