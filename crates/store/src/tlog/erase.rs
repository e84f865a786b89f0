//! Erasure of a person: what is personal is blanked, the seed goes and with it every opening; leaves stay.
//!
//! Promises: one transaction; listed on the disk before it is answered, so that a restored backup does it
//! again before it serves. Never: removes a leaf, or the keyed markers that keep the person's no.

use std::path::Path;

use avow_ledger::{Payload, Tombstone};
use avow_model::{ContactId, FactId, FactKind};

use super::append::NewEntry;
use super::keys::{KeptSeed, Subject};
use super::sequence::blocking;
use crate::batch::Batch;
use crate::erasures::{Erased, ErasureLog};
use crate::fact_rows::{FactPlace, NewFact, fact_params, whole_micros};
use crate::facts::{CONTACT_EXISTS, FACT_ADD};
use crate::row::Row;
use crate::singles::SINGLE_ATTEMPTS_DROP;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, ContactMessage, Store, StoreError};

queries! {
    SEED_DROP = "DELETE FROM person_key WHERE account = $1 AND contact = $2";
    CHAIN_DROP = "DELETE FROM ledger_entry WHERE account = $1 AND subject = $2";
    CHAIN_LENGTH = "SELECT COUNT(*) FROM ledger_entry WHERE account = $1 AND subject = $2";
    /// Whoever is numbering entries of this person does it again, without the key.
    ERASURE_COUNT = "UPDATE ledger_head SET erasures = erasures + 1 WHERE account = $1";
    CONTACT_BLANK = "UPDATE contact SET address = '', fields = '{}', age = NULL, jurisdiction = 'zz',
        last_activity_at = NULL, text_only = FALSE WHERE account = $1 AND id = $2";
    REQUESTS_DROP = "DELETE FROM own_request WHERE account = $1 AND contact = $2";
    FACT_IPS_BLANK = "UPDATE fact SET ip = NULL WHERE account = $1 AND contact = $2 AND ip IS NOT NULL";
    OUTGOING_DROP = "DELETE FROM outgoing WHERE account = $1 AND contact = $2";
    REPLY_BLANK = "UPDATE recipient SET reply = NULL WHERE account = $1 AND campaign = $2 AND seq = $3";
    ATTEMPTS_BLANK = "UPDATE attempt SET reply = NULL WHERE account = $1 AND campaign = $2 AND seq = $3";
}

impl Store {
    /// Keeps the list of erasures in this file from now on, and first does again what it lists and the
    /// database does not know: after a restore. How many that were. Call it before anything is served.
    pub async fn keep_erasures(&self, path: &Path) -> Result<u64, StoreError> {
        let (path, key) = (path.to_owned(), self.keyring().erasures());
        let (log, listed) = blocking(move || ErasureLog::open(&path, key)).await?;
        let mut again = 0;
        for erased in listed {
            let scope = self.account(erased.account);
            again += u64::from(scope.erase_again(&erased).await?);
        }
        // A second call keeps to the first list: it is the same file.
        let _kept_already = self.inner.erasures.set(log);
        Ok(again)
    }
}

impl AccountScope {
    /// Erases; on the disk, and on the list of erasures, when it returns.
    pub(crate) async fn erase(
        &self,
        contact: ContactId,
        new: NewFact,
    ) -> Result<FactId, StoreError> {
        let seed = self.seed_of(contact).await?;
        if let (Some(log), Some(kept)) = (self.store.inner.erasures.get(), &seed) {
            let erased = Erased {
                account: self.id(),
                contact,
                key: self.store.keyring().fingerprint(&kept.seed),
                at: self.now(),
            };
            let log = log.clone();
            blocking(move || log.add(&erased)).await?;
        }
        self.carry_out(contact, new, seed.is_some()).await
    }

    /// Does a listed erasure again, where the key that it destroyed is back. False where it is not.
    async fn erase_again(&self, erased: &Erased) -> Result<bool, StoreError> {
        let seed = self.seed_of(erased.contact).await?;
        let back = |kept: &KeptSeed| self.store.keyring().fingerprint(&kept.seed) == erased.key;
        if !seed.is_some_and(|kept| back(&kept)) {
            return Ok(false);
        }
        let erase = NewFact::new(FactKind::Erase, erased.at);
        self.carry_out(erased.contact, erase, true).await?;
        Ok(true)
    }

    async fn seed_of(&self, contact: ContactId) -> Result<Option<KeptSeed>, StoreError> {
        let mut seeds = self.seeds(vec![contact.as_i64()]).await?;
        Ok(seeds.remove(&Subject::from(contact)))
    }

    async fn carry_out(
        &self,
        contact: ContactId,
        new: NewFact,
        keyed: bool,
    ) -> Result<FactId, StoreError> {
        let id = FactId::from_i64(self.next_id());
        let place = FactPlace {
            account: self.id(),
            contact,
            id,
            now: self.now(),
        };
        let messages = self.recipients_of(contact).await?;
        let mut batch = Batch::new();
        batch.run(&CONTACT_EXISTS, params![self.id(), contact]);
        batch.expect(1, "there is no such contact in this account");
        batch.run(&FACT_ADD, fact_params(place, &new));
        self.blank(contact, &messages, &mut batch);
        if keyed {
            self.forget(contact, messages.len(), &mut batch).await?;
        }
        self.db().write(batch).await?;
        self.shared().note_restriction();
        Ok(id)
    }

    fn blank(&self, contact: ContactId, messages: &[ContactMessage], batch: &mut Batch) {
        let key = || params![self.id(), contact];
        let rows = || {
            messages
                .iter()
                .map(|m| params![self.id(), m.campaign, m.seq])
        };
        batch.run(&CONTACT_BLANK, key());
        batch.run(&REQUESTS_DROP, key());
        batch.run(&FACT_IPS_BLANK, key());
        batch.run(&SINGLE_ATTEMPTS_DROP, key());
        batch.run(&OUTGOING_DROP, key());
        batch.each(&REPLY_BLANK, rows().collect());
        batch.each(&ATTEMPTS_BLANK, rows().collect());
    }

    /// The seed, the chain and everything sealed; a tombstone that counts and names nobody.
    async fn forget(
        &self,
        contact: ContactId,
        messages: usize,
        batch: &mut Batch,
    ) -> Result<(), StoreError> {
        let key = || params![self.id(), contact];
        let count = |row: &Row<'_>| row.get(0);
        let entries: u32 = self.db().query_one(&CHAIN_LENGTH, key(), count).await?;
        batch.run(&SEED_DROP, key());
        batch.run(&CHAIN_DROP, key());
        batch.run(&ERASURE_COUNT, params![self.id()]);
        let tombstone = Tombstone {
            seeds: 1,
            entries,
            rows: 1 + messages as u32,
            at: whole_micros(self.now()),
        };
        let entry = NewEntry::own(Payload::Erasure(tombstone));
        self.enter(batch, &[entry]).await.map(drop)
    }
}
