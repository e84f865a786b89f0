//! Command lines, parsed strictly.
//!
//! Promises: any bytes give a command or the reply that refuses them; a path holds no control characters,
//! spaces or brackets. A line that does not end in CRLF, or holds another CR, ends the session (smuggling).

use super::limits::PATH_BYTES_MAX;

/// A command, as far as a server of ours knows any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command<'a> {
    Ehlo,
    Helo,
    Mail {
        from: &'a str,
        size_bytes: Option<u64>,
        utf8: bool,
    },
    Rcpt {
        to: &'a str,
    },
    Data,
    /// The bytes that follow the line are content (RFC 3030).
    Bdat {
        bytes: u64,
        last: bool,
    },
    /// TLS begins behind the answer (RFC 3207).
    StartTls,
    /// RFC 4954.
    Auth {
        mechanism: &'a str,
        initial: Option<&'a str>,
    },
    Rset,
    Noop,
    Vrfy,
    Help,
    Quit,
}

/// The reply that refuses a line.
pub(super) type Refused = &'static [u8];

const UNKNOWN: Refused = b"500 5.5.2 This command is not known here\r\n";
const SYNTAX: Refused = b"501 5.5.4 The argument is not as it must be\r\n";
const ADDRESS: Refused = b"553 5.1.3 The address is not as it must be\r\n";
const PARAMETER: Refused = b"555 5.5.4 This parameter is not known here\r\n";

/// From a line without its CRLF.
pub(super) fn parse(line: &[u8]) -> Result<Command<'_>, Refused> {
    let line = std::str::from_utf8(line).map_err(|_| SYNTAX)?;
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    let is = |name: &str| verb.eq_ignore_ascii_case(name);
    if is("MAIL") {
        return mail(argument(rest, "FROM:")?);
    }
    if is("RCPT") {
        return rcpt(argument(rest, "TO:")?);
    }
    if is("BDAT") {
        return bdat(rest);
    }
    if is("AUTH") {
        return auth(rest);
    }
    let plain = [
        ("DATA", Command::Data),
        ("STARTTLS", Command::StartTls),
        ("RSET", Command::Rset),
        ("QUIT", Command::Quit),
    ];
    if let Some((_, command)) = plain.iter().find(|(name, _)| is(name)) {
        return if rest.is_empty() {
            Ok(*command)
        } else {
            Err(SYNTAX)
        };
    }
    match () {
        () if is("EHLO") && !rest.is_empty() => Ok(Command::Ehlo),
        () if is("HELO") && !rest.is_empty() => Ok(Command::Helo),
        () if is("EHLO") || is("HELO") => Err(SYNTAX),
        () if is("NOOP") => Ok(Command::Noop),
        () if is("VRFY") => Ok(Command::Vrfy),
        () if is("HELP") => Ok(Command::Help),
        () => Err(UNKNOWN),
    }
}

/// What follows `FROM:` or `TO:`.
fn argument<'a>(rest: &'a str, word: &str) -> Result<&'a str, Refused> {
    match rest.split_at_checked(word.len()) {
        Some((head, tail)) if head.eq_ignore_ascii_case(word) => Ok(tail.trim_start()),
        _ => Err(SYNTAX),
    }
}

fn mail(argument: &str) -> Result<Command<'_>, Refused> {
    let (from, parameters) = path(argument)?;
    let (mut size_bytes, mut utf8) = (None, false);
    for word in parameters.split_ascii_whitespace() {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        match key.to_ascii_uppercase().as_str() {
            "SIZE" => size_bytes = Some(value.parse().map_err(|_| SYNTAX)?),
            "SMTPUTF8" if value.is_empty() => utf8 = true,
            // Whose mail it was before (RFC 4954 5): we ask nobody but who signs in.
            "AUTH" if !value.is_empty() => {}
            "BODY" if ["7BIT", "8BITMIME"].contains(&value.to_ascii_uppercase().as_str()) => {}
            _ => return Err(PARAMETER),
        }
    }
    Ok(Command::Mail {
        from,
        size_bytes,
        utf8,
    })
}

fn rcpt(argument: &str) -> Result<Command<'_>, Refused> {
    let (to, parameters) = path(argument)?;
    if !parameters.trim().is_empty() {
        return Err(PARAMETER);
    }
    if to.is_empty() {
        return Err(ADDRESS);
    }
    Ok(Command::Rcpt { to })
}

fn bdat(rest: &str) -> Result<Command<'_>, Refused> {
    let (bytes, end) = rest.split_once(' ').unwrap_or((rest, ""));
    let last = end.eq_ignore_ascii_case("LAST");
    // A sign is no digit, whatever a parser of numbers thinks of it.
    let digits = bytes.bytes().all(|b| b.is_ascii_digit());
    match bytes.parse() {
        Ok(bytes) if digits && (last || end.is_empty()) => Ok(Command::Bdat { bytes, last }),
        _ => Err(SYNTAX),
    }
}

fn auth(rest: &str) -> Result<Command<'_>, Refused> {
    let mut words = rest.split(' ');
    let mechanism = words.next().filter(|word| !word.is_empty());
    let (mechanism, initial) = (mechanism.ok_or(SYNTAX)?, words.next());
    if initial == Some("") || words.next().is_some() {
        return Err(SYNTAX);
    }
    Ok(Command::Auth { mechanism, initial })
}

