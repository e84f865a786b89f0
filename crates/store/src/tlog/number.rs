//! From waiting entries to rows: places in chains, leaves, tiles. Pure.

use std::collections::HashMap;

use avow_ledger::{
    AccountKey, ChainHead, Edge, SubjectKey, TILE_HASHES, Tile, TreeFault, entry_bundle, leaf_hash,
    sequence, sequence_orphan,
};

use super::block::Waiting;
use super::keys::{KeptSeed, Subject};

/// Where a subject's chain stands, and its seed.
#[derive(Debug, Clone)]
pub(crate) struct Seat {
    pub(crate) kept: KeptSeed,
    pub(crate) chain: ChainHead,
}

/// An entry with its place in its subject's chain.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) subject: Subject,
    pub(crate) n: i64,
    pub(crate) index: i64,
    pub(crate) id: i64,
    pub(crate) kind: u8,
    pub(crate) head: [u8; 32],
    pub(crate) sealed: Vec<u8>,
}

/// A row of up to 256 leaves.
#[derive(Debug)]
pub(crate) struct LeafRow {
    pub(crate) row: u64,
    pub(crate) width: usize,
    pub(crate) bytes: Vec<u8>,
}

/// Everything that numbering a page writes.
#[derive(Debug, Default)]
pub(crate) struct Numbered {
    pub(crate) entries: u64,
    /// In the order of their subjects: the order of the index they go into.
    pub(crate) placed: Vec<Placed>,
    pub(crate) leaves: Vec<LeafRow>,
    pub(crate) tiles: Vec<Tile>,
}

/// A subject while a page is numbered: its key is made once.
struct Chair {
    key: SubjectKey,
    since: i64,
    chain: ChainHead,
}

/// Numbers `waiting` behind the tree whose right edge is `edge` and whose last, open row of leaves has the
/// bytes `open`. An entry whose subject has no seat any more (erased) becomes a leaf that nobody can open.
pub(crate) fn number(
    account: &AccountKey,
    mut edge: Edge,
    open: Vec<u8>,
    seats: HashMap<Subject, Seat>,
    waiting: Vec<Waiting>,
) -> Result<Numbered, TreeFault> {
    let mut chairs: HashMap<Subject, Chair> = seats
        .into_iter()
        .map(|(subject, seat)| (subject, Chair::of(account, &seat)))
        .collect();
    let mut rows = Rows::after(edge.size(), open);
    let mut out = Numbered {
        entries: waiting.len() as u64,
        ..Numbered::default()
    };
    for w in waiting {
        let index = edge.size() as i64;
        let id = w.pending.id.as_i64();
        let chair = chairs.get_mut(&w.subject).filter(|c| id >= c.since);
        let leaf = match chair {
            None => sequence_orphan(&w.pending, account),
            Some(chair) => {
                let (leaf, chain) = sequence(chair.chain, &w.pending, &chair.key);
                chair.chain = chain;
                out.placed.push(Placed {
                    subject: w.subject,
                    n: chain.n as i64,
                    index,
                    id,
                    kind: w.pending.kind.code(),
                    head: *chain.head.as_bytes(),
                    sealed: w.sealed,
                });
                leaf
            }
        };
        edge.push(&leaf_hash(&leaf))?;
        rows.push(&entry_bundle(&[leaf]));
    }
    out.placed.sort_unstable_by_key(|p| (p.subject, p.n));
    out.leaves = rows.end();
    out.tiles = edge.take_tiles();
    Ok(out)
}

impl Chair {
    fn of(account: &AccountKey, seat: &Seat) -> Self {
        Self {
            key: account.subject(&seat.kept.seed),
            since: seat.kept.since,
            chain: seat.chain,
        }
    }
}

/// Rows of leaves being filled.
struct Rows {
    full: Vec<LeafRow>,
    row: u64,
    width: usize,
    bytes: Vec<u8>,
}

impl Rows {
    fn after(size: u64, open: Vec<u8>) -> Self {
        let tile = TILE_HASHES as u64;
        Self {
            full: Vec::new(),
            row: size / tile,
            width: (size % tile) as usize,
            bytes: open,
        }
    }

    fn push(&mut self, leaf: &[u8]) {
        self.bytes.extend_from_slice(leaf);
        self.width += 1;
        if self.width == TILE_HASHES {
            self.close();
        }
    }

    fn close(&mut self) {
        self.full.push(LeafRow {
            row: self.row,
            width: std::mem::take(&mut self.width),
            bytes: std::mem::take(&mut self.bytes),
        });
        self.row += 1;
    }

    fn end(mut self) -> Vec<LeafRow> {
        if self.width > 0 {
            self.close();
        }
        self.full
    }
}
