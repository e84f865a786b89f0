//! The log of events: what became of messages and what people did with them, read from what is there already.
//!
//! Promises: an event has the same number and says the same whenever it is read; whoever reads on from a cursor misses
//! none; of an erased person nothing is told any more; no address is in an event, not even in what a server said.
//! Never: a second copy, or an order between the ledger and hits: the ledger's events of a page come first.

mod cursor;
mod event;
mod words;

use std::time::Duration;

use avow_ledger::EntryKind;
use avow_model::{HitId, MessageId, Timestamp};
use avow_store::{AccountScope, StoreError};

pub use cursor::{Cursor, CursorFault};
pub use event::{Event, What};
pub use words::without_addresses;

/// The kinds of entries that tell events.
const KINDS: [EntryKind; 3] = [
    EntryKind::Choice,
    EntryKind::Decision,
    EntryKind::PermitUsed,
];
/// A hit is told this long after it came: one whose transaction ends late must not be stepped over.
const HITS_SETTLE: Duration = Duration::from_secs(10);

/// A page of the log.
#[derive(Debug, Clone)]
pub struct Page {
    pub events: Vec<Event>,
    /// Where to read on.
    pub next: Cursor,
    /// True when there is more to read at once, also where this page holds nothing.
    pub more: bool,
}

/// The events of an account after a cursor; looks at `limit` entries of the ledger and as many hits at most.
pub async fn page(
    scope: &AccountScope,
    after: Cursor,
    limit: u32,
    now: Timestamp,
) -> Result<Page, StoreError> {
    let log = scope.log(after.log, &KINDS, limit).await?;
    let used: Vec<MessageId> = log.entries.iter().filter_map(event::used).collect();
    let standings = match used.as_slice() {
        [] => Vec::new(),
        used => scope.standings(used).await?,
    };
    let settled = HitId::floor(now.checked_sub(HITS_SETTLE).unwrap_or(now));
    let hits = scope.hits_log((after.hit, settled), limit).await?;
    let next = Cursor {
        log: log.next,
        hit: hits.last().map_or(after.hit, |hit| hit.id),
    };
    let account = scope.id();
    let told = log.entries.iter().filter_map(|entry| {
        let cursor = Cursor {
            log: entry.index + 1,
            hit: after.hit,
        };
        Event::of_entry(entry, &standings, (account, cursor))
    });
    let seen = hits.iter().map(|hit| {
        let cursor = Cursor {
            log: log.next,
            hit: hit.id,
        };
        Event::of_hit(hit, (account, cursor))
    });
    Ok(Page {
        events: told.chain(seen).collect(),
        next,
        more: log.more || hits.len() == limit as usize,
    })
}

/// Where the log ends now: who reads on from here is told only what comes.
pub async fn end(scope: &AccountScope, now: Timestamp) -> Result<Cursor, StoreError> {
    Ok(Cursor {
        log: scope.ledger_standing().await?.size,
        hit: HitId::floor(now.checked_sub(HITS_SETTLE).unwrap_or(now)),
    })
}

#[cfg(test)]
mod tests;
