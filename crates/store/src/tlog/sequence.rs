//! Numbering: entries that wait get their place in the log and in their subject's chain.
//!
//! Promises: numbers without a gap, in the order of the entries' ids as far as they are committed; two
//! processes that number at once do not both succeed; an erasure that comes between reading and writing
//! makes the page be done again. The cost does not depend on the length of the log.

use std::collections::HashMap;

use avow_ledger::{
    AccountKey, ChainHead, Digest, Edge, Seed, TILE_HASHES, Tile, TileId, TileSet, TreeFault,
    tree_tiles,
};
use avow_model::AccountId;
use tokio::task::JoinSet;

use super::block::{self, Waiting};
use super::keys::{KeptSeed, Subject};
use super::number::{Numbered, Seat, number};
use crate::batch::Batch;
use crate::row::Row;
use crate::sql::queries;
use crate::value::{Value, params};
use crate::{AccountScope, Store, StoreError};

/// Blocks read at once: at most 8,192 entries, a few megabytes.
const BLOCKS_READ: u32 = 128;
/// How often a page is done again because another process, or an erasure, came between.
const TRIES_MAX: usize = 4;

queries! {
    HEAD = "SELECT size, erasures FROM ledger_head WHERE account = $1";
    HEAD_MOVE = "UPDATE ledger_head SET size = $3, updated_at = $5
        WHERE account = $1 AND size = $2 AND erasures = $4";
    WAITING = "SELECT id, n, entries FROM ledger_waiting WHERE account = $1 AND id > $2 ORDER BY id LIMIT $3";
    WAITING_DROP = "DELETE FROM ledger_waiting WHERE account = $1 AND id {in $2}";
    WAITING_ACCOUNTS = "SELECT h.account FROM ledger_head h
        WHERE EXISTS (SELECT 1 FROM ledger_waiting w WHERE w.account = h.account) ORDER BY h.account";
    SEATS = "SELECT k.contact, k.seed, k.since, e.n, e.head FROM person_key k
        LEFT JOIN ledger_entry e ON e.account = k.account AND e.subject = k.contact AND e.n =
            (SELECT MAX(m.n) FROM ledger_entry m WHERE m.account = k.account AND m.subject = k.contact)
        WHERE k.account = $1 AND k.contact {in $2}";
    ENTRY_ADD = "INSERT INTO ledger_entry (account, subject, n, idx, id, kind, head, sealed)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    LEAVES_AT = "SELECT leaves FROM ledger_leaf WHERE account = $1 AND n = $2";
    LEAVES_PUT = "INSERT INTO ledger_leaf (account, n, width, leaves) VALUES ($1, $2, $3, $4)
        ON CONFLICT (account, n) DO UPDATE SET width = excluded.width, leaves = excluded.leaves";
    TILES = "SELECT level, n, hashes FROM ledger_tile WHERE account = $1 AND level {in $2} AND n {in $3}";
    TILE_PUT = "INSERT INTO ledger_tile (account, level, n, width, hashes) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (account, level, n) DO UPDATE SET width = excluded.width, hashes = excluded.hashes";
}

/// What numbering did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sequenced {
    /// Entries that got their number.
    pub entries: u64,
    /// How long the log is now.
    pub size: u64,
}

/// Where the log stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    pub(crate) size: u64,
    pub(crate) erasures: u64,
}

impl Store {
    /// Accounts in which entries wait for their number.
    pub async fn accounts_to_sequence(&self) -> Result<Vec<AccountId>, StoreError> {
        let read = |row: &Row<'_>| row.get(0);
        self.db()
            .query_map(&WAITING_ACCOUNTS, params![], read)
            .await
    }
}

impl AccountScope {
    /// Numbers entries that wait, about `limit` of them at most; none waits when fewer were numbered.
    pub async fn sequence(&self, limit: u64) -> Result<Sequenced, StoreError> {
        let mut done = Sequenced::default();
        while done.entries < limit {
            let page = self.sequence_page().await?;
            done.entries += page.entries;
            done.size = page.size;
            if page.entries == 0 {
                break;
            }
        }
        Ok(done)
    }

