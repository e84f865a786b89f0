//! The message as it stands, for the frame beside the editor: for one person, or for somebody of whom nothing is known.
//!
//! The frame runs no script and may fetch pictures alone; its origin stays ours, so that the page around it can keep
//! its place when it is loaded again.

use std::sync::Arc;

use avow_compose::gallery::Template;
use avow_compose::{
    Compiled, ContentFault, Fields, Footer, RenderFault, RenderJob, Scratch, WayOut,
};
use avow_deliver::engine::BriefFault;
use avow_model::{
    AccountId, BodyKind, CampaignContent, CampaignId, ContactId, EmailAddress, MailFormat,
    MessageClass, MessageId,
};
use avow_store::AccountSettings;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse, Response};
use mail_parser::MessageParser;
use serde::Deserialize;

use super::draft::Draft;
use crate::client_center::campaign::preview::{self, NoPreview, Who};
use crate::client_center::campaign::ready::{self, sentence};
use crate::{App, PageFault};

/// No script, whatever the message holds; the page around it may read how far it was scrolled.
const FRAME_POLICY: &str = "sandbox allow-same-origin; default-src 'none'; style-src 'unsafe-inline'; \
    img-src data: https: http:; font-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";
/// Of nobody (RFC 2606).
const NOBODY: &str = "reader@example.org";

/// `?as=`: an address; empty for somebody of whom nothing is known.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Ask {
    #[serde(rename = "as")]
    shown_as: String,
}

/// Compiled without a policy: a campaign can be written before there is one.
pub(super) fn sample(content: &CampaignContent) -> Result<Compiled, Vec<ContentFault>> {
    let footer = Footer {
        sender_name: "Your name".to_owned(),
        postal_address: "Your postal address".to_owned(),
        why: "Here your policy says why people get this.".to_owned(),
        stream: "preview".to_owned(),
        way_out: WayOut::OfClass,
    };
    avow_compose::compile(content, &footer, MessageClass::Marketing)
}

/// The message's HTML, alone.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    draft: Draft,
    Query(ask): Query<Ask>,
) -> Result<Response, PageFault> {
    let shown = if ask.shown_as.trim().is_empty() {
        unknown(&app, &draft).await
    } else {
        let who = Who {
            contact: ask.shown_as,
        };
        preview::shown(&app, &draft.loaded, &who)
            .await
            .map(|(_, bytes)| html_of(&bytes))
    };
    let html = match shown {
        Ok(html) => html,
        Err(NoPreview::Said(fault)) => told(&fault),
        Err(NoPreview::Page(fault)) => return Err(fault),
    };
    Ok(([(CONTENT_SECURITY_POLICY, FRAME_POLICY)], Html(html)).into_response())
}

/// Why there is nothing to see yet, in the place of the message.
fn told(fault: &str) -> String {
    let text = fault.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<!doctype html><html lang=\"en\"><head><meta name=\"color-scheme\" content=\"light dark\"><title>Preview</title></head>\
         <body style=\"font:16px/1.5 sans-serif;padding:24px\"><p>{text}</p></body></html>"
    )
}

fn html_of(message: &[u8]) -> String {
    let parsed = MessageParser::default().parse(message);
    let html = parsed.as_ref().and_then(|m| m.body_html(0));
    html.map_or_else(String::new, std::borrow::Cow::into_owned)
}

async fn unknown(app: &App, draft: &Draft) -> Result<String, NoPreview> {
    let content = &draft.source.content;
    let ready = ready::with(app, &draft.loaded, content).await?;
    let faults = |faults: Vec<ContentFault>| {
        let all: Vec<String> = faults.iter().map(|f| sentence(&f.to_string())).collect();
        NoPreview::Said(all.join(" "))
    };
    match ready {
        Ok(ready) => rendered(app, draft, ready.compiled()),
        Err(BriefFault::Content(found)) => Err(faults(found)),
        Err(_) => rendered(app, draft, &sample(content).map_err(faults)?),
    }
}

/// The message of a template, as somebody of whom nothing is known would get it from this account.
pub(in crate::client_center::campaign) fn template(
    app: &App,
    template: &Template,
    settings: &AccountSettings,
) -> Result<String, PageFault> {
    let document = template.document();
    let content = CampaignContent {
        subject: template.subject.to_owned(),
        preheader: template.preheader.to_owned(),
        from_name: settings.from_name.clone(),
        from_address: settings.from_address.clone(),
        reply_to: None,
        body_kind: BodyKind::Mjml,
        body: document.to_mjml(),
        text: Some(document.to_text()),
        about: None,
        offers: Vec::new(),
    };
    let told = |faults: Vec<ContentFault>| {
        let all: Vec<String> = faults.iter().map(|f| sentence(&f.to_string())).collect();
        PageFault::Bad(all.join(" "))
    };
    let compiled = sample(&content).map_err(told)?;
    let nobody = (AccountId::from_i64(0), CampaignId::from_i64(0));
    let html = filled(app, nobody, &compiled);
    html.map_err(|fault| PageFault::Bad(sentence(&fault.to_string())))
}

fn rendered(app: &App, draft: &Draft, compiled: &Compiled) -> Result<String, NoPreview> {
    let of = (draft.loaded.member.account.id(), draft.loaded.campaign.id);
    let html = filled(app, of, compiled);
    html.map_err(|fault| NoPreview::Said(sentence(&fault.to_string())))
}

/// For somebody of whom nothing is known.
fn filled(
    app: &App,
    (account, campaign): (AccountId, CampaignId),
    compiled: &Compiled,
) -> Result<String, RenderFault> {
    let to: EmailAddress = NOBODY.parse().expect("invariant: it is an address");
    let job = RenderJob {
        to: &to,
        fields: &Fields::default(),
        message: MessageId { campaign, seq: 0 },
        account,
        contact: ContactId::from_i64(0),
        date: app.now(),
        sender_domain: "example.org",
        urls: &app.urls,
        tokens: &app.tokens,
        open_beacon: false,
        track_clicks: false,
        format: MailFormat::Any,
    };
    let mut scratch = Scratch::default();
    compiled.render(&job, &mut scratch)?;
    let mut bytes = scratch.headers;
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&scratch.body);
    Ok(html_of(&bytes))
}