/// True for a line after which nobody knows where content ends and commands begin: the session is over.
pub(super) fn loses_the_place(line: &[u8]) -> bool {
    let verb = line.split(|b| *b == b' ').next().unwrap_or_default();
    verb.eq_ignore_ascii_case(b"BDAT")
}

/// The path between its brackets, and what follows.
fn path(argument: &str) -> Result<(&str, &str), Refused> {
    let inner = argument.strip_prefix('<').ok_or(SYNTAX)?;
    let (path, rest) = inner.split_once('>').ok_or(SYNTAX)?;
    let strange = |c: char| c.is_control() || c == ' ' || c == '<';
    let named = path.is_empty()
        || path.eq_ignore_ascii_case("postmaster")
        || path
            .rsplit_once('@')
            .is_some_and(|(l, d)| !l.is_empty() && !d.is_empty());
    if path.len() > PATH_BYTES_MAX || path.contains(strange) || !named {
        return Err(ADDRESS);
    }
    if !rest.is_empty() && !rest.starts_with(' ') {
        return Err(SYNTAX);
    }
    Ok((path, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(line: &str) -> String {
        match parse(line.as_bytes()) {
            Ok(command) => panic!("{line} gave {command:?}"),
            Err(reply) => String::from_utf8_lossy(&reply[..3]).into_owned(),
        }
    }

    #[test]
    fn mail_has_a_path_and_known_parameters() {
        let line = b"mail from:<b+1@example.com> SIZE=10240 body=8bitmime SMTPUTF8";
        let mail = Command::Mail {
            from: "b+1@example.com",
            size_bytes: Some(10_240),
            utf8: true,
        };
        assert_eq!(parse(line), Ok(mail));
        let null = parse(b"MAIL FROM:<>");
        assert!(matches!(null, Ok(Command::Mail { from: "", .. })));
        assert_eq!(code("MAIL FROM:<a@example.com> RET=FULL"), "555");
        assert_eq!(code("MAIL FROM:<a@example.com> SIZE=big"), "501");
    }

    #[test]
    fn bad_paths_are_refused() {
        for line in [
            "RCPT TO:<>",
            "RCPT TO:<ada>",
            "RCPT TO:<a b@example.org>",
            "RCPT TO:<@example.org>",
        ] {
            assert_eq!(code(line), "553", "{line}");
        }
        assert_eq!(code("RCPT TO:ada@example.org"), "501");
        assert_eq!(code("RCPT TO:<ada@example.org>x"), "501");
        assert_eq!(code("RCPT TO:<ada@example.org> NOTIFY=NEVER"), "555");
        assert_eq!(
            code(&format!("RCPT TO:<{}@example.org>", "a".repeat(300))),
            "553"
        );
        assert_eq!(
            parse(b"RCPT TO:<Postmaster>"),
            Ok(Command::Rcpt { to: "Postmaster" })
        );
    }

    #[test]
    fn other_verbs_are_known_or_refused() {
        assert_eq!(parse(b"ehlo mail.example.com"), Ok(Command::Ehlo));
        assert_eq!(parse(b"DATA"), Ok(Command::Data));
        assert_eq!(code("DATA now"), "501");
        assert_eq!(code("EHLO"), "501");
        assert_eq!(code("GET / HTTP/1.1"), "500");
        assert_eq!(code(""), "500");
    }

    #[test]
    fn a_chunk_has_a_length_and_may_be_the_last() {
        let chunk = |bytes, last| Ok(Command::Bdat { bytes, last });
        assert_eq!(parse(b"BDAT 1000"), chunk(1000, false));
        assert_eq!(parse(b"bdat 0 last"), chunk(0, true));
        for line in [
            "BDAT",
            "BDAT x",
            "BDAT -1",
            "BDAT +1 LAST",
            "BDAT 5  LAST",
            "BDAT 5 FIRST",
            "BDAT 99999999999999999999 LAST",
        ] {
            assert_eq!(code(line), "501", "{line}");
            assert!(loses_the_place(line.as_bytes()), "{line}");
        }
        assert!(!loses_the_place(b"DATA now"));
    }

    #[test]
    fn signing_in_names_a_way_and_may_say_the_rest_at_once() {
        let auth = |mechanism, initial| Ok(Command::Auth { mechanism, initial });
        assert_eq!(parse(b"auth LOGIN"), auth("LOGIN", None));
        assert_eq!(parse(b"AUTH PLAIN AGE="), auth("PLAIN", Some("AGE=")));
        for line in [
            "AUTH",
            "AUTH ",
            "AUTH PLAIN ",
            "AUTH PLAIN a b",
            "STARTTLS now",
        ] {
            assert_eq!(code(line), "501", "{line}");
        }
        assert_eq!(parse(b"starttls"), Ok(Command::StartTls));
    }

    proptest! {
        #[test]
        fn any_line_is_answered(line in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Err(reply) = parse(&line) {
                prop_assert!(reply.starts_with(b"5") && reply.ends_with(b"\r\n"));
            }
        }
    }
}
