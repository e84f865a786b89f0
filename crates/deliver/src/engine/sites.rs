//! Which site each recipient domain belongs to, as the name servers said of late.
//!
//! Promises: asking holds nobody up: a domain that is not known yet is asked about beside the work, and its mail
//! waits meanwhile, nobody else's; name servers that give no answer put mail off and never end it; while they are
//! silent, what they said within the last hour still counts (RFC 8767 in spirit). Never: more than
//! [`QUESTIONS`] questions at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use avow_model::Timestamp;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedSender;

use crate::route::{Destination, RouteFault, Transport};

/// Domains asked about at once: a resolver on the same machine takes more, a small office router does not.
const QUESTIONS: usize = 64;
/// An answer is looked up again after this. The resolver keeps it for as long as it is valid, so this is cheap.
const FRESH: Duration = Duration::from_mins(1);
/// Silent name servers are asked again after this.
const SILENT: Duration = Duration::from_secs(30);
/// While name servers are silent, an answer of theirs counts for so long.
const STALE: Duration = Duration::from_hours(1);
/// Domains known at once; a list of a million people has some ten thousand.
const DOMAINS_MAX: usize = 100_000;

/// Where mail for a domain goes, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    To(Destination),
    No(RouteFault),
    /// Asked about; the answer comes.
    Unknown,
}

#[derive(Debug, Default)]
struct Known {
    asked: bool,
    told: Option<Told>,
}

#[derive(Debug)]
struct Told {
    way: Result<Destination, RouteFault>,
    at: Timestamp,
    again: Timestamp,
}

/// The answers.
pub(crate) struct Sites {
    transport: Arc<Transport>,
    known: Mutex<HashMap<String, Known>>,
    questions: UnboundedSender<String>,
    leave: Semaphore,
}

impl Sites {
    /// With the end at which questions go out: whoever has the other end calls [`Sites::ask`] for each.
    pub(crate) fn new(transport: Arc<Transport>, questions: UnboundedSender<String>) -> Self {
        Self {
            transport,
            known: Mutex::default(),
            questions,
            leave: Semaphore::new(QUESTIONS),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of a domain; what is not, or not newly, is asked.
    pub(crate) fn line(&self, domain: &str, now: Timestamp) -> Line {
        let mut all = self.lock();
        if !all.contains_key(domain) {
            make_room(&mut all, now);
            all.insert(domain.to_owned(), Known::default());
        }
        let Some(known) = all.get_mut(domain) else {
            return Line::Unknown;
        };
        let (line, fresh) = known.look(now);
        if !(fresh || known.asked) {
            // The other end is gone only when the engine leaves.
            known.asked = self.questions.send(domain.to_owned()).is_ok();
        }
        line
    }

    /// Asks the name servers and keeps what they say.
    pub(crate) async fn ask(&self, domain: &str, now: impl Fn() -> Timestamp) {
        let Ok(_leave) = self.leave.acquire().await else {
            return;
        };
        let way = self.transport.destination("", domain).await;
        self.lock()
            .entry(domain.to_owned())
            .or_default()
            .tell(way, now());
    }
}

impl Known {
    /// The line, and whether it is new enough.
    fn look(&self, now: Timestamp) -> (Line, bool) {
        let Some(told) = &self.told else {
            return (Line::Unknown, false);
        };
        // A clock that went back makes an answer old, not new for ever.
        let fresh = told.at <= now && now < told.again;
        let line = match &told.way {
            Ok(destination) => Line::To(destination.clone()),
            Err(fault) if fresh => Line::No(*fault),
            Err(_) => Line::Unknown,
        };
        (line, fresh)
    }

    fn tell(&mut self, way: Result<Destination, RouteFault>, now: Timestamp) {
        self.asked = false;
        let silent = way == Err(RouteFault::NoAnswer);
        let again = later(now, if silent { SILENT } else { FRESH });
        match &mut self.told {
            Some(told) if silent && told.way.is_ok() && now < later(told.at, STALE) => {
                told.again = again;
            }
            told => {
                *told = Some(Told {
                    way,
                    at: now,
                    again,
                });
            }
        }
    }
}

/// Forgets what is old when too much is known, and everything when that is not enough.
fn make_room(all: &mut HashMap<String, Known>, now: Timestamp) {
    if all.len() < DOMAINS_MAX {
        return;
    }
    all.retain(|_, known| known.asked || known.look(now).1);
    if all.len() >= DOMAINS_MAX {
        all.retain(|_, known| known.asked);
    }
}

fn later(from: Timestamp, by: Duration) -> Timestamp {
    from.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::Relays;

    fn there() -> Destination {
        Destination::through(Relays::from(Vec::new()).of(""))
    }

    fn at(s: i64) -> Timestamp {
        Timestamp::from_second(s).unwrap()
    }

    fn known(way: Result<Destination, RouteFault>) -> Known {
        let mut known = Known::default();
        known.tell(way, at(1_000));
        known
    }

    #[test]
    fn while_name_servers_are_silent_an_answer_counts_for_an_hour_and_then_mail_is_put_off() {
        let known_way = Line::To(there());
        let mut known = known(Ok(there()));
        assert_eq!(known.look(at(1_059)), (known_way.clone(), true));
        assert_eq!(known.look(at(1_060)), (known_way.clone(), false));
        known.tell(Err(RouteFault::NoAnswer), at(1_100));
        assert_eq!(known.look(at(1_129)), (known_way, true));
        known.tell(Err(RouteFault::NoAnswer), at(4_600));
        let put_off = Line::No(RouteFault::NoAnswer);
        assert_eq!(known.look(at(4_601)), (put_off, true));
        assert_eq!(known.look(at(4_630)), (Line::Unknown, false));
    }

    #[test]
    fn a_domain_that_went_is_gone_at_once() {
        let mut known = known(Ok(there()));
        known.tell(Err(RouteFault::NoDomain), at(1_100));
        let gone = Line::No(RouteFault::NoDomain);
        assert_eq!(known.look(at(1_101)), (gone, true));
    }

    #[test]
    fn after_the_clock_went_back_an_answer_is_asked_for_again() {
        let known = known(Err(RouteFault::NoDomain));
        assert_eq!(known.look(at(10)), (Line::Unknown, false));
    }
}
