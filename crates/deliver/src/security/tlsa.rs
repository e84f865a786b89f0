//! TLSA records (RFC 6698) as mail uses them (RFC 7672 3.1): which can be used, and what they match.
//!
//! Promises: pure; a record that mail does not use is no record, and is never matched.

use aws_lc_rs::digest::{SHA256, SHA512, digest};

/// Which certificate is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Usage {
    /// DANE-TA(2): an authority of the server's own.
    Authority,
    /// DANE-EE(3): the server's own certificate; its names and dates do not matter.
    Server,
}

/// Which part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Selector {
    Certificate,
    /// The public key alone: the record survives a renewal.
    Key,
}

/// How the part is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Matching {
    Whole,
    Sha256,
    Sha512,
}

/// A record that mail can use.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tlsa {
    pub usage: Usage,
    pub selector: Selector,
    pub matching: Matching,
    pub data: Vec<u8>,
}

impl Tlsa {
    /// From the record's numbers; `None` when mail cannot use it: 0 and 1 name the public authorities, which mail
    /// has no part in (RFC 7672 3.1.3); the rest is unknown or too short.
    pub fn usable((usage, selector, matching): (u8, u8, u8), data: &[u8]) -> Option<Self> {
        let record = Self {
            usage: match usage {
                2 => Usage::Authority,
                3 => Usage::Server,
                _ => return None,
            },
            selector: match selector {
                0 => Selector::Certificate,
                1 => Selector::Key,
                _ => return None,
            },
            matching: match matching {
                0 => Matching::Whole,
                1 => Matching::Sha256,
                2 => Matching::Sha512,
                _ => return None,
            },
            data: data.to_owned(),
        };
        let length = match record.matching {
            Matching::Whole => !data.is_empty(),
            Matching::Sha256 => data.len() == 32,
            Matching::Sha512 => data.len() == 64,
        };
        length.then_some(record)
    }

    /// True when this certificate is the one that is meant; `key` is its SubjectPublicKeyInfo.
    pub fn matches(&self, certificate: &[u8], key: &[u8]) -> bool {
        let part = match self.selector {
            Selector::Certificate => certificate,
            Selector::Key => key,
        };
        match self.matching {
            Matching::Whole => part == self.data,
            Matching::Sha256 => digest(&SHA256, part).as_ref() == self.data,
            Matching::Sha512 => digest(&SHA512, part).as_ref() == self.data,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_uses_authorities_and_servers_and_whole_digests_only() {
        for (numbers, bytes, well) in [
            ((3, 1, 1), 32, true),
            ((3, 0, 2), 64, true),
            ((2, 0, 1), 32, true),
            ((2, 1, 0), 1, true),
            ((0, 0, 1), 32, false),
            ((1, 1, 1), 32, false),
            ((4, 1, 1), 32, false),
            ((3, 2, 1), 32, false),
            ((3, 1, 3), 32, false),
            ((3, 1, 1), 31, false),
            ((3, 1, 2), 32, false),
            ((3, 1, 0), 0, false),
        ] {
            let record = Tlsa::usable(numbers, &vec![7; bytes]);
            assert_eq!(record.is_some(), well, "{numbers:?} {bytes}");
        }
    }

    #[test]
    fn each_selector_and_matching_compares_its_own_part() {
        let (certificate, key) = (b"certificate".as_slice(), b"key".as_slice());
        let record = |selector, matching, data: &[u8]| Tlsa::usable((3, selector, matching), data);
        for (selector, part, other) in [(0, certificate, key), (1, key, certificate)] {
            let sha256 = digest(&SHA256, part);
            let sha512 = digest(&SHA512, part);
            for (matching, data) in [(0, part), (1, sha256.as_ref()), (2, sha512.as_ref())] {
                let record = record(selector, matching, data).unwrap();
                assert!(record.matches(certificate, key), "{selector} {matching}");
                assert!(!record.matches(other, other));
            }
        }
    }
}
