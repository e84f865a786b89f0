//! Why a document of blocks is refused.

/// Each says what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BlocksFault {
    #[error("the document has more than {limit_bytes} bytes: make two mails of it")]
    TooLarge { limit_bytes: usize },
    #[error("the document cannot be read: {reason}")]
    Unreadable { reason: String },
    #[error("the document has more than {limit} blocks: take some out")]
    TooManyBlocks { limit: usize },
    #[error("two blocks have the number {id}: give each its own")]
    SameId { id: u32 },
    #[error("block {id} puts columns into a column: columns stand beside each other only once")]
    NestedColumns { id: u32 },
    #[error("block {id} has {count} columns: there are two or three")]
    ColumnCount { id: u32, count: usize },
}
