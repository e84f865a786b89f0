//! Codes that change every thirty seconds (TOTP, RFC 6238 over RFC 4226), and recovery codes. Pure: `now` is an argument.
//!
//! Promises: the code of the present step, of the one before and of the next are taken; which one it was is told, so
//! that the store can refuse it a second time.

use std::fmt::Write as _;

use avow_model::{Entropy, Timestamp};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use qrcodegen::{QrCode, QrCodeEcc};

use crate::error::encode;

/// What every app does when it is told nothing else (RFC 6238 section 4.1).
const STEP_S: i64 = 30;
const DIGITS: u32 = 6;
/// 160 bits, the length of SHA-1's output (RFC 4226 section 4, R6). SHA-1: the only hash that every app knows, and
/// collisions do not touch an HMAC.
const KEY_BYTES: usize = 20;
/// Steps to both sides that are taken: clocks of telephones are off, and people type slowly (RFC 6238 section 5.2).
const STEPS_OFF: i64 = 1;
/// Recovery codes at a time: enough for years of lost telephones.
pub(crate) const RECOVERY_CODES: usize = 10;
/// 80 bits each: cannot be guessed, so that a plain hash keeps them.
const RECOVERY_BYTES: usize = 10;
/// RFC 4648 section 6.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Quiet zone around a QR code, in modules (ISO 18004).
const QUIET: i32 = 4;

/// The key of one user's codes.
pub(crate) struct CodeKey([u8; KEY_BYTES]);

impl CodeKey {
    /// From a secret of the installation for this user.
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        let mut key = [0; KEY_BYTES];
        key.copy_from_slice(&secret[..KEY_BYTES]);
        Self(key)
    }

    /// The code of one step (RFC 4226 section 5.3).
    fn code(&self, step: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let bytes = tag.as_ref();
        let at = usize::from(bytes[bytes.len() - 1] & 15);
        let four = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
        let n = u32::from_be_bytes(four) & 0x7fff_ffff;
        format!("{:06}", n % 10_u32.pow(DIGITS))
    }

    /// The step whose code was typed, if it is one of those that are taken now. Blanks do not count.
    pub(crate) fn step_of(&self, typed: &str, now: Timestamp) -> Option<i64> {
        let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let present = now.as_second().div_euclid(STEP_S);
        let mut steps = present - STEPS_OFF..=present + STEPS_OFF;
        let same = |step: &i64| {
            verify_slices_are_equal(self.code(*step).as_bytes(), typed.as_bytes()).is_ok()
        };
        steps.find(same)
    }

    /// The code of the moment.
    #[cfg(test)]
    pub(crate) fn code_now(&self, now: Timestamp) -> String {
        self.code(now.as_second().div_euclid(STEP_S))
    }

    /// The key as people type it into an app: groups of four.
    pub(crate) fn text(&self) -> String {
        let text = base32(&self.0);
        let groups = text.as_bytes().chunks(4);
        let groups: Vec<_> = groups.map(String::from_utf8_lossy).collect();
        groups.join(" ")
    }

    /// What an app reads (the key URI format of the common apps).
    pub(crate) fn uri(&self, host: &str, address: &str) -> String {
        let (host, address) = (encode(host), encode(address));
        let secret = base32(&self.0);
        format!("otpauth://totp/{host}:{address}?secret={secret}&issuer={host}")
    }
}

fn base32(bytes: &[u8]) -> String {
    let mut out = String::new();
    for group in bytes.chunks(5) {
        let mut five = [0; 8];
        five[3..3 + group.len()].copy_from_slice(group);
        let bits = u64::from_be_bytes(five);
        for n in 0..(group.len() * 8).div_ceil(5) {
            let digit = (bits >> (35 - 5 * n)) & 31;
            out.push(char::from(BASE32[digit as usize]));
        }
    }
    out
}

/// A QR code as the path of an SVG, and its width in modules with the quiet zone.
pub(crate) struct Picture {
    pub path: String,
    pub width: i32,
}

