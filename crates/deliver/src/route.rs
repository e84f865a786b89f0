//! Where a message goes: a list of relays, or the mail servers of the recipient's domain.
//!
//! Promises: MX hosts in order of preference, at random among equals (RFC 5321 5.1), with the randomness
//! handed in; a null MX (RFC 7505) and a domain that does not exist end the message, a silent resolver does
//! not; an address inside a private network is never connected to, unless the operator allows it.
//! `plan` and `admit` are pure; `Transport` is the shell.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use avow_model::SharedEntropy;

use crate::dns::{Answer, Dns, Mx};
use crate::mix::mix;
use crate::smtp::{ClientOptions, Route, Session, TlsMode, Trouble};

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
    /// Through relays, the first that answers.
    Relay(Vec<Route>),
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
}

/// Why no session could be had for a domain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenFault {
    #[error(transparent)]
    Route(#[from] RouteFault),
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl Transport {
    /// What messages to this domain share: connections, limits and back-off.
    pub fn site<'d>(&self, domain: &'d str) -> &'d str {
        match self {
            Self::Relay(_) => "relay",
            Self::Direct(_) => domain,
        }
    }

    /// The servers to try for a domain, in order.
    pub async fn routes(&self, domain: &str) -> Result<Vec<Route>, RouteFault> {
        match self {
            Self::Relay(routes) => Ok(routes.clone()),
            Self::Direct(direct) => direct.routes(domain).await,
        }
    }

    /// A session with the first server that takes one. Fails with the last server's trouble.
    pub async fn open(&self, domain: &str, options: &ClientOptions) -> Result<Session, OpenFault> {
        let mut last = OpenFault::Route(RouteFault::NoHost);
        for route in self.routes(domain).await? {
            match Session::open(&route, options).await {
                Ok(session) => return Ok(session),
                Err(trouble) => last = trouble.into(),
            }
        }
        Err(last)
    }
}

impl Direct {
    async fn routes(&self, domain: &str) -> Result<Vec<Route>, RouteFault> {
        let mut seed = [0; 8];
        self.entropy.fill(&mut seed);
        let hosts = plan(self.dns.mx(domain).await, domain, u64::from_le_bytes(seed))?;
        let mut found = Vec::new();
        for host in hosts {
            let addresses = self.dns.addresses(&host).await;
            found.push((host, addresses));
        }
        admit(found, self.guard, self.port)
    }
}

/// The hosts to try, from the answer to the MX query. `random` orders equal preferences.
pub fn plan(answer: Answer<Mx>, domain: &str, random: u64) -> Result<Vec<String>, RouteFault> {
    let mut records = match answer {
        Answer::Records(records) => records,
        // Implicit MX: the domain itself (RFC 5321 5.1).
        Answer::NoRecords => return Ok(vec![domain.to_owned()]),
        Answer::NoDomain => return Err(RouteFault::NoDomain),
        Answer::Failed => return Err(RouteFault::NoAnswer),
    };
    let is_root = |mx: &Mx| mx.host.is_empty() || mx.host == ".";
    if !records.is_empty() && records.iter().all(is_root) {
        return Err(RouteFault::NullMx);
    }
    records.retain(|mx| !is_root(mx));
    // Sorted by name first, so that the same random number gives the same order whatever order DNS gave.
    records.sort_by(|a, b| (a.preference, &a.host).cmp(&(b.preference, &b.host)));
    let mut keyed: Vec<(u16, u64, String)> = (0u64..)
        .zip(records)
        .map(|(n, mx)| (mx.preference, mix(random ^ mix(n)), mx.host))
        .collect();
    keyed.sort_unstable();
    keyed.truncate(HOSTS_MAX);
    Ok(keyed.into_iter().map(|(_, _, host)| host).collect())
}

/// The routes that may be used, from each host's addresses.
pub fn admit(
    hosts: Vec<(String, Answer<IpAddr>)>,
    guard: Guard,
    port: u16,
) -> Result<Vec<Route>, RouteFault> {
    let mut routes = Vec::new();
    let (mut forbidden, mut unanswered) = (false, false);
    for (host, answer) in hosts {
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
        addresses.truncate(ADDRESSES_MAX);
        if !addresses.is_empty() {
            routes.push(direct(host, addresses, port));
        }
    }
    match (routes.is_empty(), unanswered, forbidden) {
        (false, _, _) => Ok(routes),
        (true, true, _) => Err(RouteFault::NoAnswer),
        (true, false, true) => Err(RouteFault::Forbidden),
        (true, false, false) => Err(RouteFault::NoHost),
    }
}

fn direct(host: String, addresses: Vec<IpAddr>, port: u16) -> Route {
    Route {
        host,
        port,
        addresses,
        tls: TlsMode::Opportunistic,
        auth: None,
    }
}

/// True for an address that belongs to the public Internet (IANA special-purpose registries, RFC 6890).
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let carrier_nat = a == 100 && (64..128).contains(&b);
    let protocol = (a, b, c) == (192, 0, 0);
    let benchmark = a == 198 && (b == 18 || b == 19);
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_broadcast()
        || a == 0
        || a >= 224
        || carrier_nat
        || protocol
        || benchmark)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(v4) = embedded(ip) {
        return is_public_v4(v4);
    }
    let head = ip.segments();
    let documentation = head[0] == 0x2001 && head[1] == 0x0db8;
    let special = head[0] == 0x2001 && head[1] < 0x0200;
    // Only 2000::/3 is given out as global unicast.
    head[0] & 0xe000 == 0x2000 && !documentation && !special
}

/// The IPv4 address inside a mapped, translated (64:ff9b::/96) or 6to4 (2002::/16) one.
fn embedded(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let v4 = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match ip.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(v4(high, low))
        }
        [0x2002, high, low, ..] => Some(v4(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
