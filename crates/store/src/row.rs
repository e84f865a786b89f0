//! One row of an answer, read column by column on the thread that holds the connection.

use avow_model::{
    AccountId, ApiKeyId, CampaignId, Category, ContactId, EntryId, EvidenceId, FactId, FormId,
    HitId, ImportId, JobId, ListId, Purpose, RecipientClass, SegmentId, Slug, Timestamp, UserId,
    Verb, WebhookId,
};

use crate::error::StoreError;

/// A row that is valid inside the mapping closure only.
pub(crate) struct Row<'r> {
    source: Source<'r>,
    query: &'static str,
}

enum Source<'r> {
    Lite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

/// What a column holds, borrowed from the driver.
#[derive(Clone, Copy)]
pub(crate) enum Column<'a> {
    Null,
    Int(i64),
    Real(f64),
    Bool(bool),
    Text(&'a str),
    Blob(&'a [u8]),
}

/// A type that a column can be read as.
pub(crate) trait FromColumn: Sized {
    /// `None` when the column holds something else: the caller makes a `Corrupt` of it.
    fn from_column(column: Column<'_>) -> Option<Self>;
}

impl<'r> Row<'r> {
    pub(crate) fn lite(row: &'r rusqlite::Row<'r>, query: &'static str) -> Self {
        let source = Source::Lite(row);
        Self { source, query }
    }

    pub(crate) fn postgres(row: &'r tokio_postgres::Row, query: &'static str) -> Self {
        let source = Source::Postgres(row);
        Self { source, query }
    }

    /// The column at `index`, from 0 in the order of the SELECT.
    pub(crate) fn get<T: FromColumn>(&self, index: usize) -> Result<T, StoreError> {
        let value = self.column(index).and_then(T::from_column);
        value.ok_or_else(|| self.corrupt(index, "a value of another kind than this version writes"))
    }

    /// The error for a column whose content cannot be right; `found` never holds the content itself.
    pub(crate) fn corrupt(&self, index: usize, found: &'static str) -> StoreError {
        StoreError::Corrupt {
            query: self.query,
            column: self.column_name(index),
            found,
        }
    }

    fn column_name(&self, index: usize) -> String {
        let name = match self.source {
            Source::Lite(row) => row.as_ref().column_name(index).ok().map(str::to_owned),
            Source::Postgres(row) => row.columns().get(index).map(|c| c.name().to_owned()),
        };
        name.unwrap_or_else(|| format!("number {index}"))
    }

    fn column(&self, index: usize) -> Option<Column<'_>> {
        match self.source {
            Source::Lite(row) => lite_column(row, index),
            Source::Postgres(row) => row.try_get::<_, Column<'_>>(index).ok(),
        }
    }
}

fn lite_column<'a>(row: &'a rusqlite::Row<'_>, index: usize) -> Option<Column<'a>> {
    use rusqlite::types::ValueRef;
    Some(match row.get_ref(index).ok()? {
        ValueRef::Null => Column::Null,
        ValueRef::Integer(n) => Column::Int(n),
        ValueRef::Real(x) => Column::Real(x),
        ValueRef::Text(bytes) => Column::Text(std::str::from_utf8(bytes).ok()?),
        ValueRef::Blob(bytes) => Column::Blob(bytes),
    })
}

macro_rules! column_kind {
    ($($kind:ty: $pattern:pat => $value:expr;)*) => {
        $(impl FromColumn for $kind {
            fn from_column(column: Column<'_>) -> Option<Self> {
                match column {
                    $pattern => $value,
                    _ => None,
                }
            }
        })*
    };
}

column_kind! {
    i64: Column::Int(n) => Some(n);
    u64: Column::Int(n) => n.try_into().ok();
    u32: Column::Int(n) => n.try_into().ok();
    u16: Column::Int(n) => n.try_into().ok();
    u8: Column::Int(n) => n.try_into().ok();
    f64: Column::Real(x) => Some(x);
    String: Column::Text(text) => Some(text.to_owned());
    Vec<u8>: Column::Blob(bytes) => Some(bytes.to_vec());
    Timestamp: Column::Int(us) => Timestamp::from_microsecond(us).ok();
    Purpose: Column::Text(text) => text.parse().ok();
    Category: Column::Text(text) => text.parse().ok();
    Slug: Column::Text(text) => text.parse().ok();
    Verb: Column::Text(text) => text.parse().ok();
    RecipientClass: Column::Text(text) => text.parse().ok();
    AccountId: Column::Int(n) => Some(Self::from_i64(n));
    ApiKeyId: Column::Int(n) => Some(Self::from_i64(n));
    CampaignId: Column::Int(n) => Some(Self::from_i64(n));
    ContactId: Column::Int(n) => Some(Self::from_i64(n));
    EntryId: Column::Int(n) => Some(Self::from_i64(n));
    EvidenceId: Column::Int(n) => Some(Self::from_i64(n));
    FactId: Column::Int(n) => Some(Self::from_i64(n));
    FormId: Column::Int(n) => Some(Self::from_i64(n));
    HitId: Column::Int(n) => Some(Self::from_i64(n));
    ImportId: Column::Int(n) => Some(Self::from_i64(n));
    JobId: Column::Int(n) => Some(Self::from_i64(n));
    ListId: Column::Int(n) => Some(Self::from_i64(n));
    SegmentId: Column::Int(n) => Some(Self::from_i64(n));
    UserId: Column::Int(n) => Some(Self::from_i64(n));
    WebhookId: Column::Int(n) => Some(Self::from_i64(n));
}

impl FromColumn for bool {
    /// SQLite has no booleans: it keeps 0 and 1.
    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Bool(b) => Some(b),
            Column::Int(n @ (0 | 1)) => Some(n == 1),
            _ => None,
        }
    }
}

impl<const N: usize> FromColumn for [u8; N] {
    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Blob(bytes) => bytes.try_into().ok(),
            _ => None,
        }
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Null => Some(None),
            full => T::from_column(full).map(Some),
        }
    }
}
