//! The canonical bytes of a policy version and of a rule pack, and back (RFC 8785, without fractions).
//!
//! Promises: equal values have equal bytes; what the author left out is left out here, so that a key
//! that the language gains later changes no bytes of what is published; only the bytes that would be
//! written are read. Never: a fraction, an exponent, a number beyond 2^53.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::hash::PolicyHash;
use crate::pack::Pack;
use crate::set::PolicySet;
use crate::source::SOURCE_BYTES_MAX;
use crate::version::Version;

/// The forms that this program writes and reads. A number is raised when older bytes would read differently.
const VERSION_FORMAT: &str = "avow-policy/1";
const PACK_FORMAT: &str = "avow-pack/1";
const FORMAT_KEY: &str = "format";
/// A policy with the longest text, each sign escaped.
const BYTES_MAX: usize = 8 * SOURCE_BYTES_MAX;
/// Beyond it a number may change on its way through another program (RFC 8785, section 3.2.2.3).
const NUMBER_MAX: u64 = 1 << 53;

/// Why bytes are not the canonical form of a policy or pack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalFault {
    #[error("longer than {BYTES_MAX} bytes: this is no policy")]
    TooLong,
    #[error("not the canonical form of a policy: {why}")]
    Malformed { why: String },
    #[error("of the form \"{found}\", where \"{wanted}\" is read: use the Avow of its time")]
    Format { wanted: &'static str, found: String },
    #[error(
        "changed after it was written, or written by something else: the same content has other bytes"
    )]
    NotCanonical,
    #[error("the versions do not follow each other: version {n} is out of order")]
    Order { n: u32 },
    #[error("version {n} takes effect without the notice that the version before it promised")]
    Notice { n: u32 },
    #[error("version {n} says that it supersedes another version than the one before it")]
    Supersedes { n: u32 },
    #[error("the rule pack \"{pack}\" is promised and not there")]
    Pack { pack: String },
    #[error("more versions or rules than a policy may have")]
    TooMany,
}

impl Version {
    /// The bytes that stand for this version in hashes, ledgers and proofs.
    pub fn canonical(&self) -> Vec<u8> {
        encode(VERSION_FORMAT, self)
    }

    /// SHA-256 of the canonical bytes.
    pub fn hash(&self) -> PolicyHash {
        PolicyHash::of(&self.canonical())
    }

    /// The version from its canonical bytes, and from no others.
    pub fn from_canonical(bytes: &[u8]) -> Result<Self, CanonicalFault> {
        decode(VERSION_FORMAT, bytes)
    }
}

impl Pack {
    /// The bytes that stand for this pack in hashes, ledgers and proofs.
    pub fn canonical(&self) -> Vec<u8> {
        encode(PACK_FORMAT, self)
    }

    /// SHA-256 of the canonical bytes.
    pub fn hash(&self) -> PolicyHash {
        PolicyHash::of(&self.canonical())
    }

    /// The pack from its canonical bytes, and from no others.
    pub fn from_canonical(bytes: &[u8]) -> Result<Self, CanonicalFault> {
        decode(PACK_FORMAT, bytes)
    }
}

impl PolicySet {
    /// The policies of an account from canonical bytes alone, for a verifier who has no files. It holds the
    /// versions to their order, notice periods, hashes and packs; that the hashes are the published ones is
    /// for the caller to know.
    pub fn from_canonical(versions: &[&[u8]], packs: &[&[u8]]) -> Result<Self, CanonicalFault> {
        let versions: Vec<Version> = read_all(versions, Version::from_canonical)?;
        let packs: Vec<Pack> = read_all(packs, Pack::from_canonical)?;
        Self::rebuilt(versions, packs)
    }
}

fn read_all<T>(
    all: &[&[u8]],
    read: impl Fn(&[u8]) -> Result<T, CanonicalFault>,
) -> Result<Vec<T>, CanonicalFault> {
    all.iter().map(|bytes| read(bytes)).collect()
}

