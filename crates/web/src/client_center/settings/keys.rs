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
use crate::{ApiKey, App, PageFault};

/// What a key's form holds: its name, and one field for each scope that is ticked.
type Fields = Vec<(String, String)>;

/// Which key.
#[derive(Deserialize)]
pub(super) struct KeyForm {
    name: String,
}

fn line(row: ApiKeyRow, now: Timestamp) -> KeyLine {
    let scopes: Vec<_> = row.scopes.iter().map(|s| s.as_str()).collect();
    let (tone, label) = match row.revoked_at {
        None => (Tone::Good, "In use"),
        Some(_) => (Tone::Neutral, "Revoked"),
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
struct Told {
    typed: String,
    scopes: Vec<ApiScope>,
    fault: Option<String>,
    made: Option<(String, String)>,
}

impl Told {
    fn nothing() -> Self {
        Self {
            typed: String::new(),
            scopes: vec![ApiScope::Send, ApiScope::Read],
            fault: None,
            made: None,
        }
    }
}

async fn page(app: &App, member: &Member, told: Told) -> Result<Html<String>, PageFault> {
    let keys = member.account.api_keys().await?;
    let choice = |scope: ApiScope| ScopeChoice {
        word: scope.as_str(),
        may: scope.may(),
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
    page(&app, &member, Told::nothing()).await
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
    let told = Told {
        typed: name.clone(),
        scopes: scopes.clone(),
        ..Told::nothing()
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
            let why =
                "A key of this name was made before; names are never given again. Choose another.";
            return refused(&app, &member, (told, why.to_owned())).await;
        }
        Err(fault) => return Err(fault.into()),
    }
    let told = Told {
        made: Some((name, key.expose().to_owned())),
        ..Told::nothing()
    };
    Ok(page(&app, &member, told).await?.into_response())
}

async fn refused(
    app: &App,
    member: &Member,
    (told, why): (Told, String),
) -> Result<Response, PageFault> {
    let fault = Some(why);
    let page = page(app, member, Told { fault, ..told }).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn fault(name: &str, scopes: &[ApiScope]) -> Option<String> {
    if let Err(fault) = ApiKey::check_name(name) {
        return Some(format!("Give it the name of its program: {fault}."));
    }
    scopes
        .is_empty()
        .then(|| "Tick at least one thing that the key may do.".to_owned())
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
