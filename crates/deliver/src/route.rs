//! Where a message goes: a list of relays, or the mail servers of the recipient's domain.
//!
//! Promises: MX hosts in order of preference, at random among equals (RFC 5321 5.1), with the randomness
//! handed in; a null MX (RFC 7505) and a domain that does not exist end the message, a silent resolver does
//! not; an address inside a private network is never connected to, unless the operator allows it; what a domain
//! asks of the connection (`security`) is found for each domain and kept for each server.
//! `servers`, `order` and `admit` are pure; `Transport` is the shell.

mod attempt;
mod public;
mod relays;
mod site;

use std::net::IpAddr;
use std::sync::Arc;

use avow_model::SharedEntropy;

pub use crate::security::TlsNeed;
pub use attempt::{Attempt, End};
pub use public::is_public;
pub use relays::{NoUsualRelay, Relay, RelayGroup, Relays};
pub use site::{SiteKey, SiteName, Source};

use crate::dns::{Answer, Dns, Mx};
use crate::mix::mix;
use crate::security::{Demand, HostWay, Inspector, MxTrust, Skipped};
use crate::smtp::{ClientOptions, Route, Seen, Session, TlsMode, Trouble};

/// The port of direct delivery.
pub const SMTP_PORT: u16 = 25;
/// Servers tried for one domain; real domains have up to six.
const HOSTS_MAX: usize = 8;
/// Addresses tried for one server.
const ADDRESSES_MAX: usize = 4;

/// Why a domain has no route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RouteFault {
    #[error("the domain does not exist")]
    NoDomain,
    #[error("the domain has no mail server with an address")]
    NoHost,
    #[error("the domain declares that it takes no mail (null MX)")]
    NullMx,
    #[error(
        "the domain's mail servers have only private addresses, which direct delivery never uses"
    )]
    Forbidden,
    #[error("the name servers gave no answer")]
    NoAnswer,
    /// Its servers are there, and what the domain asks of them is not given: for now.
    #[error(transparent)]
    Untrusted(#[from] Skipped),
}

/// Which addresses direct delivery may connect to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Guard {
    /// Only addresses of the public Internet: nobody can aim our client at an inner network by DNS.
    #[default]
    PublicOnly,
    /// Any: for a test network.
    Any,
}

/// How mail leaves.
#[derive(Debug, Clone)]
pub enum Transport {
    /// Through relays.
    Relay(Relays),
    /// To the recipients' own servers.
    Direct(Direct),
}

/// What direct delivery needs.
#[derive(Debug, Clone)]
pub struct Direct {
    pub dns: Dns,
    pub guard: Guard,
    pub port: u16,
    pub entropy: SharedEntropy,
    /// Finds what domains ask of the connection; `None`: TLS where offered, for a test network.
    pub security: Option<Inspector>,
}

