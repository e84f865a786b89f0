//! What was learned of servers: that a handshake with one always fails, that one does not know what it offers.
//!
//! Promises: forgotten after three days, so that a server that was mended is believed again; bounded. Never
//! weakens a required TLS: `open` asks only where a policy leaves the choice.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use avow_model::{SharedClock, Timestamp};

/// How long something is believed of a server; Postfix and others forget in days, too.
const MEMORY: Duration = Duration::from_hours(72);
/// Notes kept: far more hosts than misbehave at any time. Beyond it the oldest are let go.
const NOTES_MAX: usize = 10_000;

/// Something a server does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Habit {
    /// It offers STARTTLS, and the handshake fails.
    BreaksHandshakes,
    /// It offers CHUNKING, and refuses BDAT.
    RefusesChunks,
}

/// Shared by all sessions of a sender.
pub struct Habits {
    clock: SharedClock,
    until: Mutex<HashMap<(String, Habit), Timestamp>>,
}

impl fmt::Debug for Habits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Habits(…)")
    }
}

impl Habits {
    /// Knows nothing yet.
    pub fn new(clock: SharedClock) -> Self {
        Self {
            clock,
            until: Mutex::default(),
        }
    }

    /// Whether this is known of the host, and not too long ago.
    pub fn has(&self, host: &str, habit: Habit) -> bool {
        let until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        // Almost always empty: no key is made then.
        !until.is_empty()
            && until
                .get(&(host.to_owned(), habit))
                .is_some_and(|until| *until > self.clock.now())
    }

    /// Remembers it from now on.
    pub fn note(&self, host: &str, habit: Habit) {
        let now = self.clock.now();
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        if until.len() >= NOTES_MAX {
            until.retain(|_, until| *until > now);
        }
        if until.len() >= NOTES_MAX {
            let oldest = until.iter().min_by_key(|(_, until)| **until);
            let oldest = oldest.map(|(key, _)| key.clone());
            oldest.map(|key| until.remove(&key));
        }
        let end = now.checked_add(MEMORY).unwrap_or(Timestamp::MAX);
        until.insert((host.to_owned(), habit), end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use avow_testkit::VirtualClock;

    #[test]
    fn a_habit_is_known_of_its_host_alone_and_forgotten_after_three_days() {
        let clock = Arc::new(VirtualClock::new());
        let habits = Habits::new(clock.clone());
        habits.note("mx.example.org", Habit::RefusesChunks);
        assert!(habits.has("mx.example.org", Habit::RefusesChunks));
        assert!(!habits.has("mx.example.org", Habit::BreaksHandshakes));
        assert!(!habits.has("mx.example.com", Habit::RefusesChunks));
        clock.advance(MEMORY);
        assert!(!habits.has("mx.example.org", Habit::RefusesChunks));
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for_and_the_oldest_goes_first() {
        let clock = Arc::new(VirtualClock::new());
        let habits = Habits::new(clock.clone());
        habits.note("first.example", Habit::RefusesChunks);
        for n in 0..NOTES_MAX {
            clock.advance(Duration::from_millis(1));
            habits.note(&format!("{n}.example"), Habit::RefusesChunks);
        }
        assert!(!habits.has("first.example", Habit::RefusesChunks));
        assert!(habits.has("0.example", Habit::RefusesChunks));
        assert_eq!(habits.until.lock().unwrap().len(), NOTES_MAX);
    }
}
