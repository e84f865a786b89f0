//! Writing a campaign: the form keeps what was typed, faults stand beside their fields.

use std::sync::Arc;

use avow_compose::gallery;
use avow_model::{
    BodyKind, CampaignContent, CampaignId, CampaignState, EmailAddress, ListId, Purpose, SegmentId,
    Slug, SourceMode,
};
use avow_policy::PurposeRule;
use avow_store::{AccountRow, Campaign, NewCampaign};
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::content;
use super::load::Loaded;
use super::view::{CampaignForm, Choice, EditPage, FieldFault, ListChoice, SegmentChoice};
use crate::client_center::gate;
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::{App, PageFault};

const NAME_CHARS_MAX: usize = 120;
/// RFC 5322 section 2.1.1 limits a line to 998; inboxes show a tenth of it.
const SUBJECT_CHARS_MAX: usize = 400;

/// Mail purposes of the policy in force: those with `send` among their verbs.
fn is_mail(rule: &PurposeRule) -> bool {
    rule.verbs.iter().any(|v| v.as_str() == "send")
}

async fn purposes(app: &App, member: &Member) -> Result<Vec<Choice>, PageFault> {
    let Ok(set) = gate::policies(app, &member.account).await? else {
        return Ok(vec![]);
    };
    let version = set.in_force(app.now());
    let rules = version.map_or(&[][..], |v| v.purposes()).iter();
    let choice = |rule: &PurposeRule| Choice {
        id: rule.id.to_string(),
        title: rule.title.clone(),
    };
    Ok(rules.filter(|rule| is_mail(rule)).map(choice).collect())
}

async fn page(
    app: &App,
    member: &Member,
    base: Option<String>,
    form: CampaignForm,
    faults: Vec<FieldFault>,
) -> Result<Response, PageFault> {
    let account = member.account.row().await?;
    let lists = member.account.lists().await?;
    let list = |l: avow_store::ListRow| ListChoice {
        id: l.id.to_string(),
        name: l.name,
    };
    let segments = member.account.segments().await?.into_iter();
    let segments = segments.map(|s| SegmentChoice {
        id: s.id.to_string(),
        slug: s.slug.to_string(),
        text: s.canonical,
    });
    let action = base.as_ref().map_or_else(
        || format!("{}/campaigns", member.base()),
        |base| format!("{base}/edit"),
    );
    let status = if faults.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let html = app.templates.show(&EditPage {
        shell: member.shell(Noun::Campaigns),
        heading: if base.is_some() {
            "Edit the envelope"
        } else {
            "New campaign"
        },
        base,
        action,
        form,
        faults,
        purposes: purposes(app, member).await?,
        lists: lists.into_iter().map(list).collect(),
        segments: segments.collect(),
        sending_domain: account.settings.sending_domain,
        starts: starts(),
    })?;
    Ok((status, html).into_response())
}

/// The templates of the gallery, then the two kinds of source.
fn starts() -> Vec<Choice> {
    let own = gallery::ALL.iter().map(|t| (t.slug, t.title));
    let sources = [
        (SourceMode::Mjml.as_str(), "MJML, as source"),
        (SourceMode::Html.as_str(), "HTML, as source"),
    ];
    let choice = |(id, title): (&str, &str)| Choice {
        id: id.to_owned(),
        title: title.to_owned(),
    };
    own.chain(sources).map(choice).collect()
}

fn kind(word: &str) -> BodyKind {
    if word == "html" {
        BodyKind::Html
    } else {
        BodyKind::Mjml
    }
}

struct Faults(Vec<FieldFault>);

impl Faults {
    fn check(&mut self, field: &'static str, fine: bool, text: &str) {
        if !fine {
            let text = text.to_owned();
            self.0.push(FieldFault { field, text });
        }
    }
}

fn checked_address(form: &CampaignForm, account: &AccountRow, faults: &mut Faults) {
    let domain = &account.settings.sending_domain;
    match form.from_address.parse::<EmailAddress>() {
        Err(fault) => faults.check(
            "from_address",
            false,
            &format!("The sender cannot be used: {fault}."),
        ),
        Ok(address) => {
            let text =
                format!("The sender must be at {domain}: other domains are not signed for here.");
            faults.check("from_address", address.domain() == domain, &text);
        }
    }
}

/// The campaign that was typed, or what to mend.
fn parsed(form: &CampaignForm, account: &AccountRow) -> Result<NewCampaign, Vec<FieldFault>> {
    let mut faults = Faults(Vec::new());
    let name = form.name.trim();
    faults.check("name", !name.is_empty(), "Give the campaign a name.");
    faults.check(
        "name",
        name.chars().count() <= NAME_CHARS_MAX,
        "The name is longer than 120 characters.",
    );
    let purpose = form.purpose.parse::<Purpose>();
    faults.check("purpose", purpose.is_ok(), "Choose a purpose. When there is none, the account has no policy in force: see the policy page.");
    let list = match form.list.as_str() {
        "" => Ok(None),
        id => id.parse::<ListId>().map(Some),
    };
    faults.check("list", list.is_ok(), "Choose a list, or all contacts.");
    let segment = match form.segment.as_str() {
        "" => Ok(None),
        id => id.parse::<SegmentId>().map(Some),
    };
    faults.check("segment", segment.is_ok(), "Choose a segment, or none.");
    faults.check(
        "from_name",
        !form.from_name.trim().is_empty(),
        "Say who the message is from.",
    );
    checked_address(form, account, &mut faults);
    let subject = form.subject.trim();
    faults.check("subject", !subject.is_empty(), "Write a subject.");
    faults.check(
        "subject",
        subject.chars().count() <= SUBJECT_CHARS_MAX,
        "The subject is longer than 400 characters.",
    );
    let about = form.about.trim();
    faults.check(
        "about",
        about.is_empty() || about.parse::<Slug>().is_ok(),
        "Write it as the policy does: small letters, digits, '_', '-' and '.'.",
    );
    match (purpose, list, segment) {
        (Ok(purpose), Ok(list), Ok(segment)) if faults.0.is_empty() => Ok(NewCampaign {
            name: name.to_owned(),
            purpose,
            list,
            segment,
            content: typed(form, account),
        }),
        _ => Err(faults.0),
    }
}

