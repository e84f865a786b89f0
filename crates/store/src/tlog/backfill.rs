//! People and accounts from before the ledger get their seeds, in pages, when a store is opened.

use avow_model::{AccountId, ContactId};

use super::keys::{SEED_ADD, Seeds, Subject};
use crate::batch::Batch;
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, Store, StoreError};

/// Contacts in one transaction: a fraction of a second.
const PAGE: u32 = 10_000;
/// Of an account that was made with its ledger: every contact gets its seed when it comes.
pub(crate) const ALL_KEYED: i64 = i64::MAX;

queries! {
    KEYLESS_ACCOUNTS = "SELECT account, keyed_through FROM ledger_head WHERE keyed_through < $1 ORDER BY account";
    KEYLESS_CONTACTS = "SELECT id FROM contact WHERE account = $1 AND id > $2 ORDER BY id LIMIT $3";
    KEYED_CONTACTS = "SELECT contact FROM person_key WHERE account = $1 AND contact {in $2}";
    ERASED_CONTACTS = "SELECT id FROM contact WHERE account = $1 AND id {in $2} AND address = ''";
    HEAD_ADD = "INSERT INTO ledger_head (account, size, erasures, keyed_through, updated_at)
        VALUES ($1, 0, 0, $2, $3)";
    KEYED_MOVE = "UPDATE ledger_head SET keyed_through = $3 WHERE account = $1 AND keyed_through = $2";
}

impl Store {
    /// Gives seeds to whoever has none and was not erased. Several processes may do it at once.
    pub(crate) async fn backfill_seeds(&self) -> Result<(), StoreError> {
        let read = |row: &Row<'_>| Ok((row.get::<AccountId>(0)?, row.get::<i64>(1)?));
        let accounts = self
            .db()
            .query_map(&KEYLESS_ACCOUNTS, params![ALL_KEYED], read);
        for (account, through) in accounts.await? {
            match self.account(account).backfill(through).await {
                // Another process does the same: the next start sees what is left.
                Ok(()) | Err(StoreError::Conflict(_) | StoreError::Duplicate { .. }) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(())
    }
}

impl AccountScope {
    /// The empty ledger of a new account.
    pub(crate) fn ledger_made(&self, batch: &mut Batch) {
        batch.run(&HEAD_ADD, params![self.id(), ALL_KEYED, self.now()]);
        batch.each(
            &SEED_ADD,
            self.seed_rows(&[Subject::OFFICE, Subject::POLICY]),
        );
    }

    async fn backfill(&self, mut through: i64) -> Result<(), StoreError> {
        loop {
            let key = params![self.id(), through, PAGE];
            let page = self
                .db()
                .query_map(&KEYLESS_CONTACTS, key, |row| row.get(0));
            let page: Vec<i64> = page.await?;
            let next = page.last().copied().unwrap_or(ALL_KEYED);
            let mut wanted = self.keyless(page).await?;
            if through == 0 {
                wanted.extend([Subject::POLICY, Subject::OFFICE]);
            }
            let mut batch = Batch::new();
            batch.run(&KEYED_MOVE, params![self.id(), through, next]);
            batch.expect(1, "another process gives the people their keys");
            batch.each(&SEED_ADD, self.seed_rows(&wanted));
            self.db().write(batch).await?;
            through = next;
            if next == ALL_KEYED {
                return Ok(());
            }
        }
    }

    /// Those of a page who have no seed and were not erased.
    async fn keyless(&self, page: Vec<i64>) -> Result<Vec<Subject>, StoreError> {
        let key = || params![self.id(), page.clone()];
        let keyed = self
            .db()
            .query_map(&KEYED_CONTACTS, key(), |row| row.get(0));
        let mut settled: Vec<i64> = keyed.await?;
        let erased = self
            .db()
            .query_map(&ERASED_CONTACTS, key(), |row| row.get::<i64>(0));
        settled.extend(erased.await?);
        settled.sort_unstable();
        let keyless = page.iter().filter(|id| settled.binary_search(id).is_err());
        Ok(keyless
            .map(|id| Subject::from(ContactId::from_i64(*id)))
            .collect())
    }

    /// Rows with new seeds for these subjects; every entry about them counts.
    pub(crate) fn seed_rows(&self, subjects: &[Subject]) -> Vec<Vec<crate::value::Value>> {
        let mut seeds = Seeds::of(&*self.store.inner.entropy, subjects.len());
        let row = |subject: &Subject| self.seed_row(*subject, &seeds.next(), 0);
        subjects.iter().map(row).collect()
    }
}
