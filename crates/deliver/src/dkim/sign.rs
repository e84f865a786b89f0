//! The signer: one hash of the body, one canonical copy of the headers, two signatures.

use avow_model::Timestamp;
use aws_lc_rs::digest::{Context, SHA256};
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::canonical::{append_field, append_unended, fields, has_name, hash_body};
use super::keys::{DkimFault, KeyPairFiles};

/// Smallest RSA modulus, in bytes (RFC 8301 3.2: signers should use 2048 bits).
const RSA_MODULUS_BYTES_MIN: usize = 256;
/// Largest: 4096 bits, what verifiers must be able to take (RFC 8301 3.2).
const RSA_MODULUS_BYTES_MAX: usize = 512;
/// Where the signature's base64 is folded.
const FOLD_CHARS: usize = 72;

/// Base64 of a SHA-256.
const HASH_CHARS: usize = 44;

/// Signed header fields. Each stands twice in `h=`, so that adding a second one breaks the signature, and adding
/// one that was absent does too (RFC 6376 8.15).
const SIGNED: [&str; 13] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "list-id",
    "mime-version",
    "content-type",
    "feedback-id",
    "auto-submitted",
];

/// Signs the mail of one domain; immutable, shared by all workers.
pub struct Signer {
    domain: String,
    rsa: RsaKeyPair,
    ed25519: Ed25519KeyPair,
    rsa_head: Twin,
    ed25519_head: Twin,
    names: Twin,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.domain)
    }
}

impl Signer {
    /// Reads both keys of `domain`.
    pub fn new(domain: &str, keys: &KeyPairFiles) -> Result<Self, DkimFault> {
        check_domain(domain)?;
        let bad_rsa = || DkimFault::BadRsaKey {
            domain: domain.to_owned(),
        };
        let rsa = RsaKeyPair::from_pkcs8(&keys.rsa_pkcs8).map_err(|_| bad_rsa())?;
        if !(RSA_MODULUS_BYTES_MIN..=RSA_MODULUS_BYTES_MAX).contains(&rsa.public_modulus_len()) {
            return Err(bad_rsa());
        }
        let bad_ed = |_| DkimFault::BadEd25519Key {
            domain: domain.to_owned(),
        };
        let ed25519 =
            Ed25519KeyPair::from_pkcs8_maybe_unchecked(&keys.ed25519_pkcs8).map_err(bad_ed)?;
        let [rsa_selector, ed_selector] = keys.selectors();
        Ok(Self {
            domain: domain.to_owned(),
            rsa,
            ed25519,
            rsa_head: head("rsa-sha256", domain, &rsa_selector),
            ed25519_head: head("ed25519-sha256", domain, &ed_selector),
            names: signed_names(),
        })
    }

    /// The domain that signs.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Appends both `DKIM-Signature` fields, CRLF included, for a header block (without its ending empty line)
    /// and a body as `compose::Scratch` holds them. Put them before the header block on the wire.
    ///
    /// `at` becomes `t=`: the message's date, so that a resend carries the same bytes. Both algorithms are
    /// deterministic. `out` is also the work space: nothing is allocated once it has grown.
    pub fn sign(
        &self,
        headers: &[u8],
        body: &[u8],
        at: Timestamp,
        out: &mut Vec<u8>,
    ) -> Result<(), DkimFault> {
        let mut body_hash = Context::new(&SHA256);
        hash_body(body, &mut body_hash);
        let body_hash = Base64Of::<HASH_CHARS>::new(body_hash.finish().as_ref());
        let shared = hash_headers(headers, out);
        let stamp = Stamp {
            names: &self.names,
            at_s: at.as_second(),
            body_hash: body_hash.as_bytes(),
        };
        self.append_rsa(&stamp, shared.clone(), out)?;
        self.append_ed25519(&stamp, shared, out);
        Ok(())
    }

    fn append_rsa(
        &self,
        stamp: &Stamp<'_>,
        hash: Context,
        out: &mut Vec<u8>,
    ) -> Result<(), DkimFault> {
        let hash = stamp.append(&self.rsa_head, hash, out);
        let mut signature = [0u8; RSA_MODULUS_BYTES_MAX];
        let signature = &mut signature[..self.rsa.public_modulus_len()];
        let unsigned = |_| DkimFault::Unsigned {
            domain: self.domain.clone(),
        };
        self.rsa
            .sign_digest(&RSA_PKCS1_SHA256, &hash.finish(), signature)
            .map_err(unsigned)?;
        append_signature(signature, out);
        Ok(())
    }

    /// RFC 8463 3: what Ed25519 signs is the SHA-256 of the canonical headers.
    fn append_ed25519(&self, stamp: &Stamp<'_>, hash: Context, out: &mut Vec<u8>) {
        let hash = stamp.append(&self.ed25519_head, hash, out);
        let signature = self.ed25519.sign(hash.finish().as_ref());
        append_signature(signature.as_ref(), out);
    }
}

