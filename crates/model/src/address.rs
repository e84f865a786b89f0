//! E-mail addresses that cannot reach a log by accident.
//!
//! Accepts what mail servers accept in life (RFC 5321 mailbox with a dot-atom local part, UTF-8 of
//! RFC 6531 included); refuses quoted local parts, address literals and comments, which forms and
//! files hold only by mistake. Never has a `Display`; `Debug` is masked; `expose()` can be searched for.

use std::fmt;
use std::str::FromStr;

/// RFC 5321 4.5.3.1.1.
const LOCAL_BYTES_MAX: usize = 64;
/// RFC 5321 4.5.3.1.3: a path of 256 with its brackets.
const ADDRESS_BYTES_MAX: usize = 254;

/// An address: as typed, and its canonical form (local part folded, domain as A-labels).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress {
    canonical: String,
    at: usize,
    typed: Option<String>,
}

/// Why a text is not an address; each says what to mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    #[error("the address is empty")]
    Empty,
    #[error("the address has no @")]
    NoAt,
    #[error("there is nothing before the @")]
    NoLocalPart,
    #[error("the part before the @ is longer than {LOCAL_BYTES_MAX} bytes")]
    LocalTooLong,
    #[error("the address is longer than {ADDRESS_BYTES_MAX} bytes")]
    TooLong,
    #[error(
        "the part before the @ has a space, a control character or another sign that mail does not carry"
    )]
    BadLocalPart,
    #[error("the domain after the @ is not a domain name")]
    BadDomain,
}

impl EmailAddress {
    /// The address as people typed it, white space around it removed. For envelopes, pages and exports only.
    pub fn expose(&self) -> &str {
        self.typed.as_deref().unwrap_or(&self.canonical)
    }

    /// Folded local part and A-label domain: equal for the same mailbox in practice. The contact's key.
    pub fn expose_canonical(&self) -> &str {
        &self.canonical
    }

    /// What goes on the wire: the local part as typed, the domain as A-labels.
    pub fn expose_envelope(&self) -> String {
        let local = self
            .expose()
            .rsplit_once('@')
            .map_or("", |(local, _)| local);
        format!("{local}@{}", self.domain())
    }

    /// The domain, lower case, A-labels.
    pub fn domain(&self) -> &str {
        &self.canonical[self.at + 1..]
    }

    /// The widest form, for suppressions: no `+tag`, and no dots where the provider ignores them.
    pub fn expose_wide(&self) -> String {
        let local = &self.canonical[..self.at];
        let local = local.split_once('+').map_or(local, |(base, _)| base);
        match self.domain() {
            "gmail.com" | "googlemail.com" => format!("{}@gmail.com", local.replace('.', "")),
            domain => format!("{local}@{domain}"),
        }
    }

    /// True when the local part needs SMTPUTF8 (RFC 6531).
    pub fn needs_utf8(&self) -> bool {
        !self
            .expose()
            .rsplit_once('@')
            .map_or("", |(local, _)| local)
            .is_ascii()
    }

    /// True for addresses of a function, not of a person (`info@`, `postmaster@`; RFC 2142 and use).
    pub fn is_role(&self) -> bool {
        const ROLES: [&str; 24] = [
            "abuse",
            "accounts",
            "admin",
            "administrator",
            "billing",
            "contact",
            "enquiries",
            "help",
            "hostmaster",
            "hr",
            "info",
            "jobs",
            "mail",
            "marketing",
            "no-reply",
            "noreply",
            "office",
            "postmaster",
            "sales",
            "security",
            "service",
            "support",
            "team",
            "webmaster",
        ];
        let local = &self.canonical[..self.at];
        ROLES
            .binary_search(&local.split_once('+').map_or(local, |(base, _)| base))
            .is_ok()
    }
}

/// True for white space and for the invisible signs that copied addresses carry (BOM, zero width, NBSP).
fn is_edge(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{a0}'
        )
}

fn check_local(local: &str) -> Result<(), AddressFault> {
    if local.is_empty() {
        return Err(AddressFault::NoLocalPart);
    }
    if local.len() > LOCAL_BYTES_MAX {
        return Err(AddressFault::LocalTooLong);
    }
    let sign = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' => true,
        c if c.is_ascii() => "!#$%&'*+-/=?^_`{|}~.".contains(c),
        c => !c.is_control() && !is_edge(c),
    };
    let dots_fine = !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
    if local.chars().all(sign) && dots_fine {
        Ok(())
    } else {
        Err(AddressFault::BadLocalPart)
    }
}

