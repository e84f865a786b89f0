//! A campaign as one contact gets it, and the test message to oneself.
//!
//! The links of a preview and of a test belong to nobody: following "unsubscribe" in them ends nobody's mail.

use std::sync::Arc;

use avow_compose::{Fields, RenderJob, Scratch};
use avow_model::{CampaignContent, ContactId, EmailAddress, MessageId};
use avow_store::{Contact, NewOutgoing, OutgoingKind};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse, Redirect, Response};
use mail_parser::{Message, MessageParser};
use serde::Deserialize;

use super::head::View;
use super::load::Loaded;
use super::ready::{self, sentence, sentences};
use super::view::PreviewPage;
use crate::client_center::shell::Noun;
use crate::client_center::{gate, staff};
use crate::error::encode;
use crate::headers::PREVIEW_POLICY;
use crate::{App, PageFault};

/// `?contact=`: an address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Who {
    pub(super) contact: String,
}

/// Whom a test goes to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TestForm {
    to: String,
}

/// Why there is nothing to show.
pub(super) enum NoPreview {
    Said(String),
    Page(PageFault),
}

impl<T: Into<PageFault>> From<T> for NoPreview {
    fn from(fault: T) -> Self {
        Self::Page(fault.into())
    }
}

fn said(text: &str) -> NoPreview {
    NoPreview::Said(sentence(text))
}

/// The contact that was asked for, or the first of the audience.
async fn person(loaded: &Loaded, who: &Who) -> Result<Contact, NoPreview> {
    let account = &loaded.member.account;
    let asked = who.contact.trim();
    if asked.is_empty() {
        let nobody = ContactId::from_i64(0);
        let first = account
            .audience_page(loaded.campaign.list, nobody, 1)
            .await?;
        let first = first
            .first()
            .ok_or_else(|| said("there is nobody in the audience yet"))?;
        let found = account.contact(*first).await?;
        return found.ok_or_else(|| said("there is nobody in the audience yet"));
    }
    let address: EmailAddress = asked
        .parse()
        .map_err(|f: avow_model::AddressFault| said(&f.to_string()))?;
    let found = account.contact_by_address(&address).await?;
    found.ok_or_else(|| said("no contact of this account has this address"))
}

/// One message: header block, empty line, body.
async fn message(
    app: &App,
    loaded: &Loaded,
    content: &CampaignContent,
    to: &EmailAddress,
    fields: &Fields,
) -> Result<Vec<u8>, NoPreview> {
    let ready = ready::with(app, loaded, content).await?;
    let ready = ready.map_err(|fault| NoPreview::Said(sentences(&fault)))?;
    let job = RenderJob {
        to,
        fields,
        message: MessageId {
            campaign: loaded.campaign.id,
            seq: 0,
        },
        account: loaded.member.account.id(),
        contact: ContactId::from_i64(0),
        date: app.now(),
        sender_domain: &ready.account().settings.sending_domain,
        urls: &app.urls,
        tokens: &app.tokens,
        open_beacon: false,
        track_clicks: false,
        format: avow_model::MailFormat::Any,
    };
    let mut scratch = Scratch::default();
    let rendered = ready.compiled().render(&job, &mut scratch);
    rendered.map_err(|fault| said(&fault.to_string()))?;
    let mut bytes = scratch.headers;
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&scratch.body);
    Ok(bytes)
}

/// The message to a person and the address it goes to.
pub(super) async fn shown(
    app: &App,
    loaded: &Loaded,
    who: &Who,
) -> Result<(String, Vec<u8>), NoPreview> {
    let person = person(loaded, who).await?;
    let erased = || said("this person was erased");
    let to = person.address.ok_or_else(erased)?;
    let sight = staff::look(
        app,
        &loaded.member,
        (person.id, "the preview of a campaign"),
    )
    .await?;
    if !sight.shows(None) {
        return Err(PageFault::NotShown(avow_policy::Code::DNoNeedToKnow).into());
    }
    let policies = gate::policies(app, &loaded.member.account).await?.ok();
    let version = policies.as_ref().and_then(|set| set.in_force(app.now()));
    let seen = person
        .fields
        .into_iter()
        .filter(|(name, _)| sight.shows_field(name, version));
    let fields: Fields = seen.collect();
    let bytes = message(app, loaded, &loaded.campaign.content, &to, &fields).await?;
    Ok((to.expose().to_owned(), bytes))
}

