//! The signer.

use avow_model::Timestamp;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::Ed25519KeyPair;

use super::keys::{DkimFault, KeyPairFiles};

/// Smallest RSA modulus that receivers still take as safe (RFC 8301 3.2 asks 1024, advises 2048), in bytes.
const RSA_MODULUS_BYTES_MIN: usize = 256;

/// Signs the mail of one domain; immutable, shared by all workers.
pub struct Signer {
    domain: String,
    rsa: RsaKeyPair,
    ed25519: Ed25519KeyPair,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.domain)
    }
}

impl Signer {
    /// Reads both keys of `domain`.
    pub fn new(domain: &str, keys: &KeyPairFiles) -> Result<Self, DkimFault> {
        let bad_rsa = || DkimFault::BadRsaKey {
            domain: domain.to_owned(),
        };
        let rsa = RsaKeyPair::from_pkcs8(&keys.rsa_pkcs8).map_err(|_| bad_rsa())?;
        if rsa.public_modulus_len() < RSA_MODULUS_BYTES_MIN {
            return Err(bad_rsa());
        }
        let bad_ed = |_| DkimFault::BadEd25519Key {
            domain: domain.to_owned(),
        };
        let ed25519 =
            Ed25519KeyPair::from_pkcs8_maybe_unchecked(&keys.ed25519_pkcs8).map_err(bad_ed)?;
        Ok(Self {
            domain: domain.to_owned(),
            rsa,
            ed25519,
        })
    }

    /// Appends both `DKIM-Signature` header fields, CRLF included, for a header block (without its ending empty
    /// line) and a body as `compose::Scratch` holds them. Put them before the header block on the wire.
    /// `at` becomes `t=`: the message's date, so that a resend carries the same signatures.
    pub fn sign(
        &self,
        headers: &[u8],
        body: &[u8],
        at: Timestamp,
        out: &mut Vec<u8>,
    ) -> Result<(), DkimFault> {
        let _ = (headers, body, at, out, &self.rsa, &self.ed25519);
        Err(DkimFault::Unsigned {
            domain: self.domain.clone(),
        })
    }
}
