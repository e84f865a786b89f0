//! What keeps the whole engine from sending and lies on this side: its disk, its database.
//!
//! Promises: whoever watches a campaign is told the reason, and no longer than it lasts. Never: decides
//! anything; the part that fails waits and tries again by itself.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// The part that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The send journal cannot be written: nothing may leave.
    Journal,
    /// Outcomes cannot be recorded: nothing new may start once the queue is full.
    Store,
}

#[derive(Debug, Default)]
struct Slot {
    /// Looked at for every message, so that the lock is not.
    raised: AtomicBool,
    why: Mutex<Option<String>>,
}

/// Why nothing goes, if nothing goes.
#[derive(Debug, Default)]
pub(crate) struct Halt {
    journal: Slot,
    store: Slot,
}

impl Halt {
    const fn slot(&self, part: Part) -> &Slot {
        match part {
            Part::Journal => &self.journal,
            Part::Store => &self.store,
        }
    }

    /// The part has failed: why, and what to do.
    pub(crate) fn raise(&self, part: Part, why: String) {
        let slot = self.slot(part);
        slot.set(Some(why));
        slot.raised.store(true, Ordering::Release);
    }

    /// The part works; true when it had failed before.
    pub(crate) fn clear(&self, part: Part) -> bool {
        let slot = self.slot(part);
        if !slot.raised.load(Ordering::Acquire) {
            return false;
        }
        slot.raised.store(false, Ordering::Release);
        slot.set(None);
        true
    }

    /// Why nothing goes.
    pub(crate) fn why(&self) -> Option<String> {
        self.journal.get().or_else(|| self.store.get())
    }
}

impl Slot {
    fn set(&self, why: Option<String>) {
        *self.why.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    fn get(&self) -> Option<String> {
        let why = self.why.lock();
        why.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_lasts_as_long_as_the_trouble() {
        let halt = Halt::default();
        assert_eq!((halt.why(), halt.clear(Part::Journal)), (None, false));
        halt.raise(Part::Store, "locked".to_owned());
        halt.raise(Part::Journal, "full".to_owned());
        assert_eq!(halt.why().as_deref(), Some("full"));
        assert!(halt.clear(Part::Journal));
        assert_eq!(halt.why().as_deref(), Some("locked"));
        assert!(halt.clear(Part::Store));
        assert_eq!((halt.why(), halt.clear(Part::Store)), (None, false));
    }
}