fn check_domain(domain: &str) -> Result<String, AddressFault> {
    let ascii = idna::domain_to_ascii_strict(domain).map_err(|_| AddressFault::BadDomain)?;
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let top = ascii.rsplit('.').next().unwrap_or("");
    let named = top.len() >= 2 && !top.bytes().all(|b| b.is_ascii_digit());
    if ascii.contains('.') && ascii.split('.').all(label) && named {
        Ok(ascii)
    } else {
        Err(AddressFault::BadDomain)
    }
}

impl FromStr for EmailAddress {
    type Err = AddressFault;

    fn from_str(text: &str) -> Result<Self, AddressFault> {
        let text = text.trim_matches(is_edge);
        if text.is_empty() {
            return Err(AddressFault::Empty);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(AddressFault::NoAt)?;
        check_local(local)?;
        let domain = check_domain(domain)?;
        let mut canonical = local.to_lowercase();
        let at = canonical.len();
        canonical.push('@');
        canonical.push_str(&domain);
        if canonical.len() > ADDRESS_BYTES_MAX || text.len() > ADDRESS_BYTES_MAX {
            return Err(AddressFault::TooLong);
        }
        let typed = (canonical != text).then(|| text.to_owned());
        Ok(Self {
            canonical,
            at,
            typed,
        })
    }
}

impl fmt::Debug for EmailAddress {
    /// First letter and top-level domain only: `a…@….org`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.canonical.chars().next().unwrap_or('?');
        let top = self.domain().rsplit('.').next().unwrap_or("");
        write!(f, "{first}…@….{top}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> Result<String, AddressFault> {
        text.parse::<EmailAddress>()
            .map(|a| a.expose_canonical().to_owned())
    }

    #[test]
    fn case_white_space_and_idn_fold_to_one_mailbox() {
        let same = Ok("ada@xn--bcher-kva.example".to_owned());
        for text in [
            "ada@bücher.example",
            " Ada@BÜCHER.example\u{a0}",
            "ADA@xn--bcher-kva.example",
        ] {
            assert_eq!(canonical(text), same, "{text}");
        }
        let typed: EmailAddress = " Ada@BÜCHER.example".parse().unwrap();
        assert_eq!(typed.expose(), "Ada@BÜCHER.example");
        assert_eq!(typed.expose_envelope(), "Ada@xn--bcher-kva.example");
    }

    #[test]
    fn each_bad_address_says_why() {
        use AddressFault::*;
        for (text, fault) in [
            ("", Empty),
            ("ada", NoAt),
            ("@example.com", NoLocalPart),
            ("a b@example.com", BadLocalPart),
            ("a\0b@example.com", BadLocalPart),
            ("a\r\nBcc: x@example.com", BadLocalPart),
            (".a@example.com", BadLocalPart),
            ("a..b@example.com", BadLocalPart),
            ("\"a\"@example.com", BadLocalPart),
            ("ada@localhost", BadDomain),
            ("ada@127.0.0.1", BadDomain),
            ("ada@[127.0.0.1]", BadDomain),
            ("ada@-x.example", BadDomain),
            ("ada@exa mple.com", BadDomain),
        ] {
            assert_eq!(canonical(text), Err(fault), "{text:?}");
        }
        assert_eq!(
            canonical(&format!("{}@example.com", "a".repeat(65))),
            Err(LocalTooLong)
        );
    }

    #[test]
    fn debug_shows_neither_name_nor_domain() {
        let address: EmailAddress = "ada.lovelace@example.org".parse().unwrap();
        assert_eq!(format!("{address:?}"), "a…@….org");
    }

    #[test]
    fn suppressions_match_wide() {
        let wide = |s: &str| s.parse::<EmailAddress>().unwrap().expose_wide();
        assert_eq!(wide("A.d.a+news@GoogleMail.com"), wide("ada@gmail.com"));
        assert_eq!(wide("ada+x@example.org"), wide("ADA@example.org"));
        assert_ne!(wide("a.da@example.org"), wide("ada@example.org"));
    }

    #[test]
    fn role_addresses_are_flagged() {
        let role = |s: &str| s.parse::<EmailAddress>().unwrap().is_role();
        assert!(role("Info@example.org") && role("support+de@example.org"));
        assert!(!role("ada@example.org"));
    }
}
