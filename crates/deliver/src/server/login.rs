//! AUTH (RFC 4954): PLAIN (RFC 4616) and LOGIN, from lines to a name and a password. Pure.
//!
//! Promises: any line gives a question, a name with its password, or the reply that refuses. `Debug` shows no password.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Who somebody says to be, and what they show for it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) user: String,
    pub(crate) password: String,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Login(..)")
    }
}

/// What the next line answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    Plain,
    User,
    /// Of this user.
    Password(String),
}

/// What a line of it comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Ask(&'static [u8], Asked),
    Try(Login),
    No(&'static [u8]),
}

const GO_ON: &[u8] = b"334 \r\n";
/// `Username:` and `Password:`, as every client of LOGIN waits for.
const USER: &[u8] = b"334 VXNlcm5hbWU6\r\n";
const PASSWORD: &[u8] = b"334 UGFzc3dvcmQ6\r\n";
const UNKNOWN: &[u8] = b"504 5.5.4 Only PLAIN and LOGIN are known here\r\n";
const BROKEN: &[u8] = b"501 5.5.2 This cannot be decoded\r\n";
const CANCELLED: &[u8] = b"501 5.7.0 Cancelled\r\n";

/// After `AUTH mechanism [initial]`.
pub(super) fn begin(mechanism: &str, initial: Option<&str>) -> Step {
    let asked = match mechanism.to_ascii_uppercase().as_str() {
        "PLAIN" => Asked::Plain,
        "LOGIN" => Asked::User,
        _ => return Step::No(UNKNOWN),
    };
    match (initial, asked) {
        (Some(initial), asked) => answer(asked, initial),
        (None, Asked::Plain) => Step::Ask(GO_ON, Asked::Plain),
        (None, asked) => Step::Ask(USER, asked),
    }
}

/// After a line that answers a question.
pub(super) fn answer(asked: Asked, line: &str) -> Step {
    if line == "*" {
        return Step::No(CANCELLED);
    }
    let Some(text) = decoded(line) else {
        return Step::No(BROKEN);
    };
    match asked {
        Asked::Plain => plain(&text).map_or(Step::No(BROKEN), Step::Try),
        Asked::User => Step::Ask(PASSWORD, Asked::Password(text)),
        Asked::Password(user) => Step::Try(Login {
            user,
            password: text,
        }),
    }
}

/// `=` stands for nothing at all (RFC 4954 4).
fn decoded(line: &str) -> Option<String> {
    let line = if line == "=" { "" } else { line };
    String::from_utf8(STANDARD.decode(line).ok()?).ok()
}

/// In whose name, who, and the password. Nobody acts for another here.
fn plain(text: &str) -> Option<Login> {
    let mut words = text.split('\0');
    let (name, user, password) = (words.next()?, words.next()?, words.next()?);
    let alone = name.is_empty() || name == user;
    (alone && words.next().is_none()).then(|| Login {
        user: user.to_owned(),
        password: password.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn base64(text: &str) -> String {
        STANDARD.encode(text)
    }

    fn login() -> Step {
        Step::Try(Login {
            user: "acme".to_owned(),
            password: "secret".to_owned(),
        })
    }

    #[test]
    fn both_ways_lead_to_a_name_and_a_password() {
        let whole = base64("\0acme\0secret");
        assert_eq!(begin("plain", Some(&whole)), login());
        assert_eq!(begin("PLAIN", Some(&base64("acme\0acme\0secret"))), login());
        assert_eq!(begin("PLAIN", None), Step::Ask(GO_ON, Asked::Plain));
        assert_eq!(answer(Asked::Plain, &whole), login());
        let password = Asked::Password("acme".to_owned());
        assert_eq!(begin("login", None), Step::Ask(USER, Asked::User));
        let named = Step::Ask(PASSWORD, password.clone());
        assert_eq!(begin("LOGIN", Some(&base64("acme"))), named);
        assert_eq!(answer(Asked::User, &base64("acme")), named);
        assert_eq!(answer(password.clone(), &base64("secret")), login());
        assert_eq!(format!("{:?}", login()), "Try(Login(..))");
    }

    #[test]
    fn another_way_another_person_and_broken_lines_are_refused() {
        assert_eq!(begin("CRAM-MD5", None), Step::No(UNKNOWN));
        assert_eq!(answer(Asked::Plain, "*"), Step::No(CANCELLED));
        for text in ["", "acme\0secret", "eve\0acme\0secret", "\0acme\0secret\0x"] {
            assert_eq!(
                begin("PLAIN", Some(&base64(text))),
                Step::No(BROKEN),
                "{text}"
            );
        }
        for line in ["=", "%", "AGFj bWU", "/w=="] {
            assert_eq!(answer(Asked::Plain, line), Step::No(BROKEN), "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_answered(line in ".{0,80}", mechanism in "[A-Za-z0-9-]{0,8}") {
            let _first = begin(&mechanism, Some(&line));
            let _next = answer(Asked::Plain, &line);
        }
    }
}
