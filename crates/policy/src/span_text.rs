//! Times as policy files and case files write them: instants, dates, `"7d"`, `"730d after last_activity"`.

use avow_model::Timestamp;
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// Longest span: a lifetime.
pub(crate) const SPAN_SECONDS_MAX: i64 = 36_500 * 86_400;

/// A length of time, and the event it counts from where one is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub length: SignedDuration,
    pub after: Option<After>,
}

/// What a time counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    LastActivity,
    Collection,
    /// The last use for the purpose.
    Use,
}

impl After {
    const ALL: [Self; 3] = [Self::LastActivity, Self::Collection, Self::Use];

    /// The word in policy files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LastActivity => "last_activity",
            Self::Collection => "collection",
            Self::Use => "use",
        }
    }
}

/// `"<number><d|h|m|s>"`, then perhaps `" after <event>"`. A day is 24 hours UTC.
pub(crate) fn parse_span(text: &str) -> Result<Span, String> {
    let (length, after) = match text.split_once(" after ") {
        Some((length, event)) => (length, Some(parse_event(event)?)),
        None => (text, None),
    };
    Ok(Span {
        length: parse_length(length)?,
        after,
    })
}

fn parse_event(event: &str) -> Result<After, String> {
    let found = After::ALL.into_iter().find(|e| e.as_str() == event);
    found.ok_or_else(|| {
        let short: String = event.chars().take(40).collect();
        format!("\"{short}\" is no event to count from")
    })
}

fn parse_length(text: &str) -> Result<SignedDuration, String> {
    let unit = text.chars().last().unwrap_or(' ');
    let seconds: i64 = match unit {
        'd' => 86_400,
        'h' => 3_600,
        'm' => 60,
        's' => 1,
        _ => return Err("it must end in d, h, m or s".to_owned()),
    };
    let count: u32 = text[..text.len() - 1]
        .parse()
        .map_err(|_| "it must begin with a whole number".to_owned())?;
    let total = i64::from(count) * seconds;
    if total == 0 || total > SPAN_SECONDS_MAX {
        return Err("it must be more than nothing and at most a hundred years".to_owned());
    }
    Ok(SignedDuration::from_secs(total))
}

/// An instant with zone, a date and time taken as UTC, or a date meaning its first instant in UTC.
pub(crate) fn parse_instant(text: &str) -> Result<Timestamp, String> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    let local = text
        .parse::<DateTime>()
        .or_else(|_| text.parse::<Date>().map(|d| d.at(0, 0, 0, 0)))
        .map_err(|_| format!("\"{}\"", text.chars().take(40).collect::<String>()))?;
    let zoned = local.to_zoned(TimeZone::UTC).map_err(|e| e.to_string())?;
    Ok(zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_whole_numbers_with_a_unit_and_perhaps_an_anchor() {
        let days = |n: i64| SignedDuration::from_hours(24 * n);
        assert_eq!(parse_span("7d").map(|s| s.length), Ok(days(7)));
        let kept = parse_span("730d after last_activity").unwrap();
        assert_eq!(
            (kept.length, kept.after),
            (days(730), Some(After::LastActivity))
        );
        for bad in [
            "",
            "d",
            "7",
            "-7d",
            "7w",
            "0d",
            "99999999d",
            "7d after lunch",
            "7d after ",
            "7 d",
            "é",
        ] {
            assert!(parse_span(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_bare_date_is_its_first_instant_in_utc() {
        let same = parse_instant("2026-03-08T00:00:00Z").unwrap();
        assert_eq!(parse_instant("2026-03-08"), Ok(same));
        assert_eq!(parse_instant("2026-03-08T00:00:00"), Ok(same));
        for bad in ["", "2026-02-30", "tomorrow", "2026-13-01"] {
            assert!(parse_instant(bad).is_err(), "{bad}");
        }
    }
}
