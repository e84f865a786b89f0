//! Who was told of each version by mail: the reports of the notices, on the policy's page.

use avow_model::{CampaignState, Timestamp};
use avow_policy::PolicySet;
use avow_store::Campaign;

use super::super::campaign::sentence;
use super::super::guard::Member;
use super::super::view::NoticeLine;
use super::super::words::{Bar, Counts, campaign_badge};
use super::day;
use crate::{App, PageFault};

/// One line for each notice, the newest first.
pub(super) async fn lines(
    app: &App,
    member: &Member,
    set: &PolicySet,
) -> Result<Vec<NoticeLine>, PageFault> {
    let campaigns = member.account.campaigns().await?.into_iter();
    let notices = campaigns.filter_map(|c| Some((c.notice?, c)));
    let mut lines = Vec::new();
    for (n, campaign) in notices {
        let counted = &app.center.counts;
        let counted = counted.rows(app, &member.account, &campaign).await?;
        let effective_at = set.version(n).map(avow_policy::Version::effective_at);
        let counts = counted.counts();
        lines.push(NoticeLine {
            n,
            badge: campaign_badge(campaign.state),
            base: format!("{}/campaigns/{}", member.base(), campaign.id),
            bar: Bar::of(&counts),
            sentence: told(&campaign, &counts, (effective_at, app.now())),
        });
    }
    Ok(lines)
}

/// Where it stands, and whether it went on after the version took effect.
fn told(
    campaign: &Campaign,
    counts: &Counts,
    (effective_at, now): (Option<Timestamp>, Timestamp),
) -> String {
    if campaign.state == CampaignState::Cancelled {
        return say!(
            "notice-called-off",
            said = sentence(CampaignState::Finished, counts)
        );
    }
    let said = sentence(campaign.state, counts);
    let ended = campaign.finished_at.unwrap_or(now);
    match effective_at.filter(|at| ended > *at) {
        Some(at) => say!("notice-late", said = said, day = day(at)),
        None => said,
    }
}
