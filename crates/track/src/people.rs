//! The facts of people who were just seen, kept for a moment.
//!
//! An entry serves for at most one second, and only while the account's restriction counter stands where
//! it stood before the facts were read: so a no recorded by this process counts at once, and one
//! recorded by another within the second. Facts that could not be read are not kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use avow_model::{AccountId, ContactId, Facts, StoreHealth, Timestamp};
use avow_store::AccountScope;

use crate::{FRESH_MS, lock};

/// At about 1 KB each this stays under 32 MB. When full, what is stale goes; if all are fresh, all go.
const PEOPLE_MAX: usize = 32_768;

#[derive(Debug)]
struct Entry {
    facts: Arc<Facts>,
    restrictions: u64,
    read_at: Timestamp,
}

/// Facts by person.
#[derive(Debug, Default)]
pub(crate) struct People {
    seen: Mutex<HashMap<(AccountId, ContactId), Entry>>,
}

impl People {
    /// The person's facts, from memory where they still serve. Unreadable facts say so in themselves.
    pub(crate) async fn facts(
        &self,
        scope: &AccountScope,
        contact: ContactId,
        now: Timestamp,
    ) -> Arc<Facts> {
        let restrictions = scope.restriction_counter();
        let key = (scope.id(), contact);
        if let Some(facts) = self.remembered(key, restrictions, now) {
            return facts;
        }
        let facts = Arc::new(scope.facts_or_down(contact).await);
        if facts.store == StoreHealth::Up {
            self.remember(
                key,
                Entry {
                    facts: facts.clone(),
                    restrictions,
                    read_at: now,
                },
            );
        }
        facts
    }

    fn remembered(
        &self,
        key: (AccountId, ContactId),
        restrictions: u64,
        now: Timestamp,
    ) -> Option<Arc<Facts>> {
        let seen = lock(&self.seen);
        let entry = seen.get(&key)?;
        let serves = entry.restrictions == restrictions && is_fresh(entry.read_at, now);
        serves.then(|| entry.facts.clone())
    }

    fn remember(&self, key: (AccountId, ContactId), entry: Entry) {
        let mut seen = lock(&self.seen);
        if seen.len() >= PEOPLE_MAX {
            seen.retain(|_, e| is_fresh(e.read_at, entry.read_at));
            if seen.len() >= PEOPLE_MAX {
                seen.clear();
            }
        }
        seen.insert(key, entry);
    }
}

/// True within a second of `read_at`; never for a time before it (the clock was set back).
pub(crate) fn is_fresh(read_at: Timestamp, now: Timestamp) -> bool {
    let age_ms = now.duration_since(read_at).as_millis();
    (0..FRESH_MS).contains(&age_ms)
}
