//! Keys of the ledger: made of the installation's secret and, for each subject, of a seed in the database.
//!
//! Neither opens anything alone: a copy of the database has no secret, and the secret no seed of an erased person.

use std::collections::HashMap;

use avow_ledger::{AccountKey, KEY_BYTES, Seed, Subject as Whose, SubjectKey};
use avow_model::{AccountId, ContactId, Entropy, WebhookId};
use aws_lc_rs::hmac;

use crate::erasures::{Fingerprint, cut};
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::queries;
use crate::value::{Value, params};
use crate::{AccountScope, Store};

queries! {
    SEEDS = "SELECT contact, seed, since FROM person_key WHERE account = $1 AND contact {in $2}";
    pub(crate) SEED_ADD = "INSERT INTO person_key (account, contact, seed, since) VALUES ($1, $2, $3, $4)";
}

/// Whom an entry is about, by the number that tables hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Subject(i64);

impl Subject {
    /// The account's policy.
    pub(crate) const POLICY: Self = Self(0);
    /// The account's own work.
    pub(crate) const OFFICE: Self = Self(-1);

    pub(crate) const fn from_i64(raw: i64) -> Self {
        Self(raw)
    }

    pub(crate) const fn as_i64(self) -> i64 {
        self.0
    }

    /// The subject of an entry of this sort; `None` where it needs a person and none is given.
    pub(crate) fn of(whose: Whose, person: Option<ContactId>) -> Option<Self> {
        match whose {
            Whose::Person => person.map(Self::from),
            Whose::Policy => Some(Self::POLICY),
            Whose::Office => Some(Self::OFFICE),
        }
    }
}

impl From<ContactId> for Subject {
    fn from(contact: ContactId) -> Self {
        Self(contact.as_i64())
    }
}

impl From<Subject> for Value {
    fn from(subject: Subject) -> Self {
        Self::Int(subject.0)
    }
}

/// A subject's seed, and from which entry on it counts.
#[derive(Debug, Clone)]
pub(crate) struct KeptSeed {
    pub(crate) seed: Seed,
    pub(crate) since: i64,
}

/// Keys that are made of the installation's secret.
#[derive(Debug)]
pub(crate) struct Keyring {
    root: hmac::Key,
    erasures: hmac::Key,
    webhooks: hmac::Key,
}

impl Keyring {
    /// The secret is the one of the address markers; each use has its own label.
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let derive = |label: &[u8]| {
            let tag = hmac::sign(&secret, label);
            hmac::Key::new(hmac::HMAC_SHA256, tag.as_ref())
        };
        Self {
            root: derive(b"avow-ledger-root-v1"),
            erasures: derive(b"avow-erasures-v1"),
            webhooks: derive(b"avow-webhooks-v1"),
        }
    }

    pub(crate) fn account(&self, account: AccountId) -> AccountKey {
        let tag = hmac::sign(&self.root, &account.as_i64().to_be_bytes());
        let mut key = [0; KEY_BYTES];
        key.copy_from_slice(tag.as_ref());
        AccountKey::from_bytes(key)
    }

    /// The secret of an address that is told of events.
    pub(crate) fn webhook(
        &self,
        account: AccountId,
        webhook: WebhookId,
        generation: u32,
    ) -> [u8; KEY_BYTES] {
        let mut text = hmac::Context::with_key(&self.webhooks);
        text.update(&account.as_i64().to_be_bytes());
        text.update(&webhook.as_i64().to_be_bytes());
        text.update(&generation.to_be_bytes());
        let mut key = [0; KEY_BYTES];
        key.copy_from_slice(text.sign().as_ref());
        key
    }

    /// Authenticates the list of erasures.
    pub(crate) fn erasures(&self) -> hmac::Key {
        self.erasures.clone()
    }

    /// Names a key without telling it.
    pub(crate) fn fingerprint(&self, seed: &Seed) -> Fingerprint {
        let mut text = hmac::Context::with_key(&self.erasures);
        text.update(b"seed");
        text.update(seed.expose());
        cut(text.sign())
    }
}

/// New seeds, from randomness that is fetched once for all of them.
pub(crate) struct Seeds(Vec<u8>);

impl Seeds {
    pub(crate) fn of(entropy: &dyn Entropy, count: usize) -> Self {
        let mut bytes = vec![0; count * KEY_BYTES];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// The next one. There are as many as were asked for.
    pub(crate) fn next(&mut self) -> Seed {
        let rest = self.0.len().saturating_sub(KEY_BYTES);
        let seed = Seed::from_slice(&self.0[rest..]);
        self.0.truncate(rest);
        seed.expect("invariant: one seed was fetched for each that is taken")
    }
}

impl Store {
    /// A seed by itself.
    pub(crate) fn new_seed(&self) -> Seed {
        Seeds::of(&*self.inner.entropy, 1).next()
    }

    pub(crate) fn keyring(&self) -> &Keyring {
        &self.inner.keyring
    }
}

impl AccountScope {
    /// The secret half of the account's keys.
    pub(crate) fn account_key(&self) -> AccountKey {
        self.store.keyring().account(self.id())
    }

    /// The seeds of these subjects; of an erased person there is none.
    pub(crate) async fn seeds(
        &self,
        subjects: Vec<i64>,
    ) -> Result<HashMap<Subject, KeptSeed>, StoreError> {
        if subjects.is_empty() {
            return Ok(HashMap::new());
        }
        let key = params![self.id(), subjects];
        let seeds = self.db().query_map(&SEEDS, key, kept).await?;
        Ok(seeds.into_iter().collect())
    }

    /// The keys of these subjects.
    pub(crate) async fn subject_keys(
        &self,
        subjects: Vec<i64>,
    ) -> Result<HashMap<Subject, SubjectKey>, StoreError> {
        let account = self.account_key();
        let seeds = self.seeds(subjects).await?;
        let key = |(subject, kept): (Subject, KeptSeed)| (subject, account.subject(&kept.seed));
        Ok(seeds.into_iter().map(key).collect())
    }

    /// The row that keeps a new seed.
    pub(crate) fn seed_row(&self, subject: Subject, seed: &Seed, since: i64) -> Vec<Value> {
        params![self.id(), subject, &seed.expose()[..], since]
    }
}

fn kept(row: &Row<'_>) -> Result<(Subject, KeptSeed), StoreError> {
    let kept = KeptSeed {
        seed: Seed::from_bytes(row.get(1)?),
        since: row.get(2)?,
    };
    Ok((Subject::from_i64(row.get(0)?), kept))
}
