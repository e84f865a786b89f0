//! Why an import does not begin or cannot go on, and why a single row is left out.

use std::path::PathBuf;

use avow_model::AddressFault;
use avow_store::StoreError;

use super::records::RECORD_BYTES_MAX;

/// Nothing, or nothing more, is taken in. What was taken in before stays, and the same command goes on.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the file is empty; export it again, with its header line")]
    Empty,
    #[error(
        "the first line holds addresses, not names of columns; put a header line above it, such as: email"
    )]
    NoHeader,
    #[error(
        "no column looks like the e-mail address; say which it is with --map COLUMN=address (the columns are: {columns})"
    )]
    NoAddressColumn { columns: String },
    #[error(
        "two columns are the e-mail address ({first} and {second}); ignore one with --map COLUMN=ignore"
    )]
    TwoAddressColumns { first: String, second: String },
    #[error("the file has no column `{column}`; its columns are: {columns}")]
    UnknownColumn { column: String, columns: String },
    #[error(
        "the account has no policy yet: publish one, so that the data can be bound to it, then import"
    )]
    NoPolicy,
    #[error("the policy in force has no purpose `{purpose}`; it has: {known}")]
    UnknownPurpose { purpose: String, known: String },
    #[error(
        "policy version {version} was not in force on the attested date; say the version that people saw"
    )]
    VersionNotInForce { version: u32 },
    #[error("the attested date lies in the future")]
    FutureAttestation,
    #[error("the header line is longer than {RECORD_BYTES_MAX} bytes: this is no CSV file")]
    HeaderTooLong,
    #[error("the file changed while it was read; import a copy that nobody writes to")]
    Changed,
    #[error("the file cannot be read: {0}")]
    Read(#[source] std::io::Error),
    #[error("the file of rejected rows {} cannot be written: {source}", path.display())]
    Rejects {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the thread that reads the file ended early; please report it")]
    Stopped,
}

/// Why one row is left out. Its text goes into the file of rejected rows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reject {
    #[error("{0}")]
    Address(#[from] AddressFault),
    #[error("the row has {found} columns, the header has {expected}")]
    Columns { found: usize, expected: usize },
    #[error("a quote is opened here and not closed")]
    OpenQuote,
    #[error("the line is longer than {RECORD_BYTES_MAX} bytes")]
    TooLong,
    #[error("the row holds a NUL character; export the file again as text")]
    Nul,
    #[error("`{word}` in column {column} is no time; write it like 2026-05-03 14:02:00")]
    Time { column: String, word: String },
    #[error("the time in column {column} lies in the future")]
    Future { column: String },
    #[error(
        "`{word}` in column {column} is no status that is known; write subscribed, unsubscribed, cleaned or complained"
    )]
    Status { column: String, word: String },
    #[error(
        "`{word}` in column {column} is no policy version of this account that was in force then"
    )]
    Version { column: String, word: String },
}

impl Reject {
    /// A short word for counting.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Address(_) => "address",
            Self::Columns { .. } => "columns",
            Self::OpenQuote => "quote",
            Self::TooLong => "too_long",
            Self::Nul => "nul",
            Self::Time { .. } | Self::Future { .. } => "time",
            Self::Status { .. } => "status",
            Self::Version { .. } => "version",
        }
    }
}
