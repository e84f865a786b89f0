//! What people read, made from a version: footers, form questions, the policy page. Pure data and
//! HTML fragments; layout is for the rooms that show them.

mod footer;
mod form;
mod page;

pub use footer::{FooterText, footer};
pub use form::{FormQuestion, form_questions};
pub(crate) use page::length_text;
pub use page::{policy_page_html, policy_text_html};
