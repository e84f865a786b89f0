//! What is done to a body once a campaign: MJML to HTML, styles inlined, links found, a text part made.

mod arrows;
mod balance;
mod depth;
mod escape;
mod hidden;
mod links;
mod mjml;
mod remote;
mod rewrite;
mod text;

pub(crate) use balance::unbalanced;
pub(crate) use depth::{DEPTH_MAX, too_deep};
pub(crate) use escape::escape;
pub(crate) use mjml::to_html;
pub(crate) use remote::hosts;
pub(crate) use rewrite::{inline, rewrite, whole_document};
pub(crate) use text::to_text;
