//! How a mail server is spoken to: the table.
//!
//! | MX and address validated | TLSA answer        | MTA-STS enforce  | the host is used                      |
//! |--------------------------|--------------------|------------------|---------------------------------------|
//! | yes                      | no answer, or false| any              | not now (RFC 7672 2.1.2)              |
//! | yes                      | usable records     | any              | TLS that matches them, or not at all  |
//! | yes                      | none is usable     | no               | TLS, any certificate, or not at all   |
//! | yes                      | none is usable     | names the host   | TLS with a valid certificate          |
//! | yes                      | none, or unsigned  | no               | TLS if offered, any certificate       |
//! | no                       | not asked          | no               | TLS if offered, any certificate       |
//! | no DANE by the above     |                    | names the host   | TLS with a valid certificate          |
//! | no DANE by the above     |                    | another host     | not at all (RFC 8461 5)               |
//!
//! Promises: pure and total; DANE wins over MTA-STS where it has records; what is required is never weakened.

use std::fmt;
use std::sync::Arc;

use super::sts::MxPattern;
use super::tlsa::Tlsa;
use crate::dns::Trust;

/// Whether the mail servers' names came from a signed zone, by a resolver that checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum MxTrust {
    /// Not signed, or nobody here can tell: DANE is not asked for.
    #[default]
    Unknown,
    Validated,
}

/// What a recipient's domain asks. Part of what domains must have in common to share connections.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct TlsNeed {
    pub mx: MxTrust,
    /// The hosts of an MTA-STS policy that is enforced; `None`: there is none.
    pub sts: Option<Arc<[MxPattern]>>,
}

impl fmt::Display for TlsNeed {
    /// Behind a site's name; nothing where nothing is asked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.mx, &self.sts) {
            (MxTrust::Unknown, None) => "",
            (MxTrust::Unknown, Some(_)) => " [MTA-STS]",
            (MxTrust::Validated, None) => " [signed]",
            (MxTrust::Validated, Some(_)) => " [signed, MTA-STS]",
        })
    }
}

/// What the name servers say about a host's TLSA records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsaAnswer {
    NotAsked,
    None,
    /// SERVFAIL, silence, or a signature that does not hold: somebody may be hiding them.
    Failed,
    /// From a zone that is not signed: anybody may have made them up.
    Unsigned,
    /// Those that mail can use; empty when none is.
    Signed(Arc<[Tlsa]>),
}

/// How the host is spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Demand {
    /// TLS if offered, any certificate, in clear if need be.
    Opportunistic,
    /// TLS, any certificate.
    Encrypted,
    /// TLS, a certificate of the public authorities for this host.
    Verified,
    /// TLS, a certificate that one of these names.
    Dane(Arc<[Tlsa]>),
}

/// Why a host is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Skipped {
    #[error("the name servers do not tell the TLSA records of the domain's mail servers")]
    NoTlsaAnswer,
    #[error("the domain's MTA-STS policy names other mail servers than its MX records")]
    NotInPolicy,
}

/// What is to be done with a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostWay {
    Use(Demand),
    Skip(Skipped),
}

/// Decides for one host. `address` is how far its address can be trusted.
pub fn way(need: &TlsNeed, host: &str, address: Trust, tlsa: &TlsaAnswer) -> HostWay {
    let dane = need.mx == MxTrust::Validated && address == Trust::Validated;
    match (dane, tlsa) {
        (true, TlsaAnswer::Failed) => HostWay::Skip(Skipped::NoTlsaAnswer),
        (true, TlsaAnswer::Signed(records)) if !records.is_empty() => {
            HostWay::Use(Demand::Dane(records.clone()))
        }
        (true, TlsaAnswer::Signed(_)) => by_policy(need, host, Demand::Encrypted),
        (true, TlsaAnswer::None | TlsaAnswer::Unsigned | TlsaAnswer::NotAsked) | (false, _) => {
            by_policy(need, host, Demand::Opportunistic)
        }
    }
}

fn by_policy(need: &TlsNeed, host: &str, without: Demand) -> HostWay {
    match &need.sts {
        None => HostWay::Use(without),
        Some(mx) if mx.iter().any(|mx| mx.covers(host)) => HostWay::Use(Demand::Verified),
        Some(_) => HostWay::Skip(Skipped::NotInPolicy),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "mx.example.org";

    fn signed(count: u8) -> TlsaAnswer {
        let record = |n: u8| Tlsa::usable((3, 1, 1), &[n; 32]).unwrap();
        TlsaAnswer::Signed((0..count).map(record).collect())
    }

    fn enforced(host: &str) -> Arc<[MxPattern]> {
        [MxPattern::parse(host).unwrap()].into()
    }

    /// Every line of the table, and every cell that it leaves open.
    #[test]
    fn the_table_holds_in_every_cell() {
        use TlsaAnswer::{Failed, None as NoTlsa, NotAsked, Unsigned};
        let used = HostWay::Use;
        let other = HostWay::Skip(Skipped::NotInPolicy);
        for mx in [MxTrust::Unknown, MxTrust::Validated] {
            for address in [Trust::Unsigned, Trust::Validated] {
                for tlsa in [NotAsked, NoTlsa, Failed, Unsigned, signed(0), signed(2)] {
                    let dane = mx == MxTrust::Validated && address == Trust::Validated;
                    let with = |sts| way(&TlsNeed { mx, sts }, HOST, address, &tlsa);
                    let named = with(Some(enforced(HOST)));
                    let all = [with(None), named, with(Some(enforced("mx.example.com")))];
                    let expected = match (dane, &tlsa) {
                        (true, Failed) => [0; 3].map(|_| HostWay::Skip(Skipped::NoTlsaAnswer)),
                        (true, TlsaAnswer::Signed(records)) if records.len() == 2 => {
                            [0; 3].map(|_| used(Demand::Dane(records.clone())))
                        }
                        (true, TlsaAnswer::Signed(_)) => [
                            used(Demand::Encrypted),
                            used(Demand::Verified),
                            other.clone(),
                        ],
                        _ => [
                            used(Demand::Opportunistic),
                            used(Demand::Verified),
                            other.clone(),
                        ],
                    };
                    assert_eq!(all, expected, "{mx:?} {address:?} {tlsa:?}");
                }
            }
        }
    }
}
