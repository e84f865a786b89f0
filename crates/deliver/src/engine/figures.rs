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
#[derive(Debug, Clone, PartialEq)]
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

/// One relay, or the servers that some domains share.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    pub name: String,
    /// The address of ours that mail leaves from.
    pub source: String,
    /// Whose rules it follows.
    pub provider: Option<String>,
    /// Messages that a permit was given for and that wait for a connection.
    pub ready: usize,
    pub ready_max: usize,
    /// Rows beyond that, which wait for room.
    pub aside: usize,
    /// Messages put off since it was first written to.
    pub put_off: u64,
    pub connections: usize,
    /// As many as it may have now.
    pub connections_max: usize,
    /// By the rules: `20/second`. `None`: as fast as it takes.
    pub rate: Option<String>,
    /// Of rate and connections, how much it is given after what it answered: more than 0, at most 1.
    pub share: f64,
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
    /// It is given no more at a time; the next message may go at this moment.
    ByRate { until: Timestamp },
    /// The warm-up of our address: no more goes there before this moment.
    ByWarmUp { until: Timestamp },
    /// It asked for a pause.
    Paused { until: Timestamp, why: String },
    /// It refuses what we have to mend: until this moment nothing is tried.
    OurFault { until: Timestamp, why: String },
    /// It did not answer; nobody knocks before this moment.
    Resting { until: Timestamp, why: String },
}

impl Held {
    /// All words: the labels of monitoring are these and no others.
    pub const WORDS: [&'static str; 8] = [
        "idle",
        "connections",
        "preparing",
        "rate",
        "warm_up",
        "paused",
        "our_fault",
        "resting",
    ];

    /// The word in answers for programs.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::ByConnections => "connections",
            Self::ByPreparing => "preparing",
            Self::ByRate { .. } => "rate",
            Self::ByWarmUp { .. } => "warm_up",
            Self::Paused { .. } => "paused",
            Self::OurFault { .. } => "our_fault",
            Self::Resting { .. } => "resting",
        }
    }

    /// When something is tried next, where it is known.
    pub const fn until(&self) -> Option<Timestamp> {
        match self {
            Self::Idle | Self::ByConnections | Self::ByPreparing => None,
            Self::ByRate { until }
            | Self::ByWarmUp { until }
            | Self::Paused { until, .. }
            | Self::OurFault { until, .. }
            | Self::Resting { until, .. } => Some(*until),
        }
    }

    /// What an operator reads.
    pub fn words(&self) -> String {
        match self {
            Self::Idle => "nothing waits for it".to_owned(),
            Self::ByConnections => "all its connections are at work".to_owned(),
            Self::ByPreparing => "at work; messages are sent as fast as they are made".to_owned(),
            Self::ByRate { .. } => "at work, as fast as it is allowed to go".to_owned(),
            Self::ByWarmUp { until } => {
                format!("the warm-up of our address allows no more today; goes on at {until}")
            }
            Self::Paused { until, why } => format!("{why}; goes on at {until}"),
            Self::OurFault { until, why } => {
                format!("we have to mend something: {why}; next try at {until}")
            }
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
            source: "default".to_owned(),
            provider: None,
            ready: 0,
            ready_max: 1,
            aside: 0,
            put_off: 0,
            connections,
            connections_max: 4,
            rate: None,
            share: 1.0,
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
