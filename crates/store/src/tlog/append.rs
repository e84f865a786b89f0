//! Entries appended by themselves: notices, disclosures, steps of rights, decisions of a page of people.

use avow_ledger::{Payload, Reveal};
use avow_model::{Category, ContactId, EntryId, UserId};

use super::keys::Subject;
use super::pen::Pen;
use crate::batch::Batch;
use crate::fact_rows::whole_micros;
use crate::sql::queries;
use crate::{AccountScope, StoreError};

queries! {
    pub(crate) WAITING_ADD = "INSERT INTO ledger_waiting (account, id, n, entries) VALUES ($1, $2, $3, $4)";
}

/// An entry to append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// Whom it is about: a person for entries about people, nobody for those about the account.
    pub person: Option<ContactId>,
    pub payload: Payload,
}

impl NewEntry {
    /// An entry about a person.
    pub fn about(person: ContactId, payload: Payload) -> Self {
        let person = Some(person);
        Self { person, payload }
    }

    /// An entry about the account: its policy, its work.
    pub fn own(payload: Payload) -> Self {
        let person = None;
        Self { person, payload }
    }

    pub(crate) fn subject(&self) -> Result<Subject, StoreError> {
        let subject = Subject::of(self.payload.kind().subject(), self.person);
        subject.ok_or(StoreError::Missing(
            "an entry about a person was given without the person; please report it",
        ))
    }
}

impl AccountScope {
    /// Appends an entry; on the disk when it returns. It gets its number within seconds.
    pub async fn append_entry(&self, entry: NewEntry) -> Result<EntryId, StoreError> {
        let ids = self.append_entries(std::slice::from_ref(&entry)).await?;
        let id = ids.first().copied();
        id.ok_or(StoreError::Missing("no entry was given"))
    }

    /// Tells the ledger that a member of the staff is shown these categories of a person, and why; on the disk
    /// when it returns.
    pub async fn staff_reveal(
        &self,
        contact: ContactId,
        user: UserId,
        (categories, reason): (&[Category], &str),
    ) -> Result<EntryId, StoreError> {
        let reveal = Reveal {
            at: whole_micros(self.now()),
            categories: categories.to_vec(),
            reason: reason.to_owned(),
            user,
        };
        self.append_entry(NewEntry::about(contact, Payload::StaffReveal(reveal)))
            .await
    }

    /// Appends entries in their order, all or none; on the disk when it returns.
    pub async fn append_entries(&self, entries: &[NewEntry]) -> Result<Vec<EntryId>, StoreError> {
        let mut batch = Batch::new();
        let ids = self.enter(&mut batch, entries).await?;
        if !ids.is_empty() {
            self.db().write(batch).await?;
        }
        Ok(ids)
    }

    /// Adds entries to the batch of the change that they tell of. One query, whatever their number.
    pub(crate) async fn enter(
        &self,
        batch: &mut Batch,
        entries: &[NewEntry],
    ) -> Result<Vec<EntryId>, StoreError> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let subjects: Result<Vec<Subject>, _> = entries.iter().map(NewEntry::subject).collect();
        let subjects = subjects?;
        let mut wanted: Vec<i64> = subjects.iter().map(|s| s.as_i64()).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let keys = self.subject_keys(wanted).await?;
        let mut pen = self.pen().await?;
        let mut ids = Vec::with_capacity(entries.len());
        for (subject, entry) in subjects.into_iter().zip(entries) {
            ids.push(pen.write(subject, keys.get(&subject), &entry.payload)?);
        }
        pen.file(batch);
        Ok(ids)
    }

    /// A pen for one batch.
    pub(crate) async fn pen(&self) -> Result<Pen<'_>, StoreError> {
        let now = self.now();
        let policies = self.policy_hashes().await?;
        Ok(Pen::new(self, policies.in_force(now), now))
    }
}
