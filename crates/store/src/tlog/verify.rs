//! Checks a whole ledger against itself: leaves against tiles, chains against leaves, payloads against both.
//!
//! Promises: every leaf is hashed again and every entry that can be opened is opened; what was changed is
//! named by its place. Reads in pages: the memory does not depend on the length of the log.

use avow_ledger::{ChainHead, Edge, Head, Tile, TileId, leaf_hash};

use super::keys::Subject;
use super::read::ChainEntry;
use super::sequence::broken;
use crate::{AccountScope, StoreError};

/// Leaves read at once: sixteen rows of them, half a megabyte.
const LEAVES_PAGE: u64 = 4_096;
/// Entries opened at once.
const ENTRIES_PAGE: u32 = 2_000;

/// What a check of a whole ledger found sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerChecked {
    /// Size and root, made anew from the leaves.
    pub head: Head,
    /// Entries that were opened: all but those about erased people.
    pub opened: u64,
}

impl AccountScope {
    /// Reads the whole log and every chain again. `Damaged` with the place of the first thing that does not
    /// fit. `progress` is given the number of leaves and entries done so far.
    pub async fn ledger_verify(
        &self,
        mut progress: impl FnMut(u64) + Send,
    ) -> Result<LedgerChecked, StoreError> {
        let size = self.standing().await?.size;
        let mut edge = Edge::default();
        while edge.size() < size {
            self.verify_leaves(&mut edge, size).await?;
            progress(edge.size());
        }
        let mut opened = 0;
        let mut last = Link::start();
        loop {
            let page = self
                .chains((last.subject, last.head.n), ENTRIES_PAGE)
                .await?;
            let Some(count) = last.follow(&page)? else {
                break;
            };
            opened += count;
            progress(size + opened);
        }
        let head = edge.head();
        Ok(LedgerChecked { head, opened })
    }

    /// The next page of leaves, and the tiles that they fill.
    async fn verify_leaves(&self, edge: &mut Edge, size: u64) -> Result<(), StoreError> {
        let first = edge.size();
        let wanted = LEAVES_PAGE.min(size - first);
        let leaves = self.leaves(first, wanted).await?;
        if leaves.len() as u64 != wanted {
            let short = first + leaves.len() as u64;
            return Err(damaged(format!("leaf {short} is missing")));
        }
        for leaf in &leaves {
            edge.push(&leaf_hash(leaf))
                .map_err(|fault| broken(&fault))?;
        }
        let made = edge.take_tiles();
        let ids: Vec<TileId> = made.iter().map(|tile| tile.id).collect();
        let kept = self.ledger_tiles(&ids).await?;
        let same = |tile: &&Tile| {
            let hashes = kept.get(tile.id).unwrap_or_default();
            hashes.starts_with(&tile.hashes)
        };
        match made.iter().find(|tile| !same(tile)) {
            None => Ok(()),
            Some(tile) => Err(damaged(format!(
                "tile {} of level {} is not that of its leaves (entries {first} to {})",
                tile.id.index,
                tile.id.level,
                edge.size() - 1
            ))),
        }
    }
}

/// Where the check of the chains stands.
struct Link {
    subject: Subject,
    head: ChainHead,
}

impl Link {
    fn start() -> Self {
        Self {
            subject: Subject::from_i64(i64::MIN),
            head: ChainHead::START,
        }
    }

    /// Follows a page of chains; how many links it had, `None` when there was nothing more.
    fn follow(&mut self, page: &[(Subject, ChainEntry)]) -> Result<Option<u64>, StoreError> {
        for (subject, entry) in page {
            if *subject != self.subject {
                *self = Self {
                    subject: *subject,
                    head: ChainHead::START,
                };
            }
            self.head = self.head.extend(&entry.opening.commitment());
            let stated = ChainHead {
                n: entry.n,
                head: entry.head,
            };
            if self.head != stated {
                let at = entry.index;
                return Err(damaged(format!(
                    "the chain of entry {at} does not follow from the entries before it"
                )));
            }
        }
        Ok((!page.is_empty()).then_some(page.len() as u64))
    }
}

fn damaged(what: String) -> StoreError {
    StoreError::Damaged {
        detail: format!("the ledger was changed: {what}"),
    }
}
