//! What is missing before a document is one that people get.

use super::document::{Block, BlockId, BlockKind, Document};

/// A block that shows nothing, or less than it should, and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfinished {
    pub block: BlockId,
    pub sentence: &'static str,
}

impl Document {
    /// Every block that is not finished, in order. Such a block leaves nothing broken in the mail: it is left out.
    pub fn unfinished(&self) -> Vec<Unfinished> {
        self.all()
            .filter_map(|block| {
                Some(Unfinished {
                    block: block.id,
                    sentence: missing(block)?,
                })
            })
            .collect()
    }
}

pub(super) fn missing(block: &Block) -> Option<&'static str> {
    match &block.kind {
        BlockKind::Heading(h) => h
            .text
            .is_empty()
            .then_some("The heading is empty: write it, or remove the block."),
        BlockKind::Text(t) => t
            .text
            .is_empty()
            .then_some("The text is empty: write it, or remove the block."),
        BlockKind::Image(i) => i
            .picture
            .is_none()
            .then_some("No picture is chosen: choose one, or remove the block."),
        BlockKind::Button(b) if b.label.is_empty() => {
            Some("The button says nothing: write what it does.")
        }
        BlockKind::Button(b) => b
            .link
            .is_none()
            .then_some("The button leads nowhere: write its link."),
        BlockKind::Quote(q) => q
            .text
            .is_empty()
            .then_some("The quotation is empty: write it, or remove the block."),
        BlockKind::List(l) => l
            .items
            .iter()
            .all(super::rich::Rich::is_empty)
            .then_some("The list has no points: write one a line."),
        BlockKind::Product(p) if p.name.is_empty() => Some("The product has no name: write it."),
        BlockKind::Product(p) => p
            .link
            .is_none()
            .then_some("The product leads nowhere: write its link."),
        BlockKind::Social(s) => s
            .profiles
            .is_empty()
            .then_some("No profile has an address: write one, or remove the block."),
        BlockKind::Columns(c) => c
            .columns
            .iter()
            .all(|column| column.blocks.is_empty())
            .then_some("The columns are empty: add a block to one of them."),
        BlockKind::Divider(_) | BlockKind::Spacer(_) => None,
    }
}
