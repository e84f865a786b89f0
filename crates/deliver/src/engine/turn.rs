//! What an ending means for a row: one pure function from what happened to what is recorded.
//!
//! The decisions about servers are `trouble::after`'s; here they become a state, a time and words.

use std::time::Duration;

use avow_model::{CampaignId, Outcome, RecipientState, Timestamp};
use avow_store::OutcomeRow;
use avow_store::journal::JournalResult;

use crate::route::RouteFault;
use crate::smtp::{Phase, Refusal, Reply, TextFault, Trouble};
use crate::trouble::{self, Address, Counted, History, Next, RetryPlan};

/// Refused: the content cannot be rendered or signed for this person.
pub(crate) const REASON_CONTENT: &str = "C_CONTENT";
/// Refused: the contact, or its address, is gone.
pub(crate) const REASON_GONE: &str = "C_CONTACT_GONE";
/// Put off: the receiver refuses what we have to mend, and nobody is held to have refused.
pub(crate) const REASON_OUR_SETUP: &str = "C_OUR_SETUP";
/// Expired: the campaign's time ran out before the row's turn came.
pub(crate) const REASON_TOO_LATE: &str = "C_TOO_LATE";
/// How long a row waits when the gate could not say: the store that failed it needs time as well.
const LATER: Duration = Duration::from_mins(5);

/// How an attempt at one message ended.
#[derive(Debug)]
pub(crate) enum Ending {
    /// The server's word on the message.
    Answered(Reply),
    /// The server's word on the envelope.
    Refused(Refusal),
    /// The final dot left and no answer came.
    InDoubt(Trouble),
    /// Connections failed with this message in hand, more than once.
    Mishap(Trouble),
    /// Refused for what we have to mend: again after so long, for as long as there is time.
    OurFault(Reply, Duration),
    /// The domain has no server to send to.
    NoRoute(RouteFault),
    /// It breaks the rules of the wire.
    Unsafe(TextFault),
    /// It cannot be written.
    Content(String),
    /// The gate said no: the codes.
    No(String),
    /// The gate could not say: the codes.
    Later(String),
    /// The contact is gone.
    Gone,
    /// Its time ran out.
    TooLate,
}

/// The attempt that ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt {
    pub(crate) campaign: CampaignId,
    pub(crate) seq: u32,
    /// Counted attempts before it.
    pub(crate) before: u32,
    /// Connections that failed with it in hand.
    pub(crate) mishaps: u32,
    pub(crate) first_at: Timestamp,
}

/// What is recorded, and whether the address is at its end.
#[derive(Debug, Clone)]
pub(crate) struct Turn {
    pub(crate) row: OutcomeRow,
    pub(crate) no_mailbox: bool,
}

/// From how it ended to what is recorded.
pub(crate) fn turn(attempt: Attempt, ending: &Ending, now: Timestamp, plan: &RetryPlan) -> Turn {
    match ending {
        Ending::Answered(reply) => {
            let next = after(
                attempt,
                trouble::Ending::Reply(Phase::Dot, reply),
                now,
                plan,
            );
            by_server(attempt, next, now).word(reply)
        }
        Ending::Refused(Refusal { phase, reply }) => {
            let next = after(attempt, trouble::Ending::Reply(*phase, reply), now, plan);
            by_server(attempt, next, now).word(reply)
        }
        Ending::InDoubt(fault) => {
            let next = after(attempt, trouble::Ending::InDoubt, now, plan);
            by_server(attempt, next, now).note(&format!("in doubt: {fault}"))
        }
        Ending::Mishap(fault) => {
            let next = after(attempt, trouble::Ending::Connection(fault), now, plan);
            let turn = by_server(attempt, next, now);
            match fault.reply() {
                Some(reply) => turn.word(reply),
                None => turn.note(&fault.to_string()),
            }
        }
        Ending::NoRoute(fault) => {
            let next = after(attempt, trouble::Ending::Route(fault), now, plan);
            by_server(attempt, next, now).note(&fault.to_string())
        }
        Ending::Unsafe(fault) => {
            let next = after(attempt, trouble::Ending::Unsafe(*fault), now, plan);
            by_server(attempt, next, now).note(&fault.to_string())
        }
        _ => by_ourselves(attempt, ending, now, plan),
    }
}

