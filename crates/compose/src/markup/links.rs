//! Which links are counted, and where they lead.
//!
//! Only `http` and `https` targets that are the same for everybody are counted: the server keeps the list, a
//! token names a place in it, so that no address that a stranger makes can lead through us to anywhere.

use crate::fault::{ContentFault, ContentWarning};

/// Links of one campaign; a token has 16 bits for the number, and nobody reads a thousand.
const LINKS_MAX: usize = 1_000;
/// What browsers and proxies take.
const LINK_BYTES_MAX: usize = 2_048;

/// The counted targets, each once, in order of appearance.
#[derive(Debug, Default)]
pub(crate) struct Links {
    targets: Vec<String>,
    warnings: Vec<ContentWarning>,
    faults: Vec<ContentFault>,
}

/// What becomes of a link.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Left as it is.
    Untouched,
    /// Counted under this number.
    Counted(u16),
}

impl Links {
    /// Judges a link without merge fields.
    pub(crate) fn judge(&mut self, href: &str) -> Fate {
        let href = href.trim();
        match scheme(href) {
            Scheme::Http => {
                let url = href.to_owned();
                self.warn(ContentWarning::InsecureLink { url });
                self.count(href)
            }
            Scheme::Https => self.count(href),
            Scheme::Fine => Fate::Untouched,
            Scheme::Dead => {
                let url = href.to_owned();
                self.warn(ContentWarning::DeadLink { url });
                Fate::Untouched
            }
        }
    }

    fn count(&mut self, href: &str) -> Fate {
        let target = safe(href);
        if let Some(known) = self.targets.iter().position(|t| *t == target) {
            return Fate::Counted(known as u16);
        }
        if target.len() > LINK_BYTES_MAX {
            self.faults.push(ContentFault::LinkTooLong {
                limit_bytes: LINK_BYTES_MAX,
                start: target.chars().take(60).collect(),
            });
        }
        if self.targets.len() == LINKS_MAX {
            let limit = LINKS_MAX;
            self.faults.push(ContentFault::TooManyLinks { limit });
        }
        self.targets.push(target);
        Fate::Counted((self.targets.len() - 1) as u16)
    }

    /// Notes a warning once.
    pub(crate) fn warn(&mut self, warning: ContentWarning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Notes a fault once.
    pub(crate) fn fault(&mut self, fault: ContentFault) {
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// Targets, warnings and faults.
    pub(crate) fn into_parts(self) -> (Vec<String>, Vec<ContentWarning>, Vec<ContentFault>) {
        (self.targets, self.warnings, self.faults)
    }
}

enum Scheme {
    Http,
    Https,
    /// `mailto:`, `tel:`, `sms:` and anchors: leave as they are.
    Fine,
    /// Leads nowhere from a mail.
    Dead,
}

fn scheme(href: &str) -> Scheme {
    let lower = href.to_ascii_lowercase();
    let host = |rest: &str| !rest.trim_start_matches('/').is_empty();
    if let Some(rest) = lower.strip_prefix("https://") {
        return if host(rest) {
            Scheme::Https
        } else {
            Scheme::Dead
        };
    }
    if let Some(rest) = lower.strip_prefix("http://") {
        return if host(rest) {
            Scheme::Http
        } else {
            Scheme::Dead
        };
    }
    let fine = ["mailto:", "tel:", "sms:"]
        .iter()
        .any(|s| lower.starts_with(s));
    if fine || (lower.starts_with('#') && lower.len() > 1) {
        Scheme::Fine
    } else {
        Scheme::Dead
    }
}

/// The address as a `Location` header may carry it: whatever RFC 3986 does not allow is percent-encoded.
fn safe(href: &str) -> String {
    let mut out = String::with_capacity(href.len());
    for byte in href.bytes() {
        match byte {
            b'\t' | b'\n' | b'\r' => {}
            0x21..=0x7e if !b"\"<>\\^`{|}".contains(&byte) => out.push(char::from(byte)),
            _ => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                let digit = |n: u8| char::from(HEX[usize::from(n)]);
                out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_counted_and_each_once() {
        let mut links = Links::default();
        assert_eq!(links.judge("https://example.com/a"), Fate::Counted(0));
        assert_eq!(links.judge(" HTTPS://example.com/b "), Fate::Counted(1));
        assert_eq!(links.judge("https://example.com/a"), Fate::Counted(0));
        for other in [
            "mailto:a@example.com",
            "#top",
            "tel:+1",
            "/path",
            "#",
            "",
            "javascript:alert(1)",
            "https://",
        ] {
            assert_eq!(links.judge(other), Fate::Untouched, "{other}");
        }
        let (targets, warnings, faults) = links.into_parts();
        assert_eq!(targets, ["https://example.com/a", "HTTPS://example.com/b"]);
        assert_eq!(warnings.len(), 5);
        assert!(faults.is_empty());
    }

    #[test]
    fn a_target_can_stand_in_a_redirect_header() {
        let mut links = Links::default();
        links.judge("https://example.com/ä b?q=\"x\"\r\nSet-Cookie: a=b");
        assert_eq!(
            links.into_parts().0[0],
            "https://example.com/%C3%A4%20b?q=%22x%22Set-Cookie:%20a=b"
        );
    }

    #[test]
    fn too_many_or_too_long_links_are_faults() {
        let mut links = Links::default();
        for n in 0..=LINKS_MAX {
            links.judge(&format!("https://example.com/{n}"));
        }
        links.judge(&format!("https://example.com/{}", "x".repeat(3_000)));
        let faults = links.into_parts().2;
        assert!(faults.contains(&ContentFault::TooManyLinks { limit: LINKS_MAX }));
        assert!(matches!(
            faults.last(),
            Some(ContentFault::LinkTooLong { .. })
        ));
    }
}