fn text_of(parsed: Option<&Message<'_>>) -> String {
    let text = parsed.and_then(|m| m.body_text(0));
    text.map_or_else(String::new, std::borrow::Cow::into_owned)
}

/// The page around the frame.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    loaded: Loaded,
    Query(who): Query<Who>,
) -> Result<Html<String>, PageFault> {
    let (fault, to, bytes) = match shown(&app, &loaded, &who).await {
        Ok((to, bytes)) => (None, to, bytes),
        Err(NoPreview::Said(fault)) => (Some(fault), String::new(), vec![]),
        Err(NoPreview::Page(fault)) => return Err(fault),
    };
    let parsed = MessageParser::default().parse(&bytes);
    let subject = parsed.as_ref().and_then(|m| m.subject()).unwrap_or("");
    let frame = format!("{}/preview/frame?contact={}", loaded.base(), encode(&to));
    let content = &loaded.campaign.content;
    app.templates.show(&PreviewPage {
        shell: loaded.member.shell(Noun::Campaigns),
        head: loaded.head(View::Preview),
        contact: who.contact,
        note: "Left empty, it is the first person of the audience. Links in a preview lead nowhere.",
        frame: fault.is_none().then_some(frame),
        fault,
        shown_to: to,
        from_name: content.from_name.clone(),
        subject: subject.to_owned(),
        preheader: content.preheader.clone(),
        text: text_of(parsed.as_ref()),
    })
}

/// The message's HTML alone, for the sandboxed frame.
pub(crate) async fn frame(
    State(app): State<Arc<App>>,
    loaded: Loaded,
    Query(who): Query<Who>,
) -> Result<Response, PageFault> {
    let (_, bytes) = match shown(&app, &loaded, &who).await {
        Ok(shown) => shown,
        Err(NoPreview::Said(fault)) => return Err(PageFault::Bad(fault)),
        Err(NoPreview::Page(fault)) => return Err(fault),
    };
    let parsed = MessageParser::default().parse(&bytes);
    let html = parsed.as_ref().and_then(|m| m.body_html(0));
    let html = html.map_or_else(String::new, std::borrow::Cow::into_owned);
    Ok(([(CONTENT_SECURITY_POLICY, PREVIEW_POLICY)], Html(html)).into_response())
}

/// Sends the message to the user's own address or to those that were named, marked as a test.
pub(crate) async fn test(
    State(app): State<Arc<App>>,
    loaded: Loaded,
    form: Result<Form<TestForm>, FormRejection>,
) -> Result<Redirect, PageFault> {
    let typed = form.map(|Form(form)| form.to).unwrap_or_default();
    let to = super::testers::named(&loaded.member, &typed).await?;
    let mut content = loaded.campaign.content.clone();
    content.subject = format!("[Test] {}", content.subject);
    let fields = match person(&loaded, &Who::default()).await {
        Ok(person) => Fields::from(person.fields),
        Err(NoPreview::Said(_)) => Fields::default(),
        Err(NoPreview::Page(fault)) => return Err(fault),
    };
    for to in to {
        let body = match message(&app, &loaded, &content, &to, &fields).await {
            Ok(body) => body,
            Err(NoPreview::Said(fault)) => return Err(PageFault::Bad(fault)),
            Err(NoPreview::Page(fault)) => return Err(fault),
        };
        let outgoing = NewOutgoing {
            kind: OutgoingKind::Test,
            contact: None,
            mail_from: content.from_address.clone(),
            rcpt_to: to.expose_envelope(),
            body,
        };
        loaded.member.account.outgoing_add(outgoing).await?;
    }
    app.wake();
    Ok(Redirect::to(&format!(
        "{}/check?said=tested",
        loaded.base()
    )))
}
