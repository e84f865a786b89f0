//! Writing a draft: what is missing for sending, the check says; what could never be sent, is refused here.

use std::sync::Arc;

use avow_model::{BodyKind, CampaignContent, CampaignId, EmailAddress, Purpose, Slug};
use avow_store::{AccountRow, ApiScope, NewCampaign};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{find, read};
use crate::App;
use crate::api::Call;
use crate::api::input::{At, Input, gone};
use crate::api::key::Caller;
use crate::api::lists::{self, checked_name};
use crate::api::once::Named;
use crate::api::people;
use crate::api::problem::{Kind, Problem};
use crate::api::spec::{Area, Doc, Shape, address, form, may, must, name, short, slug, text};

/// A megabyte of HTML, as much text, and JSON around it.
const BYTES_MAX: usize = 3 * 1024 * 1024;
/// Longest name of a campaign.
const NAME_CHARS_MAX: usize = 120;
/// RFC 5322 section 2.1.1 limits a line to 998; inboxes show a tenth of it.
const SUBJECT_CHARS_MAX: usize = 400;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let make = Doc::new("createCampaign", Area::Campaigns, "Make a draft")
        .about("Nothing leaves: check it, then start or schedule it.")
        .body(draft())
        .answers(201, "Made", read::whole())
        .may_fail([Kind::Account])
        .once();
    let change = Doc::new("changeCampaign", Area::Campaigns, "Rewrite a draft")
        .about(
            "The whole of it. One that has started, or is scheduled, is not changed any more: 409.",
        )
        .body(draft())
        .answers(200, "Rewritten", read::whole())
        .may_fail([Kind::Account, Kind::State]);
    let write = ApiScope::CampaignsWrite;
    vec![
        Call::post("/api/v1/campaigns", write, create, make).of_bytes(BYTES_MAX),
        Call::put("/api/v1/campaigns/{campaign}", write, rewrite, change).of_bytes(BYTES_MAX),
    ]
}

