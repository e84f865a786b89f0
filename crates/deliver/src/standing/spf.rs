//! SPF: whether a record lets an address send (RFC 7208).
//!
//! Promises: at most ten terms that ask the name servers again (4.6.4), and nothing is followed twice in a circle
//! for ever. `exists` and macros (7) are taken as not matching: senders' own records do not use them for their own
//! addresses. `ptr` does not match either (5.5: do not use).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Spf;
use crate::dns::{Answer, Dns, Mx};

/// Terms that cause further queries (RFC 7208 4.6.4).
const LOOKUPS_MAX: u32 = 10;

/// A part of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    Mechanism(Spf, Mechanism),
    Redirect(String),
    /// A modifier that means nothing to us (6: unknown ones are ignored).
    Ignored,
}

/// What an address is held against. Prefix lengths are in bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mechanism {
    All,
    Ip4(Ipv4Addr, u8),
    Ip6(Ipv6Addr, u8),
    /// The addresses of a name; `None`: the domain itself.
    A(Option<String>, Lengths),
    Mx(Option<String>, Lengths),
    Include(String),
    /// Something that never matches here.
    Never,
}

/// Prefix lengths for either family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lengths {
    pub v4: u8,
    pub v6: u8,
}

/// The terms of a record; `None` when it breaks the grammar.
pub fn parse(record: &str) -> Option<Vec<Term>> {
    let rest = record.strip_prefix("v=spf1")?;
    if !(rest.is_empty() || rest.starts_with(' ')) {
        return None;
    }
    rest.split_ascii_whitespace().map(term).collect()
}

fn term(word: &str) -> Option<Term> {
    if let Some((name, value)) = word.split_once('=')
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    {
        let redirect = name.eq_ignore_ascii_case("redirect");
        return Some(if redirect {
            Term::Redirect(value.to_owned())
        } else {
            Term::Ignored
        });
    }
    let (result, word) = match word.as_bytes().first()? {
        b'+' => (Spf::Pass, &word[1..]),
        b'-' => (Spf::Fail, &word[1..]),
        b'~' => (Spf::SoftFail, &word[1..]),
        b'?' => (Spf::Neutral, &word[1..]),
        _ => (Spf::Pass, word),
    };
    let mechanism = mechanism(&word.to_ascii_lowercase())?;
    Some(Term::Mechanism(result, mechanism))
}

fn mechanism(word: &str) -> Option<Mechanism> {
    let (name, value) = match word.find([':', '/']) {
        Some(at) if word.as_bytes()[at] == b':' => (&word[..at], Some(&word[at + 1..])),
        Some(at) => (&word[..at], Some(&word[at..])),
        None => (word, None),
    };
    Some(match (name, value) {
        ("all", None) => Mechanism::All,
        ("ip4", Some(value)) => {
            let (ip, bits) = network(value, 32)?;
            Mechanism::Ip4(ip.parse().ok()?, bits)
        }
        ("ip6", Some(value)) => {
            let (ip, bits) = network(value, 128)?;
            Mechanism::Ip6(ip.parse().ok()?, bits)
        }
        ("a", value) => hosts(value).map(|(name, lengths)| Mechanism::A(name, lengths))?,
        ("mx", value) => hosts(value).map(|(name, lengths)| Mechanism::Mx(name, lengths))?,
        ("include", Some(value)) if value.contains('%') => Mechanism::Never,
        ("include", Some(value)) if !value.is_empty() => Mechanism::Include(value.to_owned()),
        ("exists", Some(_)) | ("ptr", _) => Mechanism::Never,
        _ => return None,
    })
}

fn network(value: &str, most: u8) -> Option<(&str, u8)> {
    let Some((ip, bits)) = value.split_once('/') else {
        return Some((value, most));
    };
    Some((ip, length(bits, most)?))
}

fn length(bits: &str, most: u8) -> Option<u8> {
    bits.parse().ok().filter(|bits| *bits <= most)
}

