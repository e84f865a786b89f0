//! A day of a site in virtual time, by seed: turns, shape and retries together, and no task, socket or clock.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use avow_model::{AccountId, CampaignId, Timestamp};
use proptest::prelude::*;

use crate::engine::fair::{Fair, Flow, Rank};
use crate::mix::{mix, share};
use crate::shape::{Limits, Rate, Shape, Signal, grant};
use crate::smtp::{Phase, Reply};
use crate::trouble::{Ending, History, Next, RetryPlan, after};

/// One step of the simulation.
const STEP_MS: i64 = 50;
const RATE: u32 = 10;
const CONNECTIONS: usize = 6;

#[derive(Debug, Clone, Copy)]
struct Message {
    id: usize,
    account: i64,
    attempts: u32,
}

struct Day {
    seed: u64,
    now_ms: i64,
    ring: Fair<Message>,
    shape: Shape,
    /// Messages on the wire, and when their answers come.
    wire: Vec<(i64, Message)>,
    deferred: Vec<(Timestamp, Message)>,
    /// When each person said no.
    withdrawn: Vec<Option<i64>>,
    outcomes: BTreeMap<usize, &'static str>,
    sent_ms: Vec<i64>,
    throws: u64,
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap()
}

fn flow(account: i64) -> Flow {
    Flow {
        rank: Rank::Bulk,
        account: AccountId::from_i64(account),
        campaign: CampaignId::from_i64(account),
        owed: false,
    }
}

impl Day {
    fn new(seed: u64, crowd: &[usize]) -> Self {
        let limits = Limits {
            connections: CONNECTIONS,
            rate: Some(Rate {
                messages: RATE,
                per: Duration::from_secs(1),
            }),
            messages_per_connection: 100,
        };
        let mut day = Self {
            seed,
            now_ms: 1_000_000_000,
            ring: Fair::new(),
            shape: Shape::new(limits),
            wire: Vec::new(),
            deferred: Vec::new(),
            withdrawn: Vec::new(),
            outcomes: BTreeMap::new(),
            sent_ms: Vec::new(),
            throws: 0,
        };
        for (account, count) in crowd.iter().enumerate() {
            for _ in 0..*count {
                day.add(account as i64);
            }
        }
        day
    }

    fn add(&mut self, account: i64) {
        let id = self.withdrawn.len();
        let message = Message {
            id,
            account,
            attempts: 0,
        };
        // One in ten says no at some moment of the first ten minutes.
        let no = self.throw() < 0.1;
        let when = self.now_ms + (self.throw() * 600_000.0) as i64;
        self.withdrawn.push(no.then_some(when));
        self.ring
            .push(flow(account), &mut VecDeque::from([message]), 1);
    }

    fn throw(&mut self) -> f64 {
        self.throws += 1;
        share(mix(self.seed) ^ self.throws)
    }

    fn end(&mut self, message: Message, outcome: &'static str) {
        let before = self.outcomes.insert(message.id, outcome);
        assert_eq!(before, None, "one outcome a message");
    }

    /// A storm in the second to fourth minute; else a little of everything.
    fn answer(&mut self) -> Reply {
        let minute = (self.now_ms - 1_000_000_000) / 60_000;
        let dice = self.throw();
        match dice {
            _ if (2..5).contains(&minute) => Reply::local(421, (4, 7, 0), "too many messages"),
            d if d < 0.05 => Reply::local(451, (4, 3, 0), "try later"),
            d if d < 0.06 => Reply::local(550, (5, 1, 1), "no such user"),
            _ => Reply::local(250, (2, 0, 0), "ok"),
        }
    }

    fn answered(&mut self, mut message: Message) {
        let (reply, now) = (self.answer(), at(self.now_ms));
        let signal = match reply.code {
            250 => Some(Signal::Good),
            421 => Some(Signal::Less),
            _ => None,
        };
        if let Some(signal) = signal {
            self.shape.heard(&signal, now);
        }
        let history = History {
            seed: message.id as u64,
            attempts: message.attempts,
            site_failures: 1,
            first_at: at(1_000_000_000),
        };
        let ending = Ending::Reply(Phase::Dot, &reply);
        match after(ending, &history, now, &RetryPlan::default()) {
            Next::Delivered => self.end(message, "delivered"),
            Next::Bounce { .. } => self.end(message, "bounced"),
            Next::Expire { .. } => self.end(message, "expired"),
            Next::Unknown => self.end(message, "unknown"),
            Next::Retry { at, .. } => {
                message.attempts += 1;
                self.deferred.push((at, message));
            }
        }
    }

    fn step(&mut self) {
        let now = at(self.now_ms);
        let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut self.deferred)
            .into_iter()
            .partition(|(at, _)| *at <= now);
        self.deferred = later;
        for (_, message) in due {
            self.ring
                .push(flow(message.account), &mut VecDeque::from([message]), 1);
        }
        let (back, out): (Vec<_>, Vec<_>) = std::mem::take(&mut self.wire)
            .into_iter()
            .partition(|(ms, _)| *ms <= self.now_ms);
        self.wire = out;
        for (_, message) in back {
            self.answered(message);
        }
        while self.wire.len() < self.shape.connections() {
            let Some((message, _)) = self.ring.pop() else {
                break;
            };
            if self.withdrawn[message.id].is_some_and(|no| no <= self.now_ms) {
                self.end(message, "refused");
                continue;
            }
            if grant(&mut self.shape, None, now).is_err() {
                self.ring.push_front(flow(message.account), message);
                break;
            }
            self.sent_ms.push(self.now_ms);
            let latency = 20 + (self.throw() * 400.0) as i64;
            self.wire.push((self.now_ms + latency, message));
        }
        assert!(self.wire.len() <= CONNECTIONS);
        self.now_ms += STEP_MS;
    }

    fn is_over(&self) -> bool {
        self.ring.len() + self.wire.len() + self.deferred.len() == 0
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_message_ends_once_within_the_limits_whatever_the_site_answers(
        seed in any::<u64>(), big in 100..600usize, small in 1..60usize, jump_h in 0..100i64
    ) {
        let mut day = Day::new(seed, &[big, small]);
        let mut steps = 0;
        while !day.is_over() {
            day.step();
            steps += 1;
            if steps == 4_000 {
                day.now_ms += jump_h * 3_600_000;
            }
            if day.wire.is_empty() && day.ring.len() == 0 {
                // Nothing to do before the next retry is due.
                let next = day.deferred.iter().map(|(at, _)| at.as_millisecond()).min();
                day.now_ms = day.now_ms.max(next.unwrap_or(0));
            }
            prop_assert!(steps < 400_000, "it comes to an end");
        }
        prop_assert_eq!(day.outcomes.len(), big + small);
        let window = |from: usize, to: usize| (day.sent_ms[to] - day.sent_ms[from]) as f64 / 1_000.0;
        for from in 0..day.sent_ms.len() {
            for to in (from..day.sent_ms.len()).take(200) {
                let allowed = f64::from(RATE) * (window(from, to) + 1.0) + 1.0;
                prop_assert!((to - from + 1) as f64 <= allowed);
            }
        }
    }
}
