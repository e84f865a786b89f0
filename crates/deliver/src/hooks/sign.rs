//! Signatures of Standard Webhooks 1.0.0: `v1`, HMAC-SHA256 over id, time and body. Pure.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How a secret begins where people see it.
const SECRET_PREFIX: &str = "whsec_";

/// The key of an address. `Debug` shows nothing of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HookSecret([u8; 32]);

impl std::fmt::Debug for HookSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HookSecret(..)")
    }
}

impl From<[u8; 32]> for HookSecret {
    fn from(key: [u8; 32]) -> Self {
        Self(key)
    }
}

impl HookSecret {
    /// As the receiving program is given it: to be shown once.
    pub fn expose(&self) -> String {
        format!("{SECRET_PREFIX}{}", STANDARD.encode(self.0))
    }

    fn sign(&self, text: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        format!("v1,{}", STANDARD.encode(hmac::sign(&key, text).as_ref()))
    }
}

/// The value of `webhook-signature`: one signature for each secret, with blanks between.
pub(super) fn signature(secrets: &[HookSecret], (id, at_s): (&str, i64), body: &str) -> String {
    let text = format!("{id}.{at_s}.{body}");
    let all: Vec<String> = secrets.iter().map(|s| s.sign(text.as_bytes())).collect();
    all.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn a_signature_is_that_of_the_reference_libraries() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let text = "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}";
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let tag = STANDARD.encode(hmac::sign(&key, text.as_bytes()).as_ref());
        assert_eq!(tag, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn while_a_secret_changes_both_sign() {
        let (new, old) = (HookSecret([1; 32]), HookSecret([2; 32]));
        let both = signature(&[new, old], ("id", 7), "{}");
        let one = |secret| signature(&[secret], ("id", 7), "{}");
        assert_eq!(both, format!("{} {}", one(new), one(old)));
        assert!(new.expose().starts_with("whsec_AQEB"));
        assert_eq!(format!("{new:?}"), "HookSecret(..)");
    }
}
