//! What goes on in a running engine, in numbers: for operators and their monitoring.
//!
//! Promises: only counts and names of sites, never an address or a reply's text. Counting costs an atomic addition.

use std::sync::atomic::{AtomicU64, Ordering};

use avow_model::{Outcome, RecipientState, Timestamp};

/// Counted since the engine started.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    rows: [AtomicU64; Outcome::ALL.len() + 1],
    opened: AtomicU64,
    failed: AtomicU64,
}

/// The counts and the sites at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Rows of campaigns recorded in each state.
    pub rows: Vec<(RecipientState, u64)>,
    /// Connections to mail servers that were ready for mail.
    pub opened: u64,
    /// Attempts at one that failed.
    pub failed: u64,
    /// Busiest first.
    pub sites: Vec<Site>,
}

/// One relay, or one domain's servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    pub name: String,
    /// Messages that a permit was given for and that wait for a connection.
    pub ready: usize,
    pub ready_max: usize,
    pub connections: usize,
    pub connections_max: usize,
    pub held: Held,
}

/// Why a site does not go faster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// Nothing waits for it.
    Idle,
    /// As many connections as it is given are at work.
    ByConnections,
    /// It is at work and could have more connections: the preparing of messages is what takes time.
    ByPreparing,
    /// It did not answer; nobody knocks before this moment.
    Resting { until: Timestamp, why: String },
}

impl Held {
    /// The word in answers for programs.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::ByConnections => "connections",
            Self::ByPreparing => "preparing",
            Self::Resting { .. } => "resting",
        }
    }

    /// What an operator reads.
    pub fn words(&self) -> String {
        match self {
            Self::Idle => "nothing waits for it".to_owned(),
            Self::ByConnections => "all its connections are at work".to_owned(),
            Self::ByPreparing => "at work; messages are sent as fast as they are made".to_owned(),
            Self::Resting { until, why } => {
                format!("it did not answer ({why}); next try at {until}")
            }
        }
    }
}

impl Counters {
    pub(crate) fn recorded(&self, state: RecipientState) {
        if let Some(count) = self.rows.get(state.code() as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn connected(&self) {
        self.opened.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn missed(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn with(&self, mut sites: Vec<Site>) -> Figures {
        sites.sort_by(|a, b| {
            (b.connections, b.ready, &a.name).cmp(&(a.connections, a.ready, &b.name))
        });
        let states = Outcome::ALL.into_iter().map(RecipientState::At);
        let count = |state: RecipientState| {
            let count = self.rows.get(state.code() as usize);
            (state, count.map_or(0, |c| c.load(Ordering::Relaxed)))
        };
        Figures {
            rows: states.map(count).collect(),
            opened: self.opened.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
            sites,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_told_under_its_own_state_and_the_busiest_site_comes_first() {
        let counters = Counters::default();
        counters.recorded(RecipientState::At(Outcome::Delivered));
        counters.recorded(RecipientState::At(Outcome::Delivered));
        counters.recorded(RecipientState::At(Outcome::Bounced));
        counters.connected();
        let site = |name: &str, connections| Site {
            name: name.to_owned(),
            ready: 0,
            ready_max: 1,
            connections,
            connections_max: 4,
            held: Held::Idle,
        };
        let figures = counters.with(vec![site("a.example", 1), site("b.example", 3)]);
        let told: Vec<u64> = figures.rows.iter().map(|(_, n)| *n).collect();
        assert_eq!(told.iter().sum::<u64>(), 3);
        assert!(
            figures
                .rows
                .contains(&(RecipientState::At(Outcome::Delivered), 2))
        );
        assert_eq!((figures.opened, figures.failed), (1, 0));
        assert_eq!(figures.sites[0].name, "b.example");
    }
}