fn by_ourselves(attempt: Attempt, ending: &Ending, now: Timestamp, plan: &RetryPlan) -> Turn {
    let refused = |codes: &str| unsent(attempt, Outcome::Refused, now).because(codes);
    match ending {
        Ending::OurFault(reply, wait) => {
            let next = later(now, *wait);
            let end = expires_at(attempt.first_at, plan);
            let mut turn = if now < end {
                let mut turn = unsent(attempt, Outcome::Deferred, now);
                turn.row.next_at = Some(next.min(end));
                turn
            } else {
                unsent(attempt, Outcome::Expired, now)
            };
            turn = turn.because(REASON_OUR_SETUP);
            turn.word(reply)
        }
        Ending::Content(why) => refused(REASON_CONTENT).note(why),
        Ending::No(codes) => refused(codes),
        Ending::Gone => refused(REASON_GONE),
        Ending::Later(codes) if now < expires_at(attempt.first_at, plan) => {
            let mut turn = unsent(attempt, Outcome::Deferred, now).because(codes);
            turn.row.next_at = Some(later(now, LATER));
            turn
        }
        Ending::Later(codes) => unsent(attempt, Outcome::Expired, now).because(codes),
        _ => unsent(attempt, Outcome::Expired, now).because(REASON_TOO_LATE),
    }
}

/// When a campaign that began at `first_at` runs out of time.
pub(crate) fn expires_at(first_at: Timestamp, plan: &RetryPlan) -> Timestamp {
    later(first_at, plan.max_age)
}

/// The outcome of an attempt that a journal tells of and the store may not know.
pub(crate) fn replayed(result: &JournalResult, now: Timestamp) -> OutcomeRow {
    let deferred = result.state == RecipientState::At(Outcome::Deferred);
    OutcomeRow {
        seq: result.dot.seq,
        state: result.state,
        attempts: result.dot.attempt,
        // The journal keeps no time: what was put off before a crash is tried after it.
        next_at: deferred.then_some(now),
        reply_code: result.reply_code,
        reply: Some(result.reply.clone()).filter(|r| !r.is_empty()),
        reasons: None,
        at: result.at,
    }
}

fn after(attempt: Attempt, ending: trouble::Ending<'_>, now: Timestamp, plan: &RetryPlan) -> Next {
    let history = History {
        seed: attempt.campaign.as_i64() as u64 ^ u64::from(attempt.seq).rotate_left(40),
        attempts: attempt.before,
        site_failures: attempt.mishaps,
        first_at: attempt.first_at,
    };
    trouble::after(ending, &history, now, plan)
}

fn by_server(attempt: Attempt, next: Next, now: Timestamp) -> Turn {
    let counted = |outcome| {
        let mut turn = unsent(attempt, outcome, now);
        turn.row.attempts += 1;
        turn
    };
    match next {
        Next::Delivered => counted(Outcome::Delivered),
        Next::Unknown => counted(Outcome::Unknown),
        Next::Expire { .. } => counted(Outcome::Expired),
        Next::Bounce { address, .. } => {
            let mut turn = counted(Outcome::Bounced);
            turn.no_mailbox = address == Address::Ends;
            turn
        }
        Next::Retry {
            at, counted: what, ..
        } => {
            let mut turn = match what {
                Counted::Attempt => counted(Outcome::Deferred),
                Counted::Site => unsent(attempt, Outcome::Deferred, now),
            };
            turn.row.next_at = Some(at);
            turn
        }
    }
}

fn unsent(attempt: Attempt, outcome: Outcome, now: Timestamp) -> Turn {
    Turn {
        row: OutcomeRow {
            seq: attempt.seq,
            state: RecipientState::At(outcome),
            attempts: attempt.before,
            next_at: None,
            reply_code: None,
            reply: None,
            reasons: None,
            at: now,
        },
        no_mailbox: false,
    }
}

impl Turn {
    fn word(mut self, reply: &Reply) -> Self {
        self.row.reply_code = Some(reply.code);
        self.row.reply = Some(reply.to_string());
        self
    }

    fn note(mut self, text: &str) -> Self {
        self.row.reply = Some(text.to_owned());
        self
    }

    fn because(mut self, codes: &str) -> Self {
        self.row.reasons = Some(codes.to_owned());
        self
    }
}

fn later(from: Timestamp, by: Duration) -> Timestamp {
    from.checked_add(by).unwrap_or(Timestamp::MAX)
}
