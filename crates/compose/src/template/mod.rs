//! The template language of mails: a small, bounded part of minijinja.
//!
//! What never changes is taken out of the template before minijinja sees it and put back, already encoded,
//! behind it: minijinja works on a skeleton of tags and markers, so its cost does not grow with the body.

mod check;
mod engine;
mod lex;
mod program;
mod protect;

pub(crate) use engine::{Engine, IMAGES, Values, reserved_slot};
pub use lex::literal;
pub(crate) use lex::{Part, Tag, TagKind, lex};
pub(crate) use program::{Builder, Program, Sink, Slot};
pub(crate) use protect::{MARKS_MAX, Mark, Marks, Segment};
