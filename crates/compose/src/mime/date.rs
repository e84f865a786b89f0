//! `Date` as RFC 5322 3.3 writes it, in UTC.

use avow_model::Timestamp;
use jiff::tz::TimeZone;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Appends `Sun, 22 Nov 2026 02:45:08 +0000`.
pub(crate) fn push_date(at: Timestamp, out: &mut Vec<u8>) {
    let t = at.to_zoned(TimeZone::UTC);
    let day = DAYS[t.weekday().to_monday_zero_offset() as usize];
    let month = MONTHS[t.month() as usize - 1];
    out.extend_from_slice(day.as_bytes());
    out.extend_from_slice(b", ");
    push_two(t.day(), out);
    out.push(b' ');
    out.extend_from_slice(month.as_bytes());
    out.push(b' ');
    push_two((t.year() / 100) as i8, out);
    push_two((t.year() % 100) as i8, out);
    for (mark, part) in [(b' ', t.hour()), (b':', t.minute()), (b':', t.second())] {
        out.push(mark);
        push_two(part, out);
    }
    out.extend_from_slice(b" +0000");
}

fn push_two(number: i8, out: &mut Vec<u8>) {
    let number = number.unsigned_abs();
    out.extend_from_slice(&[b'0' + number / 10, b'0' + number % 10]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_mail_reads_them() {
        for (at, text) in [
            ("2026-11-22T02:45:08Z", "Sun, 22 Nov 2026 02:45:08 +0000"),
            (
                "2000-02-29T23:59:59.999Z",
                "Tue, 29 Feb 2000 23:59:59 +0000",
            ),
            ("2031-01-01T00:00:00Z", "Wed, 01 Jan 2031 00:00:00 +0000"),
        ] {
            let mut out = Vec::new();
            push_date(at.parse().unwrap(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
    }
}
