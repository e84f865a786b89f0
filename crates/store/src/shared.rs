//! What all scopes of one account share inside one process: caches and the restriction counter.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use avow_model::{AccountId, PublishedPolicies, Slug, Timestamp};

use crate::tlog::PolicyHashes;

/// One account's shared state.
#[derive(Debug, Default)]
pub(crate) struct AccountShared {
    /// Grows with each new no of a person; see `AccountScope::restriction_counter`.
    restrictions: AtomicU64,
    /// A slug names one account for good, so it is read once.
    pub(crate) slug: OnceLock<Slug>,
    published: Mutex<Option<Cached<PublishedPolicies>>>,
    policy_hashes: Mutex<Option<Cached<PolicyHashes>>>,
}

#[derive(Debug)]
struct Cached<T> {
    read_at: Timestamp,
    what: Arc<T>,
}

/// What was read within the last second.
fn fresh<T>(cached: &Mutex<Option<Cached<T>>>, now: Timestamp) -> Option<Arc<T>> {
    let cached = cached.lock().unwrap_or_else(PoisonError::into_inner);
    let fresh = |c: &&Cached<T>| {
        (now.as_millisecond() - c.read_at.as_millisecond()).abs() < PUBLISHED_AGE_MAX_MS
    };
    cached.as_ref().filter(fresh).map(|c| c.what.clone())
}

fn put<T>(cached: &Mutex<Option<Cached<T>>>, new: Option<Cached<T>>) {
    *cached.lock().unwrap_or_else(PoisonError::into_inner) = new;
}

/// How long published policies are kept before another process' publication is looked for.
const PUBLISHED_AGE_MAX_MS: i64 = 1_000;

impl AccountShared {
    pub(crate) fn restrictions(&self) -> u64 {
        self.restrictions.load(Ordering::Acquire)
    }

    pub(crate) fn note_restriction(&self) {
        self.restrictions.fetch_add(1, Ordering::AcqRel);
    }

    /// The cached policies, when they were read within the last second.
    pub(crate) fn published(&self, now: Timestamp) -> Option<Arc<PublishedPolicies>> {
        fresh(&self.published, now)
    }

    pub(crate) fn keep_published(&self, read_at: Timestamp, what: Arc<PublishedPolicies>) {
        put(&self.published, Some(Cached { read_at, what }));
    }

    /// The cached hashes of policy versions, as fresh as the policies.
    pub(crate) fn policy_hashes(&self, now: Timestamp) -> Option<Arc<PolicyHashes>> {
        fresh(&self.policy_hashes, now)
    }

    pub(crate) fn keep_policy_hashes(&self, read_at: Timestamp, what: Arc<PolicyHashes>) {
        put(&self.policy_hashes, Some(Cached { read_at, what }));
    }

    pub(crate) fn forget_published(&self) {
        put(&self.published, None);
        put(&self.policy_hashes, None);
    }
}

/// The shared state of every account that this process has touched.
#[derive(Debug, Default)]
pub(crate) struct SharedAccounts(Mutex<HashMap<AccountId, Arc<AccountShared>>>);

impl SharedAccounts {
    pub(crate) fn of(&self, account: AccountId) -> Arc<AccountShared> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(account).or_default().clone()
    }

    /// Notes a no that binds every account.
    pub(crate) fn note_restriction(&self) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for account in all.values() {
            account.note_restriction();
        }
    }
}
