//! What can be wrong with a recorded question, fact or answer.

/// Why bytes are no canonical form, or a value has none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplayFault {
    #[error("the record is longer than {bytes_max} bytes: it was not written by this gate")]
    TooLong { bytes_max: usize },
    #[error("the record is no {format}: {why}")]
    Malformed { format: &'static str, why: String },
    #[error("the record is of the form {found}, where {wanted} is read: use the Avow of its time")]
    Format { wanted: &'static str, found: String },
    #[error("the record is no canonical {format}: it was changed after it was written")]
    NotCanonical { format: &'static str },
    #[error(
        "an instant is no whole microsecond, or lies outside the years 1685 to 2255: cut it to microseconds"
    )]
    Instant,
}
