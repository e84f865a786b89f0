//! From a template and a contact to the bytes of a mail.
//!
//! Promises: what is dear (MJML, CSS inlining, links, quoted-printable of what never changes) is done once a
//! campaign; the same job gives the same bytes, so that a resend is identical; nothing from a user or a contact
//! reaches a header unguarded; the footer of the policy stands in every message outside of what a user wrote.
//! Never: a clock, randomness, the network, a file. Mail formats: RFC 5322, 2045 to 2047, 8058, 2919.
//! See docs/compose.md.

mod addressed;
pub mod blocks;
mod compile;
mod compiled;
mod edition;
mod envelope;
mod fault;
mod footer;
pub mod gallery;
mod job;
mod line;
mod markup;
mod mime;
mod plain_only;
mod plain_page;
mod template;
mod token;
mod urls;
pub mod verp;

#[cfg(test)]
mod tests;

pub use addressed::address_by_name;
pub use compile::compile;
pub use compiled::{Compiled, Page};
pub use edition::edition;
pub use fault::{ContentFault, ContentWarning, Place, RenderFault};
pub use footer::{Carried, Carries, Footer, WayOut};
pub use job::{Fields, FieldsFault, RenderJob, Scratch};
pub use line::fill_line;
pub use plain_only::plain_only;
pub use plain_page::plain_page;
pub use template::literal;
pub use token::{MessageRef, Token, TokenFault, TokenKey};
pub use urls::{Mailing, Urls};
