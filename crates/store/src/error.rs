//! The few things that can go wrong in a store, told apart, each saying what to do.

/// Why the store did not do what was asked. Never holds a parameter or a row's content.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No answer from the database; it can be tried again.
    #[error(
        "the database does not answer: {detail}. Nothing was changed; check that it runs and that its address is right, then try again"
    )]
    Unavailable { detail: String },
    /// The connection broke while the commit was under way: kept or not, nobody knows yet.
    #[error(
        "the connection to the database broke while it confirmed a change; the change may or may not have been kept. Look before doing it again"
    )]
    Unconfirmed,
    /// Somebody else holds the write lock for longer than we wait.
    #[error(
        "the database is locked by another program. Nothing was changed; close the program that uses it (another avow, a backup, a database browser) and try again"
    )]
    Locked,
    /// No room. Nothing of the batch was kept.
    #[error(
        "the disk that holds the database is full. Nothing was changed; free some space and try again"
    )]
    DiskFull,
    /// The database may not be written, or not be opened.
    #[error(
        "the database cannot be opened for writing: {detail}. Check the owner and the permissions of its folder"
    )]
    Denied { detail: String },
    /// The file is damaged or is no database.
    #[error(
        "the database is damaged: {detail}. Stop, keep a copy of its folder, and restore the last backup"
    )]
    Damaged { detail: String },
    /// A row holds what this version never writes.
    #[error(
        "column {column} of query {query} holds {found}. The data were changed from outside or by a newer version; run the newest version, or restore the last backup"
    )]
    Corrupt {
        query: &'static str,
        column: String,
        found: &'static str,
    },
    /// Somebody was faster, or the thing is in another state than the caller thought.
    #[error("{0}")]
    Conflict(&'static str),
    /// What was asked for is not there.
    #[error("{0}")]
    Missing(&'static str),
    /// A unique key is taken.
    #[error("{key} is taken already; choose another")]
    Duplicate { key: String },
    /// A rule of the schema was broken: a fault of the program.
    #[error(
        "query {query} broke a rule of the schema ({rule}). Nothing was changed; please report it"
    )]
    Rule { query: &'static str, rule: String },
    /// A statement that the database does not take: a fault of the program.
    #[error("query {query} is not understood by the database ({detail}). Please report it")]
    Statement { query: &'static str, detail: String },
    /// The database was made by a newer version.
    #[error(
        "the database has schema version {found}, this program knows up to {known}. Run the newest version of avow"
    )]
    SchemaNewer { found: i64, known: i64 },
    /// A migration that was applied is not the one this program has.
    #[error(
        "migration {version} ({name}) of the database is not the one of this program. It was made by a changed build; run the version that made it"
    )]
    SchemaChanged { version: i64, name: String },
}

impl StoreError {
    /// True when the same call may succeed later without anybody doing anything about the data.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Unavailable { .. } | Self::Locked | Self::DiskFull
        )
    }

    /// The thread or task that should have answered is gone.
    pub(crate) fn stopped() -> Self {
        Self::Unavailable {
            detail: "the store was closed".to_owned(),
        }
    }
}
