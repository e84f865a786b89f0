//! What follows from how an attempt ended: the one place that decides about retries and ends.
//!
//! | ended with                             | next                                            | counted | address |
//! |----------------------------------------|-------------------------------------------------|---------|---------|
//! | 2xx after the dot                      | delivered                                       | -       | -       |
//! | 421 anywhere, connection or TLS trouble| again, with the site's back-off                 | no      | -       |
//! | 4xx                                    | again, by the schedule or the server's own hint | yes     | -       |
//! | 503                                    | again, by the schedule: a slip of the dialogue  | yes     | -       |
//! | 5xx, certain user unknown              | bounced                                         | -       | ends    |
//! | any other 5xx                          | bounced                                         | -       | lives   |
//! | dot sent, no answer                    | again after a long wait, or unknown (by plan)   | yes     | -       |
//! | DNS: no such domain, null MX, forbidden| bounced                                         | -       | lives   |
//! | DNS: no answer                         | again, by the schedule                          | yes     | -       |
//! | TLS that the domain asks is not given  | again, by the schedule                          | yes     | -       |
//! | message breaks the rules of the wire   | bounced                                         | -       | lives   |
//!
//! Whatever is tried again expires at `max_age` after its first attempt, with one last try at that moment.
//! Promises: pure and total; the same message gets the same times. RFC 5321 4.5.4.1; greylisting sites accept
//! after five minutes and more, hence the first delay.

use std::time::Duration;

use avow_model::Timestamp;

use crate::classify::{Class, Permanence, classify};
use crate::mix;
use crate::route::RouteFault;
use crate::smtp::{Phase, Reply, TextFault, Trouble};

const MINUTE: u64 = 60;
/// After the n-th counted attempt; the last one repeats.
const DELAYS: [Duration; 6] = [
    Duration::from_secs(5 * MINUTE),
    Duration::from_secs(15 * MINUTE),
    Duration::from_secs(30 * MINUTE),
    Duration::from_hours(1),
    Duration::from_hours(2),
    Duration::from_hours(4),
];
/// News three days late is no news; RFC 5321's four to five days are for letters.
const MAX_AGE: Duration = Duration::from_hours(72);
/// A server that lost our answer may still be at work: half an hour keeps the same mail from arriving twice.
const IN_DOUBT_DELAY: Duration = Duration::from_mins(30);
/// A site that fails is asked again soon, then ever less often.
const SITE_DELAY_MIN: Duration = Duration::from_secs(10);
const SITE_DELAY_MAX: Duration = Duration::from_mins(30);
/// Jitter lengthens a delay by up to this share, so that a batch does not come back as one.
const JITTER_SHARE: f64 = 0.2;

/// What is done with a message whose final dot left unanswered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InDoubt {
    /// The same bytes again, with the same Message-ID.
    #[default]
    Resend,
    /// Leave it: its outcome is `unknown`.
    Leave,
}

/// How patient a sender is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPlan {
    pub delays: [Duration; 6],
    pub max_age: Duration,
    pub in_doubt: InDoubt,
    pub in_doubt_delay: Duration,
}

impl Default for RetryPlan {
    fn default() -> Self {
        Self {
            delays: DELAYS,
            max_age: MAX_AGE,
            in_doubt: InDoubt::default(),
            in_doubt_delay: IN_DOUBT_DELAY,
        }
    }
}

/// What went before, for one message and for the site it goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History {
    /// Any number that stays with the message: its jitter follows from it.
    pub seed: u64,
    /// Counted attempts before this one.
    pub attempts: u32,
    /// Failed connections to the site in a row, this one included.
    pub site_failures: u32,
    pub first_at: Timestamp,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy)]
