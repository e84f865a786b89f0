//! Which of a version's languages a reader gets.

use crate::version::{Locale, LocaleText, Version};

/// More ranges than any browser sends; the rest of a longer header is not read.
const RANGES_MAX: usize = 20;
/// Quality is counted in thousandths (RFC 9110, section 12.4.2).
const QUALITY_FULL: u16 = 1_000;

/// The text for a reader: the language asked for by name, else the best of an `Accept-Language` header
/// (RFC 9110, section 12.5.4; lookup of RFC 4647, section 3.4), else the one to fall back to.
/// Total: unknown and malformed ranges choose nothing. `None` only for a version without texts.
pub fn text_for<'v>(
    version: &'v Version,
    asked: Option<&str>,
    accept: Option<&str>,
) -> Option<&'v LocaleText> {
    let by_name = asked.and_then(|range| lookup(version, range));
    by_name
        .or_else(|| accept.and_then(|header| best(version, header)))
        .or_else(|| version.texts().first())
}

fn best<'v>(version: &'v Version, header: &str) -> Option<&'v LocaleText> {
    wanted(header).find_map(|range| lookup(version, range))
}

/// The ranges of an `Accept-Language` header (RFC 9110, section 12.5.4), the most wanted first; those that are not
/// wanted at all and those that make no sense are left out.
pub fn wanted(header: &str) -> impl Iterator<Item = &str> {
    let ranges = header.split(',').take(RANGES_MAX).filter_map(range);
    let mut wanted: Vec<(u16, &str)> = ranges.filter(|(quality, _)| *quality > 0).collect();
    // A stable sort: of equal wishes the first one said.
    wanted.sort_by_key(|(quality, _)| QUALITY_FULL - quality);
    wanted.into_iter().map(|(_, range)| range)
}

/// A language range and its quality in thousandths.
fn range(text: &str) -> Option<(u16, &str)> {
    let (range, rest) = text.split_once(';').unwrap_or((text, ""));
    let quality = match rest.trim().strip_prefix("q=") {
        None => QUALITY_FULL,
        Some(number) => thousandths(number.trim())?,
    };
    Some((quality, range.trim()))
}

/// `1`, `0.5`, `0.333`.
fn thousandths(number: &str) -> Option<u16> {
    let (whole, rest) = number.split_once('.').unwrap_or((number, ""));
    if rest.len() > 3 || !rest.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part: u16 = format!("{rest:0<3}").parse().ok()?;
    match whole {
        "0" => Some(part),
        "1" if part == 0 => Some(QUALITY_FULL),
        _ => None,
    }
}

/// The range itself, then with one part less, until a text has it; then any text of its language.
fn lookup<'v>(version: &'v Version, range: &str) -> Option<&'v LocaleText> {
    let range = range.trim().to_ascii_lowercase();
    let mut rest: Option<&str> = Some(&range);
    while let Some(tag) = rest {
        let exact = |t: &&LocaleText| t.locale.as_str() == tag;
        if let Some(found) = version.texts().iter().find(exact) {
            return Some(found);
        }
        rest = tag.rsplit_once('-').map(|(head, _)| head);
    }
    let language = language(&range);
    let same = |t: &&LocaleText| self::language(t.locale.as_str()) == language;
    version.texts().iter().find(same)
}

fn language(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

/// The languages of a version, the one to fall back to first.
pub fn locales(version: &Version) -> impl Iterator<Item = &Locale> {
    version.texts().iter().map(|t| &t.locale)
}