/// The form of a draft.
fn draft() -> Shape {
    let html = "<p>Hello {{ first_name | fallback('friend') }}</p>";
    let own = "The account's own when left out";
    let sender = address().such_as(json!("news@imark.example")).or_null();
    form([
        must(
            "name",
            short("Spring", NAME_CHARS_MAX).about("For you, not for readers"),
        ),
        must(
            "purpose",
            name("newsletter").about("Of the policy: it decides who may get it"),
        ),
        may(
            "list",
            slug("readers").or_null().about("Everybody when left out"),
        ),
        may(
            "segment",
            slug("berliners")
                .or_null()
                .about("Only those who are known to be in it"),
        ),
        must(
            "subject",
            short("What to plant in March", SUBJECT_CHARS_MAX),
        ),
        may("preheader", text("And where").at_most(SUBJECT_CHARS_MAX)),
        may(
            "from_name",
            text("IMark")
                .at_most(SUBJECT_CHARS_MAX)
                .or_null()
                .about(own),
        ),
        may(
            "from_address",
            sender.about("At the account's sending domain; its own when left out"),
        ),
        may("reply_to", address().or_null()),
        may(
            "html",
            text(html)
                .or_null()
                .about("The body; or give `mjml`, one of the two"),
        ),
        may("mjml", text("<mjml><mj-body></mj-body></mjml>").or_null()),
        may(
            "text",
            text("Hello")
                .or_null()
                .about("The text part; made of the body when left out"),
        ),
        may(
            "about",
            name("gardening")
                .or_null()
                .about("The topic, where the policy asks for one"),
        ),
    ])
    .named("CampaignDraft")
    .such_as(json!({
        "name": "Spring",
        "purpose": "newsletter",
        "subject": "What to plant in March",
        "html": html,
    }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    name: String,
    purpose: Purpose,
    list: Option<Slug>,
    segment: Option<Slug>,
    subject: String,
    #[serde(default)]
    preheader: String,
    from_name: Option<String>,
    from_address: Option<String>,
    reply_to: Option<String>,
    html: Option<String>,
    mjml: Option<String>,
    text: Option<String>,
    about: Option<Slug>,
}

fn line(field: &'static str, value: &str) -> Result<(), Problem> {
    let is_long = value.chars().count() > SUBJECT_CHARS_MAX;
    if is_long || value.chars().any(char::is_control) {
        let sentence = format!("It must be one line of at most {SUBJECT_CHARS_MAX} characters");
        return Err(Problem::field(field, sentence));
    }
    Ok(())
}

fn parsed(field: &'static str, value: &str) -> Result<EmailAddress, Problem> {
    let fault = |fault| Problem::field(field, format!("It is no address: {fault}"));
    value.parse::<EmailAddress>().map_err(fault)
}

impl Draft {
    fn body(&mut self) -> Result<(BodyKind, String), Problem> {
        match (self.html.take(), self.mjml.take()) {
            (Some(html), None) => Ok((BodyKind::Html, html)),
            (None, Some(mjml)) => Ok((BodyKind::Mjml, mjml)),
            _ => Err(Problem::field(
                "html",
                "Give the body as `html` or as `mjml`, one of the two",
            )),
        }
    }

    fn check(&self, account: &AccountRow) -> Result<(), Problem> {
        line("subject", &self.subject)?;
        line("preheader", &self.preheader)?;
        line("from_name", self.from_name.as_deref().unwrap_or_default())?;
        if self.subject.trim().is_empty() {
            return Err(Problem::field("subject", "A message needs a subject"));
        }
        if let Some(address) = &self.from_address {
            let domain = &account.settings.sending_domain;
            if parsed("from_address", address)?.domain() != domain {
                let sentence = format!(
                    "This account sends from {domain}; receivers would not believe another domain"
                );
                return Err(Problem::field("from_address", sentence));
            }
        }
        match &self.reply_to {
            Some(address) => parsed("reply_to", address).map(drop),
            None => Ok(()),
        }
    }

    fn content(mut self, account: &AccountRow) -> Result<CampaignContent, Problem> {
        let (body_kind, body) = self.body()?;
        let settings = &account.settings;
        let or_own = |given: Option<String>, own: &str| given.unwrap_or_else(|| own.to_owned());
        Ok(CampaignContent {
            subject: self.subject,
            preheader: self.preheader,
            from_name: or_own(self.from_name, &settings.from_name),
            from_address: or_own(self.from_address, &settings.from_address),
            reply_to: self.reply_to.or_else(|| settings.reply_to.clone()),
            body_kind,
            body,
            text: self.text,
            about: self.about,
            offers: Vec::new(),
        })
    }
}

/// The draft with what it names looked up, or the first thing that is wrong.
async fn understood(app: &App, caller: &Caller, draft: Draft) -> Result<NewCampaign, Problem> {
    let account = caller.scope.row().await?;
    draft.check(&account)?;
    let name = checked_name(&draft.name, NAME_CHARS_MAX)?;
    let policies = people::policies(app, caller).await?;
    let version = policies.in_force(app.now()).ok_or_else(people::no_policy)?;
    let purpose = draft.purpose.clone();
    let sends = version
        .purpose(&purpose)
        .is_some_and(|rule| rule.verbs.iter().any(|v| v.as_str() == "send"));
    if !sends {
        let sentence = "The policy in force has no purpose of this name that sends mail";
        return Err(Problem::field("purpose", sentence));
    }
    let list = match &draft.list {
        None => None,
        Some(slug) => {
            let row = lists::find(&caller.scope, slug).await;
            Some(
                row.map_err(|_| Problem::field("list", "This account has no such list"))?
                    .id,
            )
        }
    };
    let segment = match &draft.segment {
        None => None,
        Some(slug) => {
            let row = caller.scope.segment_by_slug(slug).await?;
            let none = || Problem::field("segment", "This account has no such segment");
            Some(row.ok_or_else(none)?.id)
        }
    };
    Ok(NewCampaign {
        name,
        purpose,
        list,
        segment,
        content: draft.content(&account)?,
    })
}

async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    named: Named,
    input: Input<Draft>,
) -> Result<Response, Problem> {
    let new = understood(&app, &caller, input.value).await?;
    let work = async { Ok(caller.scope.campaign_create(new).await?.to_string()) };
    let done = named.once(&caller.scope, &input.bytes, work).await?;
    let id: CampaignId = done.name.parse().map_err(|_| gone())?;
    let told = read::tell(&caller.scope, id).await?;
    Ok(done.answer((StatusCode::CREATED, Json(told))))
}

async fn rewrite(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<CampaignId>,
    Input { value: draft, .. }: Input<Draft>,
) -> Result<Json<Value>, Problem> {
    find(&caller.scope, id).await?;
    let new = understood(&app, &caller, draft).await?;
    caller.scope.campaign_update_draft(id, new).await?;
    Ok(Json(read::tell(&caller.scope, id).await?))
}
