//! The head that all pages of one campaign share: name, state, tabs.

use avow_model::CampaignState;
use serde::Serialize;

use super::steps::{Step, steps};
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
    Content,
    Schedule,
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
    /// Of a draft: its way to sending.
    pub steps: Vec<Step>,
    /// A draft that leaves by itself.
    pub scheduled: bool,
}

const STARTED: [(View, &str, &str); 4] = [
    (View::Overview, "", "Overview"),
    (View::Report, "/report", "Report"),
    (View::People, "/people", "People"),
    (View::Preview, "/preview", "Preview"),
];

impl Head {
    /// The head of the campaign `name` as seen on `view`.
    pub(crate) fn new(name: &str, state: CampaignState, base: String, view: View) -> Self {
        let is_draft = state == CampaignState::Draft;
        let tabs = if is_draft { &[][..] } else { &STARTED };
        let tab = |(v, path, label): &(View, &'static str, &'static str)| Tab {
            path,
            label,
            here: *v == view,
        };
        Self {
            name: name.to_owned(),
            state: state.as_str(),
            badge: campaign_badge(state),
            base,
            tabs: tabs.iter().map(tab).collect(),
            steps: if is_draft { steps(view) } else { vec![] },
            scheduled: false,
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
