//! The draft of an address with what it is written in.

use std::sync::Arc;

use avow_compose::blocks::Document;
use avow_model::CampaignState;
use avow_store::CampaignSource;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::client_center::campaign::load::Loaded;
use crate::{App, PageFault};

/// A campaign that may be written, as it stood at one instant.
pub(super) struct Draft {
    pub loaded: Loaded,
    pub source: CampaignSource,
}

impl FromRequestParts<Arc<App>> for Draft {
    type Rejection = PageFault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, PageFault> {
        let mut loaded = Loaded::from_request_parts(parts, app).await?;
        let scope = &loaded.member.account;
        let source = scope.campaign_source(loaded.campaign.id).await?;
        let source = source.ok_or(PageFault::NotFound)?;
        if source.state != CampaignState::Draft {
            return Err(PageFault::Conflict(
                "only a draft can be changed; this campaign has started",
            ));
        }
        loaded.campaign.content = source.content.clone();
        Ok(Self { loaded, source })
    }
}

impl Draft {
    /// `/a/<account>/campaigns/<id>/content`.
    pub(super) fn base(&self) -> String {
        format!("{}/content", self.loaded.base())
    }

    /// The blocks; `None` where the body is written itself.
    pub(super) fn document(&self) -> Result<Option<Document>, PageFault> {
        let read = self.source.document.as_deref().map(Document::read);
        // One that this version cannot read was kept by a newer one.
        read.transpose()
            .map_err(|fault| PageFault::Bad(fault.to_string()))
    }

    /// The blocks, where the address asks to change them.
    pub(super) fn blocks(&self) -> Result<Document, PageFault> {
        let document = self.document()?;
        document.ok_or(PageFault::Conflict(
            "this campaign is not written in blocks any more; load the page again",
        ))
    }

    /// Refuses what was made from another revision than this one.
    pub(super) fn must_be(&self, read: u32) -> Result<(), PageFault> {
        if read == self.source.revision {
            return Ok(());
        }
        Err(PageFault::Conflict(avow_store::STALE_SOURCE))
    }
}
