//! A place in the log of events. Its text is for programs to hand back, not to read.

use std::fmt;
use std::str::FromStr;

use avow_model::HitId;

/// Behind the last event that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The ledger's next number.
    pub(super) log: u64,
    /// The last hit.
    pub(super) hit: HitId,
}

/// A text that is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no cursor: take it from an answer as it is, or leave it out to begin at the start"
)]
pub struct CursorFault;

impl Cursor {
    /// Before the first event.
    pub const START: Self = Self {
        log: 0,
        hit: HitId::from_i64(0),
    };
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.log, self.hit.as_i64())
    }
}

impl FromStr for Cursor {
    type Err = CursorFault;

    fn from_str(text: &str) -> Result<Self, CursorFault> {
        let (log, hit) = text.split_once('-').ok_or(CursorFault)?;
        // What the store holds: 63 bits.
        let number = |text: &str| {
            let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| text.parse::<i64>().ok()).flatten()
        };
        let (log, hit) = (number(log), number(hit));
        Ok(Self {
            log: log.ok_or(CursorFault)?.cast_unsigned(),
            hit: HitId::from_i64(hit.ok_or(CursorFault)?),
        })
    }
}
