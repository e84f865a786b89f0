//! What surrounds a question: who asks, whose offers a mail carries, what a browser says.

use avow_model::{Purpose, Slug, Timestamp, Verb};
use serde::{Deserialize, Serialize};

/// An advertiser's offer in a joint edition, and what its owner deals in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    pub advertiser: Slug,
    /// Dotted, from wide to narrow; unknown bars the offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business: Option<Slug>,
    /// Dotted: country, state, city.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Slug>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zip3: Option<Slug>,
}

/// Somebody of the staff, or a program with a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub role: Slug,
    /// The purposes for which the role needs people's data.
    pub needs: Vec<Purpose>,
    /// Until when the last training counts, this instant excluded.
    pub trained_until: Option<Timestamp>,
    /// The newest policy version that they were told of and said so.
    pub acknowledged: Option<u32>,
    pub via: Via,
}

/// How an actor comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// At a screen, last used then.
    Session { active_at: Timestamp },
    /// With a token that is for these acts and purposes.
    Token {
        verbs: Vec<Verb>,
        purposes: Vec<Purpose>,
    },
}

/// What a browser says for its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BrowserSignal {
    #[default]
    None,
    /// Global Privacy Control.
    Gpc,
}

impl BrowserSignal {
    /// From the values of all `Sec-GPC` headers: exactly `1` in one of them counts, anything else is nothing
    /// (W3C Global Privacy Control, section 3.2).
    pub fn from_headers<'v>(values: impl IntoIterator<Item = &'v [u8]>) -> Self {
        if values.into_iter().any(|value| value == b"1") {
            Self::Gpc
        } else {
            Self::None
        }
    }
}
