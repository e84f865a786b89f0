//! The resolver: MX records and addresses, with "no such name" kept apart from "no answer".
//!
//! Promises: answers are cached for their time to live (negative ones too); a name is looked up as it
//! stands, never with a search list. Never: decides (`route` does).

mod validated;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ProtocolConfig, ResolverConfig,
};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;

pub use validated::{Addresses, NotOnThisMachine, Trust, Validated};

/// Names kept: enough for the domains of a million recipients' providers.
const CACHE_NAMES: u64 = 65_536;
/// A slow resolver is asked again rather than waited for.
const QUERY_TIME: Duration = Duration::from_secs(5);
const QUERIES_MAX: usize = 3;

/// One MX record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mx {
    pub preference: u16,
    /// Without the dot at its end; empty for the root.
    pub host: String,
}

/// What name servers say to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    Records(Vec<T>),
    /// The name exists and has no record of this kind.
    NoRecords,
    /// NXDOMAIN.
    NoDomain,
    /// SERVFAIL, a timeout, no network: nothing is known.
    Failed,
}

/// Why the resolver cannot start.
#[derive(Debug, thiserror::Error)]
#[error("the system's DNS settings cannot be read ({0}): give name servers, or use a relay")]
pub struct DnsFault(#[from] NetError);

/// A shared resolver with its cache.
#[derive(Debug, Clone)]
pub struct Dns(Arc<TokioResolver>);

impl Dns {
    /// With the system's name servers.
    pub fn system() -> Result<Self, DnsFault> {
        Self::build(TokioResolver::builder_tokio()?)
    }

    /// With these name servers alone.
    pub fn with_servers(servers: &[SocketAddr]) -> Result<Self, DnsFault> {
        let servers = servers.iter().map(|server| {
            let on_port = |protocol| {
                let mut connection = ConnectionConfig::new(protocol);
                connection.port = server.port();
                connection
            };
            let both = vec![on_port(ProtocolConfig::Udp), on_port(ProtocolConfig::Tcp)];
            NameServerConfig::new(server.ip(), true, both)
        });
        let config = ResolverConfig::from_parts(None, Vec::new(), servers.collect());
        Self::build(TokioResolver::builder_with_config(
            config,
            TokioRuntimeProvider::default(),
        ))
    }

    fn build(
        mut builder: hickory_resolver::ResolverBuilder<TokioRuntimeProvider>,
    ) -> Result<Self, DnsFault> {
        let options = builder.options_mut();
        options.cache_size = CACHE_NAMES;
        options.timeout = QUERY_TIME;
        options.attempts = QUERIES_MAX;
        options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        Ok(Self(Arc::new(builder.build()?)))
    }

    /// The MX records of a domain.
    pub async fn mx(&self, domain: &str) -> Answer<Mx> {
        let lookup = match self.0.mx_lookup(absolute(domain)).await {
            Ok(lookup) => lookup,
            Err(error) => return nothing(&error),
        };
        let records = lookup.answers().iter().filter_map(|r| match &r.data {
            RData::MX(mx) => Some(Mx {
                preference: mx.preference,
                host: mx.exchange.to_ascii().trim_end_matches('.').to_owned(),
            }),
            _ => None,
        });
        some(records.collect())
    }

    /// The texts of a name, each record's strings joined (RFC 7208 3.3, RFC 6376 3.6.2.2).
    pub async fn texts(&self, name: &str) -> Answer<String> {
        let lookup = match self.0.txt_lookup(absolute(name)).await {
            Ok(lookup) => lookup,
            Err(error) => return nothing(&error),
        };
        let records = lookup.answers().iter().filter_map(|r| match &r.data {
            RData::TXT(txt) => {
                let strings = txt.txt_data.iter().map(|s| String::from_utf8_lossy(s));
                Some(strings.collect::<String>())
            }
            _ => None,
        });
        some(records.collect())
    }

    /// The names of an address (reverse DNS), without the dot at their ends.
    pub async fn names(&self, ip: IpAddr) -> Answer<String> {
        let lookup = match self.0.reverse_lookup(ip).await {
            Ok(lookup) => lookup,
            Err(error) => return nothing(&error),
        };
        let records = lookup.answers().iter().filter_map(|r| match &r.data {
            RData::PTR(ptr) => Some(ptr.to_ascii().trim_end_matches('.').to_owned()),
            _ => None,
        });
        some(records.collect())
    }

    /// The addresses of a host, IPv4 first: fewer receivers judge it harshly.
    pub async fn addresses(&self, host: &str) -> Answer<IpAddr> {
        match self.0.lookup_ip(absolute(host)).await {
            Ok(lookup) => {
                let mut addresses: Vec<IpAddr> = lookup.iter().collect();
                addresses.sort_by_key(IpAddr::is_ipv6);
                some(addresses)
            }
            Err(error) => nothing(&error),
        }
    }
}

/// With a dot at its end no search list applies.
fn absolute(name: &str) -> String {
    format!("{}.", name.trim_end_matches('.'))
}

fn some<T>(records: Vec<T>) -> Answer<T> {
    if records.is_empty() {
        Answer::NoRecords
    } else {
        Answer::Records(records)
    }
}

fn nothing<T>(error: &NetError) -> Answer<T> {
    if error.is_nx_domain() {
        Answer::NoDomain
    } else if error.is_no_records_found() {
        Answer::NoRecords
    } else {
        Answer::Failed
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod zone;
