//! Tiles: their places, their bytes, and reading hashes out of them.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use tlog_tiles::{Error as TlogError, Hash, HashReader, Tile as Place};

use super::{SIZE_MAX, TreeFault};
use crate::digest::DIGEST_BYTES;

/// Height of a tile, fixed by C2SP tlog-tiles.
pub(super) const HEIGHT: u8 = 8;
/// Hashes of a full tile.
pub const TILE_HASHES: usize = 1 << HEIGHT;

/// Where a tile stands: level in steps of eight, and number within the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    pub level: u8,
    pub index: u64,
}

/// A tile with its hashes; fewer than 256 while the tree's edge is in it. A wider one replaces a narrower
/// one of the same place: its beginning is the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    pub id: TileId,
    pub hashes: Vec<u8>,
}

impl TileId {
    /// Where it is published (C2SP tlog-tiles), for its present width: `tile/0/x001/067.p/8`.
    pub fn path(self, width: usize) -> String {
        let width = u32::try_from(width.clamp(1, TILE_HASHES)).unwrap_or(1);
        let whole = Place::new(HEIGHT, self.level.min(63), self.index, width, false).path();
        whole.replacen("tile/8/", "tile/", 1)
    }
}

/// Tiles that the store fetched, to read hashes from.
#[derive(Debug, Clone, Default)]
pub struct TileSet {
    tiles: BTreeMap<TileId, Vec<u8>>,
}

impl TileSet {
    /// Adds a tile; of two with one place the wider stays.
    pub fn insert(&mut self, tile: Tile) -> Result<(), TreeFault> {
        let bytes = tile.hashes.len();
        let whole = bytes.is_multiple_of(DIGEST_BYTES);
        if !whole || bytes == 0 || bytes > TILE_HASHES * DIGEST_BYTES {
            return Err(TreeFault::TileLength(bytes));
        }
        let held = self.tiles.entry(tile.id).or_default();
        if held.len() < bytes {
            *held = tile.hashes;
        }
        Ok(())
    }

    /// The hashes of a tile.
    pub fn get(&self, id: TileId) -> Option<&[u8]> {
        self.tiles.get(&id).map(Vec::as_slice)
    }
}

/// A reader that remembers which tile it missed: the errors of `tlog_tiles` cannot say.
pub(super) struct Reading<'a, T: Fn(TileId) -> Option<&'a [u8]>> {
    tile: T,
    missed: Cell<Option<TileId>>,
}

impl<'a, T: Fn(TileId) -> Option<&'a [u8]>> Reading<'a, T> {
    pub(super) const fn new(tile: T) -> Self {
        let missed = Cell::new(None);
        Self { tile, missed }
    }

    /// What an error of the library means here.
    pub(super) fn fault(&self) -> TreeFault {
        match self.missed.get() {
            Some(id) => TreeFault::TileMissing(id),
            None => TreeFault::Proof,
        }
    }

    fn one(&self, index: u64) -> Result<Hash, TlogError> {
        let place = Place::from_index(HEIGHT, index);
        let id = id_of(&place);
        let missing = || {
            self.missed.set(Some(id));
            TlogError::InvalidTile
        };
        let bytes = (self.tile)(id).ok_or_else(missing)?;
        let width = u32::try_from(bytes.len() / DIGEST_BYTES).unwrap_or(0);
        if width < place.width() {
            return Err(missing());
        }
        Place::new(HEIGHT, id.level, id.index, width, false).hash_at_index(bytes, index)
    }
}

impl<'a, T: Fn(TileId) -> Option<&'a [u8]>> HashReader for Reading<'a, T> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, TlogError> {
        indexes.iter().map(|index| self.one(*index)).collect()
    }
}

/// Reads nothing and remembers which tiles would have been read.
#[derive(Default)]
pub(super) struct Asking(RefCell<BTreeSet<TileId>>);

impl Asking {
    pub(super) fn tiles(self) -> Vec<TileId> {
        self.0.into_inner().into_iter().collect()
    }
}

impl HashReader for Asking {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, TlogError> {
        let mut asked = self.0.borrow_mut();
        asked.extend(
            indexes
                .iter()
                .map(|i| id_of(&Place::from_index(HEIGHT, *i))),
        );
        Ok(vec![Hash::default(); indexes.len()])
    }
}

fn id_of(place: &Place) -> TileId {
    TileId {
        level: place.level(),
        index: place.level_index(),
    }
}

/// The tiles at the right edge of a tree of this size: what `Edge::restore` needs.
pub fn tree_tiles(size: u64) -> Vec<TileId> {
    let levels = (0_u8..7).take_while(|level| size.min(SIZE_MAX) >> (HEIGHT * level) > 0);
    let partial =
        levels.filter(|level| !(size >> (HEIGHT * level)).is_multiple_of(TILE_HASHES as u64));
    let place = |level| TileId {
        level,
        index: size >> (HEIGHT * (level + 1)),
    };
    partial.map(place).collect()
}
