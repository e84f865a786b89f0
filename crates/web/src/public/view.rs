//! The mail in a browser: `/v/{token}`, while its campaign, or the message, exists. Never measured; sandboxed.

use std::sync::Arc;

use avow_compose::{Fields, MessageRef, RenderJob, Token};
use avow_deliver::Ready;
use avow_deliver::engine::BriefFault;
use avow_model::{CampaignState, MailFormat, OutgoingId};
use avow_store::{Campaign, Contact};
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::response::{Html, IntoResponse, Response};

use super::letter::{Fault, Room};
use super::peer::Peer;
use super::single;
use crate::App;

/// The mail's own styles and pictures, links that open beside it; no script, no form, no frame.
const VIEW_POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
    style-src 'unsafe-inline'; img-src https: http: data:; font-src https: data:; form-action 'none'; \
    base-uri 'none'; frame-ancestors 'none'";

/// Shows the mail as this person got it.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    peer: Peer,
) -> Response {
    app.answer(show(&app, &token, peer).await)
}

async fn show(app: &App, token: &str, peer: Peer) -> Result<Response, Fault> {
    let pick = |t| match t {
        Token::View(message) => Some(message),
        _ => None,
    };
    let message = app.open(token, pick)?;
    // Making a mail costs more than any other page here.
    if !app.limits.post(peer, app.now()) {
        return Err(Fault::TooMany);
    }
    let room = app.room(message.account).await?;
    if let Some(id) = OutgoingId::of_message(message.message()) {
        return Ok(sandboxed(single::html(&room, message, id).await?));
    }
    let campaign = room.scope.campaign(message.campaign).await?;
    let campaign = campaign
        .filter(|c| c.state != CampaignState::Draft)
        .ok_or(Fault::Gone)?;
    let row = room.scope.recipient(message.campaign, message.seq).await?;
    row.filter(|r| r.contact == message.contact)
        .ok_or(Fault::Gone)?;
    let contact = room
        .scope
        .contact(message.contact)
        .await?
        .ok_or(Fault::Gone)?;
    let html = render(app, &room, &campaign, (message, contact)).await?;
    Ok(sandboxed(html))
}

async fn render(
    app: &App,
    room: &Room,
    campaign: &Campaign,
    (message, contact): (MessageRef, Contact),
) -> Result<String, Fault> {
    let at = campaign.started_at.unwrap_or(campaign.created_at);
    let ready = Ready::open(&app.store, &app.shelf, campaign, at).await;
    let ready = ready.map_err(|fault| match fault {
        BriefFault::Store(fault) => Fault::Store(fault),
        fault => {
            tracing::error!(campaign = %campaign.id, %fault, "a sent campaign does not compile");
            Fault::Gone
        }
    })?;
    let facts = ready.facts(&[contact.id]).await?;
    let facts = facts.into_iter().next().unwrap_or_default();
    let to = contact.address.ok_or(Fault::Gone)?;
    let job = RenderJob {
        to: &to,
        fields: &ready.shown(&facts, Fields::from(contact.fields)),
        message: message.message(),
        account: message.account,
        contact: message.contact,
        date: at,
        sender_domain: &room.row.settings.sending_domain,
        urls: &app.urls,
        tokens: &app.tokens,
        // Whoever reads it here is not measured.
        open_beacon: false,
        track_clicks: false,
        format: MailFormat::Any,
    };
    let page = ready.compiled().page(&job);
    page.map(|p| p.html).map_err(|_| Fault::Gone)
}

pub(super) fn sandboxed(html: String) -> Response {
    let headers = [
        (
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(VIEW_POLICY),
        ),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (headers, Html(html)).into_response()
}
