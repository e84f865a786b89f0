//! The right edge of the tree: appends and knows the root, in memory of at most 56 KB whatever the size.

use tlog_tiles::{EMPTY_HASH, node_hash, tree_hash};

use super::tiles::{HEIGHT, Reading, TILE_HASHES, Tile, TileId, TileSet, tree_tiles};
use super::{SIZE_MAX, TreeFault, digest, hash};
use crate::checkpoint::Head;
use crate::digest::{DIGEST_BYTES, Digest};

/// Bytes of a full tile.
const TILE_BYTES: usize = TILE_HASHES * DIGEST_BYTES;

/// A tree that grows. `push` leaf hashes, write `take_tiles`, sign `head`.
#[derive(Debug, Clone, Default)]
pub struct Edge {
    size: u64,
    /// The partial tile of each level.
    levels: Vec<Vec<u8>>,
    /// Tiles that became full since they were last taken.
    full: Vec<Tile>,
    /// Up to which size partial tiles were taken.
    taken: u64,
}

impl Edge {
    /// The edge of a tree of `size` entries, from the tiles that `tree_tiles(size)` names. Tiles of the
    /// store may be wider than the tree was at that size.
    pub fn restore(size: u64, tiles: &TileSet) -> Result<Self, TreeFault> {
        if size > SIZE_MAX {
            return Err(TreeFault::TooLarge);
        }
        let mut edge = Self {
            size,
            taken: size,
            ..Self::default()
        };
        for id in tree_tiles(size) {
            let width = (size >> (HEIGHT * id.level)) as usize % TILE_HASHES;
            let hashes = tiles.get(id).and_then(|h| h.get(..width * DIGEST_BYTES));
            let hashes = hashes.ok_or(TreeFault::TileMissing(id))?;
            edge.level(usize::from(id.level)).extend_from_slice(hashes);
        }
        Ok(edge)
    }

    /// How many entries the tree has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends an entry by the hash of its leaf.
    pub fn push(&mut self, leaf: &Digest) -> Result<(), TreeFault> {
        if self.size >= SIZE_MAX {
            return Err(TreeFault::TooLarge);
        }
        self.size += 1;
        self.add(0, leaf);
        Ok(())
    }

    fn level(&mut self, level: usize) -> &mut Vec<u8> {
        while self.levels.len() <= level {
            self.levels.push(Vec::with_capacity(TILE_BYTES));
        }
        &mut self.levels[level]
    }

    /// Adds a hash to a level; a tile that is full goes out and its root goes one level up.
    fn add(&mut self, level: usize, entry: &Digest) {
        let tile = self.level(level);
        tile.extend_from_slice(entry.as_bytes());
        if tile.len() < TILE_BYTES {
            return;
        }
        let hashes = std::mem::replace(tile, Vec::with_capacity(TILE_BYTES));
        let root = subtree(&hashes);
        let above = u32::try_from(level + 1).unwrap_or(u32::MAX);
        let id = TileId {
            level: level as u8,
            index: (self.size >> (u32::from(HEIGHT) * above)) - 1,
        };
        self.full.push(Tile { id, hashes });
        self.add(level + 1, &root);
    }

    /// The root of the tree: that of RFC 6962 2.1.
    pub fn root(&self) -> Digest {
        if self.size == 0 {
            return digest(EMPTY_HASH);
        }
        let reading = Reading::new(|id: TileId| self.partial(id));
        tree_hash(self.size, &reading).map_or(Digest::ZERO, digest)
    }

    /// Size and root: what a checkpoint states.
    pub fn head(&self) -> Head {
        Head {
            size: self.size,
            root: self.root(),
        }
    }

    fn partial(&self, id: TileId) -> Option<&[u8]> {
        let here = id.index == self.size >> (HEIGHT * (id.level + 1));
        let tile = self.levels.get(usize::from(id.level)).filter(|_| here);
        tile.map(Vec::as_slice)
    }

    /// All tiles that changed since the last call: the full ones, and the partial ones as they stand.
    /// To be written in one transaction with the entries.
    pub fn take_tiles(&mut self) -> Vec<Tile> {
        let mut tiles = std::mem::take(&mut self.full);
        for id in tree_tiles(self.size) {
            let shift = HEIGHT * id.level;
            if self.taken >> shift == self.size >> shift {
                continue;
            }
            if let Some(hashes) = self.levels.get(usize::from(id.level)) {
                let hashes = hashes.clone();
                tiles.push(Tile { id, hashes });
            }
        }
        self.taken = self.size;
        tiles
    }
}

/// The root over the hashes of a full tile, in place of a recursion that copies.
fn subtree(hashes: &[u8]) -> Digest {
    let mut row: Vec<Digest> = hashes
        .chunks_exact(DIGEST_BYTES)
        .filter_map(Digest::from_slice)
        .collect();
    while row.len() > 1 {
        let above = row
            .chunks_exact(2)
            .map(|pair| digest(node_hash(hash(&pair[0]), hash(&pair[1]))));
        row = above.collect();
    }
    row.first().copied().unwrap_or_default()
}
