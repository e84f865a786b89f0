//! What goes on in a running engine, in numbers: for operators and their monitoring.
//!
//! Promises: only counts and names of sites, never an address or a reply's text. Counting costs an atomic addition.

use std::sync::atomic::{AtomicU64, Ordering};

use avow_model::{AccountId, CampaignId, Outcome, RecipientState, Timestamp};

use super::quota::OverBudget;

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
    /// Accounts whose rows wait until they may send again.
    pub over_budget: Vec<OverBudget>,
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
    /// Messages put off since it was first written to; of the oldest of very many campaigns it is forgotten.
    pub put_off: u64,
    pub connections: usize,
    /// As many as it may have now.
    pub connections_max: usize,
    /// By the rules: `20/second`. `None`: as fast as it takes.
    pub rate: Option<String>,
    /// Of rate and connections, how much it is given after what it answered: more than 0, at most 1.
    pub share: f64,
    pub held: Held,
    /// Whose messages these are.
    pub shares: Vec<Share>,
}

/// What one campaign has at a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    pub account: AccountId,
    pub campaign: CampaignId,
    pub ready: usize,
    pub aside: usize,
    pub put_off: u64,
}

impl Site {
    /// The site as somebody sees it who may see these shares alone: their own counts, and no connections, which
    /// serve others too. `None` when they have nothing there, and nothing of theirs was put off while it is held.
    fn seen_by(&self, is_own: impl Fn(&Share) -> bool) -> Option<Self> {
        let own = self.shares.iter().filter(|share| is_own(share));
        let shares: Vec<Share> = own.cloned().collect();
        let (ready, aside) = shares
            .iter()
            .fold((0, 0), |(r, a), share| (r + share.ready, a + share.aside));
        let waits = ready + aside > 0 || (!shares.is_empty() && self.held.is_closed());
        waits.then(|| Self {
            ready,
            aside,
            put_off: shares.iter().map(|share| share.put_off).sum(),
            connections: 0,
            shares,
            ..self.clone()
        })
    }
}

impl Figures {
    /// The sites where messages of an account wait, with its own counts alone.
    pub fn of_account(&self, account: AccountId) -> Vec<Site> {
        let own = |site: &Site| site.seen_by(|share| share.account == account);
        self.sites.iter().filter_map(own).collect()
    }

    /// The same for one campaign.
    pub fn of_campaign(&self, campaign: CampaignId) -> Vec<Site> {
        let own = |site: &Site| site.seen_by(|share| share.campaign == campaign);
        self.sites.iter().filter_map(own).collect()
    }
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

    /// True while it is no question of pace: nothing goes at all.
    pub const fn is_closed(&self) -> bool {
        matches!(
            self,
            Self::ByWarmUp { .. }
                | Self::Paused { .. }
                | Self::OurFault { .. }
                | Self::Resting { .. }
        )
    }

    /// What an operator reads, without the time.
    pub fn why(&self) -> String {
        match self {
            Self::Idle => "nothing waits for it".to_owned(),
            Self::ByConnections => "all its connections are at work".to_owned(),
            Self::ByPreparing => "at work; messages are sent as fast as they are made".to_owned(),
            Self::ByRate { .. } => "at work, as fast as it is allowed to go".to_owned(),
            Self::ByWarmUp { .. } => "the warm-up of our address allows no more today".to_owned(),
            Self::Paused { why, .. } => why.clone(),
            Self::OurFault { why, .. } => format!("we have to mend something: {why}"),
            Self::Resting { why, .. } => format!("it did not answer ({why})"),
        }
    }

    /// The same with the time, where nothing goes until then.
    pub fn words(&self) -> String {
        let why = self.why();
        match self {
            Self::ByWarmUp { until } | Self::Paused { until, .. } => {
                format!("{why}; goes on at {until}")
            }
            Self::OurFault { until, .. } | Self::Resting { until, .. } => {
                format!("{why}; next try at {until}")
            }
            Self::Idle | Self::ByConnections | Self::ByPreparing | Self::ByRate { .. } => why,
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
            over_budget: Vec::new(),
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
            shares: Vec::new(),
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

    #[test]
    fn an_account_sees_its_own_counts_and_a_site_that_holds_what_was_put_off_but_no_others() {
        let share = |account, campaign, ready, put_off| Share {
            account: AccountId::from_i64(account),
            campaign: CampaignId::from_i64(campaign),
            ready,
            aside: 3 * ready,
            put_off,
        };
        let site = |name: &str, held, shares| Site {
            name: name.to_owned(),
            source: "default".to_owned(),
            provider: None,
            ready: 9,
            ready_max: 200,
            aside: 27,
            put_off: 5,
            connections: 4,
            connections_max: 4,
            rate: None,
            share: 1.0,
            held,
            shares,
        };
        let resting = Held::Resting {
            until: Timestamp::MAX,
            why: "connection refused".to_owned(),
        };
        let figures = Counters::default().with(vec![
            site(
                "a.example",
                Held::ByConnections,
                vec![share(1, 10, 4, 0), share(1, 11, 2, 1), share(2, 20, 3, 4)],
            ),
            site("b.example", resting, vec![share(2, 20, 0, 4)]),
            site("c.example", Held::Idle, vec![share(1, 10, 0, 2)]),
        ]);
        let seen = |sites: Vec<Site>| -> Vec<(String, usize, usize, u64, usize)> {
            let one = |s: Site| (s.name, s.ready, s.aside, s.put_off, s.connections);
            sites.into_iter().map(one).collect()
        };
        let first = seen(figures.of_account(AccountId::from_i64(1)));
        assert_eq!(first, [("a.example".to_owned(), 6, 18, 1, 0)]);
        let second = seen(figures.of_account(AccountId::from_i64(2)));
        assert_eq!(
            second,
            [
                ("a.example".to_owned(), 3, 9, 4, 0),
                ("b.example".to_owned(), 0, 0, 4, 0)
            ]
        );
        let one = seen(figures.of_campaign(CampaignId::from_i64(11)));
        assert_eq!(one, [("a.example".to_owned(), 2, 6, 1, 0)]);
        assert!(figures.of_account(AccountId::from_i64(3)).is_empty());
    }
}
