//! The places in paths: what may stand there.

use super::shape::{Shape, between, id, name, short, slug};

/// What stands in a path at `{word}`; `None` for a word that no path has.
pub(in crate::api) fn place(word: &str) -> Option<Shape> {
    Some(match word {
        "message" => id("og_").about("The id of a message"),
        "webhook" => id("wh_").about("The id of a webhook"),
        "contact" => id("ct_").about("The id of a contact"),
        "campaign" => id("cp_").about("The id of a campaign"),
        "import" => id("im_").about("The id of an import"),
        "list" => slug("readers").about("The short name of a list"),
        "segment" => slug("berliners").about("The short name of a segment"),
        "form" => slug("newsletter").about("The short name of a form"),
        "purpose" => name("newsletter").about("A purpose of the policy"),
        "seq" => {
            between(1, u64::from(u32::MAX), 1).about("The number of a recipient within a campaign")
        }
        "n" => between(1, u64::from(u32::MAX), 1).about("The number of a version"),
        "area" => short("contacts", 20).about("A part of the reference"),
        _ => return None,
    })
}
