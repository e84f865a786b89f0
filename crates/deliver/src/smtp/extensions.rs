//! What a server can do, read from its answer to EHLO.

use avow_bounce::lines;

/// The extensions of RFC 5321 servers that the client uses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one keyword of the answer to EHLO, there or not"
)]
pub struct Extensions {
    pub pipelining: bool,
    /// BDAT (RFC 3030).
    pub chunking: bool,
    /// `Some(0)`: SIZE is offered without a limit (RFC 1870).
    pub size_max_bytes: Option<u64>,
    pub eightbitmime: bool,
    pub smtputf8: bool,
    pub starttls: bool,
    pub auth_plain: bool,
    pub auth_login: bool,
}

impl Extensions {
    /// From all lines of the answer; unknown keywords and odd parameters are passed over.
    pub fn parse(answer: &[u8]) -> Self {
        let mut found = Self::default();
        for line in lines(answer).skip(1) {
            found.read(&String::from_utf8_lossy(line.get(4..).unwrap_or_default()));
        }
        found
    }

    fn read(&mut self, line: &str) {
        let upper = line.trim().to_ascii_uppercase();
        // `AUTH=LOGIN` is what some old servers say beside `AUTH LOGIN`.
        let mut words = upper.split([' ', '=']);
        match words.next() {
            Some("PIPELINING") => self.pipelining = true,
            Some("CHUNKING") => self.chunking = true,
            Some("8BITMIME") => self.eightbitmime = true,
            Some("SMTPUTF8") => self.smtputf8 = true,
            Some("STARTTLS") => self.starttls = true,
            Some("SIZE") => {
                self.size_max_bytes = words.next().map_or(Some(0), |n| n.parse().ok());
            }
            Some("AUTH") => words.for_each(|word| {
                self.auth_plain |= word == "PLAIN";
                self.auth_login |= word == "LOGIN";
            }),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_found_in_any_case_and_order() {
        let answer = b"250-mx.example.org greets you\r\n250-size 52428800\r\n250-Pipelining\r\n\
            250-AUTH=LOGIN PLAIN\r\n250-X-ODD \xff\r\n250 STARTTLS\r\n";
        let found = Extensions::parse(answer);
        assert!(found.pipelining && found.starttls && found.auth_plain && found.auth_login);
        assert!(!found.smtputf8);
        assert_eq!(found.size_max_bytes, Some(52_428_800));
    }

    #[test]
    fn the_greeting_line_is_no_keyword() {
        assert_eq!(
            Extensions::parse(b"250 PIPELINING\r\n"),
            Extensions::default()
        );
    }

    #[test]
    fn size_without_a_number_has_no_limit_and_nonsense_counts_as_not_offered() {
        let size = |line: &str| {
            Extensions::parse(format!("250-x\r\n250 {line}\r\n").as_bytes()).size_max_bytes
        };
        assert_eq!(size("SIZE"), Some(0));
        assert_eq!(size("SIZE many"), None);
    }
}