/// `name/24//64`, each part of which may be absent.
fn hosts(value: Option<&str>) -> Option<(Option<String>, Lengths)> {
    let value = value.unwrap_or_default();
    let (name, lengths) = value
        .split_once('/')
        .map_or((value, None), |(n, l)| (n, Some(l)));
    let (v4, v6) = match lengths {
        None => (32, 128),
        Some(lengths) => match lengths.split_once('/') {
            None => (length(lengths, 32)?, 128),
            Some(("", v6)) => (32, length(v6, 128)?),
            Some((v4, v6)) => (length(v4, 32)?, length(v6.strip_prefix('/')?, 128)?),
        },
    };
    let name = (!name.is_empty()).then(|| name.to_owned());
    Some((name, Lengths { v4, v6 }))
}

/// True when both addresses are of one family and alike in their first bits.
fn alike(a: IpAddr, b: IpAddr, lengths: Lengths) -> bool {
    match (a, b) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            let off = 32 - u32::from(lengths.v4);
            off == 32 || a.to_bits() >> off == b.to_bits() >> off
        }
        (IpAddr::V6(a), IpAddr::V6(b)) => {
            let off = 128 - u32::from(lengths.v6);
            off == 128 || a.to_bits() >> off == b.to_bits() >> off
        }
        _ => false,
    }
}

/// The one SPF record among a name's texts: `Ok(None)` without one, `Err` with several (3.2).
pub(super) fn record(texts: &[String]) -> Result<Option<&str>, Spf> {
    let is_spf = |t: &&String| *t == "v=spf1" || t.starts_with("v=spf1 ");
    let mut records = texts.iter().filter(is_spf);
    match (records.next(), records.next()) {
        (first, None) => Ok(first.map(String::as_str)),
        (_, Some(_)) => Err(Spf::Broken),
    }
}

/// One check of one address.
pub(super) struct Check<'d> {
    pub(super) dns: &'d Dns,
    pub(super) ip: IpAddr,
    lookups: u32,
}

impl<'d> Check<'d> {
    pub(super) fn new(dns: &'d Dns, ip: IpAddr) -> Self {
        let lookups = 0;
        Self { dns, ip, lookups }
    }

    /// The result for a domain (4).
    pub(super) async fn run(&mut self, domain: &str) -> Spf {
        let mut domain = domain.to_owned();
        // Each round is a redirect, and each of those counts as a lookup.
        loop {
            let texts = match self.dns.texts(&domain).await {
                Answer::Records(texts) => texts,
                Answer::NoRecords | Answer::NoDomain => return Spf::None,
                Answer::Failed => return Spf::NoAnswer,
            };
            let record = match record(&texts) {
                Ok(Some(record)) => record,
                Ok(None) => return Spf::None,
                Err(result) => return result,
            };
            let Some(terms) = parse(record) else {
                return Spf::Broken;
            };
            match self.terms(&domain, &terms).await {
                Ok(result) => return result,
                Err(None) => return Spf::Neutral,
                Err(Some(next)) => domain = next,
            }
            if !self.may_ask() {
                return Spf::Broken;
            }
        }
    }

    fn may_ask(&mut self) -> bool {
        self.lookups += 1;
        self.lookups <= LOOKUPS_MAX
    }

    /// The first match; otherwise where the record sends us on.
    async fn terms(&mut self, domain: &str, terms: &[Term]) -> Result<Spf, Option<String>> {
        for term in terms {
            let Term::Mechanism(result, mechanism) = term else {
                continue;
            };
            match self.matches(domain, mechanism).await {
                Ok(true) => return Ok(*result),
                Ok(false) => {}
                Err(fault) => return Ok(fault),
            }
        }
        let redirect = |t: &Term| match t {
            Term::Redirect(name) => Some(name.clone()),
            Term::Mechanism(..) | Term::Ignored => None,
        };
        Err(terms.iter().find_map(redirect))
    }

