//! What the Client Center remembers between requests: counts, draft judgements, failed log-ins. All bounded.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use avow_collect::forms::Slots;
use avow_model::{AccountId, ListId, Timestamp};
use avow_store::{AccountScope, StoreError};
use tokio::sync::Semaphore;

use super::campaign::counts::CountBook;
use super::campaign::judge::Bench;
use crate::throttle::{CODES, PASSWORDS, Throttle};

/// Password hashes at a time: each takes 19 MiB and a core.
const HASHES_AT_ONCE: usize = 2;
/// A count of contacts is shown for so long.
const TOTAL_GOOD_S: i64 = 10;
/// Mails of resets to one address in an hour: whoever did not get the third looks elsewhere.
const RESETS_MAX: u32 = 3;
const RESETS_WINDOW_S: i64 = 3_600;
/// Addresses that are counted at once.
const RESETS_KEYS_MAX: usize = 10_000;

/// How many contacts there are, and when they were counted.
#[derive(Debug, Clone, Copy)]
struct Total {
    n: i64,
    at: Timestamp,
}

type Totals = HashMap<(AccountId, Option<ListId>), Total>;

/// Nothing in it must last: a restart only counts again.
#[derive(Debug)]
pub(crate) struct Memory {
    pub counts: CountBook,
    pub bench: Bench,
    pub hashing: Semaphore,
    totals: Mutex<Totals>,
    throttle: Mutex<Throttle>,
    codes: Mutex<Throttle>,
    resets: Mutex<Slots<[u8; 32]>>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            counts: CountBook::default(),
            bench: Bench::default(),
            hashing: Semaphore::new(HASHES_AT_ONCE),
            totals: Mutex::default(),
            throttle: Mutex::new(Throttle::new(PASSWORDS)),
            codes: Mutex::new(Throttle::new(CODES)),
            resets: Mutex::new(Slots::new(RESETS_WINDOW_S, RESETS_MAX, RESETS_KEYS_MAX)),
        }
    }
}

impl Memory {
    /// Looks at, or notes, failed log-ins.
    pub(crate) fn throttle<T>(&self, act: impl FnOnce(&mut Throttle) -> T) -> T {
        act(&mut self.throttle.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks at, or notes, wrong codes by user.
    pub(crate) fn codes<T>(&self, act: impl FnOnce(&mut Throttle) -> T) -> T {
        act(&mut self.codes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// False when enough resets were asked for an address in this hour.
    pub(crate) fn may_reset(&self, address: [u8; 32], now: Timestamp) -> bool {
        let mut resets = self.resets.lock().unwrap_or_else(PoisonError::into_inner);
        resets.take(address, now)
    }

    /// How many are on a list, or in the account, at most ten seconds ago.
    pub(crate) async fn total(
        &self,
        account: &AccountScope,
        list: Option<ListId>,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let key = (account.id(), list);
        let fresh = |t: &Total| now.as_second() - t.at.as_second() < TOTAL_GOOD_S;
        if let Some(total) = self.totals().get(&key).copied().filter(fresh) {
            return Ok(total.n);
        }
        let n = match list {
            None => account.contact_count().await?,
            Some(list) => account.list_size(list).await?,
        } as i64;
        self.totals().insert(key, Total { n, at: now });
        Ok(n)
    }

    /// Counts anew from now on: somebody moved people.
    pub(crate) fn forget_totals(&self) {
        self.totals().clear();
    }

    fn totals(&self) -> MutexGuard<'_, Totals> {
        self.totals.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
