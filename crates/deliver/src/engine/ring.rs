//! The ready ring: what waits for a connection, bounded, shared by many feeders and many workers.
//!
//! Promises: feeders never put in more than `capacity` items; a closed ring gives nothing more; no item
//! is lost by a dropped future. Never holds a lock across an await.
//! An own type because tokio's channels have one consumer, cannot take an item out of the middle (a
//! paused campaign) and cannot put one back in front (a message that never left).

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// How many items a feeder hands over before another feeder gets its turn: fairness between campaigns.
const TURN: usize = 128;

pub(crate) struct Ring<T> {
    state: Mutex<State<T>>,
    filled: Notify,
    drained: Notify,
    takers: AtomicUsize,
    feeders: AtomicUsize,
    capacity: usize,
}

struct State<T> {
    items: VecDeque<T>,
    closed: bool,
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

impl<T> Ring<T> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            state: Mutex::new(State {
                items: VecDeque::with_capacity(capacity),
                closed: false,
            }),
            filled: Notify::new(),
            drained: Notify::new(),
            takers: AtomicUsize::new(0),
            feeders: AtomicUsize::new(0),
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

    fn wake_feeder(&self) {
        if self.feeders.load(Ordering::SeqCst) > 0 {
            self.drained.notify_one();
        }
    }

    /// Hands over all items in order, waiting for room; false when the ring is closed, the rest then stays in `items`.
    pub(crate) async fn feed(&self, items: &mut VecDeque<T>) -> bool {
        loop {
            let _waiting = Waiting::on(&self.feeders);
            let drained = self.drained.notified();
            if !self.hand_over(items) {
                return false;
            }
            if items.is_empty() {
                return true;
            }
            drained.await;
        }
    }

    /// Moves what fits, at most one turn; false when closed.
    fn hand_over(&self, items: &mut VecDeque<T>) -> bool {
        let mut state = self.lock();
        if state.closed {
            return false;
        }
        let room = self.capacity.saturating_sub(state.items.len());
        let turn = room.min(TURN).min(items.len());
        state.items.extend(items.drain(..turn));
        drop(state);
        self.wake_taker();
        if room > turn {
            self.wake_feeder();
        }
        true
    }

    /// Gives back what was taken and did not leave. At most one for each worker, so the bound moves by that.
    pub(crate) fn put_back(&self, item: T) {
        self.lock().items.push_front(item);
        self.wake_taker();
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().items.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The next item, if there is one now.
    pub(crate) fn try_take(&self) -> Option<T> {
        let mut state = self.lock();
        let item = state.items.pop_front();
        let refill = state.items.len() <= self.capacity / 2;
        drop(state);
        if refill {
            self.wake_feeder();
        }
        item
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
                if !state.items.is_empty() {
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
        let mut state = self.lock();
        let (kept, removed): (VecDeque<T>, VecDeque<T>) = std::mem::take(&mut state.items)
            .into_iter()
            .partition(|item| keep(item));
        state.items = kept;
        drop(state);
        self.wake_feeder();
        removed.into()
    }

    /// Ends all waiting and gives back what was inside.
    pub(crate) fn close(&self) -> Vec<T> {
        let mut state = self.lock();
        state.closed = true;
        let left = state.items.drain(..).collect();
        drop(state);
        self.filled.notify_waiters();
        self.drained.notify_waiters();
        left
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::task::JoinSet;

    use super::*;

    #[tokio::test]
    async fn many_feeders_and_takers_move_each_item_once_through_a_small_ring() {
        let ring = Arc::new(Ring::new(8));
        let mut feeders = JoinSet::new();
        for feeder in 0..3u32 {
            let ring = ring.clone();
            feeders.spawn(async move {
                let mut items = (feeder * 1000..feeder * 1000 + 1000).collect();
                assert!(ring.feed(&mut items).await);
            });
        }
        let mut takers = JoinSet::new();
        for _ in 0..4 {
            let ring = ring.clone();
            takers.spawn(async move {
                let mut taken = Vec::new();
                while ring.wait().await {
                    taken.extend(ring.try_take());
                    tokio::task::yield_now().await;
                }
                taken
            });
        }
        feeders.join_all().await;
        while !ring.lock().items.is_empty() {
            tokio::task::yield_now().await;
        }
        assert!(ring.close().is_empty());
        let mut all: Vec<u32> = takers.join_all().await.concat();
        all.sort_unstable();
        assert_eq!(all, (0..3000).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn what_came_back_goes_before_the_rest() {
        let ring = Ring::new(4);
        ring.feed(&mut VecDeque::from([1, 2])).await;
        let first = ring.try_take().unwrap();
        ring.put_back(first);
        let order: Vec<_> = std::iter::from_fn(|| ring.try_take()).collect();
        assert_eq!(order, [1, 2]);
    }

    #[tokio::test]
    async fn a_closed_ring_takes_nothing_and_gives_back_what_it_held() {
        let ring = Ring::new(4);
        ring.feed(&mut VecDeque::from([1, 2])).await;
        assert_eq!(ring.close(), [1, 2]);
        let mut late = VecDeque::from([3]);
        assert!(!ring.feed(&mut late).await);
        assert_eq!(late, [3]);
        assert!(!ring.wait().await);
    }
}
