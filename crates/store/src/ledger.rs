//! The ledger of one contact, for people to read: what was collected, what happened, and on what evidence.

use avow_model::{Category, ContactId, Fact, FactId, How, Timestamp};

use crate::evidence::{Evidence, evidence_at};
use crate::fact_rows::{FACT_COLUMNS, fact_at, fact_columns};
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, StoreError};

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// When it happened.
    pub at: Timestamp,
    pub entry: LedgerEntry,
    pub evidence: Option<Evidence>,
    /// The network address of the act, where it is kept.
    pub ip: Option<String>,
}

/// What a line tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LedgerEntry {
    /// Data were collected.
    Collection {
        categories: Vec<Category>,
        version: Option<u32>,
        how: How,
    },
    /// Something happened between the account and the person.
    Fact { id: FactId, fact: Fact },
}

queries! {
    LEDGER_FACTS = concat!("SELECT f.id, f.ip, ", fact_columns!(), ", e.kind, e.source, e.wording, e.at FROM fact f
        LEFT JOIN evidence e ON e.account = f.account AND e.id = f.evidence
        WHERE f.account = $1 AND f.contact = $2 ORDER BY f.id DESC LIMIT $3");
    LEDGER_COLLECTIONS = "SELECT c.categories, c.version, c.how, c.at, c.recorded_at,
        e.kind, e.source, e.wording, e.at FROM collection c
        LEFT JOIN evidence e ON e.account = c.account AND e.id = c.evidence
        WHERE c.account = $1 AND c.contact = $2 ORDER BY c.id DESC LIMIT $3";
}

impl AccountScope {
    /// What is written of a contact, newest first.
    pub async fn ledger(
        &self,
        contact: ContactId,
        limit: u32,
    ) -> Result<Vec<LedgerLine>, StoreError> {
        let key = || params![self.id(), contact, limit];
        let mut lines = self.db().query_map(&LEDGER_FACTS, key(), fact_line).await?;
        let collected = self
            .db()
            .query_map(&LEDGER_COLLECTIONS, key(), collection_line);
        lines.extend(collected.await?);
        lines.sort_by_key(|line| std::cmp::Reverse((line.recorded_at, line.at)));
        lines.truncate(limit as usize);
        Ok(lines)
    }
}

fn fact_line(row: &Row<'_>) -> Result<LedgerLine, StoreError> {
    let fact = fact_at(row, 2)?;
    Ok(LedgerLine {
        recorded_at: fact.recorded_at,
        at: fact.at,
        evidence: joined_evidence(row, 2 + FACT_COLUMNS)?,
        ip: row.get(1)?,
        entry: LedgerEntry::Fact {
            id: row.get(0)?,
            fact,
        },
    })
}

fn collection_line(row: &Row<'_>) -> Result<LedgerLine, StoreError> {
    let names: String = row.get(0)?;
    let category = |name: &str| {
        let parsed = name.parse();
        parsed.map_err(|_| row.corrupt(0, "a name that is no category"))
    };
    let categories: Result<_, StoreError> = names.split_ascii_whitespace().map(category).collect();
    Ok(LedgerLine {
        recorded_at: row.get(4)?,
        at: row.get(3)?,
        evidence: joined_evidence(row, 5)?,
        ip: None,
        entry: LedgerEntry::Collection {
            categories: categories?,
            version: row.get(1)?,
            how: row.get(2)?,
        },
    })
}

/// The evidence of a left join: `None` where the line has none.
fn joined_evidence(row: &Row<'_>, first: usize) -> Result<Option<Evidence>, StoreError> {
    match row.get::<Option<String>>(first)? {
        None => Ok(None),
        Some(_) => evidence_at(row, first).map(Some),
    }
}
