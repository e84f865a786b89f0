//! Dates and lists as people write them.

use avow_model::Timestamp;
use jiff::fmt::strtime;

/// `3 May 2026`, UTC.
pub(crate) fn date(at: Timestamp) -> String {
    strtime::format("%-d %B %Y", at).unwrap_or_else(|_| at.to_string())
}

/// `3 May 2026 at 14:02 UTC`.
pub(crate) fn instant(at: Timestamp) -> String {
    strtime::format("%-d %B %Y at %H:%M UTC", at).unwrap_or_else(|_| at.to_string())
}

/// `3 May 2026 at 14:02:07 UTC`: for those who must prove it.
pub(crate) fn exact(at: Timestamp) -> String {
    strtime::format("%-d %B %Y at %H:%M:%S UTC", at).unwrap_or_else(|_| at.to_string())
}

/// `a, b and c`.
pub(crate) fn list(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., tail] => format!("{} {last} {tail}", head.join(", ")),
    }
}
