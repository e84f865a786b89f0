//! The words that tables hold for the model's enums, one table each, checked by the schema's CHECKs.
//!
//! Promises: every value has one word and every word one value. Never: a word that is not in a CHECK.

use avow_model::{Act, Grantor, How, Method, PurposeSelector, SuppressionClass};

/// A closed set of values with one word each.
pub(crate) trait Words: Copy + PartialEq + Sized + 'static {
    /// Every value beside its word.
    const TABLE: &'static [(Self, &'static str)];

    /// The word the store holds.
    fn word(self) -> &'static str {
        let found = Self::TABLE.iter().find(|(value, _)| *value == self);
        found
            .expect("invariant: the table names every value, a test counts them")
            .1
    }

    /// From the word.
    fn from_word(word: &str) -> Option<Self> {
        let found = Self::TABLE.iter().find(|(_, w)| *w == word);
        found.map(|(value, _)| *value)
    }
}

impl Words for How {
    const TABLE: &'static [(Self, &'static str)] = &[
        (Self::Direct, "direct"),
        (Self::ImportAttested, "import_attested"),
        (Self::ImportUnattested, "import_unattested"),
        (Self::Referral, "referral"),
    ];
}

impl Words for Method {
    const TABLE: &'static [(Self, &'static str)] = &[
        (Self::Click, "click"),
        (Self::ContinuedUse, "continued_use"),
    ];
}

impl Words for Grantor {
    const TABLE: &'static [(Self, &'static str)] = &[
        (Self::Person, "person"),
        (Self::Parent, "parent"),
        (Self::Import, "import"),
        (Self::Staff, "staff"),
        (Self::Other, "other"),
    ];
}

impl Words for Act {
    const TABLE: &'static [(Self, &'static str)] = &[
        (Self::Fair, "fair"),
        (Self::PreTicked, "pre_ticked"),
        (Self::Bundled, "bundled"),
    ];
}

impl Words for SuppressionClass {
    const TABLE: &'static [(Self, &'static str)] =
        &[(Self::Choice, "choice"), (Self::Protection, "protection")];
}

const ALL_MARKETING: &str = "*marketing";
const ANY: &str = "*any";

/// The text of a purpose selector: a purpose, `*marketing` or `*any`.
pub(crate) fn selector_text(selector: &PurposeSelector) -> &str {
    match selector {
        PurposeSelector::One(purpose) => purpose.as_str(),
        PurposeSelector::AllMarketing => ALL_MARKETING,
        PurposeSelector::Any => ANY,
    }
}

/// From its text; `None` when it is no purpose.
pub(crate) fn selector_from(text: &str) -> Option<PurposeSelector> {
    match text {
        ALL_MARKETING => Some(PurposeSelector::AllMarketing),
        ANY => Some(PurposeSelector::Any),
        purpose => purpose.parse().ok().map(PurposeSelector::One),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both_ways<T: Words + std::fmt::Debug>() {
        for (value, word) in T::TABLE {
            assert_eq!(value.word(), *word);
            assert_eq!(T::from_word(word), Some(*value));
        }
        assert_eq!(T::from_word("something else"), None);
    }

    #[test]
    fn words_and_values_go_both_ways() {
        both_ways::<How>();
        both_ways::<Method>();
        both_ways::<Grantor>();
        both_ways::<Act>();
        both_ways::<SuppressionClass>();
        for text in ["news.monthly", ANY, ALL_MARKETING] {
            assert_eq!(selector_text(&selector_from(text).unwrap()), text);
        }
        assert_eq!(selector_from("*every"), None);
    }
}
