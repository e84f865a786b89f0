//! SHA-256 digests: 32 bytes, in text always 64 lower-case hexadecimal digits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Length of a digest in bytes (FIPS 180-4).
pub const DIGEST_BYTES: usize = 32;

/// A SHA-256 digest. The zero digest stands for "none" where a layout is fixed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; DIGEST_BYTES]);

/// Why a text is no digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a digest is 64 lower-case hexadecimal digits")]
pub struct DigestFault;

impl Digest {
    /// All zero: no digest.
    pub const ZERO: Self = Self([0; DIGEST_BYTES]);

    /// From the bytes that a store or a file holds.
    pub const fn from_bytes(bytes: [u8; DIGEST_BYTES]) -> Self {
        Self(bytes)
    }

    /// From a slice of exactly 32 bytes; anything else is `None`.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The digest of one text.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest of parts put one after the other. The first is a tag that says what is hashed;
    /// at most the last has a length of its own, so that no two lists of parts collide.
    pub fn of_parts(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; DIGEST_BYTES] {
        &self.0
    }

    /// True for `ZERO`.
    pub fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl FromStr for Digest {
    type Err = DigestFault;

    fn from_str(text: &str) -> Result<Self, DigestFault> {
        let digits: &[u8; 2 * DIGEST_BYTES] =
            text.as_bytes().try_into().map_err(|_| DigestFault)?;
        let mut out = [0; DIGEST_BYTES];
        for (byte, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
            let high = nibble(pair[0]).ok_or(DigestFault)?;
            *byte = high << 4 | nibble(pair[1]).ok_or(DigestFault)?;
        }
        Ok(Self(out))
    }
}

impl TryFrom<String> for Digest {
    type Error = DigestFault;
    fn try_from(text: String) -> Result<Self, DigestFault> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}
