//! What an account shows to everybody: only what was sent to no segment, in pages, and gone when it is taken out.

use avow_model::{CampaignId, CampaignState, Clock as _};
use avow_store::{AccountScope, StoreError};

use super::campaigns::new_campaign;
use crate::people::account;

async fn sent(scope: &AccountScope, name: &str) -> CampaignId {
    let id = scope.campaign_create(new_campaign(name)).await.unwrap();
    let moved = scope.campaign_move(id, &[CampaignState::Draft], CampaignState::Preparing);
    moved.await.unwrap();
    id
}

#[tokio::test]
async fn only_what_was_sent_and_not_cancelled_is_shown_and_it_can_be_taken_out_again() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let now = world.clock.now();
    let draft = scope.campaign_create(new_campaign("May")).await.unwrap();
    let refused = scope.archive_put(draft, now).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))));
    let id = sent(&scope, "June").await;
    assert_eq!(scope.archived(id).await.unwrap(), None);
    scope.archive_put(id, now).await.unwrap();
    scope.archive_put(id, now).await.unwrap();
    assert_eq!(scope.archive(None, 9).await.unwrap().len(), 1);
    let other = account(&world, "other").await;
    assert_eq!(other.archived(id).await.unwrap(), None);
    let cancelled = scope.campaign_move(id, &[CampaignState::Preparing], CampaignState::Cancelled);
    cancelled.await.unwrap();
    assert_eq!(scope.archived(id).await.unwrap(), None);
    assert_eq!(scope.archive(None, 9).await.unwrap(), []);
    scope.archive_take(id).await.unwrap();
    scope.archive_take(id).await.unwrap();
}

#[tokio::test]
async fn pages_of_the_archive_hold_everything_once_newest_first() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let mut all = Vec::new();
    for name in ["May", "June", "July"] {
        let id = sent(&scope, name).await;
        scope.archive_put(id, world.clock.now()).await.unwrap();
        all.insert(0, id);
    }
    let mut seen = Vec::new();
    while let Some(row) = scope.archive(seen.last().copied(), 1).await.unwrap().first() {
        seen.push(row.campaign);
    }
    assert_eq!(seen, all);
}
