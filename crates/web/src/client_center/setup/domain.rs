//! The sending domain: records to copy, looked up while one waits; a rehearsal can put them off.

use std::sync::Arc;

use avow_store::DomainStep;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::{Html, Redirect};
use serde::Deserialize;

use super::rail::{self, Done, Step};
use super::records::{self, Look};
use super::under_way;
use super::view::DomainPage;
use crate::client_center::guard::Member;
use crate::client_center::login::is_rehearsal;
use crate::client_center::shell::Noun;
use crate::{App, PageFault};

/// `?look=1`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    look: String,
}

/// The page. Nobody is asked before it stands: a slow name server keeps nobody from copying.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, PageFault> {
    let progress = under_way(&member).await?;
    let done = Done::of(&app, &member, &progress).await?;
    let domain = member.account.row().await?.settings.sending_domain;
    let look = if asked.look.is_empty() {
        Look::No
    } else {
        Look::Now
    };
    app.templates.show(&DomainPage {
        rail: rail::at(Step::Domain, done, &member.base()),
        shell: member.shell(Noun::Settings),
        records: records::of(&app, &domain, look).await,
        can_put_off: is_rehearsal(&app),
    })
}

/// How to go on.
#[derive(Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    put_off: String,
}

/// Goes on: with records that stand, or without them for now.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    member: Member,
    Form(next): Form<Next>,
) -> Result<Redirect, PageFault> {
    let mut progress = under_way(&member).await?;
    progress.domain = if next.put_off.is_empty() {
        let domain = member.account.row().await?.settings.sending_domain;
        if !records::of(&app, &domain, Look::Now).await.stands {
            let to = format!("{}/setup/domain?look=1", member.base());
            return Ok(Redirect::to(&to));
        }
        DomainStep::Stands
    } else {
        DomainStep::PutOff
    };
    member.account.setup_save(&progress).await?;
    Ok(Redirect::to(&format!("{}/setup/people", member.base())))
}
