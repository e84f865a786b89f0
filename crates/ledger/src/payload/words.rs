//! Text forms of vocabulary that has none in JSON: purpose selectors.

use avow_model::PurposeSelector;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const ALL_MARKETING: &str = "*marketing";
const ANY: &str = "*any";

/// A purpose selector as text: a purpose, `*marketing` or `*any`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selector(pub(super) PurposeSelector);

impl Serialize for Selector {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(match &self.0 {
            PurposeSelector::One(purpose) => purpose.as_str(),
            PurposeSelector::AllMarketing => ALL_MARKETING,
            PurposeSelector::Any => ANY,
        })
    }
}

impl<'de> Deserialize<'de> for Selector {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Ok(Self(match text.as_str() {
            ALL_MARKETING => PurposeSelector::AllMarketing,
            ANY => PurposeSelector::Any,
            purpose => PurposeSelector::One(purpose.parse().map_err(D::Error::custom)?),
        }))
    }
}
