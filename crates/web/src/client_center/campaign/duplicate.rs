//! A new draft like an earlier campaign: the same audience, the same content, nobody who got it.

use std::sync::Arc;

use avow_model::CampaignId;
use avow_store::{AccountScope, Campaign, NewCampaign, StoreError};
use axum::extract::State;
use axum::response::Redirect;

use super::load::Loaded;
use crate::{App, PageFault};

/// As many characters as the form of a campaign takes.
const NAME_CHARS_MAX: usize = 120;

/// "Spring" becomes "Spring (2)", and "Spring (2)" becomes "Spring (3)".
pub(crate) fn next_name(name: &str) -> String {
    let numbered = name.strip_suffix(')').and_then(|n| n.rsplit_once(" ("));
    let (stem, n) = match numbered.and_then(|(stem, n)| Some((stem, n.parse::<u32>().ok()?))) {
        Some((stem, n)) => (stem, n.saturating_add(1)),
        None => (name, 2),
    };
    let tail = format!(" ({n})");
    let room = NAME_CHARS_MAX - tail.chars().count();
    stem.chars().take(room).chain(tail.chars()).collect()
}

/// Keeps a new draft with the campaign's audience and content, and the blocks that it was made from.
pub(crate) async fn duplicate(
    account: &AccountScope,
    campaign: &Campaign,
) -> Result<CampaignId, StoreError> {
    let source = account.campaign_source(campaign.id).await?;
    let new = NewCampaign {
        name: next_name(&campaign.name),
        purpose: campaign.purpose.clone(),
        list: campaign.list,
        segment: segment_still_there(account, campaign).await?,
        content: campaign.content.clone(),
    };
    let id = account.campaign_create(new).await?;
    if let Some(document) = source.and_then(|s| s.document) {
        account
            .campaign_write(id, &campaign.content, Some(document), 0)
            .await?;
    }
    Ok(id)
}

/// A segment that was removed since is left out: the form shows that there is none.
async fn segment_still_there(
    account: &AccountScope,
    campaign: &Campaign,
) -> Result<Option<avow_model::SegmentId>, StoreError> {
    let Some(segment) = &campaign.segment else {
        return Ok(None);
    };
    let all = account.segments().await?;
    Ok(all.iter().any(|s| s.id == segment.id).then_some(segment.id))
}

/// Makes it, and opens it.
pub(crate) async fn post(State(_): State<Arc<App>>, loaded: Loaded) -> Result<Redirect, PageFault> {
    if loaded.campaign.notice.is_some() {
        return Err(PageFault::Conflict(
            "a notice is written by the program; publish a policy version to announce another change",
        ));
    }
    let id = duplicate(&loaded.member.account, &loaded.campaign).await?;
    let to = format!(
        "{}/campaigns/{id}/edit?said=duplicated",
        loaded.member.base()
    );
    Ok(Redirect::to(&to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_numbered_and_fit_the_form() {
        assert_eq!(next_name("Spring"), "Spring (2)");
        assert_eq!(next_name("Spring (2)"), "Spring (3)");
        assert_eq!(next_name("Spring (new)"), "Spring (new) (2)");
        let long = next_name(&"ä".repeat(120));
        assert_eq!(long.chars().count(), 120);
        assert!(long.ends_with(" (2)"));
    }
}
