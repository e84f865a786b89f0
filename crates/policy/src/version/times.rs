//! How long things are kept: retention, cookies, addresses that served their one use.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::values::{TimeText, ValueFault, as_text, plain_time};
use crate::span_text::{After, SPAN_SECONDS_MAX, parse_span};

as_text!(Lifetime, Purge, Retention);

/// How long a cookie lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Lifetime {
    /// Until the browser closes: no `Max-Age`, no `Expires`.
    Session,
    For(SignedDuration),
}

impl FromStr for Lifetime {
    type Err = ValueFault;
    fn from_str(text: &str) -> Result<Self, ValueFault> {
        match text {
            "session" => Ok(Self::Session),
            time => plain_time(time).map(Self::For).ok_or(ValueFault::Lifetime),
        }
    }
}

impl fmt::Display for Lifetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session => f.write_str("session"),
            Self::For(time) => write!(f, "{}", TimeText(*time)),
        }
    }
}

/// When the data of a purpose are destroyed once it is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Purge {
    /// As soon as the message was delivered or finally failed.
    AfterFinalStatus,
    /// So long after its last use.
    AfterUse(SignedDuration),
}

impl FromStr for Purge {
    type Err = ValueFault;
    fn from_str(text: &str) -> Result<Self, ValueFault> {
        if text == "after final_status" {
            return Ok(Self::AfterFinalStatus);
        }
        let span = parse_span(text).map_err(|_| ValueFault::Purge)?;
        match span.after {
            Some(After::Use) => Ok(Self::AfterUse(span.length)),
            _ => Err(ValueFault::Purge),
        }
    }
}

impl fmt::Display for Purge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AfterFinalStatus => f.write_str("after final_status"),
            Self::AfterUse(time) => write!(f, "{} after use", TimeText(*time)),
        }
    }
}

/// How long data of a category are kept, and from which event that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Retention {
    pub length: SignedDuration,
    pub after: After,
}

impl FromStr for Retention {
    type Err = ValueFault;
    fn from_str(text: &str) -> Result<Self, ValueFault> {
        let span = parse_span(text).map_err(|_| ValueFault::Retention)?;
        Ok(Self {
            length: span.length,
            after: span.after.ok_or(ValueFault::Retention)?,
        })
    }
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} after {}", TimeText(self.length), self.after.as_str())
    }
}

const BOUNDS: &str = "a time is more than nothing and at most a hundred years";

/// A time that a policy file could have named.
fn in_bounds(seconds: i64) -> Option<SignedDuration> {
    let fine = (1..=SPAN_SECONDS_MAX).contains(&seconds);
    fine.then(|| SignedDuration::from_secs(seconds))
}

/// Durations in canonical form: whole seconds.
pub(super) mod seconds {
    use jiff::SignedDuration;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::version) fn serialize<S: Serializer>(
        time: &SignedDuration,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_i64(time.as_secs())
    }

    pub(in crate::version) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<SignedDuration, D::Error> {
        super::in_bounds(i64::deserialize(from)?).ok_or_else(|| D::Error::custom(super::BOUNDS))
    }
}

/// The same, for a duration that may be absent.
pub(super) mod seconds_if_any {
    use jiff::SignedDuration;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde hands in a reference")]
    pub(in crate::version) fn serialize<S: Serializer>(
        time: &Option<SignedDuration>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        time.map(|t| t.as_secs()).serialize(to)
    }

    pub(in crate::version) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<SignedDuration>, D::Error> {
        let Some(seconds) = Option::<i64>::deserialize(from)? else {
            return Ok(None);
        };
        let time = super::in_bounds(seconds);
        time.map(Some)
            .ok_or_else(|| D::Error::custom(super::BOUNDS))
    }
}
