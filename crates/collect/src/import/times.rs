//! Times as other services write them, always to UTC: a time without a zone is taken as UTC.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// Reads `2026-05-03T14:02:00Z`, `2026-05-03 14:02:00`, `2026-05-03 14:02`, `2026-05-03` (midnight),
/// `03-05-2026 14:02:00` (day first, as Brevo writes). Slashed dates are not read: nobody can tell
/// the day from the month.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(exact) = text.parse::<Timestamp>() {
        return Some(exact);
    }
    let civil = civil(text).or_else(|| day_first(text))?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

fn civil(text: &str) -> Option<DateTime> {
    if let Some(fast) = plain(text.as_bytes()) {
        return Some(fast);
    }
    let date = text.parse::<Date>().ok().filter(|_| text.len() <= 10);
    date.map(|date| date.at(0, 0, 0, 0))
        .or_else(|| text.parse::<DateTime>().ok())
}

/// The form of Mailchimp's files, which is most of what is read: `2026-05-03 14:02:00`.
fn plain(text: &[u8]) -> Option<DateTime> {
    let &[
        y1,
        y2,
        y3,
        y4,
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
        b' ' | b'T',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
    ] = text
    else {
        return None;
    };
    let two = |a: u8, b: u8| -> Option<i8> {
        (a.is_ascii_digit() && b.is_ascii_digit()).then(|| ((a - b'0') * 10 + (b - b'0')) as i8)
    };
    let year = i16::from(two(y1, y2)?) * 100 + i16::from(two(y3, y4)?);
    DateTime::new(
        year,
        two(m1, m2)?,
        two(d1, d2)?,
        two(h1, h2)?,
        two(n1, n2)?,
        two(s1, s2)?,
        0,
    )
    .ok()
}

fn day_first(text: &str) -> Option<DateTime> {
    let (date, clock) = text.split_once(' ').unwrap_or((text, ""));
    let mut parts = date.splitn(3, ['-', '.']);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 {
        return None;
    }
    let date = format!("{year}-{month:0>2}-{day:0>2}");
    civil(
        if clock.is_empty() {
            date
        } else {
            format!("{date} {clock}")
        }
        .as_str(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_the_usual_forms_are_read_as_utc() {
        for (text, expected) in [
            ("2026-05-03 14:02:00", Some("2026-05-03T14:02:00Z")),
            ("2026-05-03 14:02", Some("2026-05-03T14:02:00Z")),
            ("2026-05-03T14:02:00Z", Some("2026-05-03T14:02:00Z")),
            ("2026-05-03T16:02:00+02:00", Some("2026-05-03T14:02:00Z")),
            ("2026-05-03", Some("2026-05-03T00:00:00Z")),
            ("03-05-2026 14:02:00", Some("2026-05-03T14:02:00Z")),
            ("3.5.2026", Some("2026-05-03T00:00:00Z")),
            (" 2026-05-03 ", Some("2026-05-03T00:00:00Z")),
            ("05/03/2026", None),
            ("2026-13-03 14:02:00", None),
            ("2026-02-30", None),
            ("yesterday", None),
            ("", None),
        ] {
            let expected = expected.map(|e| e.parse().unwrap());
            assert_eq!(time(text), expected, "{text:?}");
        }
    }
}