    async fn sequence_page(&self) -> Result<Sequenced, StoreError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_sequence().await {
                Err(StoreError::Conflict(_)) if tries < TRIES_MAX => {}
                other => return other,
            }
        }
    }

    async fn try_sequence(&self) -> Result<Sequenced, StoreError> {
        let standing = self.standing().await?;
        let (blocks, waiting) = self.waiting().await?;
        if waiting.is_empty() {
            let size = standing.size;
            return Ok(Sequenced { entries: 0, size });
        }
        let job = Job {
            key: self.account_key(),
            edge: self.edge(standing.size).await?,
            open: self.open_leaves(standing.size).await?,
            seats: self.seats(&waiting).await?,
            waiting,
        };
        let numbered = blocking(move || job.run()).await?;
        let (entries, size) = (numbered.entries, standing.size + numbered.entries);
        let batch = self.numbered_batch(standing, blocks, numbered);
        self.db().write(batch).await?;
        Ok(Sequenced { entries, size })
    }

    pub(crate) async fn standing(&self) -> Result<Standing, StoreError> {
        let read = |row: &Row<'_>| {
            Ok(Standing {
                size: row.get(0)?,
                erasures: row.get(1)?,
            })
        };
        let standing = self.db().query_opt(&HEAD, params![self.id()], read).await?;
        standing.ok_or(StoreError::Missing("there is no such account"))
    }

    async fn waiting(&self) -> Result<(Vec<i64>, Vec<Waiting>), StoreError> {
        let key = params![self.id(), i64::MIN, BLOCKS_READ];
        let blocks = self.db().query_map(&WAITING, key, waiting_block).await?;
        let ids = blocks.iter().map(|(id, _)| *id).collect();
        Ok((ids, blocks.into_iter().flat_map(|(_, all)| all).collect()))
    }

    async fn seats(&self, waiting: &[Waiting]) -> Result<HashMap<Subject, Seat>, StoreError> {
        let mut subjects: Vec<i64> = waiting.iter().map(|w| w.subject.as_i64()).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let key = params![self.id(), subjects];
        let seats = self.db().query_map(&SEATS, key, seat).await?;
        Ok(seats.into_iter().collect())
    }

    /// The right edge of the tree of this size.
    pub(crate) async fn edge(&self, size: u64) -> Result<Edge, StoreError> {
        let tiles = self.ledger_tiles(&tree_tiles(size)).await?;
        Edge::restore(size, &tiles).map_err(|fault| broken(&fault))
    }

    /// These tiles, as far as they are there.
    pub async fn ledger_tiles(&self, wanted: &[TileId]) -> Result<TileSet, StoreError> {
        let mut set = TileSet::default();
        if wanted.is_empty() {
            return Ok(set);
        }
        let mut levels: Vec<i64> = wanted.iter().map(|id| i64::from(id.level)).collect();
        levels.dedup();
        let numbers: Vec<i64> = wanted.iter().map(|id| id.index as i64).collect();
        let key = params![self.id(), levels, numbers];
        for tile in self.db().query_map(&TILES, key, tile).await? {
            set.insert(tile).map_err(|fault| broken(&fault))?;
        }
        Ok(set)
    }

    /// The bytes of the last row of leaves, where it is not full.
    async fn open_leaves(&self, size: u64) -> Result<Vec<u8>, StoreError> {
        let tile = TILE_HASHES as u64;
        if size.is_multiple_of(tile) {
            return Ok(Vec::new());
        }
        let key = params![self.id(), (size / tile) as i64];
        let leaves = self.db().query_opt(&LEAVES_AT, key, |row| row.get(0));
        leaves.await?.ok_or_else(|| broken(&TreeFault::Bundle))
    }

    fn numbered_batch(&self, from: Standing, blocks: Vec<i64>, n: Numbered) -> Batch {
        let (before, after) = (from.size as i64, (from.size + n.entries) as i64);
        let count = blocks.len() as u64;
        let moved = params![self.id(), before, after, from.erasures as i64, self.now()];
        let mut batch = Batch::new();
        batch.run(&HEAD_MOVE, moved);
        batch.expect(1, "another process numbered entries at the same moment");
        batch.run(&WAITING_DROP, params![self.id(), blocks]);
        batch.expect(count, "another process numbered entries at the same moment");
        let account = self.id();
        let entry = |e: super::number::Placed| {
            params![
                account,
                e.subject,
                e.n,
                e.index,
                e.id,
                i64::from(e.kind),
                e.head,
                e.sealed
            ]
        };
        batch.each(&ENTRY_ADD, n.placed.into_iter().map(entry).collect());
        let leaves = |l: super::number::LeafRow| {
            let (row, width) = (l.row as i64, l.width as i64);
            params![account, row, width, l.bytes]
        };
        batch.each(&LEAVES_PUT, n.leaves.into_iter().map(leaves).collect());
        let tile = |t: Tile| self.tile_row(t);
        batch.each(&TILE_PUT, n.tiles.into_iter().map(tile).collect());
        batch
    }

    fn tile_row(&self, tile: Tile) -> Vec<Value> {
        let TileId { level, index } = tile.id;
        let width = (tile.hashes.len() / avow_ledger::DIGEST_BYTES) as i64;
        params![self.id(), level, index as i64, width, tile.hashes]
    }
}

