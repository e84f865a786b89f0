//! The list of campaigns.

use std::sync::Arc;

use avow_compose::{Fields, fill_line};
use avow_model::{CampaignId, CampaignState, Outcome};
use avow_store::Campaign;
use axum::extract::{Query, State};
use axum::response::Html;
use serde::Deserialize;

use super::view::{CampaignLine, CampaignsPage};
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::client_center::words::{Bar, Counts, When, campaign_badge};
use crate::language::thousands;
use crate::{App, PageFault};

/// Campaigns on one page: each may cost a count of its rows the first time.
const PAGE: usize = 30;

/// `?after=`: the last campaign of the page before.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct After {
    after: Option<String>,
}

fn sentence(state: CampaignState, counts: &Counts) -> String {
    let total = counts.total();
    if state == CampaignState::Draft {
        return "Not sent yet".to_owned();
    }
    if total == 0 {
        return "The audience is being judged".to_owned();
    }
    let delivered = counts.at(Outcome::Delivered);
    format!("{} of {} delivered", thousands(delivered), thousands(total))
}

async fn line(app: &App, member: &Member, campaign: Campaign) -> Result<CampaignLine, PageFault> {
    let counts = if campaign.state == CampaignState::Draft {
        Counts::default()
    } else {
        app.center
            .counts
            .rows(app, &member.account, &campaign)
            .await?
            .counts()
    };
    let changed = campaign.finished_at.or(campaign.started_at);
    Ok(CampaignLine {
        id: campaign.id.to_string(),
        badge: campaign_badge(campaign.state),
        bar: Bar::of(&counts),
        sentence: sentence(campaign.state, &counts),
        when: When::new(changed.unwrap_or(campaign.created_at), app.now()),
        name: campaign.name,
        notice: campaign.notice,
        subject: fill_line(&campaign.content.subject, &Fields::default()),
    })
}

/// Newest first.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
    Query(query): Query<After>,
) -> Result<Html<String>, PageFault> {
    let after = query.after.and_then(|id| id.parse::<CampaignId>().ok());
    let all = member.account.campaigns().await?;
    let mut rest = all
        .into_iter()
        .filter(|c| after.is_none_or(|a| c.id < a))
        .peekable();
    let mut campaigns = Vec::with_capacity(PAGE);
    for campaign in rest.by_ref().take(PAGE) {
        campaigns.push(line(&app, &member, campaign).await?);
    }
    let more = rest.peek().is_some();
    let next = campaigns
        .last()
        .filter(|_| more)
        .map(|last| format!("?after={}", last.id));
    let shell = member.shell(Noun::Campaigns);
    app.templates.show(&CampaignsPage {
        shell,
        campaigns,
        next,
    })
}
