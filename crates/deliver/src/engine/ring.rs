//! The ready ring: what waits for a connection, bounded, shared fairly by many feeders and many workers.
//!
//! Promises: feeders put in no more than their share of `capacity`, and at least a turn each; a closed ring gives
//! nothing more; no item is lost by a dropped future. Never holds a lock across an await.
//! An own type because tokio's channels have one consumer, take no turns between senders, cannot take an item out
//! of the middle (a paused campaign) and cannot put one back in front (a message that never left).

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use avow_model::{AccountId, CampaignId};
use tokio::sync::Notify;

use super::fair::{Fair, Flow};

/// How many items a feeder hands over before it lets go of the lock.
const HANDFUL: usize = 128;

pub(crate) struct Ring<T> {
    state: Mutex<State<T>>,
    filled: Notify,
    takers: AtomicUsize,
    room: Arc<Room>,
    capacity: usize,
}

struct State<T> {
    items: Fair<T>,
    closed: bool,
}

/// Where feeders wait for room, in one ring or in any of many.
#[derive(Debug, Default)]
pub(crate) struct Room {
    made: Notify,
    feeders: AtomicUsize,
}

/// Counts one that waits, for as long as it does, also when its future is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn on(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Room {
    /// Wakes every feeder that waits: each knows for itself whether there is room for it.
    pub(crate) fn wake(&self) {
        if self.feeders.load(Ordering::SeqCst) > 0 {
            self.made.notify_waiters();
        }
    }

    /// Waits for the next room that is made after the call, not after the first poll.
    pub(crate) fn made(&self) -> impl Future<Output = ()> + '_ {
        let waiting = Waiting::on(&self.feeders);
        let made = self.made.notified();
        async move {
            made.await;
            drop(waiting);
        }
    }
}

impl<T> Ring<T> {
    pub(crate) fn new(capacity: usize, room: Arc<Room>) -> Self {
        Self {
            state: Mutex::new(State {
                items: Fair::new(),
                closed: false,
            }),
            filled: Notify::new(),
            takers: AtomicUsize::new(0),
            room,
            capacity,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake_taker(&self) {
        if self.takers.load(Ordering::SeqCst) > 0 {
            self.filled.notify_one();
        }
    }

    /// Hands over all items in order, waiting for room; false when the ring is closed, the rest then stays in `items`.
    pub(crate) async fn feed(&self, flow: Flow, items: &mut VecDeque<T>) -> bool {
        loop {
            let made = self.room.made();
            if !self.offer(flow, items) {
                return false;
            }
            if items.is_empty() {
                return true;
            }
            made.await;
        }
    }

    /// Moves what fits now; false when closed.
    pub(crate) fn offer(&self, flow: Flow, items: &mut VecDeque<T>) -> bool {
        loop {
            let mut state = self.lock();
            if state.closed {
                return false;
            }
            let room = state.items.room(flow, self.capacity);
            let count = room.min(HANDFUL).min(items.len());
            state.items.push(flow, items, count);
            drop(state);
            if count == 0 {
                return true;
            }
            self.wake_taker();
        }
    }

    /// How many more of these would be taken now.
    pub(crate) fn room(&self, flow: Flow) -> usize {
        let mut state = self.lock();
        if state.closed {
            return 0;
        }
        state.items.room(flow, self.capacity)
    }

    /// Gives back what was taken and did not leave. At most one for each worker, so the bound moves by that.
    pub(crate) fn put_back(&self, flow: Flow, item: T) {
        self.lock().items.push_front(flow, item);
        self.wake_taker();
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().items.len()
    }

    /// How much each campaign has in it.
    pub(crate) fn shares(&self) -> Vec<(AccountId, CampaignId, usize)> {
        self.lock().items.shares()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The next item, if there is one now.
    pub(crate) fn try_take(&self) -> Option<T> {
        let mut state = self.lock();
        let (item, low) = state.items.pop()?;
        let refill = low || state.items.len() <= self.capacity / 2;
        drop(state);
        if refill {
            self.room.wake();
        }
        Some(item)
    }

    /// Waits until something is there (true) or the ring is closed (false).
    pub(crate) async fn wait(&self) -> bool {
        loop {
            let filled = self.filled.notified();
            let waiting = Waiting::on(&self.takers);
            {
                let state = self.lock();
                if state.closed {
                    return false;
                }
                if state.items.len() > 0 {
                    drop((state, waiting));
                    // One call woke one taker; there may be work for the next.
                    self.wake_taker();
                    return true;
                }
            }
            filled.await;
        }
    }

    /// Takes out every item for which `keep` is false.
    pub(crate) fn remove(&self, keep: impl Fn(&T) -> bool) -> Vec<T> {
        let removed = self.lock().items.remove(keep);
        self.room.wake();
        removed
    }

    /// Ends all waiting and gives back what was inside.
    pub(crate) fn close(&self) -> Vec<T> {
        let mut state = self.lock();
        state.closed = true;
        let left = state.items.remove(|_| false);
        drop(state);
        self.filled.notify_waiters();
        self.room.wake();
        left
    }
}

#[cfg(test)]
mod tests;
