//! Whole messages: what a reader's program makes of them.

mod footer;
mod format;
mod hostile;
mod hosts;
mod links;
mod message;
mod offers;
mod templates;
mod text;
mod world;
