//! The relays of one group at work: connections in shares, and others in the place of one that is down.
//!
//! Promises: connections are spread by weight; a relay that does not answer is left alone for a growing time and the
//! others carry on; when none answers, all are tried. Sending stops only when every one of them is down.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use avow_model::Timestamp;

use super::breaker::{Breaker, Patience};
use crate::mix::mix;
use crate::route::{OpenFault, RelayGroup, RouteFault};
use crate::smtp::{ClientOptions, Route, Session};

/// One relay.
struct Line {
    route: Route,
    weight: u32,
    breaker: Breaker,
    talking: AtomicUsize,
}

/// All of a group.
pub(crate) struct Crowd(Vec<Arc<Line>>);

/// A connection to one of them, counted until it is dropped.
pub(crate) struct Talk(Arc<Line>);

impl Drop for Talk {
    fn drop(&mut self) {
        self.0.talking.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One relay as the choice sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    weight: u32,
    talking: usize,
    rests: bool,
}

impl Crowd {
    pub(crate) fn of(group: &RelayGroup) -> Self {
        let line = |(route, weight): &(Route, u32)| {
            Arc::new(Line {
                route: route.clone(),
                weight: *weight,
                breaker: Breaker::new(Patience::Relay),
                talking: AtomicUsize::new(0),
            })
        };
        Self(group.relays.iter().map(line).collect())
    }

    /// A session with the one whose turn it is, or with another when it does not answer.
    pub(crate) async fn open(
        &self,
        client: &ClientOptions,
        now: Timestamp,
    ) -> Result<(Session, Talk), OpenFault> {
        let seen: Vec<Seen> = self.0.iter().map(|line| line.seen(now)).collect();
        let mut last = OpenFault::Route(RouteFault::NoHost);
        for at in order(&seen) {
            let line = &self.0[at];
            // Counted before it is open: those that open at the same moment are spread as well.
            line.talking.fetch_add(1, Ordering::Relaxed);
            let talk = Talk(line.clone());
            match Session::open(&line.route, client).await {
                Ok(session) => {
                    line.breaker.reached();
                    return Ok((session, talk));
                }
                Err(trouble) => {
                    last = trouble.into();
                    let dice = mix(now.as_microsecond().cast_unsigned()) as u32;
                    line.breaker.missed(now, last.clone(), dice);
                }
            }
        }
        Err(last)
    }
}

impl Line {
    fn seen(&self, now: Timestamp) -> Seen {
        Seen {
            weight: self.weight,
            talking: self.talking.load(Ordering::Relaxed),
            rests: self.breaker.rests(now),
        }
    }
}

/// The order in which to try: those that answered, then by what each has of its share, then as they were given.
fn order(seen: &[Seen]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..seen.len()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (seen[*a], seen[*b]);
        // (talking + 1) / weight, without dividing.
        let fullness = |one: Seen, other: Seen| (one.talking as u64 + 1) * u64::from(other.weight);
        (a.rests, a.weight == 0)
            .cmp(&(b.rests, b.weight == 0))
            .then_with(|| fullness(a, b).cmp(&fullness(b, a)))
    });
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(weight: u32, rests: bool) -> Seen {
        Seen {
            weight,
            talking: 0,
            rests,
        }
    }

    #[test]
    fn connections_are_spread_by_weight_and_a_spare_gets_none() {
        let mut relays = [seen(1, false), seen(3, false), seen(0, false)];
        for _ in 0..40 {
            let first = order(&relays)[0];
            relays[first].talking += 1;
        }
        let spread: Vec<usize> = relays.iter().map(|r| r.talking).collect();
        assert_eq!(spread, [10, 30, 0]);
    }

    #[test]
    fn one_that_rests_comes_last_and_is_tried_when_no_other_answers() {
        assert_eq!(
            order(&[seen(9, true), seen(1, false), seen(0, false)]),
            [1, 2, 0]
        );
        assert_eq!(order(&[seen(0, true), seen(1, true)]), [1, 0]);
    }
}
