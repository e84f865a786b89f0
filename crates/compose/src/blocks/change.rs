//! Changes of a document: each gives a new one and leaves the old one as it was, so that undo is keeping it.

use super::document::{Block, BlockId, BlockKind, Document, Ground, OwnText};
use super::fault::BlocksFault;
use super::theme::Theme;

/// Where a block is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At the end of the document.
    End,
    Before(BlockId),
    After(BlockId),
    /// At the end of a column, counted from 0.
    Column {
        columns: BlockId,
        n: usize,
    },
}

/// Which way a block is moved by a key or a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Up,
    Down,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Add {
        kind: BlockKind,
        ground: Ground,
        place: Place,
    },
    Set {
        id: BlockId,
        kind: BlockKind,
        ground: Ground,
    },
    Remove(BlockId),
    /// A copy right behind it.
    Copy(BlockId),
    /// To the next place that way, into columns and out of them.
    Step {
        id: BlockId,
        way: Way,
    },
    Put {
        id: BlockId,
        place: Place,
    },
    Theme(Theme),
    Text(Option<OwnText>),
}

/// Why a change is not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeFault {
    #[error("the block is not there any more: load the page again")]
    NoBlock,
    #[error("the place is not there any more: load the page again")]
    NoPlace,
    #[error("the block stands there already: it cannot go further that way")]
    AtEdge,
    #[error(transparent)]
    Document(#[from] BlocksFault),
}

/// A list of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shelf {
    Top,
    Column { columns: BlockId, n: usize },
}

/// Where a block stands, counted from 1, as it is told to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stand {
    /// The column, and of how many; `None` in the document itself.
    pub column: Option<(usize, usize)>,
    pub at: usize,
    pub of: usize,
}

impl Document {
    /// The document with the change, and the block that it was about.
    pub fn change(&self, change: Change) -> Result<(Self, Option<BlockId>), ChangeFault> {
        let mut next = self.clone();
        let about = next.apply(change)?;
        next.check()?;
        Ok((next, about))
    }

    /// The block with this number.
    pub fn block(&self, id: BlockId) -> Option<&Block> {
        self.all().find(|block| block.id == id)
    }

    /// Where a block stands.
    pub fn stand(&self, id: BlockId) -> Option<Stand> {
        let (shelf, at) = self.find(id)?;
        let of = self.list(shelf)?.len();
        let column = match shelf {
            Shelf::Top => None,
            Shelf::Column { columns, n } => Some((n + 1, self.column_count(columns)?)),
        };
        Some(Stand {
            column,
            at: at + 1,
            of,
        })
    }

    fn apply(&mut self, change: Change) -> Result<Option<BlockId>, ChangeFault> {
        match change {
            Change::Add {
                kind,
                ground,
                place,
            } => {
                let id = self.next_id();
                self.insert(Block { id, ground, kind }, place).map(Some)
            }
            Change::Set { id, kind, ground } => {
                *self.slot(id)? = Block { id, ground, kind };
                Ok(Some(id))
            }
            Change::Remove(id) => self.take(id).map(|_| None),
            Change::Copy(id) => self.copy(id).map(Some),
            Change::Step { id, way } => self.step(id, way).map(Some),
            Change::Put { id, place } => self.put(id, place).map(Some),
            Change::Theme(theme) => {
                self.theme = theme;
                Ok(None)
            }
            Change::Text(text) => {
                self.text = text;
                Ok(None)
            }
        }
    }

    fn next_id(&self) -> BlockId {
        let highest = self.all().map(|block| block.id.0).max();
        BlockId(highest.unwrap_or(0).saturating_add(1))
    }

    fn find(&self, id: BlockId) -> Option<(Shelf, usize)> {
        let here = |list: &[Block]| list.iter().position(|block| block.id == id);
        self.shelves()
            .into_iter()
            .find_map(|shelf| Some((shelf, here(self.list(shelf)?)?)))
    }

    /// All lists in the order in which they are read.
    fn shelves(&self) -> Vec<Shelf> {
        let inner = self.blocks.iter().flat_map(|block| {
            let count = self.column_count(block.id).unwrap_or(0);
            (0..count).map(|n| Shelf::Column {
                columns: block.id,
                n,
            })
        });
        std::iter::once(Shelf::Top).chain(inner).collect()
    }

    fn column_count(&self, id: BlockId) -> Option<usize> {
        let block = self.blocks.iter().find(|block| block.id == id)?;
        match &block.kind {
            BlockKind::Columns(columns) => Some(columns.columns.len()),
            _ => None,
        }
    }

