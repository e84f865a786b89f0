//! What a draft is written in: two writers do not overwrite each other, and blocks go with the body made from them.

use avow_model::{BodyKind, CampaignState, SourceMode};
use avow_store::{STALE_SOURCE, StoreError};

use super::campaigns::new_campaign;
use crate::people::account;

fn is_stale<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Conflict(why)) if *why == STALE_SOURCE)
}

#[tokio::test]
async fn a_write_over_what_it_did_not_read_is_refused_and_nothing_of_it_is_kept() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let id = scope.campaign_create(new_campaign("May")).await.unwrap();
    let source = scope.campaign_source(id).await.unwrap().unwrap();
    assert_eq!((source.revision, source.mode()), (0, SourceMode::Html));
    let mut content = source.content;
    content.body_kind = BodyKind::Mjml;
    content.body = "<mjml></mjml>".to_owned();
    let blocks = || Some("{\"blocks\":[]}".to_owned());
    let wild = scope.campaign_write(id, &content, blocks(), 7).await;
    assert!(is_stale(&wild));
    let first = scope.campaign_write(id, &content, blocks(), 0).await.unwrap();
    assert_eq!(first, 1);
    content.body = "<mjml>lost</mjml>".to_owned();
    assert!(is_stale(&scope.campaign_write(id, &content, None, 0).await));
    let source = scope.campaign_source(id).await.unwrap().unwrap();
    assert_eq!(source.mode(), SourceMode::Blocks);
    assert_eq!((source.revision, source.content.body.as_str()), (1, "<mjml></mjml>"));
    let started = scope.campaign_move(id, &[CampaignState::Draft], CampaignState::Preparing);
    started.await.unwrap();
    let late = scope.campaign_write(id, &content, None, 1).await;
    assert!(matches!(late, Err(StoreError::Conflict(why)) if why != STALE_SOURCE));
}

#[tokio::test]
async fn blocks_stay_while_the_body_made_from_them_stays_and_no_longer() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let blocks = Some("{\"blocks\":[]}".to_owned());
    let id = scope.campaign_create_from(new_campaign("May"), blocks).await.unwrap();
    let mode = async || scope.campaign_source(id).await.unwrap().unwrap().mode();
    let mut envelope = new_campaign("June");
    scope.campaign_update_draft(id, envelope.clone()).await.unwrap();
    assert_eq!(mode().await, SourceMode::Blocks);
    envelope.content.body = "another".to_owned();
    scope.campaign_update_envelope(id, envelope.clone()).await.unwrap();
    assert_eq!(mode().await, SourceMode::Blocks);
    let source = scope.campaign_source(id).await.unwrap().unwrap();
    assert_eq!(source.content.body, new_campaign("May").content.body);
    assert_eq!(source.revision, 3);
    scope.campaign_update_draft(id, envelope).await.unwrap();
    assert_eq!(mode().await, SourceMode::Html);
    let stranger = account(&world, "abel").await;
    assert!(stranger.campaign_source(id).await.unwrap().is_none());
}
