//! The shell: asks name servers and policy hosts what `decide` needs.
//!
//! Promises: nothing is asked of a policy host unless the domain's record says that there is a policy; DANE is asked
//! for only where a validating resolver vouches for the names and addresses that lead to it.

use std::net::IpAddr;
use std::sync::Arc;

use avow_model::SharedClock;

use super::decide::{Demand, HostWay, MxTrust, TlsNeed, TlsaAnswer, way};
use super::https::Fetcher;
use super::library::{Known, Library, Miss, Standing};
use super::sts::{Mode, Policy, announced};
use super::tlsa::Tlsa;
use crate::dns::{Addresses, Answer, Dns, Mx, Trust, Validated};
use crate::route::servers;

/// RFC 8461 3.3.
const POLICY_PATH: &str = "/.well-known/mta-sts.txt";

/// Asks.
#[derive(Debug, Clone)]
pub struct Inspector {
    pub dns: Dns,
    /// `None`: nobody here can tell signed answers from others, so DANE is not asked for.
    pub validated: Option<Validated>,
    pub library: Arc<Library>,
    pub fetcher: Fetcher,
    pub clock: SharedClock,
}

/// What was found of a domain's MTA-STS policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyFinding {
    None,
    /// A record announces a policy that cannot be had or read.
    Broken(String),
    /// One that holds; `stale` says why it could not be fetched anew.
    Holds {
        policy: Policy,
        stale: Option<String>,
    },
}

/// What was found of one mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostFinding {
    /// Where its TLSA records decide, the name that they stand under.
    pub host: String,
    pub address: Trust,
    pub tlsa: TlsaAnswer,
    pub way: HostWay,
}

/// All that was found of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub mx: Answer<Mx>,
    pub mx_trust: MxTrust,
    pub policy: PolicyFinding,
    pub hosts: Vec<HostFinding>,
}

impl PolicyFinding {
    fn need(&self, mx: MxTrust) -> TlsNeed {
        let sts = match self {
            Self::Holds { policy, .. } if policy.mode == Mode::Enforce => {
                Some(policy.mx.clone().into())
            }
            Self::Holds { .. } | Self::None | Self::Broken(_) => None,
        };
        TlsNeed { mx, sts }
    }
}

impl Inspector {
    /// The MX records of a domain, and whether they can be built on.
    pub async fn mx(&self, domain: &str) -> (Answer<Mx>, MxTrust) {
        let Some(validated) = &self.validated else {
            return (self.dns.mx(domain).await, MxTrust::Unknown);
        };
        let (answer, trust) = validated.mx(domain).await;
        let trust = match trust {
            Trust::Validated => MxTrust::Validated,
            Trust::Unsigned => MxTrust::Unknown,
        };
        (answer, trust)
    }

    /// What a domain asks, whose MX records are of this trust.
    pub async fn need(&self, domain: &str, mx: MxTrust) -> TlsNeed {
        self.policy(domain).await.need(mx)
    }

    /// All that decides how mail for a domain leaves at this port.
    pub async fn report(&self, domain: &str, port: u16) -> Report {
        let (mx, mx_trust) = self.mx(domain).await;
        let policy = self.policy(domain).await;
        let need = policy.need(mx_trust);
        let mut hosts = Vec::new();
        // Without MX records the domain itself (RFC 5321 5.1); with a fault or a null MX there is no host.
        for server in servers(mx.clone(), domain).unwrap_or_default() {
            hosts.push(self.host(&need, &server.host, port).await.1);
        }
        Report {
            mx,
            mx_trust,
            policy,
            hosts,
        }
    }

    /// The domain's MTA-STS policy.
    pub async fn policy(&self, domain: &str) -> PolicyFinding {
        let id = match self.dns.texts(&format!("_mta-sts.{domain}")).await {
            Answer::Records(texts) => announced(&texts),
            Answer::NoRecords | Answer::NoDomain | Answer::Failed => None,
        };
        match self.library.standing(domain, id, self.clock.now()) {
            Standing::None => PolicyFinding::None,
            Standing::Holds(known) => held(known, None),
            Standing::Fetch { id, else_ } => match self.fetch(domain, id).await {
                Ok(finding) => finding,
                Err((miss, why)) => {
                    self.library.missed(domain, miss, self.clock.now());
                    match else_ {
                        Some(known) => held(known, Some(why)),
                        None => PolicyFinding::Broken(why),
                    }
                }
            },
        }
    }

