//! A message as a document of typed blocks: what the editor keeps, and what it becomes.
//!
//! Promises: what is read is whole and within limits, or is refused with a sentence; a document that was read is
//! always one that can be written as MJML and as text, the same bytes each time; no markup that somebody typed ever
//! reaches either unescaped; a link leads to a web page, a mailbox, a telephone or a page of the message, nowhere else.
//! Never: holds HTML. See docs/editor.md.

mod change;
mod colour;
mod document;
mod fault;
mod field;
mod link;
mod mjml;
mod parts;
mod picture;
mod plain;
mod rich;
mod theme;
mod unfinished;

#[cfg(test)]
mod tests;

pub use change::{Change, ChangeFault, Place, Stand, Way};
pub use colour::Colour;
pub use document::{
    Align, BLOCKS_MAX, Block, BlockId, BlockKind, Button, Column, Columns, Divider, Document,
    Ground, Heading, HeadingLevel, Height, Image, ImageSize, Items, ListStyle, Network, OwnText,
    Product, Profile, Quote, Social, Spacer, Split, TextBlock,
};
pub use fault::BlocksFault;
pub use field::{FALLBACK_CHARS_MAX, Field, FieldFault};
pub use link::{Link, LinkFault, OwnPage};
pub use picture::{Alt, Picture, PictureFault, PictureKey};
pub use rich::{Label, Rich, RichFault};
pub use theme::{Font, Language, Theme, WIDTH_PX_MAX, WIDTH_PX_MIN, Width};
pub use unfinished::Unfinished;
