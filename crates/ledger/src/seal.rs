//! Sealing payloads with XChaCha20-Poly1305 under a person's key.
//!
//! Associated data are the entry's id and kind: a sealed payload moved to another entry does not open.

use avow_model::EntryId;
use chacha20poly1305::aead::{Aead as _, Payload as Plain};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};

use crate::digest::Digest;
use crate::keys::SubjectKey;
use crate::kind::EntryKind;

/// Length of an XChaCha20 nonce in bytes.
const NONCE_BYTES: usize = 24;
/// Length of a Poly1305 tag in bytes.
const TAG_BYTES: usize = 16;

/// Nonce, then ciphertext with its tag. Useless without the subject's key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// From the bytes of a row.
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// For the row.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// For the row, without a copy.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// The entry's id and kind: what the seal is tied to.
fn tie((id, kind): (EntryId, EntryKind)) -> [u8; 9] {
    let mut out = [kind.code(); 9];
    out[..8].copy_from_slice(&id.as_i64().to_be_bytes());
    out
}

pub(crate) fn seal(
    key: &SubjectKey,
    entry: (EntryId, EntryKind),
    commitment: &Digest,
    plain: &[u8],
) -> Sealed {
    let cipher = XChaCha20Poly1305::new(&key.sealing().into());
    let nonce = key.nonce(entry.0, commitment);
    let aad = tie(entry);
    let plain = Plain {
        msg: plain,
        aad: &aad,
    };
    let sealed = cipher
        .encrypt(&nonce.into(), plain)
        .expect("invariant: a payload is far below the cipher's limit of 256 GB");
    Sealed([&nonce[..], &sealed].concat())
}

/// The plain bytes; `None` when key, id, kind or a bit is wrong.
pub(crate) fn unseal(
    key: &SubjectKey,
    entry: (EntryId, EntryKind),
    sealed: &Sealed,
) -> Option<Vec<u8>> {
    if sealed.0.len() < NONCE_BYTES + TAG_BYTES {
        return None;
    }
    let (nonce, sealed) = sealed.0.split_first_chunk::<NONCE_BYTES>()?;
    let cipher = XChaCha20Poly1305::new(&key.sealing().into());
    let aad = tie(entry);
    let sealed = Plain {
        msg: sealed,
        aad: &aad,
    };
    cipher.decrypt(&(*nonce).into(), sealed).ok()
}
