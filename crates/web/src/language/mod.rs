//! What pages say, in the language of whoever reads them: Fluent catalogues, one folder for each language.
//!
//! Promises: a sentence is a message of `languages/<tag>/<area>.ftl`, whole, with its plurals and its numbers as the
//! language writes them; a message is text and never HTML; a key that a language lacks is said in English, and one
//! that English lacks as itself (a test finds both). The language of an answer is that of the request it is made
//! under ([`ambient`]). Never: a sentence put together from pieces, a reader's language guessed from where they are.

#[macro_use]
mod told;

pub(crate) mod ambient;
mod catalogue;
mod numbers;
mod rich;
mod template;
#[cfg(test)]
mod tests;

pub(crate) use ambient::{current, speak};
pub(crate) use numbers::{day, exact, instant, short_day, thousands};
pub(crate) use template::install;
pub(crate) use told::Told;

use avow_model::Language;

/// The best of the languages we have: the one asked for by name, else of an `Accept-Language` header
/// (RFC 9110, section 12.5.4), else English. Total: what makes no sense chooses nothing.
pub(crate) fn chosen(asked: Option<&str>, accept: Option<&str>) -> Language {
    asked
        .and_then(Language::of_range)
        .or_else(|| avow_policy::wanted(accept?).find_map(Language::of_range))
        .unwrap_or_default()
}
