//! Passwords: argon2id (RFC 9106) with the parameters OWASP gives for a log-in: 19 MiB, two passes, one lane.
//!
//! Never: keeps, logs or compares a password in any other form.

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use avow_model::Entropy;
use aws_lc_rs::digest::{SHA256, digest};

use crate::language::Told;

/// Salt of a new hash (RFC 9106 section 3.1 recommends 16 bytes).
const SALT_BYTES: usize = 16;
/// A shorter one can be guessed from a stolen database.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Longer ones only cost time; hashing is linear in it.
pub const PASSWORD_BYTES_MAX: usize = 1024;

/// Why a password cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    #[error(
        "the password is too short: take at least {PASSWORD_CHARS_MIN} characters, for example four words"
    )]
    TooShort,
    #[error("the password is too long: take at most {PASSWORD_BYTES_MAX} bytes")]
    TooLong,
    #[error("the password could not be hashed; try again")]
    Hash,
}

impl PasswordFault {
    /// The same to the person who typed it.
    pub(crate) fn told(self) -> Told {
        match self {
            Self::TooShort => told!("password-short", n = PASSWORD_CHARS_MIN),
            Self::TooLong => told!("password-long", n = PASSWORD_BYTES_MAX),
            Self::Hash => told!("password-hash"),
        }
    }
}

/// The PHC text of a new hash of `password`. Takes some 20 ms of one core: call it where that blocks nobody.
pub fn hash(password: &str, entropy: &dyn Entropy) -> Result<String, PasswordFault> {
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(PasswordFault::TooShort);
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(PasswordFault::TooLong);
    }
    let mut salt = [0; SALT_BYTES];
    entropy.fill(&mut salt);
    salted(password, &salt)
}

fn salted(password: &str, salt: &[u8]) -> Result<String, PasswordFault> {
    let hashed = Argon2::default().hash_password_with_salt(password.as_bytes(), salt);
    hashed
        .map(|h| h.to_string())
        .map_err(|_| PasswordFault::Hash)
}

/// True when `password` is the one that was hashed. Compares in constant time, and takes as long when
/// there is no hash: who asks does not learn whether the user exists.
pub(crate) fn verify(password: &str, stored: Option<&str>) -> bool {
    if password.len() > PASSWORD_BYTES_MAX {
        return false;
    }
    let Some(stored) = stored else {
        let salt = digest(&SHA256, password.as_bytes());
        let _ = salted(password, &salt.as_ref()[..SALT_BYTES]);
        return false;
    };
    let argon = Argon2::default();
    PasswordVerifier::<str>::verify_password(&argon, password.as_bytes(), stored).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use avow_testkit::SeededEntropy;

    #[test]
    fn only_the_right_password_is_taken_and_the_hash_is_argon2id() {
        let hashed = hash("correct horse battery", &SeededEntropy::new(1)).unwrap();
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("correct horse battery", Some(&hashed)));
        assert!(!verify("correct horse batterz", Some(&hashed)));
        assert!(!verify("correct horse battery", None));
        assert!(!verify("correct horse battery", Some("no hash")));
    }

    #[test]
    fn a_password_that_is_too_short_or_too_long_is_refused_with_its_reason() {
        let entropy = SeededEntropy::new(1);
        assert_eq!(hash("short", &entropy), Err(PasswordFault::TooShort));
        let long = "x".repeat(PASSWORD_BYTES_MAX + 1);
        assert_eq!(hash(&long, &entropy), Err(PasswordFault::TooLong));
        assert!(!verify(&long, None));
    }
}