/// What numbering works on, away from the async threads.
struct Job {
    key: AccountKey,
    edge: Edge,
    open: Vec<u8>,
    seats: HashMap<Subject, Seat>,
    waiting: Vec<Waiting>,
}

impl Job {
    fn run(self) -> Result<Numbered, StoreError> {
        let Self {
            key,
            edge,
            open,
            seats,
            waiting,
        } = self;
        number(&key, edge, open, seats, waiting).map_err(|fault| broken(&fault))
    }
}

/// Runs work of some milliseconds away from the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let mut tasks = JoinSet::new();
    tasks.spawn_blocking(work);
    match tasks.join_next().await {
        Some(Ok(result)) => result,
        _ => Err(StoreError::stopped()),
    }
}

/// The tree in the database is not what was written.
pub(crate) fn broken(fault: &TreeFault) -> StoreError {
    StoreError::Damaged {
        detail: format!("the ledger's tree does not hold together ({fault})"),
    }
}

fn waiting_block(row: &Row<'_>) -> Result<(i64, Vec<Waiting>), StoreError> {
    let (n, bytes): (u32, Vec<u8>) = (row.get(1)?, row.get(2)?);
    let mut all = Vec::with_capacity(n as usize);
    let read = block::read(&bytes, &mut all);
    match read.filter(|()| all.len() == n as usize) {
        Some(()) => Ok((row.get(0)?, all)),
        None => Err(row.corrupt(2, "entries of another form than this version writes")),
    }
}

fn seat(row: &Row<'_>) -> Result<(Subject, Seat), StoreError> {
    let n: Option<u64> = row.get(3)?;
    let head: Option<[u8; 32]> = row.get(4)?;
    let chain = match (n, head) {
        (Some(n), Some(head)) => ChainHead {
            n,
            head: Digest::from_bytes(head),
        },
        _ => ChainHead::START,
    };
    let kept = KeptSeed {
        seed: Seed::from_bytes(row.get(1)?),
        since: row.get(2)?,
    };
    Ok((Subject::from_i64(row.get(0)?), Seat { kept, chain }))
}

fn tile(row: &Row<'_>) -> Result<Tile, StoreError> {
    Ok(Tile {
        id: TileId {
            level: row.get(0)?,
            index: row.get(1)?,
        },
        hashes: row.get(2)?,
    })
}
