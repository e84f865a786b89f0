//! Sites: domains whose mail goes to the same servers share connections, limits and back-off.
//!
//! Promises: pure; the same set of servers gives the same name, and another set another one, so that a name
//! is a site's identity and can be read by a person: `(alt1|alt2)?.mx.example.com`. What a domain asks of
//! the connection's security is decided per domain, before rollup: domains that differ in it share no
//! connection though they share servers.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use crate::dns::Mx;
use crate::security::TlsNeed;

/// Servers without so many labels in common have nothing in common but a registry.
const COMMON_LABELS_MIN: usize = 2;

/// The readable name of a set of servers. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SiteName(Arc<str>);

impl SiteName {
    /// The site of these servers, in any order, however written.
    pub fn of(servers: &[Mx]) -> Self {
        let mut hosts: Vec<String> = servers.iter().map(|mx| mx.host.to_lowercase()).collect();
        hosts.sort_unstable();
        hosts.dedup();
        Self(rollup(&hosts).into())
    }

    /// A site that is a relay, by its name in the configuration.
    pub fn of_relay(name: &str) -> Self {
        Self(name.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SiteName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where mail leaves from, as receivers see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Source {
    /// Whatever address the system takes.
    #[default]
    System,
    Address(IpAddr),
}

impl From<Option<IpAddr>> for Source {
    fn from(address: Option<IpAddr>) -> Self {
        address.map_or(Self::System, Self::Address)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("default"),
            Self::Address(ip) => ip.fmt(f),
        }
    }
}

/// What messages must have in common to share connections, limits and back-off.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SiteKey {
    pub source: Source,
    pub site: SiteName,
    pub tls: TlsNeed,
}

impl fmt::Display for SiteKey {
    /// The servers; sites that differ only in what is asked of the connection are told apart.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.site, self.tls)
    }
}

/// Sorted names without repeats to one name: the labels that all end with, once.
fn rollup(hosts: &[String]) -> String {
    let common = common_labels(hosts);
    match hosts {
        [] => String::new(),
        [one] => one.clone(),
        _ if common < COMMON_LABELS_MIN => hosts.join("+"),
        _ => factored(hosts, common),
    }
}

fn common_labels(hosts: &[String]) -> usize {
    let Some((first, rest)) = hosts.split_first() else {
        return 0;
    };
    let alike = |host: &String| {
        let pairs = first.rsplit('.').zip(host.rsplit('.'));
        pairs.take_while(|(a, b)| a == b).count()
    };
    rest.iter().map(alike).min().unwrap_or(0)
}

fn factored(hosts: &[String], common: usize) -> String {
    let (mut heads, mut tail, mut bare) = (Vec::new(), "", false);
    for host in hosts {
        let dots: Vec<usize> = host.rmatch_indices('.').map(|(at, _)| at).collect();
        if let Some(at) = dots.get(common - 1) {
            heads.push(&host[..*at]);
            tail = &host[at + 1..];
        } else {
            // One of them is the common end itself.
            bare = true;
            tail = host;
        }
    }
    let mark = if bare { "?" } else { "" };
    format!("({}){mark}.{tail}", heads.join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn name(hosts: &[&str]) -> String {
        let servers: Vec<Mx> = hosts
            .iter()
            .map(|host| Mx {
                preference: 10,
                host: (*host).to_owned(),
            })
            .collect();
        SiteName::of(&servers).as_str().to_owned()
    }

    #[test]
    fn servers_of_one_house_are_named_by_what_they_share() {
        let google = [
            "alt2.gmail-smtp-in.l.google.com",
            "gmail-smtp-in.l.google.com",
            "ALT1.gmail-smtp-in.l.google.com",
        ];
        assert_eq!(name(&google), "(alt1|alt2)?.gmail-smtp-in.l.google.com");
        let plain = ["mx2.example.com", "mx1.example.com"];
        assert_eq!(name(&plain), "(mx1|mx2).example.com");
    }

    #[test]
    fn strangers_are_named_side_by_side_and_one_server_by_itself() {
        assert_eq!(
            name(&["b.example.org", "a.example.com"]),
            "a.example.com+b.example.org"
        );
        assert_eq!(name(&["a.example", "b.example"]), "a.example+b.example");
        assert_eq!(
            name(&["mx.example.com", "MX.example.com"]),
            "mx.example.com"
        );
    }

    /// The set that a name was made of.
    fn read(name: &str) -> BTreeSet<String> {
        let Some(rest) = name.strip_prefix('(') else {
            return name.split('+').map(str::to_owned).collect();
        };
        let (heads, tail) = rest.split_once(')').unwrap();
        let bare = tail.strip_prefix('?');
        let tail = bare.unwrap_or(tail).strip_prefix('.').unwrap();
        let heads = heads.split('|').map(|head| format!("{head}.{tail}"));
        heads.chain(bare.map(|_| tail.to_owned())).collect()
    }

    proptest! {
        #[test]
        fn a_name_tells_its_set_of_servers_and_no_other(
            hosts in prop::collection::btree_set("[ab]{1,2}(\\.[ab]){1,4}", 1..6)
        ) {
            let all: Vec<&str> = hosts.iter().map(String::as_str).collect();
            prop_assert_eq!(read(&name(&all)), hosts);
        }
    }
}
