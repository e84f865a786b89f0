//! Links of one mail that are asked for together, and when the mail was delivered: the marks of a scanner.

use std::collections::HashMap;

use avow_model::{MessageId, Timestamp};

use crate::verdict::SWEEP_WINDOW_S;

/// At about 60 bytes each this stays under 1 MB; when full, what is out of its window goes, or all.
const MESSAGES_MAX: usize = 16_384;
/// Links are told apart by their number modulo this: enough to see three different ones.
const LINK_BITS: u16 = 64;

#[derive(Debug, Clone, Copy)]
struct Run {
    began: Timestamp,
    links: u64,
    /// Once known it never changes: a delivered row is final.
    delivered: Option<Timestamp>,
}

/// What one click shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Noted {
    /// Different links of the message in the present window, this one included.
    pub links: u32,
    pub delivered: Option<Timestamp>,
}

/// Recent clicks by message.
#[derive(Debug, Default)]
pub(crate) struct Sweeps {
    runs: HashMap<MessageId, Run>,
}

fn is_over(run: &Run, now: Timestamp) -> bool {
    let age_s = now.duration_since(run.began).as_secs_f64();
    !(0.0..=SWEEP_WINDOW_S as f64).contains(&age_s)
}

impl Sweeps {
    /// Notes a click.
    pub(crate) fn note(&mut self, message: MessageId, link: u16, now: Timestamp) -> Noted {
        if self.runs.len() >= MESSAGES_MAX && !self.runs.contains_key(&message) {
            self.runs.retain(|_, run| !is_over(run, now));
            if self.runs.len() >= MESSAGES_MAX {
                self.runs.clear();
            }
        }
        let fresh = Run {
            began: now,
            links: 0,
            delivered: None,
        };
        let run = self.runs.entry(message).or_insert(fresh);
        if is_over(run, now) {
            *run = Run {
                delivered: run.delivered,
                ..fresh
            };
        }
        run.links |= 1 << (link % LINK_BITS);
        Noted {
            links: run.links.count_ones(),
            delivered: run.delivered,
        }
    }

    /// Keeps when a message that was just noted had been delivered.
    pub(crate) fn learn(&mut self, message: MessageId, delivered: Timestamp) {
        if let Some(run) = self.runs.get_mut(&message) {
            run.delivered = Some(delivered);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use avow_model::CampaignId;

    fn message(seq: u32) -> MessageId {
        MessageId {
            campaign: CampaignId::from_i64(1),
            seq,
        }
    }

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_790_000_000_000 + ms).unwrap()
    }

    #[test]
    fn different_links_within_a_second_add_up_and_the_same_link_does_not() {
        let mut sweeps = Sweeps::default();
        assert_eq!(sweeps.note(message(1), 0, at(0)).links, 1);
        assert_eq!(sweeps.note(message(1), 0, at(100)).links, 1);
        assert_eq!(sweeps.note(message(1), 5, at(200)).links, 2);
        assert_eq!(sweeps.note(message(2), 6, at(300)).links, 1);
        assert_eq!(sweeps.note(message(1), 7, at(1_000)).links, 3);
        assert_eq!(sweeps.note(message(1), 8, at(1_001)).links, 1);
    }

    #[test]
    fn the_memory_stays_bounded() {
        let mut sweeps = Sweeps::default();
        for seq in 0..2 * MESSAGES_MAX as u32 {
            sweeps.note(message(seq), 0, at(0));
            assert!(sweeps.runs.len() <= MESSAGES_MAX);
        }
    }
}
