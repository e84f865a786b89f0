//! Relays: which of them take the mail of which sending domain, and in which shares.
//!
//! Promises: every sending domain has a relay: its own, or those that take everybody's. Never: opens anything.

use std::sync::Arc;

use super::site::SiteName;
use crate::smtp::Route;

/// One relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    pub route: Route,
    /// Its share of the connections beside the others; 0: only while no other answers.
    pub weight: u32,
    /// The sending domains whose mail it takes; empty: that of every domain without a relay of its own.
    pub senders: Vec<String>,
}

/// Relays that take the same mail: they share a queue, and stand in for each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayGroup {
    pub name: SiteName,
    pub relays: Vec<(Route, u32)>,
    sender: Option<String>,
}

/// All relays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relays {
    usual: Arc<RelayGroup>,
    own: Vec<Arc<RelayGroup>>,
}

/// What the usual way through relays is called where sites are told apart.
const RELAY: &str = "relay";

/// No relay takes the mail of domains that have none of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no relay takes every domain's mail; leave `senders` out of one of them")]
pub struct NoUsualRelay;

impl Relays {
    /// From all relays, in the order in which they are asked where shares are equal.
    pub fn new(relays: &[Relay]) -> Result<Self, NoUsualRelay> {
        let of = |sender: Option<&str>| -> Vec<(Route, u32)> {
            let takes = |relay: &&Relay| match sender {
                None => relay.senders.is_empty(),
                Some(sender) => relay.senders.iter().any(|s| s.eq_ignore_ascii_case(sender)),
            };
            let taken = relays.iter().filter(takes);
            taken
                .map(|relay| (relay.route.clone(), relay.weight))
                .collect()
        };
        let usual = of(None);
        if usual.is_empty() {
            return Err(NoUsualRelay);
        }
        let mut senders: Vec<String> = relays.iter().flat_map(|r| r.senders.clone()).collect();
        for sender in &mut senders {
            sender.make_ascii_lowercase();
        }
        senders.sort_unstable();
        senders.dedup();
        let group = |sender: &String| {
            Arc::new(RelayGroup {
                name: SiteName::of_relay(&format!("{RELAY} of {sender}")),
                relays: of(Some(sender)),
                sender: Some(sender.clone()),
            })
        };
        Ok(Self {
            usual: usual_group(usual),
            own: senders.iter().map(group).collect(),
        })
    }

    /// Those that take a sending domain's mail.
    pub fn of(&self, sender: &str) -> &Arc<RelayGroup> {
        let own = self.own.iter().find(|group| {
            let name = group.sender.as_deref().unwrap_or_default();
            name.eq_ignore_ascii_case(sender)
        });
        own.unwrap_or(&self.usual)
    }

    /// Every group.
    pub fn groups(&self) -> impl Iterator<Item = &Arc<RelayGroup>> {
        std::iter::once(&self.usual).chain(&self.own)
    }
}

fn usual_group(relays: Vec<(Route, u32)>) -> Arc<RelayGroup> {
    Arc::new(RelayGroup {
        name: SiteName::of_relay(RELAY),
        relays,
        sender: None,
    })
}

/// The first that answers, for everybody's mail: the others stand by.
impl From<Vec<Route>> for Relays {
    fn from(routes: Vec<Route>) -> Self {
        let weight = |n: usize| u32::from(n == 0);
        let relays = routes.into_iter().enumerate();
        let relays = relays.map(|(n, route)| (route, weight(n))).collect();
        Self {
            usual: usual_group(relays),
            own: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smtp::TlsMode;

    fn relay(host: &str, senders: &[&str]) -> Relay {
        let route = Route {
            host: host.to_owned(),
            port: 25,
            addresses: Vec::new(),
            tls: TlsMode::Clear,
            auth: None,
        };
        Relay {
            route,
            weight: 1,
            senders: senders.iter().map(ToString::to_string).collect(),
        }
    }

    fn hosts(group: &RelayGroup) -> Vec<&str> {
        group.relays.iter().map(|(r, _)| r.host.as_str()).collect()
    }

    #[test]
    fn a_domain_has_its_own_relays_or_those_of_everybody() {
        let all = [
            relay("a.example", &[]),
            relay("b.example", &["Acme.example", "abel.example"]),
            relay("c.example", &["acme.example"]),
        ];
        let relays = Relays::new(&all).unwrap();
        assert_eq!(hosts(relays.of("other.example")), ["a.example"]);
        assert_eq!(hosts(relays.of("ACME.example")), ["b.example", "c.example"]);
        assert_eq!(hosts(relays.of("abel.example")), ["b.example"]);
        assert_eq!(
            relays.of("abel.example").name.as_str(),
            "relay of abel.example"
        );
        assert_eq!(relays.groups().count(), 3);
        assert_eq!(Relays::new(&all[1..]), Err(NoUsualRelay));
    }
}
