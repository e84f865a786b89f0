//! Keeps what a campaign says, for pages and programs alike: typed in, one transaction out.

use avow_compose::blocks::Document;
use avow_model::{BodyKind, CampaignContent, CampaignId};
use avow_store::{AccountScope, CampaignSource, NewCampaign, StoreError};

/// Keeps a document and the body and text part made from it, over the revision that `source` was read at. Gives the new
/// revision. Errors: `Conflict` where somebody wrote meanwhile, or the campaign has started.
pub(crate) async fn document(
    scope: &AccountScope,
    (id, source): (CampaignId, &CampaignSource),
    document: &Document,
) -> Result<u32, StoreError> {
    let content = made(source.content.clone(), document);
    let written = Some(document.written());
    scope
        .campaign_write(id, &content, written, source.revision)
        .await
}

/// Keeps a body that is written itself. Blocks, where there were any, are gone.
pub(crate) async fn body(
    scope: &AccountScope,
    (id, source): (CampaignId, &CampaignSource),
    (body_kind, body, text): (BodyKind, String, Option<String>),
) -> Result<u32, StoreError> {
    let content = CampaignContent {
        body_kind,
        body,
        text,
        ..source.content.clone()
    };
    scope
        .campaign_write(id, &content, None, source.revision)
        .await
}

/// Keeps a new draft that is written in blocks.
pub(crate) async fn draft(
    scope: &AccountScope,
    mut new: NewCampaign,
    document: &Document,
) -> Result<CampaignId, StoreError> {
    new.content = made(new.content, document);
    scope
        .campaign_create_from(new, Some(document.written()))
        .await
}

/// The content with the body and the text part of a document.
fn made(content: CampaignContent, document: &Document) -> CampaignContent {
    let text = document.to_text();
    CampaignContent {
        body_kind: BodyKind::Mjml,
        body: document.to_mjml(),
        text: (!text.trim().is_empty()).then_some(text),
        ..content
    }
}
