//! What became of hosted forms: shown, sent, refused, confirmed; and the people behind the numbers.
//!
//! Promises: views and refusals are numbers by the day and tell of nobody.

use avow_model::{ContactId, EmailAddress, FormId, Timestamp};

use crate::batch::Batch;
use crate::row::Row;
use crate::sql::queries;
use crate::value::{Value, params};
use crate::{AccountScope, StoreError};

const DAY_S: i64 = 24 * 3_600;

/// What happened at a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FormEvent {
    /// The page was asked for, by whomever or whatever.
    View,
    /// It was sent, and taken in.
    SignUp,
    /// Refused: its notice served no more, or was another's.
    Stale,
    /// Refused: faster than people type.
    TooFast,
    /// Refused: the field that people do not see was filled in.
    Decoy,
    /// Given back with faults to mend.
    Faults,
}

/// So many of one sort on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormCount {
    /// Days since 1970, UTC.
    pub day: i64,
    pub what: FormEvent,
    pub n: u64,
}

/// Somebody who sent a form; an erased person has no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormPerson {
    pub id: i64,
    pub contact: ContactId,
    pub address: Option<EmailAddress>,
    pub at: Timestamp,
    pub confirmed_at: Option<Timestamp>,
}

/// How many sent a form, and how many of them confirmed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FormTally {
    pub sign_ups: u64,
    pub confirmed: u64,
}

queries! {
    FORM_COUNT = "INSERT INTO form_count (account, form, day, what, n) VALUES ($1, $2, $3, $4, 1)
        ON CONFLICT (account, form, day, what) DO UPDATE SET n = form_count.n + 1";
    FORM_COUNTS = "SELECT day, what, n FROM form_count WHERE account = $1 AND form = $2 AND day > $3
        ORDER BY day, what";
    FORM_SIGN_UP = "INSERT INTO form_sign_up (account, form, id, contact, at) VALUES ($1, $2, $3, $4, $5)";
    FORM_CONFIRMED = "UPDATE form_sign_up SET confirmed_at = $4 WHERE account = $1 AND form = $2
        AND contact = $3 AND confirmed_at IS NULL";
    FORM_TALLY = "SELECT COUNT(*), COUNT(confirmed_at) FROM form_sign_up WHERE account = $1 AND form = $2";
    FORM_TALLIES = "SELECT form, COUNT(*), COUNT(confirmed_at) FROM form_sign_up WHERE account = $1 GROUP BY form";
    FORM_PEOPLE = "SELECT s.id, s.contact, COALESCE(c.address, ''), s.at, s.confirmed_at FROM form_sign_up s
        LEFT JOIN contact c ON c.account = s.account AND c.id = s.contact
        WHERE s.account = $1 AND s.form = $2 AND s.id < $3
        AND ($4 = 0 OR s.confirmed_at IS NOT NULL) ORDER BY s.id DESC LIMIT $5";
}

impl FormEvent {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::View,
        Self::SignUp,
        Self::Stale,
        Self::TooFast,
        Self::Decoy,
        Self::Faults,
    ];

    /// The word of the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::SignUp => "sign_up",
            Self::Stale => "stale",
            Self::TooFast => "too_fast",
            Self::Decoy => "decoy",
            Self::Faults => "faults",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.as_str() == word)
    }
}

impl AccountScope {
    /// Counts one.
    pub async fn form_count(&self, form: FormId, what: FormEvent) -> Result<(), StoreError> {
        let day = self.now().as_second().div_euclid(DAY_S);
        let mut batch = Batch::new();
        let word = Value::Word(what.as_str());
        batch.run(&FORM_COUNT, params![self.id(), form, day, word]);
        self.db().write(batch).await.map(drop)
    }

    /// Notes who sent a form, and counts it.
    pub async fn form_signed_up(
        &self,
        form: FormId,
        contact: ContactId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let day = at.as_second().div_euclid(DAY_S);
        let mut batch = Batch::new();
        let word = Value::Word(FormEvent::SignUp.as_str());
        batch.run(&FORM_COUNT, params![self.id(), form, day, word]);
        let id = self.next_id();
        batch.run(&FORM_SIGN_UP, params![self.id(), form, id, contact, at]);
        self.db().write(batch).await.map(drop)
    }

    /// Notes that what somebody sent with a form is confirmed; once.
    pub async fn form_confirmed(
        &self,
        form: FormId,
        contact: ContactId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&FORM_CONFIRMED, params![self.id(), form, contact, at]);
        self.db().write(batch).await.map(drop)
    }

    /// What happened at a form, by the day, after a day.
    pub async fn form_counts(
        &self,
        form: FormId,
        after_day: i64,
    ) -> Result<Vec<FormCount>, StoreError> {
        let key = params![self.id(), form, after_day];
        let read = |row: &Row<'_>| {
            let word: String = row.get(1)?;
            Ok(FormCount {
                day: row.get(0)?,
                what: FormEvent::parse(&word)
                    .ok_or_else(|| row.corrupt(1, "no event of a form"))?,
                n: row.get(2)?,
            })
        };
        self.db().query_map(&FORM_COUNTS, key, read).await
    }

    /// How many signed up with each form that somebody sent.
    pub async fn form_tallies(&self) -> Result<Vec<(FormId, FormTally)>, StoreError> {
        let read = |row: &Row<'_>| {
            let tally = FormTally {
                sign_ups: row.get(1)?,
                confirmed: row.get(2)?,
            };
            Ok((row.get(0)?, tally))
        };
        self.db()
            .query_map(&FORM_TALLIES, params![self.id()], read)
            .await
    }

    /// How many signed up with a form.
    pub async fn form_tally(&self, form: FormId) -> Result<FormTally, StoreError> {
        let read = |row: &Row<'_>| {
            Ok(FormTally {
                sign_ups: row.get(0)?,
                confirmed: row.get(1)?,
            })
        };
        self.db()
            .query_one(&FORM_TALLY, params![self.id(), form], read)
            .await
    }

    /// Who sent a form, or who of them confirmed, newest first, before the one with this id.
    pub async fn form_people(
        &self,
        form: FormId,
        (confirmed, before): (bool, i64),
        limit: u32,
    ) -> Result<Vec<FormPerson>, StoreError> {
        let key = params![self.id(), form, before, i64::from(confirmed), limit];
        let read = |row: &Row<'_>| {
            let address: String = row.get(2)?;
            Ok(FormPerson {
                id: row.get(0)?,
                contact: row.get(1)?,
                address: address.parse().ok(),
                at: row.get(3)?,
                confirmed_at: row.get(4)?,
            })
        };
        self.db().query_map(&FORM_PEOPLE, key, read).await
    }
}
