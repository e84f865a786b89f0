//! Keys: one for each account, one for each person, and what is made of them.
//!
//! A person's key is HMAC-SHA-256 of a random seed under the account's key (RFC 2104). The seed lies in the
//! store and nowhere else: whoever destroys the seed destroys the key, and with it every salt, every
//! opening and every sealed payload about the person. Never: makes randomness (the seed is given),
//! prints a key.

use std::fmt;

use avow_model::EntryId;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::digest::{DIGEST_BYTES, Digest};

/// Length of a key, a seed and a salt in bytes.
pub const KEY_BYTES: usize = 32;

/// HMAC-SHA-256 of parts under a key.
fn mac(key: &[u8; KEY_BYTES], parts: &[&[u8]]) -> [u8; DIGEST_BYTES] {
    let mut mac =
        <Hmac<Sha256>>::new_from_slice(key).expect("invariant: HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The secret of an account, from the installation's key file. Never in the database.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct AccountKey([u8; KEY_BYTES]);

/// 32 random bytes for one subject: a person, the account's policy or its office. The only thing that
/// an erasure must destroy.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Seed([u8; KEY_BYTES]);

/// The key of one subject.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SubjectKey([u8; KEY_BYTES]);

/// What makes one entry's commitment unguessable: 256 bits. Part of an opening.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Salt([u8; KEY_BYTES]);

impl AccountKey {
    /// From the bytes of the key file.
    pub const fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The key of the subject that has this seed.
    pub fn subject(&self, seed: &Seed) -> SubjectKey {
        SubjectKey(mac(&self.0, &[b"avow-subject-v1", &seed.0]))
    }

    /// The seed of the key that signs the account's checkpoints.
    pub fn signing_seed(&self) -> [u8; KEY_BYTES] {
        mac(&self.0, &[b"avow-checkpoint-v1"])
    }

    /// A chain commitment that nobody can open: for an entry whose subject was erased before the entry
    /// got its index.
    pub fn orphan(&self, entry: EntryId) -> Digest {
        let parts: [&[u8]; 2] = [b"avow-orphan-v1", &entry.as_i64().to_be_bytes()];
        Digest::from_bytes(mac(&self.0, &parts))
    }
}

impl Seed {
    /// From random bytes, or from the row that holds them.
    pub const fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// From a slice of exactly 32 bytes; anything else is `None`.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// For the row that holds it; never for a log, a page or an export.
    pub const fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl SubjectKey {
    /// The salt of the commitment of an entry.
    pub fn salt(&self, entry: EntryId) -> Salt {
        self.derive(b"avow-salt-v1", entry)
    }

    /// The salt of the chain commitment of an entry.
    pub fn link_salt(&self, entry: EntryId) -> Salt {
        self.derive(b"avow-link-salt-v1", entry)
    }

    fn derive(&self, tag: &[u8], entry: EntryId) -> Salt {
        Salt(mac(&self.0, &[tag, &entry.as_i64().to_be_bytes()]))
    }

    /// The key that seals payloads.
    pub(crate) fn sealing(&self) -> [u8; KEY_BYTES] {
        mac(&self.0, &[b"avow-seal-v1"])
    }

    /// A nonce that depends on what is sealed: two payloads never meet under one nonce, even when an id
    /// was given twice.
    pub(crate) fn nonce(&self, entry: EntryId, commitment: &Digest) -> [u8; 24] {
        let id = entry.as_i64().to_be_bytes();
        let whole = mac(&self.0, &[b"avow-nonce-v1", &id, commitment.as_bytes()]);
        let mut nonce = [0; 24];
        nonce.copy_from_slice(&whole[..24]);
        nonce
    }
}

impl Salt {
    /// From the bytes of an opening.
    pub const fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes: part of what is hashed, and of an opening.
    pub const fn as_bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

/// Secrets show their kind only.
macro_rules! masked {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}
masked!(AccountKey, Seed, SubjectKey, Salt);