    async fn matches(&mut self, domain: &str, mechanism: &Mechanism) -> Result<bool, Spf> {
        let exact = |v4, v6| Lengths { v4, v6 };
        match mechanism {
            Mechanism::All => Ok(true),
            Mechanism::Never => Ok(false),
            Mechanism::Ip4(ip, bits) => Ok(alike((*ip).into(), self.ip, exact(*bits, 128))),
            Mechanism::Ip6(ip, bits) => Ok(alike((*ip).into(), self.ip, exact(32, *bits))),
            Mechanism::A(..) | Mechanism::Mx(..) | Mechanism::Include(_) if !self.may_ask() => {
                Err(Spf::Broken)
            }
            Mechanism::A(name, lengths) => {
                self.is_of(name.as_deref().unwrap_or(domain), *lengths)
                    .await
            }
            Mechanism::Mx(name, lengths) => {
                let hosts = match self.dns.mx(name.as_deref().unwrap_or(domain)).await {
                    Answer::Records(hosts) => hosts,
                    Answer::NoRecords | Answer::NoDomain => return Ok(false),
                    Answer::Failed => return Err(Spf::NoAnswer),
                };
                for Mx { host, .. } in hosts.iter().take(LOOKUPS_MAX as usize) {
                    if self.is_of(host, *lengths).await? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Mechanism::Include(name) => match Box::pin(self.run(name)).await {
                Spf::Pass => Ok(true),
                Spf::Fail | Spf::SoftFail | Spf::Neutral => Ok(false),
                Spf::None | Spf::Broken => Err(Spf::Broken),
                Spf::NoAnswer => Err(Spf::NoAnswer),
            },
        }
    }

    async fn is_of(&self, name: &str, lengths: Lengths) -> Result<bool, Spf> {
        match self.dns.addresses(name).await {
            Answer::Records(ips) => Ok(ips.iter().any(|ip| alike(*ip, self.ip, lengths))),
            Answer::NoRecords | Answer::NoDomain => Ok(false),
            Answer::Failed => Err(Spf::NoAnswer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_term_by_term() {
        let terms = parse("v=spf1 ip4:192.0.2.0/24 a mx/28 a:mail.acme.example/24//64 include:_spf.acme.example ~all exp=x").unwrap();
        let pass = |m| Term::Mechanism(Spf::Pass, m);
        let lengths = |v4, v6| Lengths { v4, v6 };
        assert_eq!(
            terms,
            [
                pass(Mechanism::Ip4(Ipv4Addr::new(192, 0, 2, 0), 24)),
                pass(Mechanism::A(None, lengths(32, 128))),
                pass(Mechanism::Mx(None, lengths(28, 128))),
                pass(Mechanism::A(
                    Some("mail.acme.example".into()),
                    lengths(24, 64)
                )),
                pass(Mechanism::Include("_spf.acme.example".into())),
                Term::Mechanism(Spf::SoftFail, Mechanism::All),
                Term::Ignored,
            ]
        );
        assert_eq!(
            parse("v=spf1 redirect=acme.example").unwrap(),
            [Term::Redirect("acme.example".into())]
        );
    }

    #[test]
    fn what_breaks_the_grammar_is_no_record() {
        for bad in [
            "v=spf2 all",
            "v=spf1all",
            "v=spf1 ip4:192.0.2.0/33",
            "v=spf1 ip4:here",
            "v=spf1 include:",
            "v=spf1 everything",
            "v=spf1 a/24/64",
            "v=spf1 -",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_prefix_of_no_bits_covers_every_address_of_its_family() {
        let (a, b): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "8.8.8.8".parse().unwrap());
        let none = Lengths { v4: 0, v6: 0 };
        assert!(alike(a, b, none));
        assert!(!alike(a, "::1".parse().unwrap(), none));
    }
}
