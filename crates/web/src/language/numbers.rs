//! Numbers and dates as each language writes them. Western digits in all of them: they stand beside addresses,
//! codes and what people type.

use avow_model::{Language, Timestamp};
use fluent_bundle::FluentValue;
use fluent_bundle::types::FluentNumber;

use super::current;

/// What stands between groups of three digits (CLDR, `symbols-numberSystem-latn/group`); French takes a narrow space.
const fn group(language: Language) -> char {
    match language {
        Language::English | Language::Arabic => ',',
        Language::German | Language::Spanish => '.',
        Language::French => '\u{202f}',
    }
}

/// What stands before the part of a number that is less than one.
const fn point(language: Language) -> char {
    match language {
        Language::English | Language::Arabic => '.',
        Language::German | Language::Spanish | Language::French => ',',
    }
}

/// Spanish groups from five digits on (CLDR, `minimumGroupingDigits`).
const fn grouped_from(language: Language) -> usize {
    match language {
        Language::Spanish => 5,
        Language::English | Language::German | Language::French | Language::Arabic => 4,
    }
}

fn grouped(language: Language, digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (i, digit) in digits.chars().enumerate() {
        let left = digits.len() - i;
        if i > 0 && left.is_multiple_of(3) && digits.len() >= grouped_from(language) {
            out.push(group(language));
        }
        out.push(digit);
    }
    out
}

/// 9688 -> "9,688", as the language groups it.
pub(super) fn thousands_in(language: Language, n: i64) -> String {
    let sign = if n < 0 { "-" } else { "" };
    let digits = n.unsigned_abs().to_string();
    format!("{sign}{}", grouped(language, &digits))
}

/// 9688 -> "9,688", as the reader's language groups it.
pub(crate) fn thousands(n: i64) -> String {
    thousands_in(current(), n)
}

fn written(language: Language, number: &FluentNumber) -> String {
    let text = number.as_string();
    let (sign, text) = text.strip_prefix('-').map_or(("", &*text), |t| ("-", t));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let whole = grouped(language, whole);
    if part.is_empty() {
        return format!("{sign}{whole}");
    }
    format!("{sign}{whole}{}{part}", point(language))
}

type Formatter<M> = fn(&FluentValue<'_>, &M) -> Option<String>;

fn format_as<const PLACE: usize, M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    match value {
        FluentValue::Number(number) => Some(written(Language::ALL[PLACE], number)),
        _ => None,
    }
}

/// How numbers in messages of a language are written. One plain function for each, as a bundle takes no closure.
pub(super) fn formatter<M>(language: Language) -> Formatter<M> {
    match language {
        Language::English => format_as::<0, M>,
        Language::German => format_as::<1, M>,
        Language::French => format_as::<2, M>,
        Language::Spanish => format_as::<3, M>,
        Language::Arabic => format_as::<4, M>,
    }
}

/// `3 May 2026`.
pub(crate) fn day(at: Timestamp) -> String {
    let (month, day, year) = parts(at);
    let month = told!("date-month", month = month);
    say!("date-day", day = day, month = month, year = year)
}

/// `3 May 2026`, its month cut where the language does that.
pub(crate) fn short_day(at: Timestamp) -> String {
    let (month, day, year) = parts(at);
    let month = told!("date-month-short", month = month);
    say!("date-day", day = day, month = month, year = year)
}

/// `3 May 2026 at 14:02 UTC`.
pub(crate) fn instant(at: Timestamp) -> String {
    let time = at.strftime("%H:%M").to_string();
    say!("date-instant", day = day(at), time = time)
}

/// `3 May 2026 at 14:02:09 UTC`.
pub(crate) fn exact(at: Timestamp) -> String {
    let time = at.strftime("%H:%M:%S").to_string();
    say!("date-instant", day = day(at), time = time)
}

/// Month as a number; day and year as text, so that no year gets a mark of thousands.
fn parts(at: Timestamp) -> (i64, String, String) {
    let text = |format: &str| at.strftime(format).to_string();
    let month = text("%-m").parse().unwrap_or_default();
    (month, text("%-d"), text("%Y"))
}
