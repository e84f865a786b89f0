//! Text forms of vocabulary that has none in JSON: purpose selectors and jurisdictions.

use avow_model::{Jurisdiction, PurposeSelector};
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

/// A jurisdiction as two lower-case letters.
pub(super) mod jurisdiction {
    use super::{Deserialize, Deserializer, Jurisdiction, Serializer};
    use serde::de::Error as _;

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde calls it with a reference"
    )]
    pub(crate) fn serialize<S: Serializer>(j: &Jurisdiction, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(j.as_str())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Jurisdiction, D::Error> {
        let text = String::deserialize(from)?;
        Jurisdiction::parse(&text).ok_or_else(|| D::Error::custom("a jurisdiction has two letters"))
    }
}
