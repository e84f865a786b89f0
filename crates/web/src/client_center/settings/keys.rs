//! Keys with which programs use the API of the account.

use std::sync::Arc;

use avow_model::{Action, Timestamp};
use avow_store::{ApiKeyRow, ApiScope, NewApiKey, StoreError};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::tabs;
use super::view::{Frame, KeyLine, KeysPage, ScopeChoice};
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::client_center::words::{Badge, Tone, When};
use crate::language::Told;
use crate::{ApiKey, App, PageFault};

/// What a key's form holds: its name, and one field for each scope that is ticked.
type Fields = Vec<(String, String)>;

/// Which key.
#[derive(Deserialize)]
pub(super) struct KeyForm {
    name: String,
}

const fn may(scope: ApiScope) -> Told {
    match scope {
        ApiScope::Send => told!("scope-send"),
        ApiScope::Read => told!("scope-read"),
        ApiScope::Events => told!("scope-events"),
        ApiScope::Webhooks => told!("scope-webhooks"),
        ApiScope::Attest => told!("scope-attest"),
        ApiScope::ContactsRead => told!("scope-contacts-read"),
        ApiScope::ContactsWrite => told!("scope-contacts-write"),
        ApiScope::ContactsErase => told!("scope-contacts-erase"),
        ApiScope::Lists => told!("scope-lists"),
        ApiScope::Segments => told!("scope-segments"),
        ApiScope::Forms => told!("scope-forms"),
        ApiScope::Imports => told!("scope-imports"),
        ApiScope::Exports => told!("scope-exports"),
        ApiScope::CampaignsRead => told!("scope-campaigns-read"),
        ApiScope::CampaignsWrite => told!("scope-campaigns-write"),
        ApiScope::CampaignsSend => told!("scope-campaigns-send"),
        ApiScope::ReportsRead => told!("scope-reports-read"),
        ApiScope::PolicyRead => told!("scope-policy-read"),
        ApiScope::SettingsRead => told!("scope-settings-read"),
        ApiScope::AuditRead => told!("scope-audit-read"),
    }
}

fn line(row: ApiKeyRow, now: Timestamp) -> KeyLine {
    let scopes: Vec<_> = row.scopes.iter().map(|s| s.as_str()).collect();
    let (tone, label) = match row.revoked_at {
        None => (Tone::Good, told!("keys-in-use")),
        Some(_) => (Tone::Neutral, told!("keys-revoked")),
    };
    KeyLine {
        name: row.name,
        scopes: scopes.join(", "),
        made: When::new(row.created_at, now),
        badge: Badge { tone, label },
        in_use: row.revoked_at.is_none(),
    }
}

/// What the page says beside its list.
struct Beside {
    typed: String,
    scopes: Vec<ApiScope>,
    fault: Option<String>,
    made: Option<(String, String)>,
}

impl Beside {
    fn nothing() -> Self {
        Self {
            typed: String::new(),
            scopes: vec![ApiScope::Send, ApiScope::Read],
            fault: None,
            made: None,
        }
    }
}

async fn page(app: &App, member: &Member, told: Beside) -> Result<Html<String>, PageFault> {
    let keys = member.account.api_keys().await?;
    let choice = |scope: ApiScope| ScopeChoice {
        word: scope.as_str(),
        may: may(scope),
        chosen: told.scopes.contains(&scope),
    };
    app.templates.show(&KeysPage {
        shell: member.shell(Noun::Settings),
        frame: Frame {
            tabs: tabs(member),
            tab: "keys",
        },
        manages: member.may(Action::ManageKeys),
        fault: told.fault,
        scopes: ApiScope::ALL.map(choice).into(),
        typed: told.typed,
        made: told.made,
        keys: keys.into_iter().map(|row| line(row, app.now())).collect(),
    })
}

/// The page.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Html<String>, PageFault> {
    page(&app, &member, Beside::nothing()).await
}

/// Makes a key and shows it, this once.
pub(super) async fn make(
    State(app): State<Arc<App>>,
    member: Member,
    Form(fields): Form<Fields>,
) -> Result<Response, PageFault> {
    let name = fields.iter().find(|(key, _)| key == "name");
    let name = name.map_or("", |(_, value)| value.trim()).to_owned();
    let ticked = fields.iter().filter(|(key, _)| key == "scope");
    let scopes: Vec<ApiScope> = ticked.filter_map(|(_, w)| ApiScope::parse(w)).collect();
    let told = Beside {
        typed: name.clone(),
        scopes: scopes.clone(),
        ..Beside::nothing()
    };
    if let Some(why) = fault(&name, &scopes) {
        return refused(&app, &member, (told, why)).await;
    }
    let key = ApiKey::new(app.entropy.as_ref());
    let new = NewApiKey {
        name: name.clone(),
        token_hash: key.hash(),
        scopes,
    };
    let who = &member.visitor.address;
    match member.account.api_key_add(new, who).await {
        Ok(_) => {}
        Err(StoreError::Duplicate { .. }) => {
            return refused(&app, &member, (told, say!("keys-name-taken"))).await;
        }
        Err(fault) => return Err(fault.into()),
    }
    let told = Beside {
        made: Some((name, key.expose().to_owned())),
        ..Beside::nothing()
    };
    Ok(page(&app, &member, told).await?.into_response())
}

async fn refused(
    app: &App,
    member: &Member,
    (told, why): (Beside, String),
) -> Result<Response, PageFault> {
    let fault = Some(why);
    let page = page(app, member, Beside { fault, ..told }).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn fault(name: &str, scopes: &[ApiScope]) -> Option<String> {
    if let Err(fault) = ApiKey::check_name(name) {
        return Some(say!("keys-name-fault", fault = fault.to_string()));
    }
    scopes.is_empty().then(|| say!("keys-no-scope"))
}

/// Ends a key at once.
pub(super) async fn revoke(
    member: Member,
    Form(form): Form<KeyForm>,
) -> Result<Redirect, PageFault> {
    let who = &member.visitor.address;
    member.account.api_key_revoke(&form.name, who).await?;
    let to = format!("{}/settings/keys?said=revoked", member.base());
    Ok(Redirect::to(&to))
}
