//! Which tags mails may have: those whose memory and time are bounded by fuel and by the output's cap.
//!
//! Fuel bounds steps, not memory: one `"x" * 1e9` is one step, and a chain of `set` doubles a text at each
//! step. So there is no binding but a loop's, no multiplication, and nothing grows in a loop's head.

use super::lex::Tag;
use crate::fault::{ContentFault, Place};

/// Longest code of a tag. minijinja parses by recursion: a tag of many thousand `not` would end the process.
const CODE_BYTES_MAX: usize = 1_000;
/// Block tags that mails may have.
/// (`break` and `continue` would leave a round before its elements are closed.)
const BLOCKS: [&str; 6] = ["if", "elif", "else", "endif", "for", "endfor"];
/// Filters that exist; all give at most a small multiple of what they take.
pub(super) const FILTERS: [&str; 18] = [
    "fallback",
    "default",
    "upper",
    "lower",
    "title",
    "capitalize",
    "trim",
    "truncate",
    "length",
    "first",
    "last",
    "split",
    "urlencode",
    "round",
    "int",
    "float",
    "abs",
    "escape",
];

/// Checks a `{{ }}`.
pub(super) fn output(tag: &Tag, place: Place) -> Result<(), ContentFault> {
    expression(tag, &tag.code, place)
}

/// Checks a `{% %}`.
pub(super) fn block(tag: &Tag, place: Place) -> Result<(), ContentFault> {
    let word = tag.code.split(|c: char| !c.is_alphanumeric()).next();
    if !BLOCKS.contains(&word.unwrap_or("")) {
        return Err(unavailable(tag, place, word.unwrap_or("")));
    }
    if word == Some("for") {
        loop_head(tag, place)?;
    }
    expression(tag, &tag.code, place)
}

fn unavailable(tag: &Tag, place: Place, what: &str) -> ContentFault {
    ContentFault::TagNotAvailable {
        place,
        line: tag.line,
        tag: what.to_owned(),
    }
}

/// A loop's head binds a name: nothing in it may build something larger than its parts.
fn loop_head(tag: &Tag, place: Place) -> Result<(), ContentFault> {
    let code = without_strings(&tag.code);
    let nested = code.matches('[').count() > 1;
    let grows = code.contains(['~', '+', '{']) || nested;
    if grows || code.split_whitespace().any(|w| w == "recursive") {
        return Err(unavailable(tag, place, &tag.code));
    }
    Ok(())
}

fn expression(tag: &Tag, code: &str, place: Place) -> Result<(), ContentFault> {
    if code.len() > CODE_BYTES_MAX {
        return Err(ContentFault::TagTooLong {
            place,
            line: tag.line,
            limit_bytes: CODE_BYTES_MAX,
        });
    }
    let code = without_strings(code);
    if code.contains('*') {
        return Err(unavailable(tag, place, "*"));
    }
    for after in code.split('|').skip(1) {
        let name = after.trim_start();
        let end = name.find(|c: char| !c.is_alphanumeric() && c != '_');
        let name = &name[..end.unwrap_or(name.len())];
        if !FILTERS.contains(&name) {
            return Err(ContentFault::UnknownFilter {
                place,
                line: tag.line,
                filter: name.to_owned(),
            });
        }
    }
    Ok(())
}

/// The code with what stands in strings left out.
fn without_strings(code: &str) -> String {
    let mut quote = None;
    let mut escaped = false;
    code.chars()
        .filter(|c| match (quote, *c) {
            (Some(_), _) if escaped => {
                escaped = false;
                false
            }
            (Some(_), '\\') => {
                escaped = true;
                false
            }
            (Some(q), c) if c == q => {
                quote = None;
                true
            }
            (None, '"' | '\'') => {
                quote = Some(*c);
                true
            }
            (open, _) => open.is_none(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::fault::{ContentFault, Place};
    use crate::template::lex;

    fn fault(source: &str) -> Option<ContentFault> {
        lex(source, Place::Body).err()
    }

    #[test]
    fn what_could_grow_without_bound_is_refused_by_name() {
        for source in [
            "{% set a = 'x' %}",
            "{% macro m() %}{% endmacro %}",
            "{% include 'x' %}",
            "{% import 'x' as y %}",
            "{% extends 'x' %}",
            "{% filter upper %}{% endfilter %}",
            "{% autoescape false %}{% endautoescape %}",
            "{% with a = 1 %}{% endwith %}",
            "{% call m() %}{% endcall %}",
            "{{ 'x' * 1000000000 }}",
            "{{ 2 ** 1000000 }}",
            "{% for a in [x ~ x] %}{% endfor %}",
            "{% for a in [[x, x]] %}{% endfor %}",
            "{% for a in x recursive %}{% endfor %}",
            "{% if %}{% foo %}",
        ] {
            match fault(source) {
                Some(ContentFault::TagNotAvailable { line: 1, .. }) => {}
                other => panic!("{source}: {other:?}"),
            }
        }
    }

    #[test]
    fn an_unknown_filter_is_named_with_its_line() {
        for name in ["safe", "replace", "join", "format", "tojson", "indent", ""] {
            let source = format!("\n{{{{ a | {name}('x') }}}}");
            let filter = name.to_owned();
            let (place, line) = (Place::Body, 2);
            let expected = ContentFault::UnknownFilter {
                place,
                line,
                filter,
            };
            assert_eq!(fault(&source), Some(expected));
        }
    }

    #[test]
    fn strings_may_say_anything() {
        assert_eq!(
            fault(r#"{{ a | fallback("2 * 3 | safe \" {% set %}") }}"#),
            None
        );
        assert_eq!(
            fault("{% for x in ['a*b', 'c|d'] %}{{ x ~ '!' }}{% endfor %}"),
            None
        );
    }
}
