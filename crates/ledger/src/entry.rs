//! An entry before it has an index: payload, commitment, sealed payload; and how one is opened again.
//!
//! commitment = SHA-256("avow-entry-v1" || kind || salt || payload). The salt has 256 bits and is made of the
//! person's key, so that after an erasure nobody can find the payload by trying.

use avow_model::EntryId;

use crate::canonical::CanonicalFault;
use crate::digest::Digest;
use crate::keys::{Salt, SubjectKey};
use crate::kind::EntryKind;
use crate::payload::Payload;
use crate::seal::{Sealed, seal, unseal};

/// Longest canonical payload in bytes: a decision with its request and answer fits ten times.
pub const PAYLOAD_BYTES_MAX: usize = 256 * 1024;

/// What is stored of an entry when it is appended, in the transaction of the change it tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    pub id: EntryId,
    pub kind: EntryKind,
    pub commitment: Digest,
    pub sealed: Sealed,
}

/// What opens a commitment: given to a verifier or to the person, it proves the payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    pub kind: EntryKind,
    pub salt: Salt,
    /// Canonical JSON.
    pub payload: String,
}

/// Why an entry cannot be made or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryFault {
    #[error("the payload {0}")]
    Payload(#[from] CanonicalFault),
    #[error("the sealed payload does not open: wrong key, or changed")]
    Sealed,
    #[error("the opening is not that of the commitment")]
    Commitment,
}

/// The commitment to a payload.
pub fn commitment(kind: EntryKind, salt: &Salt, payload: &str) -> Digest {
    let kind = [kind.code()];
    Digest::of_parts(&[b"avow-entry-v1", &kind, salt.as_bytes(), payload.as_bytes()])
}

/// Makes an entry: encodes, commits, seals. Same arguments, same bytes.
pub fn append(id: EntryId, payload: &Payload, key: &SubjectKey) -> Result<Appended, EntryFault> {
    let kind = payload.kind();
    let text = payload.encode()?;
    let commitment = commitment(kind, &key.salt(id), &text);
    Ok(Appended {
        id,
        kind,
        commitment,
        sealed: seal(key, (id, kind), &commitment, text.as_bytes()),
    })
}

impl Appended {
    /// Opens a stored entry with its subject's key; checks that it is what was committed to.
    pub fn open(&self, key: &SubjectKey) -> Result<Opening, EntryFault> {
        let plain = unseal(key, (self.id, self.kind), &self.sealed).ok_or(EntryFault::Sealed)?;
        let opening = Opening {
            kind: self.kind,
            salt: key.salt(self.id),
            payload: String::from_utf8(plain).map_err(|_| EntryFault::Sealed)?,
        };
        if opening.commitment() == self.commitment {
            Ok(opening)
        } else {
            Err(EntryFault::Commitment)
        }
    }
}

impl Opening {
    /// The commitment that this opens.
    pub fn commitment(&self) -> Digest {
        commitment(self.kind, &self.salt, &self.payload)
    }

    /// The payload, read strictly.
    pub fn read(&self) -> Result<Payload, EntryFault> {
        Ok(Payload::parse(self.kind, &self.payload)?)
    }
}
