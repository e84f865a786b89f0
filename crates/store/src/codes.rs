//! The words that tables hold for the model's enums, one table each, checked by the schema's CHECKs.
//!
//! Promises: every value has one word and every word one value. Never: a word that is not in a CHECK.

use avow_model::{
    Act, CampaignState, EmailAddress, Grantor, How, Jurisdiction, Method, OutgoingId,
    PurposeSelector, RecipientState, SuppressionClass,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::row::{Column, FromColumn, Row};
use crate::value::Value;

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

/// Lets a query read each of these from its word.
macro_rules! read_as_word {
    ($($kind:ty),* $(,)?) => { $(
        impl $crate::row::FromColumn for $kind {
            fn from_column(column: $crate::row::Column<'_>) -> Option<Self> {
                match column {
                    $crate::row::Column::Text(word) => {
                        <Self as $crate::codes::Words>::from_word(word)
                    }
                    _ => None,
                }
            }
        }
        impl From<$kind> for $crate::value::Value {
            fn from(x: $kind) -> Self {
                Self::Word($crate::codes::Words::word(x))
            }
        }
    )* };
}
pub(crate) use read_as_word;

read_as_word!(How, Method, Grantor, Act, SuppressionClass);

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

impl FromColumn for PurposeSelector {
    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Text(text) => selector_from(text),
            _ => None,
        }
    }
}

impl FromColumn for EmailAddress {
    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Text(text) => text.parse().ok(),
            _ => None,
        }
    }
}

impl FromColumn for Jurisdiction {
    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Text(text) => Self::parse(text),
            _ => None,
        }
    }
}

impl FromColumn for RecipientState {
    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Int(code) => Self::from_code(code),
            _ => None,
        }
    }
}

impl FromColumn for CampaignState {
    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Text(word) => Self::parse(word),
            _ => None,
        }
    }
}

impl FromColumn for OutgoingId {
    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Int(n) => Some(Self::from_i64(n)),
            _ => None,
        }
    }
}

impl From<OutgoingId> for Value {
    fn from(x: OutgoingId) -> Self {
        Self::Int(x.as_i64())
    }
}

impl From<RecipientState> for Value {
    fn from(x: RecipientState) -> Self {
        Self::Int(x.code())
    }
}

impl From<CampaignState> for Value {
    fn from(x: CampaignState) -> Self {
        Self::Word(x.as_str())
    }
}

impl From<Jurisdiction> for Value {
    fn from(x: Jurisdiction) -> Self {
        Self::Text(x.as_str().to_owned())
    }
}

/// The JSON text of a value that always has one.
pub(crate) fn json_text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value)
        .expect("invariant: our own types hold only text keys and finite numbers")
}

impl Row<'_> {
    /// The JSON column at `index`.
    pub(crate) fn json<T: DeserializeOwned>(&self, index: usize) -> Result<T, StoreError> {
        let text: String = self.get(index)?;
        let parsed = serde_json::from_str(&text);
        parsed.map_err(|_| self.corrupt(index, "JSON of another shape than this version writes"))
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