fn check_domain(domain: &str) -> Result<(), DkimFault> {
    let label = |l: &str| {
        !l.is_empty()
            && l.bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    if domain.len() <= 253 && domain.contains('.') && domain.split('.').all(label) {
        return Ok(());
    }
    let domain = domain.to_owned();
    Err(DkimFault::BadDomain { domain })
}

/// A constant part of a signature field: as it is written, and as it is hashed.
struct Twin {
    written: String,
    canonical: Vec<u8>,
}

impl Twin {
    /// The start of a field.
    fn of_start(written: String) -> Self {
        let mut canonical = Vec::new();
        append_unended(written.as_bytes(), &mut canonical);
        Self { written, canonical }
    }

    /// A part of the value that begins with something other than white space.
    fn of_value(written: String) -> Self {
        let mut twin = Self::of_start(format!(":{written}"));
        twin.canonical.remove(0);
        Self { written, ..twin }
    }
}

fn head(algorithm: &str, domain: &str, selector: &str) -> Twin {
    Twin::of_start(format!(
        "DKIM-Signature: v=1; a={algorithm}; c=relaxed/relaxed;\r\n\td={domain};\r\n\ts={selector}; t="
    ))
}

/// `h=` with every name twice, folded.
fn signed_names() -> Twin {
    let mut names = String::from(";\r\n\th=");
    let mut column = 0;
    for (i, name) in SIGNED.iter().flat_map(|n| [n, n]).enumerate() {
        if i > 0 {
            names.push(':');
        }
        if column + name.len() > FOLD_CHARS {
            names.push_str("\r\n\t ");
            column = 0;
        }
        names.push_str(name);
        column += name.len() + 1;
    }
    names.push_str(";\r\n\tbh=");
    Twin::of_value(names)
}

/// Hashes the signed fields in the order of `h=`: of fields with one name, the last first (RFC 6376 5.4.2).
/// `out` is used behind its end and left as it was.
fn hash_headers(headers: &[u8], out: &mut Vec<u8>) -> Context {
    let end = out.len();
    for name in SIGNED {
        let mut last = None;
        let mut before_last = None;
        for field in fields(headers).filter(|f| has_name(f, name)) {
            before_last = last;
            last = Some(field);
        }
        for field in [last, before_last].into_iter().flatten() {
            append_field(field, out);
        }
    }
    let mut hash = Context::new(&SHA256);
    hash.update(&out[end..]);
    out.truncate(end);
    hash
}

/// What both signature fields of a message share.
struct Stamp<'a> {
    names: &'a Twin,
    at_s: i64,
    body_hash: &'a [u8],
}

impl Stamp<'_> {
    /// Appends a signature field up to `b=`, and hashes it behind the headers as the verifier will: canonical,
    /// without signature and line end (RFC 6376 3.7).
    fn append(&self, head: &Twin, mut hash: Context, out: &mut Vec<u8>) -> Context {
        out.extend_from_slice(head.written.as_bytes());
        let number = out.len();
        append_number(self.at_s, out);
        hash.update(&head.canonical);
        hash.update(&out[number..]);
        out.extend_from_slice(self.names.written.as_bytes());
        out.extend_from_slice(self.body_hash);
        out.extend_from_slice(b";\r\n\tb=");
        hash.update(&self.names.canonical);
        hash.update(self.body_hash);
        hash.update(b"; b=");
        hash
    }
}

fn append_number(number: i64, out: &mut Vec<u8>) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    let mut rest = number.max(0).unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Appends a signature in base64, folded, and the field's end.
fn append_signature(signature: &[u8], out: &mut Vec<u8>) {
    let text = Base64Of::<{ RSA_MODULUS_BYTES_MAX.div_ceil(3) * 4 }>::new(signature);
    for (i, line) in text.as_bytes().chunks(FOLD_CHARS).enumerate() {
        if i > 0 {
            out.extend_from_slice(b"\r\n\t ");
        }
        out.extend_from_slice(line);
    }
    out.extend_from_slice(b"\r\n");
}

/// Base64 on the stack.
struct Base64Of<const N: usize> {
    text: [u8; N],
    len: usize,
}

impl<const N: usize> Base64Of<N> {
    fn new(bytes: &[u8]) -> Self {
        let mut text = [0u8; N];
        let len = STANDARD
            .encode_slice(bytes, &mut text)
            .expect("invariant: the buffer is as long as the base64 of the longest signature");
        Self { text, len }
    }

    fn as_bytes(&self) -> &[u8] {
        &self.text[..self.len]
    }
}