    fn list(&self, shelf: Shelf) -> Option<&Vec<Block>> {
        let Shelf::Column { columns, n } = shelf else {
            return Some(&self.blocks);
        };
        match &self.blocks.iter().find(|block| block.id == columns)?.kind {
            BlockKind::Columns(columns) => columns.columns.get(n).map(|column| &column.blocks),
            _ => None,
        }
    }

    fn list_mut(&mut self, shelf: Shelf) -> Option<&mut Vec<Block>> {
        let Shelf::Column { columns, n } = shelf else {
            return Some(&mut self.blocks);
        };
        match &mut self
            .blocks
            .iter_mut()
            .find(|block| block.id == columns)?
            .kind
        {
            BlockKind::Columns(columns) => {
                columns.columns.get_mut(n).map(|column| &mut column.blocks)
            }
            _ => None,
        }
    }

    fn slot(&mut self, id: BlockId) -> Result<&mut Block, ChangeFault> {
        let (shelf, at) = self.find(id).ok_or(ChangeFault::NoBlock)?;
        let list = self.list_mut(shelf).ok_or(ChangeFault::NoBlock)?;
        list.get_mut(at).ok_or(ChangeFault::NoBlock)
    }

    fn take(&mut self, id: BlockId) -> Result<Block, ChangeFault> {
        let (shelf, at) = self.find(id).ok_or(ChangeFault::NoBlock)?;
        let list = self.list_mut(shelf).ok_or(ChangeFault::NoBlock)?;
        Ok(list.remove(at))
    }

    fn insert(&mut self, block: Block, place: Place) -> Result<BlockId, ChangeFault> {
        let (shelf, at) = self.spot(place).ok_or(ChangeFault::NoPlace)?;
        let id = block.id;
        let list = self.list_mut(shelf).ok_or(ChangeFault::NoPlace)?;
        list.insert(at, block);
        Ok(id)
    }

    /// The list and the number in it that a place means.
    fn spot(&self, place: Place) -> Option<(Shelf, usize)> {
        match place {
            Place::End => Some((Shelf::Top, self.blocks.len())),
            Place::Before(id) => self.find(id),
            Place::After(id) => self.find(id).map(|(shelf, at)| (shelf, at + 1)),
            Place::Column { columns, n } => {
                let shelf = Shelf::Column { columns, n };
                Some((shelf, self.list(shelf)?.len()))
            }
        }
    }

    fn copy(&mut self, id: BlockId) -> Result<BlockId, ChangeFault> {
        let mut block = self.block(id).cloned().ok_or(ChangeFault::NoBlock)?;
        let mut free = self.next_id().0;
        block.id = BlockId(free);
        if let BlockKind::Columns(columns) = &mut block.kind {
            for inner in columns
                .columns
                .iter_mut()
                .flat_map(|column| &mut column.blocks)
            {
                free = free.saturating_add(1);
                inner.id = BlockId(free);
            }
        }
        self.insert(block, Place::After(id))
    }

    fn put(&mut self, id: BlockId, place: Place) -> Result<BlockId, ChangeFault> {
        if matches!(place, Place::Before(other) | Place::After(other) if other == id) {
            return Ok(id);
        }
        let block = self.take(id)?;
        self.insert(block, place)
    }

    fn step(&mut self, id: BlockId, way: Way) -> Result<BlockId, ChangeFault> {
        let from = self.find(id).ok_or(ChangeFault::NoBlock)?;
        let block = self.take(id)?;
        let spots = self.spots(&block.kind);
        let here = spots
            .iter()
            .position(|spot| *spot == from)
            .ok_or(ChangeFault::NoPlace)?;
        let to = match way {
            Way::Up => here.checked_sub(1),
            Way::Down => Some(here + 1),
        };
        let spot = to.and_then(|to| spots.get(to)).ok_or(ChangeFault::AtEdge)?;
        let list = self.list_mut(spot.0).ok_or(ChangeFault::NoPlace)?;
        list.insert(spot.1, block);
        Ok(id)
    }

    /// Every place for a block of this kind, in the order in which a reader passes them.
    fn spots(&self, kind: &BlockKind) -> Vec<(Shelf, usize)> {
        let mut spots = vec![(Shelf::Top, 0)];
        for (at, block) in self.blocks.iter().enumerate() {
            if let (BlockKind::Columns(columns), false) =
                (&block.kind, matches!(kind, BlockKind::Columns(_)))
            {
                for (n, column) in columns.columns.iter().enumerate() {
                    let shelf = Shelf::Column {
                        columns: block.id,
                        n,
                    };
                    spots.extend((0..=column.blocks.len()).map(|at| (shelf, at)));
                }
            }
            spots.push((Shelf::Top, at + 1));
        }
        spots
    }
}
