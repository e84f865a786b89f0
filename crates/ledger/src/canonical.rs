//! Canonical JSON (RFC 8785) of integers, strings, booleans, lists and maps: one value, one text.
//!
//! Promises: keys in the order of their UTF-16 units, no white space, the shortest escapes. Reading is
//! strict: a text that is not the canonical form of its value is refused, so that no two texts open one
//! entry. Never: floating point (a number is an integer that every double holds exactly) or null.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The largest integer that every reader of JSON holds exactly (RFC 8785, 3.2.2.3): 2^53 - 1.
const INTEGER_MAX: i64 = (1 << 53) - 1;

/// Why a text is not the canonical JSON of what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalFault {
    #[error("not JSON of the expected shape: {0}")]
    Shape(String),
    #[error("holds a number that is not an integer within 2^53")]
    Number,
    #[error("holds a null: what is not there is left out")]
    Null,
    #[error("is not in canonical form (RFC 8785)")]
    Form,
    #[error("has {0} bytes: at most {1} are read")]
    TooLong(usize, usize),
}

/// The canonical text of a value.
pub fn to_canonical<T: Serialize>(value: &T) -> Result<String, CanonicalFault> {
    let value = serde_json::to_value(value).map_err(|e| CanonicalFault::Shape(e.to_string()))?;
    let mut out = String::new();
    write(&value, &mut out)?;
    Ok(out)
}

/// As `to_canonical`, for types that declare their fields in the order of their names and hold neither
/// floating point nor maps: three times as fast, and the same text (checked where assertions are).
pub(crate) fn to_canonical_ordered<T: Serialize>(value: &T) -> Result<String, CanonicalFault> {
    let text = serde_json::to_string(value).map_err(|e| CanonicalFault::Shape(e.to_string()))?;
    debug_assert_eq!(to_canonical(value).as_ref(), Ok(&text));
    Ok(text)
}

/// Reads a value from its canonical text; `T` must refuse fields that it does not know.
pub fn from_canonical<T: Serialize + DeserializeOwned>(text: &str) -> Result<T, CanonicalFault> {
    let value: T = serde_json::from_str(text).map_err(|e| CanonicalFault::Shape(e.to_string()))?;
    if to_canonical(&value)? == text {
        Ok(value)
    } else {
        Err(CanonicalFault::Form)
    }
}

fn write(value: &Value, out: &mut String) -> Result<(), CanonicalFault> {
    match value {
        Value::Null => return Err(CanonicalFault::Null),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => {
            let exact = |n: &i64| (-INTEGER_MAX..=INTEGER_MAX).contains(n);
            let integer = number.as_i64().filter(exact);
            out.push_str(&integer.ok_or(CanonicalFault::Number)?.to_string());
        }
        Value::String(text) => write_text(text, out),
        Value::Array(items) => write_list(items, out)?,
        Value::Object(map) => {
            let mut pairs: Vec<_> = map.iter().collect();
            pairs.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            write_pairs(&pairs, out)?;
        }
    }
    Ok(())
}

fn write_list(items: &[Value], out: &mut String) -> Result<(), CanonicalFault> {
    out.push('[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(item, out)?;
    }
    out.push(']');
    Ok(())
}

fn write_pairs(pairs: &[(&String, &Value)], out: &mut String) -> Result<(), CanonicalFault> {
    out.push('{');
    for (at, (key, value)) in pairs.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write_text(key, out);
        out.push(':');
        write(value, out)?;
    }
    out.push('}');
    Ok(())
}

/// RFC 8785 3.2.2.2: two-character escapes where JSON has them, `\u00xx` for other controls, no more.
fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{9}' => out.push_str("\\t"),
            '\u{a}' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\u{d}' => out.push_str("\\r"),
            c if c < ' ' => {
                let code = u32::from(c);
                out.push_str("\\u00");
                out.extend(
                    [code >> 4, code & 15].map(|digit| char::from_digit(digit, 16).unwrap_or('0')),
                );
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
