//! The facts of people who were just seen, kept for a moment and read by the page.
//!
//! An entry serves for at most one second, and only while the account's restriction counter stands where
//! it stood before the facts were read: so a no recorded by this process counts at once, and one
//! recorded by another within the second. Facts that could not be read are not kept.

use std::collections::HashMap;

use avow_model::{AccountId, ContactId, Facts, Timestamp};
use avow_store::AccountScope;

use crate::FRESH_MS;

/// At about 1 KB each this stays under 32 MB. When full, what is stale goes; if all are fresh, all go.
const PEOPLE_MAX: usize = 32_768;
/// Contacts in one reading: the lists in its queries stay short, and no batch is larger by much.
const PAGE_MAX: usize = 1_024;

#[derive(Debug)]
struct Entry {
    facts: Facts,
    restrictions: u64,
    read_at: Timestamp,
}

/// Facts by person.
#[derive(Debug, Default)]
pub(crate) struct People {
    seen: HashMap<(AccountId, ContactId), Entry>,
}

impl People {
    /// Makes sure that what is remembered of these people serves at `now`; reads the others, a page at a
    /// time. Whoever cannot be read is forgotten.
    pub(crate) async fn refresh(
        &mut self,
        scope: &AccountScope,
        mut contacts: Vec<ContactId>,
        now: Timestamp,
    ) {
        let restrictions = scope.restriction_counter();
        contacts.sort_unstable();
        contacts.dedup();
        self.make_room(contacts.len(), now);
        contacts.retain(|contact| !self.serves((scope.id(), *contact), restrictions, now));
        for page in contacts.chunks(PAGE_MAX) {
            let read = scope.facts_page(page).await.unwrap_or_else(|fault| {
                tracing::warn!(%fault, "facts could not be read: nothing is kept");
                Vec::new()
            });
            for contact in page {
                self.seen.remove(&(scope.id(), *contact));
            }
            for (contact, facts) in page.iter().zip(read) {
                let entry = Entry {
                    facts,
                    restrictions,
                    read_at: now,
                };
                self.seen.insert((scope.id(), *contact), entry);
            }
        }
    }

    /// What `refresh` made sure of; `None` where it could not be read.
    pub(crate) fn facts(&self, account: AccountId, contact: ContactId) -> Option<&Facts> {
        self.seen.get(&(account, contact)).map(|e| &e.facts)
    }

    fn serves(&self, key: (AccountId, ContactId), restrictions: u64, now: Timestamp) -> bool {
        let entry = self.seen.get(&key);
        entry.is_some_and(|e| e.restrictions == restrictions && is_fresh(e.read_at, now))
    }

    /// Before it is asked who serves: whoever is forgotten here is read again.
    fn make_room(&mut self, wanted: usize, now: Timestamp) {
        if self.seen.len() + wanted > PEOPLE_MAX {
            self.seen.retain(|_, e| is_fresh(e.read_at, now));
        }
        if self.seen.len() + wanted > PEOPLE_MAX {
            self.seen.clear();
        }
    }
}

/// True within a second of `read_at`; never for a time before it (the clock was set back).
pub(crate) fn is_fresh(read_at: Timestamp, now: Timestamp) -> bool {
    let age_ms = now.duration_since(read_at).as_millis();
    (0..FRESH_MS).contains(&age_ms)
}
