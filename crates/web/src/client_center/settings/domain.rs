//! The sending domain: its records looked up, the keys that sign and those that follow, another domain in its place.
//!
//! Promises: the next keys sign only once their records are published; a change of keys is told to the log of every
//! account that sends from the domain before it is so.

use std::sync::Arc;

use avow_deliver::dkim::{DnsRecord, DomainKeys, KeyFolder};
use avow_deliver::standing::{Matter, obstacle};
use avow_store::{AccountSettings, ActKind};
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::tabs;
use super::view::{DomainSettingsPage, Frame, KeyPair};
use crate::client_center::guard::Member;
use crate::client_center::setup::records::{self, Look};
use crate::client_center::shell::Noun;
use crate::client_center::words::When;
use crate::{App, PageFault, founding};

/// `?look=1`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    look: String,
}

/// What was typed for another domain.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DomainForm {
    domain: String,
}

fn pair([rsa, ed25519]: &[DnsRecord; 2], state: &'static str) -> KeyPair {
    KeyPair {
        state,
        records: [rsa, ed25519]
            .map(|r| (r.name.clone(), r.value.clone()))
            .into(),
    }
}

fn pairs(keys: &DomainKeys) -> Vec<KeyPair> {
    let now = pair(&keys.records, "now");
    let next = keys.next.iter().map(|next| pair(next, "next"));
    let earlier = keys.earlier.iter().map(|old| pair(old, "earlier"));
    std::iter::once(now).chain(next).chain(earlier).collect()
}

async fn domain_of(member: &Member) -> Result<String, PageFault> {
    Ok(member.account.row().await?.settings.sending_domain)
}

fn standing(app: &App, domain: &str) -> Result<Option<DomainKeys>, PageFault> {
    let Some(desk) = &app.records else {
        return Ok(None);
    };
    let found = KeyFolder(&desk.keys).standing(domain);
    found.map_err(|fault| PageFault::Bad(fault.to_string()))
}

async fn shown(
    app: &App,
    member: &Member,
    look: Look,
    (typed, fault): (String, Option<String>),
) -> Result<Html<String>, PageFault> {
    let domain = domain_of(member).await?;
    let keys = standing(app, &domain)?;
    app.templates.show(&DomainSettingsPage {
        shell: member.shell(Noun::Settings),
        frame: Frame {
            tabs: tabs(member),
            tab: "domain",
        },
        records: records::of(app, &domain, look).await,
        since: keys
            .as_ref()
            .and_then(|k| k.since)
            .map(|at| When::new(at, app.now())),
        has_next: keys.as_ref().is_some_and(|k| k.next.is_some()),
        pairs: keys.as_ref().map_or_else(Vec::new, pairs),
        manages: member.may(avow_model::Action::SetUp),
        typed,
        fault,
        slug: member.membership.slug.to_string(),
    })
}

/// The page.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, PageFault> {
    let look = if asked.look.is_empty() {
        Look::No
    } else {
        Look::Now
    };
    shown(&app, &member, look, (String::new(), None)).await
}

fn back(member: &Member, said: &str) -> Response {
    let to = format!("{}/settings/domain?said={said}", member.base());
    Redirect::to(&to).into_response()
}

async fn refused(
    app: &App,
    member: &Member,
    (typed, fault): (String, String),
) -> Result<Response, PageFault> {
    let page = shown(app, member, Look::No, (typed, Some(fault))).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Sends from another domain from now on: what is begun later, not what is under way.
pub(super) async fn change(
    State(app): State<Arc<App>>,
    member: Member,
    Form(form): Form<DomainForm>,
) -> Result<Response, PageFault> {
    let Some(domain) = founding::domain_of(&form.domain) else {
        let text =
            "Write a domain that is yours, such as mail.example.com, without @ and without https.";
        return refused(&app, &member, (form.domain, text.to_owned())).await;
    };
    let row = member.account.row().await?;
    founding::make_keys(&app, domain.clone()).await?;
    let local = row.settings.from_address.split('@').next();
    let settings = AccountSettings {
        from_address: format!("{}@{domain}", local.unwrap_or("news")),
        sending_domain: domain.clone(),
        ..row.settings
    };
    app.store.account_settings_set(row.id, &settings).await?;
    let act = member.act(ActKind::DomainChanged, domain);
    member.account.note_act(act).await?;
    Ok(back(&member, "domain"))
}

/// Makes the pair of keys that is to follow. Nothing is signed with it yet.
pub(super) async fn prepare(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Response, PageFault> {
    let domain = domain_of(&member).await?;
    let Some(desk) = &app.records else {
        return Err(PageFault::Conflict("this process has no keys"));
    };
    let (folder, entropy, name) = (desk.keys.clone(), app.entropy.clone(), domain.clone());
    let made = tokio::task::spawn_blocking(move || {
        KeyFolder(&folder)
            .prepare(&name, entropy.as_ref())
            .map(drop)
    });
    let made = made.await;
    let made = made.map_err(|_| PageFault::Conflict("the next keys could not be made"))?;
    made.map_err(|fault| PageFault::Bad(fault.to_string()))?;
    let act = member.act(ActKind::KeysMade, domain);
    member.account.note_act(act).await?;
    Ok(back(&member, "next-keys"))
}

/// Signs with the next pair from now on, where the name servers have its records.
pub(super) async fn switch(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Response, PageFault> {
    let domain = domain_of(&member).await?;
    let Some((desk, keys)) = app.records.as_ref().zip(standing(&app, &domain)?) else {
        return Err(PageFault::Conflict("this process has no keys"));
    };
    let Some(next) = keys.next.clone() else {
        return Err(PageFault::Conflict(
            "there are no next keys; make them first",
        ));
    };
    let now = app.now();
    let mut findings = desk
        .inspection
        .findings(&domain, Some(next.clone()), now)
        .await;
    findings.retain(|f| matches!(f.matter, Matter::DkimRsa | Matter::DkimEd25519));
    if obstacle(&findings).is_some() {
        let told: Vec<&str> = findings.iter().map(|f| f.text.as_str()).collect();
        let text = format!("The keys stay as they are: {}", told.join(" "));
        return refused(&app, &member, (String::new(), text)).await;
    }
    founding::log_key_change(&app.store, &domain, [&keys.records, &next], now).await?;
    let switched = KeyFolder(&desk.keys).switch(&domain, now);
    switched.map_err(|fault| PageFault::Bad(fault.to_string()))?;
    let act = member.act(ActKind::KeysSwitched, domain);
    member.account.note_act(act).await?;
    Ok(back(&member, "switched"))
}
