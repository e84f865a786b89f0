//! The head that all pages of one campaign share: name, state, tabs.

use avow_model::CampaignState;
use serde::Serialize;

use crate::client_center::words::{Badge, campaign_badge};

/// One view of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    Overview,
    Check,
    Preview,
    Edit,
    Report,
    People,
}

/// One tab.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Tab {
    pub path: &'static str,
    pub label: &'static str,
    pub here: bool,
}

/// Flattened into the context of each page of a campaign.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Head {
    pub name: String,
    pub state: &'static str,
    pub badge: Badge,
    /// `/a/<account>/campaigns/<id>`.
    pub base: String,
    pub tabs: Vec<Tab>,
}

const DRAFT: [(View, &str, &str); 4] = [
    (View::Overview, "", "Overview"),
    (View::Edit, "/edit", "Edit"),
    (View::Preview, "/preview", "Preview"),
    (View::Check, "/check", "Check and send"),
];
const STARTED: [(View, &str, &str); 4] = [
    (View::Overview, "", "Overview"),
    (View::Report, "/report", "Report"),
    (View::People, "/people", "People"),
    (View::Preview, "/preview", "Preview"),
];

impl Head {
    /// The head of the campaign `name` as seen on `view`.
    pub(crate) fn new(name: &str, state: CampaignState, base: String, view: View) -> Self {
        let tabs = if state == CampaignState::Draft {
            DRAFT
        } else {
            STARTED
        };
        let tab = |(v, path, label)| Tab {
            path,
            label,
            here: v == view,
        };
        Self {
            name: name.to_owned(),
            state: state.as_str(),
            badge: campaign_badge(state),
            base,
            tabs: tabs.into_iter().map(tab).collect(),
        }
    }
}

#[cfg(test)]
impl Head {
    /// A head for samples.
    pub(crate) fn sample(state: CampaignState, view: View) -> Self {
        let base = "/a/acme/campaigns/cp_0000000000001".to_owned();
        Self::new(
            "Spring newsletter for friends of the garden",
            state,
            base,
            view,
        )
    }
}
