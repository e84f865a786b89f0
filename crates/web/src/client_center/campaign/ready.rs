//! A campaign made ready to show and to judge, by the room that sends it.

use avow_deliver::Ready;
use avow_deliver::engine::BriefFault;
use avow_model::CampaignContent;
use avow_store::Campaign;

use super::load::Loaded;
use crate::{App, PageFault};

/// A campaign as it would be sent now, or why it cannot be.
pub(crate) type Readiness = Result<Ready, BriefFault>;

/// A first letter and a full stop, for the lower-case sentences of errors.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    let text = first.unwrap_or_default() + chars.as_str();
    if text.ends_with('.') {
        text
    } else {
        text + "."
    }
}

/// Why it cannot be sent, in sentences.
pub(crate) fn sentences(fault: &BriefFault) -> String {
    match fault {
        BriefFault::Content(faults) => {
            let all: Vec<String> = faults.iter().map(|f| sentence(&f.to_string())).collect();
            all.join(" ")
        }
        other => sentence(&other.to_string()),
    }
}

/// The campaign under the policy in force now, with `content` in the place of its own.
pub(crate) async fn with(
    app: &App,
    loaded: &Loaded,
    content: &CampaignContent,
) -> Result<Readiness, PageFault> {
    let campaign = Campaign {
        content: content.clone(),
        ..loaded.campaign.clone()
    };
    match Ready::open(&app.store, &app.shelf, &campaign, app.now()).await {
        Err(BriefFault::Store(fault)) => Err(fault.into()),
        ready => Ok(ready),
    }
}

/// The same with the campaign's own content.
pub(crate) async fn of(app: &App, loaded: &Loaded) -> Result<Readiness, PageFault> {
    with(app, loaded, &loaded.campaign.content).await
}
