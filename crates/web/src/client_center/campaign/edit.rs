//! Writing a campaign: the form keeps what was typed, faults stand beside their fields.

use std::sync::Arc;

use avow_model::{
    BodyKind, CampaignContent, CampaignState, EmailAddress, ListId, Purpose, SegmentId, Slug,
};
use avow_policy::PurposeRule;
use avow_store::{AccountRow, Campaign, NewCampaign};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::load::Loaded;
use super::view::{CampaignForm, Choice, EditPage, FieldFault, ListChoice, SegmentChoice};
use crate::client_center::gate;
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::{App, PageFault};

/// The body a new campaign starts with: one column, real text, a fallback for the name.
const STARTER: &str = include_str!("starter.mjml");
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
            "Edit the campaign"
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
    })?;
    Ok((status, html).into_response())
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
    faults.check("body", !form.body.trim().is_empty(), "Write the message.");
    match (purpose, list, segment) {
        (Ok(purpose), Ok(list), Ok(segment)) if faults.0.is_empty() => Ok(NewCampaign {
            name: name.to_owned(),
            purpose,
            list,
            segment,
            content: content(form, account),
        }),
        _ => Err(faults.0),
    }
}

fn content(form: &CampaignForm, account: &AccountRow) -> CampaignContent {
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
        body: content.body,
        text: content.text.unwrap_or_default(),
        about: content.about.map_or_else(String::new, |a| a.to_string()),
    }
}

/// An empty form, with the account's sender filled in.
pub(crate) async fn new(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Response, PageFault> {
    let settings = member.account.row().await?.settings;
    let form = CampaignForm {
        from_name: settings.from_name,
        from_address: settings.from_address,
        body_kind: "mjml".to_owned(),
        body: STARTER.to_owned(),
        ..CampaignForm::default()
    };
    page(&app, &member, None, form, vec![]).await
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
            let id = member.account.campaign_create(new).await?;
            let to = format!("{}/campaigns/{id}?said=saved", member.base());
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
            scope.campaign_update_draft(loaded.campaign.id, new).await?;
            let to = format!("{}?said=saved", loaded.base());
            Ok(Redirect::to(&to).into_response())
        }
    }
}