/// The picture of a text; `None` for one that is too long for a QR code.
pub(crate) fn picture(text: &str) -> Option<Picture> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    let width = code.size() + 2 * QUIET;
    Some(Picture { path, width })
}

/// New recovery codes, to be shown once.
pub(crate) fn recovery_codes(entropy: &dyn Entropy) -> Vec<String> {
    let code = |_| {
        let mut bytes = [0; RECOVERY_BYTES];
        entropy.fill(&mut bytes);
        let text = base32(&bytes).to_lowercase();
        format!(
            "{}-{}-{}-{}",
            &text[..4],
            &text[4..8],
            &text[8..12],
            &text[12..]
        )
    };
    (0..RECOVERY_CODES).map(code).collect()
}

/// What the store knows a recovery code by; dashes, blanks and case do not count.
pub(crate) fn recovery_hash(typed: &str) -> [u8; 32] {
    let plain = typed.chars().filter(char::is_ascii_alphanumeric);
    let plain: String = plain.map(|c| c.to_ascii_lowercase()).collect();
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, plain.as_bytes()).as_ref());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use avow_testkit::SeededEntropy;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// The key of the RFCs' examples, in the room of 32 bytes.
    fn example() -> CodeKey {
        let mut secret = [0; 32];
        secret[..20].copy_from_slice(b"12345678901234567890");
        CodeKey::new(&secret)
    }

    #[test]
    fn codes_are_those_of_the_rfcs() {
        // RFC 4226 appendix D.
        let expected = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
            "399871", "520489",
        ];
        for (step, code) in (0..).zip(expected) {
            assert_eq!(example().code(step), code);
        }
        // RFC 6238 appendix B, the last six of its eight digits.
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(example().code(second / 30), code);
        }
    }

    #[test]
    fn a_code_is_taken_in_its_step_and_in_those_beside_it_and_is_told_by_its_step() {
        let key = example();
        let code = key.code(100);
        for second in [2_970, 3_000, 3_029, 3_059] {
            assert_eq!(key.step_of(&code, at(second)), Some(100), "{second}");
        }
        for second in [2_969, 3_060] {
            assert_eq!(key.step_of(&code, at(second)), None, "{second}");
        }
        let spaced = format!(" {} {} ", &code[..3], &code[3..]);
        assert_eq!(key.step_of(&spaced, at(3_000)), Some(100));
        for bad in ["", "0", "abcdef", "0000000"] {
            assert_eq!(key.step_of(bad, at(3_000)), None, "{bad}");
        }
    }

    #[test]
    fn the_key_is_written_as_apps_read_it() {
        // RFC 4648 section 10, without its padding.
        for (plain, text) in [("f", "MY"), ("fo", "MZXQ"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(plain.as_bytes()), text);
        }
        assert_eq!(
            example().uri("avow.test", "ada@example.org"),
            "otpauth://totp/avow.test:ada%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=avow.test"
        );
        assert!(example().text().starts_with("GEZD GNBV "));
    }

    #[test]
    fn recovery_codes_differ_and_are_known_however_they_are_typed() {
        let codes = recovery_codes(&SeededEntropy::new(3));
        assert_eq!(codes.len(), RECOVERY_CODES);
        let mut hashes: Vec<_> = codes.iter().map(|c| recovery_hash(c)).collect();
        let typed = codes[0].to_uppercase().replace('-', " ");
        assert_eq!(recovery_hash(&typed), hashes[0]);
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), RECOVERY_CODES);
    }

    #[test]
    fn a_picture_has_its_quiet_zone_and_the_three_corners() {
        let picture = picture("otpauth://totp/x").unwrap();
        assert!(picture.path.starts_with("M4 4h1v1h-1z"));
        let far = picture.width - QUIET - 1;
        assert!(picture.path.contains(&format!("M{far} 4h1v1h-1z")));
        assert!(picture.path.contains(&format!("M4 {far}h1v1h-1z")));
    }
}