fn typed(form: &CampaignForm, account: &AccountRow) -> CampaignContent {
    let text = form.text.trim();
    CampaignContent {
        subject: form.subject.trim().to_owned(),
        preheader: form.preheader.trim().to_owned(),
        from_name: form.from_name.trim().to_owned(),
        from_address: form.from_address.trim().to_owned(),
        reply_to: account.settings.reply_to.clone(),
        body_kind: kind(&form.body_kind),
        body: form.body.clone(),
        text: (!text.is_empty()).then(|| form.text.clone()),
        about: form.about.trim().parse().ok(),
        offers: Vec::new(),
    }
}

fn form_of(campaign: &Campaign) -> CampaignForm {
    let content = campaign.content.clone();
    CampaignForm {
        name: campaign.name.clone(),
        purpose: campaign.purpose.to_string(),
        list: campaign.list.map_or_else(String::new, |l| l.to_string()),
        segment: (campaign.segment.as_ref()).map_or_else(String::new, |s| s.id.to_string()),
        from_name: content.from_name,
        from_address: content.from_address,
        subject: content.subject,
        preheader: content.preheader,
        body_kind: match content.body_kind {
            BodyKind::Html => "html",
            BodyKind::Mjml => "mjml",
        }
        .to_owned(),
        body: String::new(),
        text: String::new(),
        about: content.about.map_or_else(String::new, |a| a.to_string()),
        start: String::new(),
    }
}

/// `?start=`: a template of the gallery.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Beginning {
    start: String,
}

/// An empty form, with the account's sender filled in, and what the template says about its subject.
pub(crate) async fn new(
    State(app): State<Arc<App>>,
    member: Member,
    Query(beginning): Query<Beginning>,
) -> Result<Response, PageFault> {
    let settings = member.account.row().await?.settings;
    let template = gallery::template(&beginning.start);
    let form = CampaignForm {
        from_name: settings.from_name,
        from_address: settings.from_address,
        subject: template.map_or_else(String::new, |t| t.subject.to_owned()),
        preheader: template.map_or_else(String::new, |t| t.preheader.to_owned()),
        start: template.map_or(gallery::PLAINEST, |t| t.slug).to_owned(),
        ..CampaignForm::default()
    };
    page(&app, &member, None, form, vec![]).await
}

/// Keeps a draft with what the form says it begins with; a body that came along is the body.
async fn begin(
    member: &Member,
    form: &CampaignForm,
    mut new: NewCampaign,
) -> Result<CampaignId, PageFault> {
    if !form.body.trim().is_empty() {
        return Ok(member.account.campaign_create(new).await?);
    }
    if let Some(mode) = SourceMode::parse(&form.start).filter(|m| *m != SourceMode::Blocks) {
        (new.content.body_kind, new.content.body) = content::starter(mode);
        return Ok(member.account.campaign_create(new).await?);
    }
    let template = gallery::template(&form.start).or_else(|| gallery::template(gallery::PLAINEST));
    let document = template
        .map(gallery::Template::document)
        .unwrap_or_default();
    Ok(content::write::draft(&member.account, new, &document).await?)
}

/// Keeps a new draft.
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    member: Member,
    Form(form): Form<CampaignForm>,
) -> Result<Response, PageFault> {
    let account = member.account.row().await?;
    match parsed(&form, &account) {
        Err(faults) => page(&app, &member, None, form, faults).await,
        Ok(new) => {
            let to = match begin(&member, &form, new).await? {
                id if form.body.trim().is_empty() => {
                    format!("{}/campaigns/{id}/content", member.base())
                }
                id => format!("{}/campaigns/{id}?said=saved", member.base()),
            };
            Ok(Redirect::to(&to).into_response())
        }
    }
}

fn must_be_draft(campaign: &Campaign) -> Result<(), PageFault> {
    if campaign.state == CampaignState::Draft {
        return Ok(());
    }
    Err(PageFault::Conflict(
        "only a draft can be changed; this campaign has started",
    ))
}

/// The form of a draft.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    loaded: Loaded,
) -> Result<Response, PageFault> {
    must_be_draft(&loaded.campaign)?;
    let form = form_of(&loaded.campaign);
    page(&app, &loaded.member, Some(loaded.base()), form, vec![]).await
}

/// Rewrites a draft.
pub(crate) async fn post(
    State(app): State<Arc<App>>,
    loaded: Loaded,
    Form(form): Form<CampaignForm>,
) -> Result<Response, PageFault> {
    let account = loaded.member.account.row().await?;
    match parsed(&form, &account) {
        Err(faults) => page(&app, &loaded.member, Some(loaded.base()), form, faults).await,
        Ok(mut new) => {
            let scope = &loaded.member.account;
            // The form shows no offers: what came with the campaign's file stays.
            new.content
                .offers
                .clone_from(&loaded.campaign.content.offers);
            // A body that came along is the body; the page of ours sends none, and what the message says stays.
            if form.body.trim().is_empty() {
                scope
                    .campaign_update_envelope(loaded.campaign.id, new)
                    .await?;
            } else {
                scope.campaign_update_draft(loaded.campaign.id, new).await?;
            }
            let to = format!("{}?said=saved", loaded.base());
            Ok(Redirect::to(&to).into_response())
        }
    }
}
