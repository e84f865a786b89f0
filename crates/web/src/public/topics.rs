//! Topics that people choose from, in words.

use avow_model::Slug;
use serde::Serialize;

/// One topic on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Topic {
    pub value: String,
    pub words: String,
    pub chosen: bool,
}

/// The topics of a category, in the policy's order.
pub(super) fn topics(all: &[Slug], is_chosen: impl Fn(&Slug) -> bool) -> Vec<Topic> {
    let topic = |slug: &Slug| Topic {
        value: slug.to_string(),
        words: words(slug),
        chosen: is_chosen(slug),
    };
    all.iter().map(topic).collect()
}

/// `garden.roses` as “Garden: roses”.
fn words(topic: &Slug) -> String {
    let plain = topic.as_str().replace('.', ": ").replace(['-', '_'], " ");
    let mut letters = plain.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_reads_as_words() {
        for (slug, wanted) in [
            ("garden", "Garden"),
            ("garden.roses", "Garden: roses"),
            ("hand-tools", "Hand tools"),
        ] {
            assert_eq!(words(&slug.parse().unwrap()), wanted);
        }
    }
}
