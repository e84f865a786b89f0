//! The switch that shows a campaign to everybody, in the account's archive.
//!
//! Promises: off until somebody who may send turns it on; never for a campaign to a segment (that it was sent would
//! say something of its readers), of a service purpose, for a notice, or one that cannot be read without a reader.

use std::sync::Arc;

use avow_model::CampaignState;
use avow_policy::Kind;
use avow_store::Campaign;
use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use serde::{Deserialize, Serialize};

use super::load::Loaded;
use crate::client_center::gate;
use crate::language::Told;
use crate::public::archive_page;
use crate::{App, PageFault};

/// The switch as the campaign's page shows it.
#[derive(Debug, Serialize)]
pub(crate) struct ArchiveSwitch {
    pub is_on: bool,
    /// Where everybody reads it.
    pub url: String,
    /// Why it cannot be shown.
    pub refusal: Option<Told>,
}

/// Why a campaign is not for the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    NotSent,
    Cancelled,
    Notice,
    Segment,
    Service,
    NeedsReader,
}

impl Unfit {
    const fn told(self) -> Told {
        match self {
            Self::NotSent => told!("archive-not-sent"),
            Self::Cancelled => told!("archive-cancelled"),
            Self::Notice => told!("archive-notice"),
            Self::Segment => told!("archive-segment"),
            Self::Service => told!("archive-service"),
            Self::NeedsReader => told!("archive-needs-reader"),
        }
    }
}

/// Whether a campaign for a purpose of this kind may be shown to everybody.
pub(crate) fn fits(campaign: &Campaign, kind: Option<Kind>) -> Result<(), Unfit> {
    let unfit = match campaign.state {
        CampaignState::Draft => Some(Unfit::NotSent),
        CampaignState::Cancelled => Some(Unfit::Cancelled),
        _ if campaign.notice.is_some() => Some(Unfit::Notice),
        _ if campaign.segment.is_some() => Some(Unfit::Segment),
        // A purpose that no policy in force declares is treated as the narrowest.
        _ if kind.is_none_or(|kind| kind == Kind::Service) => Some(Unfit::Service),
        _ => None,
    };
    unfit.map_or(Ok(()), Err)
}

async fn kind(app: &App, loaded: &Loaded) -> Result<Option<Kind>, PageFault> {
    let policies = gate::policies(app, &loaded.member.account).await?.ok();
    let version = policies.as_ref().and_then(|set| set.in_force(app.now()));
    let rule = version.and_then(|v| v.purpose(&loaded.campaign.purpose));
    Ok(rule.map(|rule| rule.kind))
}

fn list(loaded: &Loaded) -> String {
    format!("/archive/{}", loaded.member.membership.slug)
}

/// The switch of a campaign; `None` before it is sent.
pub(crate) async fn switch(app: &App, loaded: &Loaded) -> Result<Option<ArchiveSwitch>, PageFault> {
    let campaign = &loaded.campaign;
    if campaign.state == CampaignState::Draft {
        return Ok(None);
    }
    let unfit = fits(campaign, kind(app, loaded).await?).err();
    let shown = loaded.member.account.archived(campaign.id).await?;
    Ok(Some(ArchiveSwitch {
        is_on: shown.is_some(),
        url: format!("{}/{}", list(loaded), campaign.id),
        refusal: unfit.map(Unfit::told),
    }))
}

/// Whether it should be shown.
#[derive(Debug, Deserialize)]
pub(crate) struct Wish {
    to: String,
}

/// Puts the campaign into the archive, or takes it out.
pub(crate) async fn post(
    State(app): State<Arc<App>>,
    loaded: Loaded,
    Form(wish): Form<Wish>,
) -> Result<Redirect, PageFault> {
    let (account, id) = (&loaded.member.account, loaded.campaign.id);
    let said = match wish.to.as_str() {
        "on" => {
            must_fit(&app, &loaded).await?;
            account.archive_put(id, app.now()).await?;
            "archived"
        }
        "off" => {
            account.archive_take(id).await?;
            "unarchived"
        }
        _ => return Err(PageFault::NotFound),
    };
    Ok(Redirect::to(&format!("{}?said={said}", loaded.base())))
}

async fn must_fit(app: &App, loaded: &Loaded) -> Result<(), PageFault> {
    let kind = kind(app, loaded).await?;
    let refused = |unfit: Unfit| PageFault::Bad(unfit.told().to_string());
    fits(&loaded.campaign, kind).map_err(refused)?;
    let page = archive_page(app, &loaded.campaign, &list(loaded)).await;
    page.map(drop).map_err(|_| refused(Unfit::NeedsReader))
}
