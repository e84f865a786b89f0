//! SHA-256 of canonical bytes, as policies, ledgers and proofs write it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::version::ValueFault;

/// What every hash begins with: the algorithm, so that another can follow one day.
const PREFIX: &str = "sha256:";

/// The hash of a version's or pack's canonical bytes. As text: `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PolicyHash([u8; 32]);

impl PolicyHash {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The 32 bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// From the 32 bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl FromStr for PolicyHash {
    type Err = ValueFault;
    fn from_str(text: &str) -> Result<Self, ValueFault> {
        let digits = text.strip_prefix(PREFIX).ok_or(ValueFault::Hash)?;
        let mut out = [0; 32];
        if digits.len() != 2 * out.len() || !digits.is_ascii() {
            return Err(ValueFault::Hash);
        }
        for (byte, pair) in out.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
            let value = |digit: u8| match digit {
                b'0'..=b'9' => Ok(digit - b'0'),
                b'a'..=b'f' => Ok(digit - b'a' + 10),
                _ => Err(ValueFault::Hash),
            };
            *byte = value(pair[0])? << 4 | value(pair[1])?;
        }
        Ok(Self(out))
    }
}

impl fmt::Display for PolicyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PolicyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for PolicyHash {
    type Error = ValueFault;
    fn try_from(text: String) -> Result<Self, ValueFault> {
        text.parse()
    }
}

impl From<PolicyHash> for String {
    fn from(hash: PolicyHash) -> Self {
        hash.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_hash_is_read_back_and_nothing_else_is() {
        let hash = PolicyHash::of(b"");
        let text = hash.to_string();
        assert_eq!(
            text,
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(text.parse(), Ok(hash));
        for bad in [
            "",
            "sha256:",
            "sha256:E3",
            &text[..70],
            &text.to_uppercase(),
        ] {
            assert!(bad.parse::<PolicyHash>().is_err(), "{bad}");
        }
    }
}