fn encode(format: &str, value: &impl Serialize) -> Vec<u8> {
    let mut tree = serde_json::to_value(value).expect("invariant: policies are plain data");
    if let Value::Object(fields) = &mut tree {
        fields.insert(FORMAT_KEY.to_owned(), Value::from(format));
    }
    let mut out = String::new();
    write(&tree, &mut out).expect("invariant: policies hold whole numbers below 2^53");
    out.into_bytes()
}

fn decode<T: Serialize + DeserializeOwned>(
    wanted: &'static str,
    bytes: &[u8],
) -> Result<T, CanonicalFault> {
    if bytes.len() > BYTES_MAX {
        return Err(CanonicalFault::TooLong);
    }
    let malformed = |why: serde_json::Error| CanonicalFault::Malformed {
        why: why.to_string(),
    };
    let mut fields: Map<String, Value> = serde_json::from_slice(bytes).map_err(malformed)?;
    let format = fields.remove(FORMAT_KEY).unwrap_or_default();
    if format != wanted {
        return Err(CanonicalFault::Format {
            wanted,
            found: format.as_str().unwrap_or_default().to_owned(),
        });
    }
    let value: T = serde_json::from_value(Value::Object(fields)).map_err(malformed)?;
    if encode(wanted, &value) != bytes {
        return Err(CanonicalFault::NotCanonical);
    }
    Ok(value)
}

/// A number that the form cannot hold.
#[derive(Debug)]
struct NoWholeNumber;

fn write(value: &Value, out: &mut String) -> Result<(), NoWholeNumber> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => {
            let size = number.as_i64().ok_or(NoWholeNumber)?;
            if size.unsigned_abs() > NUMBER_MAX {
                return Err(NoWholeNumber);
            }
            out.push_str(&size.to_string());
        }
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            write_list(out, ('[', ']'), items, write)?;
        }
        Value::Object(fields) => {
            let mut sorted: Vec<(&String, &Value)> = fields.iter().collect();
            sorted.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
            write_list(out, ('{', '}'), &sorted, |(key, value), out| {
                write_text(key, out);
                out.push(':');
                write(value, out)
            })?;
        }
    }
    Ok(())
}

/// serde_json escapes as RFC 8785 wants it: the short forms, and lower-case hexadecimal for the rest.
fn write_text(text: &str, out: &mut String) {
    let quoted = serde_json::to_string(text).expect("invariant: a text is JSON");
    out.push_str(&quoted);
}

fn write_list<T>(
    out: &mut String,
    (open, close): (char, char),
    items: &[T],
    each: impl Fn(&T, &mut String) -> Result<(), NoWholeNumber>,
) -> Result<(), NoWholeNumber> {
    out.push(open);
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        each(item, out)?;
    }
    out.push(close);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(json: &str) -> Option<String> {
        let mut out = String::new();
        let value: Value = serde_json::from_str(json).unwrap();
        write(&value, &mut out).ok().map(|()| out)
    }

    #[test]
    fn keys_are_sorted_by_their_utf_16_units_and_signs_escaped_shortly() {
        // The sorting example of RFC 8785, section 3.2.3, without its line break key.
        let text = r#"{"\u20ac":"Euro","1":"One","\ud83d\ude00":"Smile","\u0080":"Control","\ufb33":"Dagesh"}"#;
        let sorted = "{\"1\":\"One\",\"\u{80}\":\"Control\",\"\u{20ac}\":\"Euro\",\"\u{1f600}\":\"Smile\",\"\u{fb33}\":\"Dagesh\"}";
        assert_eq!(written(text).as_deref(), Some(sorted));
        let signs = r#""\u000f\u000a\u0041\u0022\u005c\/""#;
        assert_eq!(written(signs).as_deref(), Some(r#""\u000f\nA\"\\/""#));
    }

    #[test]
    fn only_whole_numbers_below_two_to_the_fifty_third_are_written() {
        assert_eq!(
            written("[-1, 0, 9007199254740992]").unwrap(),
            "[-1,0,9007199254740992]"
        );
        for bad in ["1.5", "1e3", "9007199254740993", "18446744073709551615"] {
            assert_eq!(written(bad), None, "{bad}");
        }
    }
}
