//! A planned mailing: its content and its state machine.

use serde::{Deserialize, Serialize};

use crate::names::Slug;

/// Where a campaign stands. Moves: draft -> preparing -> sending <-> paused -> finished; cancelled from any open state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignState {
    /// Being written.
    Draft,
    /// The audience is being judged, one row for each recipient.
    Preparing,
    /// Rows are being sent.
    Sending,
    /// Nothing new starts; what is on the wire ends.
    Paused,
    /// Every row has a final outcome.
    Finished,
    /// Stopped by a user; rows that had not left are refused.
    Cancelled,
}

impl CampaignState {
    pub const ALL: [Self; 6] = [
        Self::Draft,
        Self::Preparing,
        Self::Sending,
        Self::Paused,
        Self::Finished,
        Self::Cancelled,
    ];

    /// The word that pages, JSON and the store use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Preparing => "preparing",
            Self::Sending => "sending",
            Self::Paused => "paused",
            Self::Finished => "finished",
            Self::Cancelled => "cancelled",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }

    /// True when `to` may follow.
    pub const fn may_become(self, to: Self) -> bool {
        use CampaignState as S;
        matches!(
            (self, to),
            (S::Draft, S::Preparing | S::Cancelled)
                | (S::Preparing, S::Sending | S::Paused | S::Cancelled)
                | (S::Sending, S::Paused | S::Finished | S::Cancelled)
                | (S::Paused, S::Preparing | S::Sending | S::Cancelled)
        )
    }
}

/// How the body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    Html,
    Mjml,
}

/// What a campaign's content is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceMode {
    /// A document of blocks, from which the MJML and the text part are made.
    Blocks,
    Mjml,
    Html,
}

impl SourceMode {
    pub const ALL: [Self; 3] = [Self::Blocks, Self::Mjml, Self::Html];

    /// The word of pages and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::Mjml => "mjml",
            Self::Html => "html",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == word)
    }
}

/// What a message is, by law and by policy: decides footer and headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageClass {
    /// Bulk mail with a choice: unsubscribe in one click.
    Marketing,
    /// About a running relationship.
    Service,
    /// Of a change of policy.
    Notice,
    /// Asks to confirm a sign-up.
    Confirmation,
}

/// What a user writes. Templates are minijinja; immutable from the moment the campaign leaves draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignContent {
    pub subject: String,
    #[serde(default)]
    pub preheader: String,
    pub from_name: String,
    /// The sender's address as text: checked against the account's sending domains.
    pub from_address: String,
    #[serde(default)]
    pub reply_to: Option<String>,
    pub body_kind: BodyKind,
    pub body: String,
    /// The text part; made from the body when absent.
    #[serde(default)]
    pub text: Option<String>,
    /// What it is about, where the policy asks: the topic of the message, or the sort of service message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Slug>,
    /// What others offer in it, where it is a joint edition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<EditionOffer>,
}

/// An advertiser's offer in a joint edition: what it says, and what the advertiser deals in, where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditionOffer {
    pub advertiser: Slug,
    /// Dotted, from wide to narrow; unknown bars the offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business: Option<Slug>,
    /// Dotted: country, state, city.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Slug>,
    /// The first three digits of the postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zip3: Option<Slug>,
    /// How the advertiser is called in the mail.
    pub name: String,
    pub title: String,
    #[serde(default)]
    pub text: String,
    /// Where it leads.
    pub url: String,
}

/// Where a body says its language: within its first tag, which stands at its start.
const LANGUAGE_BYTES_MAX: usize = 4 * 1024;

impl CampaignContent {
    /// The language that the body says it is in: `lang` of its `html` or `mjml` tag. `None` where it does not say.
    pub fn language(&self) -> Option<&str> {
        let start = self.body.floor_char_boundary(LANGUAGE_BYTES_MAX);
        let head = &self.body[..start];
        let tag = ["<html", "<mjml"].into_iter().find_map(|name| {
            let (_, rest) = head.split_once(name)?;
            rest.split_once('>').map(|(tag, _)| tag)
        })?;
        let (_, value) = tag.split_once(" lang=")?;
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        value[1..].split_once(quote).map(|(lang, _)| lang)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_says_its_language_in_its_first_tag_or_not_at_all() {
        let rows = [
            ("<!doctype html><html lang=\"de\"><body>", Some("de")),
            ("<mjml owa=\"x\" lang='pt-br'><mj-body>", Some("pt-br")),
            ("<html><body><p lang=\"de\">", None),
            ("<html lang=de>", None),
            ("<html lang=\"de", None),
            ("<html lang=", None),
            ("Guten Tag", None),
            ("", None),
        ];
        for (body, wanted) in rows {
            let content = CampaignContent {
                subject: String::new(),
                preheader: String::new(),
                from_name: String::new(),
                from_address: String::new(),
                reply_to: None,
                body_kind: BodyKind::Html,
                body: body.to_owned(),
                text: None,
                about: None,
                offers: Vec::new(),
            };
            assert_eq!(content.language(), wanted, "{body}");
        }
    }

    #[test]
    fn an_ended_campaign_never_moves_and_draft_never_skips_the_audience() {
        for to in CampaignState::ALL {
            assert!(!CampaignState::Finished.may_become(to));
            assert!(!CampaignState::Cancelled.may_become(to));
        }
        assert!(!CampaignState::Draft.may_become(CampaignState::Sending));
        for state in CampaignState::ALL {
            assert_eq!(CampaignState::parse(state.as_str()), Some(state));
        }
    }
}
