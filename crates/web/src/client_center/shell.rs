//! The frame around each page of the Client Center: navigation, account, user, rehearsal edge.

use serde::Serialize;

/// The nouns of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Noun {
    Campaigns,
    Delivery,
    Contacts,
    Segments,
    Forms,
    Policy,
    Rehearsal,
    Settings,
}

/// What the layout needs.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Shell {
    /// The account's slug: the first part of each address.
    pub slug: String,
    pub account: String,
    pub user: String,
    pub noun: Noun,
    /// Mail stays here: the striped edge and the mailbox are shown.
    pub rehearsal: bool,
    /// The account is being set up, and the member is who does it: the way back stands on each page.
    pub setting_up: bool,
    /// What was just done, said once.
    pub said: Option<String>,
}

#[cfg(test)]
impl Shell {
    /// A frame for the samples of a page.
    pub(crate) fn sample(noun: Noun) -> Self {
        Self {
            slug: "acme".to_owned(),
            account: "Acme Garden Tools".to_owned(),
            user: "grace@example.org".to_owned(),
            noun,
            rehearsal: true,
            setting_up: false,
            said: None,
        }
    }
}
