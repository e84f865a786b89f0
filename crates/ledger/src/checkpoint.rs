//! Checkpoints: size and root of an account's tree as a signed note (C2SP tlog-checkpoint, signed-note).
//!
//! The key is Ed25519 (RFC 8032) made from a seed. Never: signs without being told to; `may_sign` decides
//! whether a checkpoint may be signed at all.

use ed25519_dalek::{SignatureError, Signer as _, SigningKey};
use signed_note::{Note, Signer, StandardVerifier, Verifier, VerifierList};
use tlog_tiles::{Checkpoint, Hash};

use crate::digest::Digest;
use crate::tree::SIZE_MAX;

/// Longest origin in bytes: C2SP tlog-cosignature gives it one byte of length.
const ORIGIN_BYTES_MAX: usize = 255;
/// Longest signed note in bytes that is read: a checkpoint with a hundred cosignatures fits.
const NOTE_BYTES_MAX: usize = 32 * 1024;

/// What a checkpoint states: a tree of so many entries has this root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Head {
    pub size: u64,
    pub root: Digest,
}

/// The name of an account's log, its first line in every checkpoint: `mail.example.com/ledger/acme`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(String);

/// The key that signs an account's checkpoints.
pub struct LogKey {
    origin: Origin,
    id: u32,
    key: SigningKey,
}

/// The public key of a log, as others hold it: `<origin>+<id>+<key>` (C2SP signed-note).
#[derive(Clone)]
pub struct LogVerifier {
    text: String,
    verifier: StandardVerifier,
}

/// Why a checkpoint, a name or a key is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointFault {
    #[error(
        "an origin has 1 to {ORIGIN_BYTES_MAX} bytes without white space, control characters or +"
    )]
    Origin,
    #[error("the key is not of the form <name>+<id>+<key> with an Ed25519 key")]
    Key,
    #[error("the checkpoint is not a well-formed signed note of at most {NOTE_BYTES_MAX} bytes")]
    Form,
    #[error("the checkpoint is of another log")]
    OtherLog,
    #[error("the checkpoint carries no valid signature of the log")]
    Signature,
}

impl Origin {
    /// From the installation's host name and the account's slug.
    pub fn new(host: &str, account: &str) -> Result<Self, CheckpointFault> {
        Self::parse(&format!("{host}/ledger/{account}"))
    }

    /// From a line of a checkpoint or the name of a key.
    pub fn parse(text: &str) -> Result<Self, CheckpointFault> {
        let sound = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
        if text.is_empty() || text.len() > ORIGIN_BYTES_MAX || !text.chars().all(sound) {
            return Err(CheckpointFault::Origin);
        }
        Ok(Self(text.to_owned()))
    }

    /// The line.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The key's bytes with the algorithm before them: 1 is Ed25519.
fn public(key: &SigningKey) -> Vec<u8> {
    [&[1], key.verifying_key().as_bytes().as_slice()].concat()
}

impl LogKey {
    /// The key of a log, from 32 secret bytes.
    pub fn from_seed(origin: Origin, seed: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(seed);
        let id = signed_note::key_id(origin.as_str(), &public(&key));
        Self { origin, id, key }
    }

    /// The public key, for trust files and for everybody.
    pub fn verifier(&self) -> LogVerifier {
        let text =
            signed_note::new_ed25519_verifier_key(self.origin.as_str(), &self.key.verifying_key());
        LogVerifier::parse(&text).expect("invariant: a key of our own making is well formed")
    }

    /// SHA-256 of the public key: what a rotation tells.
    pub fn fingerprint(&self) -> Digest {
        Digest::of(self.key.verifying_key().as_bytes())
    }

    /// The signed note. The same head gives the same bytes.
    pub fn sign(&self, head: &Head) -> String {
        let text = Checkpoint::new(
            self.origin.as_str(),
            head.size,
            Hash(*head.root.as_bytes()),
            "",
        )
        .expect("invariant: an origin is one line");
        let mut note = Note::new(&text.to_bytes(), &[])
            .expect("invariant: a checkpoint is a well-formed note");
        note.add_sigs(&[self])
            .expect("invariant: Ed25519 signs every text");
        String::from_utf8(note.to_bytes()).expect("invariant: a note is UTF-8")
    }
}

impl Signer for LogKey {
    fn name(&self) -> &str {
        self.origin.as_str()
    }
    fn key_id(&self) -> u32 {
        self.id
    }
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignatureError> {
        self.key.try_sign(message).map(|s| s.to_bytes().to_vec())
    }
}

impl std::fmt::Debug for LogKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LogKey({}, {:08x})", self.origin.0, self.id)
    }
}

impl std::fmt::Debug for LogVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LogVerifier({})", self.text)
    }
}

impl LogVerifier {
    /// From its text; the name must be an origin.
    pub fn parse(text: &str) -> Result<Self, CheckpointFault> {
        let verifier = StandardVerifier::new(text).map_err(|_| CheckpointFault::Key)?;
        Origin::parse(verifier.name())?;
        let text = text.to_owned();
        Ok(Self { text, verifier })
    }

    /// The text that trust files hold.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The log that it speaks for.
    pub fn origin(&self) -> &str {
        self.verifier.name()
    }

    /// Reads a checkpoint of this log and checks the log's signature. Others' signatures are not looked at.
    pub fn open(&self, note: &str) -> Result<Head, CheckpointFault> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(CheckpointFault::Form);
        }
        let parsed = Note::from_bytes(note.as_bytes()).map_err(|_| CheckpointFault::Form)?;
        if parsed.to_bytes() != note.as_bytes() {
            return Err(CheckpointFault::Form);
        }
        let known = VerifierList::new(vec![Box::new(self.verifier.clone())]);
        let text = Checkpoint::from_bytes(parsed.text()).map_err(|_| CheckpointFault::Form)?;
        if text.origin() != self.origin() {
            return Err(CheckpointFault::OtherLog);
        }
        parsed
            .verify(&known)
            .map_err(|_| CheckpointFault::Signature)?;
        if text.size() > SIZE_MAX {
            return Err(CheckpointFault::Form);
        }
        Ok(Head {
            size: text.size(),
            root: Digest::from_bytes(text.hash().0),
        })
    }
}
