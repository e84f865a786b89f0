//! A receiving site as people read it: what waits, how much it takes, and why it goes no faster. Pure.

use avow_deliver::engine::{Held, Site};
use avow_model::Timestamp;

use super::view::SiteLine;
use crate::client_center::words::{Badge, Tone, When};

/// Sites on a page, the busiest first: who has more looks at `avow queue`.
const SITES_MAX: usize = 100;

/// The lines of these sites.
pub(crate) fn lines(sites: &[Site], now: Timestamp) -> Vec<SiteLine> {
    let shown = sites.iter().take(SITES_MAX);
    shown.map(|site| line(site, now)).collect()
}

fn line(site: &Site, now: Timestamp) -> SiteLine {
    SiteLine {
        name: site.name.clone(),
        rules: site.provider.clone(),
        ready: site.ready as i64,
        behind: site.aside as i64,
        put_off: site.put_off as i64,
        limit: limit(site),
        badge: badge(&site.held),
        why: why(&site.held),
        // A pace is given back every moment: only a pause has a time worth reading.
        next: (site.held.until())
            .filter(|_| site.held.is_closed())
            .map(|at| When::new(at, now)),
    }
}

/// "4 connections, 20/second, given 50 % of it".
fn limit(site: &Site) -> String {
    let connections = match (site.connections, site.connections_max) {
        (0, most) => say!("site-connections", n = most),
        (open, most) => say!("site-connections-open", open = open, n = most),
    };
    let limit = match &site.rate {
        None => connections,
        Some(rate) => say!("site-limit-rate", connections = connections, rate = rate),
    };
    if site.share < 1.0 {
        let percent = (site.share * 100.0).round() as i64;
        return say!("site-limit-share", limit = limit, n = percent);
    }
    limit
}

/// What holds it, in a sentence; a server's own words stay as they are.
fn why(held: &Held) -> String {
    match held {
        Held::Idle => say!("held-idle"),
        Held::ByConnections => say!("held-connections"),
        Held::ByPreparing => say!("held-preparing"),
        Held::ByRate { .. } => say!("held-rate"),
        Held::ByWarmUp { .. } => say!("held-warm-up"),
        Held::Paused { why, .. } => capital(why),
        Held::OurFault { why, .. } => say!("held-our-fault", why = why.trim_end_matches('.')),
        Held::Resting { why, .. } => say!("held-resting", why = why),
    }
}

fn badge(held: &Held) -> Badge {
    let (tone, label) = match held {
        Held::Idle => (Tone::Neutral, told!("site-idle")),
        Held::ByConnections | Held::ByPreparing => (Tone::Good, told!("site-at-work")),
        Held::ByRate { .. } => (Tone::Good, told!("site-at-its-pace")),
        Held::ByWarmUp { .. } => (Tone::Notice, told!("site-warm-up")),
        Held::Paused { .. } => (Tone::Notice, told!("site-paused")),
        Held::OurFault { .. } => (Tone::Bad, told!("site-our-fault")),
        Held::Resting { .. } => (Tone::Notice, told!("site-resting")),
    };
    Badge { tone, label }
}

/// A sentence begins with a capital and ends with a stop.
pub(super) fn capital(why: &str) -> String {
    let mut chars = why.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    let rest = chars.as_str().trim_end_matches('.');
    first.unwrap_or_default() + rest + "."
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_second(s).unwrap()
    }

    fn site(held: Held) -> Site {
        Site {
            name: "mx.example.org".to_owned(),
            source: "default".to_owned(),
            provider: None,
            ready: 3,
            ready_max: 200,
            aside: 40,
            put_off: 2,
            connections: 0,
            connections_max: 1,
            rate: Some("20/second".to_owned()),
            share: 0.5,
            held,
            shares: Vec::new(),
        }
    }

    #[test]
    fn a_site_says_what_holds_it_and_when_it_is_tried_again() {
        let resting = Held::Resting {
            until: at(1_000 + 240),
            why: "connection refused".to_owned(),
        };
        let line = &lines(&[site(resting)], at(1_000))[0];
        assert_eq!(line.why, "It did not answer (connection refused).");
        assert_eq!(line.next.as_ref().unwrap().text, "in 4 minutes");
        assert_eq!(line.limit, "1 connection, 20/second, given 50 % of it");
        assert_eq!((line.ready, line.behind, line.put_off), (3, 40, 2));
    }

    #[test]
    fn a_pace_has_no_time_that_anybody_could_wait_for() {
        let line = &lines(&[site(Held::ByRate { until: at(1_001) })], at(1_000))[0];
        assert!(line.next.is_none());
        assert_eq!(line.badge.tone, Tone::Good);
    }
}
