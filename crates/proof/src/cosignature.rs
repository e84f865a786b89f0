//! Cosignatures of witnesses on checkpoints (C2SP tlog-cosignature, cosignature/v1: Ed25519 with a time).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, VerifyingKey};

use avow_ledger::Digest;

/// The algorithm's byte in keys.
const COSIGNATURE_V1: u8 = 4;
/// Key id, time, Ed25519 signature.
const LINE_BYTES: usize = 4 + 8 + 64;

/// A witness' public key: `<name>+<id>+<key>` (C2SP signed-note).
#[derive(Debug, Clone)]
pub(crate) struct WitnessKey {
    text: String,
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

impl WitnessKey {
    /// From its text; the id must be that of name and key.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once('+')?;
        let (id, key) = rest.split_once('+')?;
        let bytes = BASE64.decode(key).ok()?;
        let (algorithm, public) = bytes.split_first()?;
        let public: &[u8; 32] = public.try_into().ok()?;
        let whole = Digest::of_parts(&[name.as_bytes(), b"\n", &bytes]);
        let computed: [u8; 4] = whole.as_bytes()[..4].try_into().ok()?;
        let sound = *algorithm == COSIGNATURE_V1 && !name.is_empty();
        if !sound || id != format!("{:08x}", u32::from_be_bytes(computed)) {
            return None;
        }
        Some(Self {
            text: text.to_owned(),
            name: name.to_owned(),
            id: computed,
            key: VerifyingKey::from_bytes(public).ok()?,
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn same_key(&self, other: &Self) -> bool {
        self.key == other.key
    }

    /// The time (seconds since 1970) at which this witness cosigned the note, where it did.
    pub(crate) fn cosigned(&self, note: &str) -> Option<u64> {
        let (text, signatures) = note.rsplit_once("\n\n")?;
        let mut lines = signatures.lines().filter_map(|line| {
            let (name, signature) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
            (name == self.name).then(|| BASE64.decode(signature).ok())?
        });
        lines.find_map(|line| self.verified(text, &line))
    }

    fn verified(&self, text: &str, line: &[u8]) -> Option<u64> {
        let line: &[u8; LINE_BYTES] = line.try_into().ok()?;
        let (id, rest) = line.split_first_chunk::<4>()?;
        let (time, signature) = rest.split_first_chunk::<8>()?;
        let time = u64::from_be_bytes(*time);
        let message = format!("cosignature/v1\ntime {time}\n{text}\n");
        let signature = Signature::from_slice(signature).ok()?;
        let good = self
            .key
            .verify_strict(message.as_bytes(), &signature)
            .is_ok();
        (*id == self.id && good).then_some(time)
    }
}
