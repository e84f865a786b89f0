//! Signing keys: made, read, and published as DNS records.

use avow_model::Entropy;
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::rotation::Generation;

/// The selector of a domain's first RSA key in DNS.
const RSA_SELECTOR: &str = "avow-rsa";
/// The selector of a domain's first Ed25519 key in DNS.
const ED25519_SELECTOR: &str = "avow-ed";

/// What is wrong with a domain's keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DkimFault {
    #[error(
        "the RSA key of {domain} cannot be read: it must be RSA of 2048 bits or more, as PKCS#8 DER; make a new pair or restore the file"
    )]
    BadRsaKey { domain: String },
    #[error(
        "the Ed25519 key of {domain} cannot be read: it must be PKCS#8 DER; make a new pair or restore the file"
    )]
    BadEd25519Key { domain: String },
    #[error("`{domain}` is not a domain name that can sign")]
    BadDomain { domain: String },
    #[error("the system's cryptography could not make a key; try again")]
    NoKey,
    #[error("the message could not be signed with the RSA key of {domain}")]
    Unsigned { domain: String },
}

/// A domain's two private keys as PKCS#8 DER: the bytes of `rsa.pk8` and `ed25519.pk8`.
pub struct KeyPairFiles {
    /// Which pair of the domain it is: names its selectors.
    pub generation: Generation,
    pub rsa_pkcs8: Vec<u8>,
    pub ed25519_pkcs8: Vec<u8>,
}

impl std::fmt::Debug for KeyPairFiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyPairFiles(..)")
    }
}

impl KeyPairFiles {
    /// The selectors of RSA and Ed25519.
    pub(super) fn selectors(&self) -> [String; 2] {
        [RSA_SELECTOR, ED25519_SELECTOR].map(|first| self.generation.selector(first))
    }
}

/// A TXT record to publish.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DnsRecord {
    /// The full name, without a dot at its end.
    pub name: String,
    /// The value as one text; in a zone file, split it into strings of at most 255 characters.
    pub value: String,
}

/// Makes a pair of keys. Ed25519 comes from `entropy`; RSA's primes come from the cryptographic library's own
/// generator, for it takes no other.
pub fn generate(entropy: &dyn Entropy) -> Result<KeyPairFiles, DkimFault> {
    generate_as(Generation::FIRST, entropy)
}

/// The same, as a later pair of its domain.
pub(super) fn generate_as(
    generation: Generation,
    entropy: &dyn Entropy,
) -> Result<KeyPairFiles, DkimFault> {
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| DkimFault::NoKey)?;
    let rsa = rsa.as_der().map_err(|_| DkimFault::NoKey)?;
    let mut seed = [0u8; 32];
    entropy.fill(&mut seed);
    let ed25519 = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| DkimFault::NoKey)?;
    let ed25519 = ed25519.to_pkcs8v1().map_err(|_| DkimFault::NoKey)?;
    Ok(KeyPairFiles {
        generation,
        rsa_pkcs8: rsa.as_ref().to_vec(),
        ed25519_pkcs8: ed25519.as_ref().to_vec(),
    })
}

/// The TXT records that make a domain's signatures verifiable: RSA (RFC 6376 3.6.1), then Ed25519 (RFC 8463 4).
pub fn dns_records(domain: &str, keys: &KeyPairFiles) -> Result<[DnsRecord; 2], DkimFault> {
    let bad_rsa = || DkimFault::BadRsaKey {
        domain: domain.to_owned(),
    };
    let bad_ed = || DkimFault::BadEd25519Key {
        domain: domain.to_owned(),
    };
    let rsa = RsaKeyPair::from_pkcs8(&keys.rsa_pkcs8).map_err(|_| bad_rsa())?;
    let rsa = rsa.public_key().as_der().map_err(|_| bad_rsa())?;
    let ed =
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(&keys.ed25519_pkcs8).map_err(|_| bad_ed())?;
    let record = |selector: &str, kind: &str, key: &[u8]| DnsRecord {
        name: format!("{selector}._domainkey.{domain}"),
        value: format!("v=DKIM1; k={kind}; p={}", STANDARD.encode(key)),
    };
    let [rsa_selector, ed_selector] = keys.selectors();
    Ok([
        record(&rsa_selector, "rsa", rsa.as_ref()),
        record(&ed_selector, "ed25519", ed.public_key().as_ref()),
    ])
}
