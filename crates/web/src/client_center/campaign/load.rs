//! Finds the campaign of an address.

use std::sync::Arc;

use avow_model::CampaignId;
use avow_store::{Campaign, ListRow};
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use serde::Deserialize;

use super::head::{Head, View};
use crate::client_center::guard::Member;
use crate::{App, PageFault};

#[derive(Deserialize)]
struct Address {
    campaign: String,
}

/// A campaign of the member's account.
pub(crate) struct Loaded {
    pub member: Member,
    pub campaign: Campaign,
}

impl FromRequestParts<Arc<App>> for Loaded {
    type Rejection = PageFault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, PageFault> {
        let member = Member::from_request_parts(parts, app).await?;
        let path = Path::<Address>::from_request_parts(parts, app).await;
        let Path(address) = path.map_err(|_| PageFault::NotFound)?;
        let id: CampaignId = address.campaign.parse().map_err(|_| PageFault::NotFound)?;
        let campaign = member.account.campaign(id).await?;
        let campaign = campaign.ok_or(PageFault::NotFound)?;
        Ok(Self { member, campaign })
    }
}

impl Loaded {
    /// `/a/<account>/campaigns/<id>`.
    pub(crate) fn base(&self) -> String {
        format!("{}/campaigns/{}", self.member.base(), self.campaign.id)
    }

    /// The head of its pages.
    pub(crate) fn head(&self, view: View) -> Head {
        Head {
            scheduled: self.campaign.starts_at.is_some(),
            ..Head::new(&self.campaign.name, self.campaign.state, self.base(), view)
        }
    }

    /// The list it goes to; `None` for all contacts.
    pub(crate) async fn list(&self) -> Result<Option<ListRow>, PageFault> {
        match self.campaign.list {
            None => Ok(None),
            Some(list) => Ok(self.member.account.list(list).await?),
        }
    }
}