pub enum Ending<'a> {
    /// The server's word on the message.
    Reply(Phase, &'a Reply),
    /// The final dot left, its answer did not come.
    InDoubt,
    Connection(&'a Trouble),
    Route(&'a RouteFault),
    Unsafe(TextFault),
}

/// Whether the message is one attempt older.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// It is the message that was put off.
    Attempt,
    /// It is the site that was down: back off for all its messages.
    Site,
}

/// What to do with the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    Lives,
    /// Suppress it: nobody is there.
    Ends,
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Delivered,
    Retry {
        at: Timestamp,
        counted: Counted,
        class: Class,
    },
    Bounce {
        class: Class,
        address: Address,
    },
    Expire {
        class: Class,
    },
    Unknown,
}

/// Decides. See the table above.
pub fn after(ending: Ending<'_>, history: &History, now: Timestamp, plan: &RetryPlan) -> Next {
    let step = step(ending, history, plan);
    let (delay, counted, class) = match step {
        Step::End(next) => return next,
        Step::Again(delay, counted, class) => (delay, counted, class),
    };
    let end = later(history.first_at, plan.max_age);
    if now >= end {
        return Next::Expire { class };
    }
    let at = later(now, jittered(delay, history)).min(end);
    Next::Retry { at, counted, class }
}

/// The decision before the clock is looked at.
enum Step {
    End(Next),
    Again(Duration, Counted, Class),
}

fn step(ending: Ending<'_>, history: &History, plan: &RetryPlan) -> Step {
    let scheduled = plan.delays[plan.delays.len().min(history.attempts as usize + 1) - 1];
    match ending {
        Ending::Reply(Phase::Dot, reply) if reply.is_positive() => Step::End(Next::Delivered),
        Ending::Reply(phase, reply) => refused(phase, reply, history, scheduled),
        Ending::InDoubt => match plan.in_doubt {
            InDoubt::Leave => Step::End(Next::Unknown),
            InDoubt::Resend => {
                let delay = scheduled.max(plan.in_doubt_delay);
                Step::Again(delay, Counted::Attempt, Class::Network)
            }
        },
        Ending::Connection(trouble) => {
            let class = trouble
                .reply()
                .map_or(Class::Network, |r| classify(r, trouble.phase).class);
            Step::Again(site_delay(history.site_failures), Counted::Site, class)
        }
        Ending::Route(RouteFault::NoAnswer | RouteFault::Untrusted(_)) => {
            Step::Again(scheduled, Counted::Attempt, Class::Network)
        }
        Ending::Route(RouteFault::NullMx) => bounce(Class::DomainTakesNoMail),
        Ending::Route(RouteFault::NoDomain | RouteFault::NoHost | RouteFault::Forbidden) => {
            bounce(Class::DomainUnknown)
        }
        Ending::Unsafe(TextFault::BareLineEnd | TextFault::LineTooLong) => bounce(Class::Content),
    }
}

fn refused(phase: Phase, reply: &Reply, history: &History, scheduled: Duration) -> Step {
    let verdict = classify(reply, phase);
    let class = verdict.class;
    match (reply.code, verdict.permanence) {
        (421, _) => Step::Again(site_delay(history.site_failures), Counted::Site, class),
        (_, Permanence::Permanent) => {
            let address = if verdict.ends_address() {
                Address::Ends
            } else {
                Address::Lives
            };
            Step::End(Next::Bounce { class, address })
        }
        (_, Permanence::Transient) => {
            let delay = verdict.hint.unwrap_or(scheduled);
            Step::Again(delay, Counted::Attempt, class)
        }
    }
}

fn bounce(class: Class) -> Step {
    let address = Address::Lives;
    Step::End(Next::Bounce { class, address })
}

/// How long a site is left alone after so many failures in a row: 10 s, doubling to half an hour.
pub fn site_delay(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    SITE_DELAY_MIN
        .saturating_mul(1 << doublings)
        .min(SITE_DELAY_MAX)
}

fn jittered(delay: Duration, history: &History) -> Duration {
    let seed = mix::mix(history.seed) ^ u64::from(history.attempts + history.site_failures);
    delay.mul_f64(1.0 + JITTER_SHARE * mix::share(seed))
}

/// Saturates at the end of time.
fn later(from: Timestamp, by: Duration) -> Timestamp {
    from.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