/// Why no session could be had for a domain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenFault {
    #[error(transparent)]
    Route(#[from] RouteFault),
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// Where mail for a domain goes: the servers, and what it shares with other domains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    pub site: SiteName,
    pub tls: TlsNeed,
    servers: Servers,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Servers {
    Relays(Arc<RelayGroup>),
    Hosts(Arc<[Mx]>),
}

impl Transport {
    /// Where mail of one domain for another goes. Asks the name servers where they have not been asked of late.
    pub async fn destination(&self, sender: &str, domain: &str) -> Result<Destination, RouteFault> {
        match self {
            Self::Relay(relays) => Ok(Destination::through(relays.of(sender))),
            Self::Direct(direct) => direct.destination(domain).await,
        }
    }

    /// A session with the first of its servers that takes one. Fails with the last server's trouble. What was tried
    /// on the way is added to `tried`.
    pub async fn connect(
        &self,
        to: &Destination,
        options: &ClientOptions,
        tried: &mut Vec<Attempt>,
    ) -> Result<Session, OpenFault> {
        let routes = match (self, &to.servers) {
            (_, Servers::Relays(group)) => group.relays.iter().map(|(r, _)| r.clone()).collect(),
            (Self::Direct(direct), Servers::Hosts(hosts)) => {
                direct.routes_to(hosts, &to.tls, tried).await?
            }
            (Self::Relay(_), Servers::Hosts(_)) => return Err(RouteFault::NoHost.into()),
        };
        first_of(&routes, options, tried).await
    }

    /// The servers to try for a domain, in order.
    pub async fn routes(&self, domain: &str) -> Result<Vec<Route>, RouteFault> {
        match self {
            Self::Relay(relays) => {
                let usual = relays.of("").relays.iter();
                Ok(usual.map(|(route, _)| route.clone()).collect())
            }
            Self::Direct(direct) => direct.routes(domain).await,
        }
    }

    /// A session with the first server that takes one. Fails with the last server's trouble.
    pub async fn open(&self, domain: &str, options: &ClientOptions) -> Result<Session, OpenFault> {
        first_of(&self.routes(domain).await?, options, &mut Vec::new()).await
    }
}

async fn first_of(
    routes: &[Route],
    options: &ClientOptions,
    tried: &mut Vec<Attempt>,
) -> Result<Session, OpenFault> {
    let mut last = OpenFault::Route(RouteFault::NoHost);
    for route in routes {
        let mut seen = Seen::default();
        let opened = Session::open_seen(route, options, &mut seen).await;
        tried.push(Attempt::of(route, seen, opened.as_ref().err()));
        match opened {
            Ok(session) => return Ok(session),
            Err(trouble) => last = trouble.into(),
        }
    }
    Err(last)
}

impl Destination {
    /// The servers, the preferred first; `None` through a relay.
    pub fn hosts(&self) -> Option<&[Mx]> {
        match &self.servers {
            Servers::Relays(_) => None,
            Servers::Hosts(hosts) => Some(hosts),
        }
    }

    /// The same servers, asked for nothing: for mail that must arrive though their TLS is broken.
    pub fn undemanding(self) -> Self {
        let tls = TlsNeed::default();
        Self { tls, ..self }
    }

    /// Through relays.
    pub fn through(group: &Arc<RelayGroup>) -> Self {
        Self {
            site: group.name.clone(),
            tls: TlsNeed::default(),
            servers: Servers::Relays(group.clone()),
        }
    }

    /// The relays; `None` for a domain's own servers.
    pub fn relays(&self) -> Option<&RelayGroup> {
        match &self.servers {
            Servers::Relays(group) => Some(group),
            Servers::Hosts(_) => None,
        }
    }
}

impl Direct {
    async fn destination(&self, domain: &str) -> Result<Destination, RouteFault> {
        let (mx, trust) = match &self.security {
            Some(security) => security.mx(domain).await,
            None => (self.dns.mx(domain).await, MxTrust::Unknown),
        };
        let servers = servers(mx, domain)?;
        let tls = match &self.security {
            Some(security) => security.need(domain, trust).await,
            None => TlsNeed::default(),
        };
        Ok(Destination {
            site: SiteName::of(&servers),
            tls,
            servers: Servers::Hosts(servers.into()),
        })
    }

    async fn routes(&self, domain: &str) -> Result<Vec<Route>, RouteFault> {
        let to = self.destination(domain).await?;
        match &to.servers {
            Servers::Hosts(hosts) => self.routes_to(hosts, &to.tls, &mut Vec::new()).await,
            Servers::Relays(_) => Err(RouteFault::NoHost),
        }
    }

    async fn routes_to(
        &self,
        servers: &[Mx],
        need: &TlsNeed,
        tried: &mut Vec<Attempt>,
    ) -> Result<Vec<Route>, RouteFault> {
        let mut seed = [0; 8];
        self.entropy.fill(&mut seed);
        let mut found = Vec::new();
        for host in order(servers, u64::from_le_bytes(seed)) {
            let (host, addresses, way) = if let Some(security) = &self.security {
                let (addresses, finding) = security.host(need, &host, self.port).await;
                (finding.host, addresses, finding.way)
            } else {
                let addresses = self.dns.addresses(&host).await;
                (host, addresses, HostWay::Use(Demand::Opportunistic))
            };
            if let HostWay::Skip(why) = way {
                tried.push(Attempt::skipped(&host, why));
            }
            found.push((host, addresses, way));
        }
        admit(found, self.guard, self.port)
    }
}

/// The mail servers of a domain, from the answer to the MX query: the most preferred, sorted.
pub fn servers(answer: Answer<Mx>, domain: &str) -> Result<Vec<Mx>, RouteFault> {
    let mut records = match answer {
        Answer::Records(records) => records,
        // Implicit MX: the domain itself (RFC 5321 5.1).
        Answer::NoRecords => {
            let host = domain.to_lowercase();
            return Ok(vec![Mx {
                preference: 0,
                host,
            }]);
        }
        Answer::NoDomain => return Err(RouteFault::NoDomain),
        Answer::Failed => return Err(RouteFault::NoAnswer),
    };
    let is_root = |mx: &Mx| mx.host.is_empty() || mx.host == ".";
    if !records.is_empty() && records.iter().all(is_root) {
        return Err(RouteFault::NullMx);
    }
    records.retain(|mx| is_host_name(&mx.host));
    for mx in &mut records {
        mx.host.make_ascii_lowercase();
    }
    records.sort_by(|a, b| (a.preference, &a.host).cmp(&(b.preference, &b.host)));
    records.dedup();
    records.truncate(HOSTS_MAX);
    if records.is_empty() {
        return Err(RouteFault::NoHost);
    }
    Ok(records)
}

/// What a certificate, a log and a site's name can hold; other names lead nowhere.
fn is_host_name(host: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    !host.is_empty() && host != "." && host.bytes().all(plain)
}

/// The hosts to try, the preferred first; `random` orders equal preferences.
pub fn order(servers: &[Mx], random: u64) -> Vec<String> {
    // Numbered as they are sorted, so that the same random number gives the same order whatever order DNS gave.
    let mut keyed: Vec<(u16, u64, &str)> = (0u64..)
        .zip(servers)
        .map(|(n, mx)| (mx.preference, mix(random ^ mix(n)), mx.host.as_str()))
        .collect();
    keyed.sort_unstable();
    keyed
        .into_iter()
        .map(|(_, _, host)| host.to_owned())
        .collect()
}

/// The routes that may be used, from each host's addresses and how it is spoken to.
pub fn admit(
    hosts: Vec<(String, Answer<IpAddr>, HostWay)>,
    guard: Guard,
    port: u16,
) -> Result<Vec<Route>, RouteFault> {
    let mut routes = Vec::new();
    let (mut forbidden, mut unanswered, mut skipped) = (false, false, None);
    for (host, answer, way) in hosts {
        let mut addresses = match answer {
            Answer::Records(addresses) => addresses,
            Answer::NoRecords | Answer::NoDomain => continue,
            Answer::Failed => {
                unanswered = true;
                continue;
            }
        };
        let all = addresses.len();
        addresses.retain(|ip| guard == Guard::Any || is_public(*ip));
        forbidden |= addresses.len() < all;
        let addresses = by_turns(addresses);
        match way {
            _ if addresses.is_empty() => {}
            HostWay::Use(demand) => routes.push(direct(host, addresses, port, demand)),
            HostWay::Skip(why) => skipped = skipped.or(Some(why)),
        }
    }
    match (routes.is_empty(), skipped, unanswered, forbidden) {
        (false, _, _, _) => Ok(routes),
        // What can be mended comes before what ends a message.
        (true, Some(why), _, _) => Err(RouteFault::Untrusted(why)),
        (true, None, true, _) => Err(RouteFault::NoAnswer),
        (true, None, false, true) => Err(RouteFault::Forbidden),
        (true, None, false, false) => Err(RouteFault::NoHost),
    }
}

/// One of each family by turns, as far as there are both (RFC 8305 4), so that a family which leads nowhere costs one wait
/// and not all: the first of each in its order, IPv4 before IPv6, of which receivers ask more (a name for each address).
fn by_turns(addresses: Vec<IpAddr>) -> Vec<IpAddr> {
    let (v4, v6): (Vec<IpAddr>, Vec<IpAddr>) = addresses.into_iter().partition(IpAddr::is_ipv4);
    let most = v4.len().max(v6.len());
    let (mut v4, mut v6) = (v4.into_iter(), v6.into_iter());
    let turns = (0..most).flat_map(|_| [v4.next(), v6.next()]);
    turns.flatten().take(ADDRESSES_MAX).collect()
}

fn direct(host: String, addresses: Vec<IpAddr>, port: u16, demand: Demand) -> Route {
    Route {
        host,
        port,
        addresses,
        tls: match demand {
            Demand::Opportunistic => TlsMode::Opportunistic,
            Demand::Encrypted => TlsMode::Encrypted,
            Demand::Verified => TlsMode::StartTls,
            Demand::Dane(records) => TlsMode::Dane(records),
        },
        auth: None,
    }
}

#[cfg(test)]
mod tests;