    async fn fetch(&self, domain: &str, id: String) -> Result<PolicyFinding, (Miss, String)> {
        let host = format!("mta-sts.{domain}");
        let fetched = self.fetcher.text(&host, POLICY_PATH).await;
        let text = fetched.map_err(|fault| (fault.miss(), fault.to_string()))?;
        let policy = Policy::parse(&text).map_err(|fault| (Miss::Invalid, fault.to_string()))?;
        let known = Known::new(id, text, &policy, self.clock.now());
        self.library.learn(domain, known);
        let stale = None;
        Ok(PolicyFinding::Holds { policy, stale })
    }

    /// A host's addresses, and how it is spoken to at this port.
    pub async fn host(
        &self,
        need: &TlsNeed,
        host: &str,
        port: u16,
    ) -> (Answer<IpAddr>, HostFinding) {
        let (addresses, named) = match &self.validated {
            Some(validated) if need.mx == MxTrust::Validated => {
                let addresses = validated.addresses(host).await;
                let named = named(validated, (host, port), &addresses).await;
                (addresses.answer, named)
            }
            _ => {
                let addresses = self.dns.addresses(host).await;
                (addresses, Named::not_asked(host))
            }
        };
        let way = way(need, host, named.trust, &named.tlsa);
        let by_records = matches!(way, HostWay::Use(Demand::Dane(_)));
        let finding = HostFinding {
            // The name that the certificate is asked for, and checked against (RFC 7672 3.2.3).
            host: if by_records {
                named.host
            } else {
                host.to_owned()
            },
            address: named.trust,
            way,
            tlsa: named.tlsa,
        };
        (addresses, finding)
    }
}

/// The name at which a host's TLSA records are looked up, and what is there.
struct Named {
    host: String,
    trust: Trust,
    tlsa: TlsaAnswer,
}

impl Named {
    fn not_asked(host: &str) -> Self {
        Self {
            host: host.to_owned(),
            trust: Trust::Unsigned,
            tlsa: TlsaAnswer::NotAsked,
        }
    }
}

/// A host that is an alias has its records where the alias leads, or else at its own name; where the alias leads out of
/// what is signed, at its own name alone (RFC 7672 2.2.2).
async fn named(validated: &Validated, (host, port): (&str, u16), addresses: &Addresses) -> Named {
    let at = async |name: &str| Named {
        host: name.to_owned(),
        trust: Trust::Validated,
        tlsa: records(validated.tlsa(name, port).await),
    };
    match (addresses.trust, &addresses.alias) {
        (Trust::Validated, Some(target)) => match at(target).await {
            there if matches!(there.tlsa, TlsaAnswer::Signed(_) | TlsaAnswer::Failed) => there,
            _ => at(host).await,
        },
        (Trust::Validated, None) => at(host).await,
        (Trust::Unsigned, Some(_)) if validated.is_alias(host).await => at(host).await,
        (Trust::Unsigned, _) => Named::not_asked(host),
    }
}

/// What holds, from the file as it was fetched.
fn held(known: Known, stale: Option<String>) -> PolicyFinding {
    match Policy::parse(&known.text) {
        Ok(policy) => PolicyFinding::Holds { policy, stale },
        // It was read when it was fetched: only a file that somebody changed gets here.
        Err(fault) => PolicyFinding::Broken(fault.to_string()),
    }
}

fn records((answer, trust): (Answer<Option<Tlsa>>, Trust)) -> TlsaAnswer {
    match (answer, trust) {
        (Answer::NoRecords | Answer::NoDomain, _) => TlsaAnswer::None,
        (Answer::Failed, _) => TlsaAnswer::Failed,
        (Answer::Records(_), Trust::Unsigned) => TlsaAnswer::Unsigned,
        (Answer::Records(records), Trust::Validated) => {
            TlsaAnswer::Signed(records.into_iter().flatten().collect())
        }
    }
}
