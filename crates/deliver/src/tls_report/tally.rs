//! Sessions counted in memory, and added to the store a batch at a time.
//!
//! Promises: a message costs no write, and a look at a set of names at most; what a kill loses is what was counted since
//! the last batch; nothing is counted twice: a batch of which nobody knows whether it was added is let go of.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use avow_model::Timestamp;
use avow_store::{Store, TlsSessionKey};

use super::judge::{Finding, Judged, judge};
use crate::route::{Attempt, Transport};
use crate::security::Inspector;
use crate::smtp::ClientOptions;
use crate::tls::TlsClients;

/// A day, in UTC.
pub(super) const DAY_S: i64 = 86_400;
/// Kinds of sessions counted between two batches; what is beyond is not counted: some ten thousand domains in half a
/// minute is more than two cores write to.
const KINDS_MAX: usize = 50_000;
/// Domains that one connection counts for: sites that keep more are few, and the set must not grow for ever.
const DOMAINS_MAX: usize = 10_000;

/// Days since the epoch.
pub(super) fn day(now: Timestamp) -> i64 {
    now.as_second().div_euclid(DAY_S)
}

/// The counts of one engine.
#[derive(Debug)]
pub(crate) struct Tally {
    /// Who found what domains ask, and what is known of it.
    pub(super) inspector: Inspector,
    tls: TlsClients,
    counts: Mutex<HashMap<TlsSessionKey, u64>>,
}

/// What one connection has to tell, once to each domain whose mail it carries.
#[derive(Debug, Default)]
pub(crate) struct Toll {
    tried: Vec<Attempt>,
    told: HashSet<String>,
}

impl Toll {
    pub(crate) fn new(tried: Vec<Attempt>) -> Self {
        Self {
            tried,
            told: HashSet::new(),
        }
    }

    /// Counts for a domain, the first time that it is named.
    pub(crate) fn count(&mut self, tally: Option<&Tally>, domain: &str, now: Timestamp) {
        let Some(tally) = tally else { return };
        if self.tried.is_empty() || self.told.contains(domain) || self.told.len() >= DOMAINS_MAX {
            return;
        }
        self.told.insert(domain.to_owned());
        tally.count(domain, &self.tried, now);
    }
}

impl Tally {
    /// Through relays there is nothing to tell.
    pub(crate) fn new(transport: &Transport, client: &ClientOptions) -> Option<Self> {
        let Transport::Direct(direct) = transport else {
            return None;
        };
        Some(Self {
            inspector: direct.security.clone()?,
            tls: client.tls.clone(),
            counts: Mutex::default(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TlsSessionKey, u64>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts what was tried for a domain's mail.
    pub(super) fn count(&self, domain: &str, tried: &[Attempt], now: Timestamp) {
        let in_force = self.inspector.library.in_force(domain, now);
        for attempt in tried {
            let verdict = || self.tls.verdict(&attempt.seen.chain, &attempt.host, now);
            if let Some(judged) = judge(attempt, &in_force, verdict) {
                self.add(key(domain, attempt, judged, now));
            }
        }
    }

    fn add(&self, key: TlsSessionKey) {
        let mut counts = self.lock();
        if counts.len() < KINDS_MAX || counts.contains_key(&key) {
            *counts.entry(key).or_default() += 1;
        }
    }

    /// Adds to the store what was counted since the last time.
    pub(crate) async fn flush(&self, store: &Store) {
        let counts: Vec<_> = std::mem::take(&mut *self.lock()).into_iter().collect();
        if counts.is_empty() {
            return;
        }
        if let Err(fault) = store.tls_sessions_add(counts).await {
            // It may have been added all the same: counting it again could count it twice.
            tracing::warn!(%fault, "some TLS sessions will be missing from the reports to domains");
        }
    }
}

/// A success needs no names: what is counted is how many.
fn key(domain: &str, attempt: &Attempt, judged: Judged, now: Timestamp) -> TlsSessionKey {
    let named = judged.finding != Finding::Success;
    let peer = attempt.seen.peer.filter(|_| named);
    TlsSessionKey {
        domain: domain.to_owned(),
        day: day(now),
        policy: judged.policy.to_string(),
        result: judged.finding.as_str(),
        host: if named {
            attempt.host.clone()
        } else {
            String::new()
        },
        peer: peer.map(|ip| ip.to_string()).unwrap_or_default(),
        reason: judged.reason.to_owned(),
    }
}
