//! The first campaign: a letter from a template, as a draft that the check page takes on.

use std::sync::Arc;

use avow_model::{BodyKind, CampaignContent, CampaignState, Purpose};
use avow_store::{Campaign, NewCampaign, SetupProgress};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::rail::{self, Done, Step};
use super::under_way;
use super::view::{BegunCampaign, CampaignStepPage, LetterForm};
use crate::client_center::campaign::view::FieldFault;
use crate::client_center::gate;
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::client_center::words::{campaign_badge, people};
use crate::{App, PageFault};

/// One column, real text; the words go in between.
const LETTER: &str = include_str!("letter.mjml");
/// Where the words go.
const PLACE: &str = "<!-- words -->";
/// Longest subject: inboxes show a quarter of it.
const SUBJECT_CHARS_MAX: usize = 200;
/// A first letter: some two pages.
const WORDS_CHARS_MAX: usize = 6_000;

/// What the form begins with: something that may stand as it is.
fn first_words(name: &str) -> LetterForm {
    LetterForm {
        subject: format!("The first letter from {name}"),
        words: format!(
            "this is the first letter from {name}. You get it because you asked for it and confirmed it; \
             the link at its foot ends it at any time.\n\nWrite back if something is missing."
        ),
    }
}

/// Paragraphs of plain text as a message's body. Nothing of it is markup.
fn body(words: &str) -> String {
    let paragraphs = words.split("\n\n").map(str::trim).filter(|p| !p.is_empty());
    let lines = paragraphs.map(|p| escaped(p).replace('\n', "<br>"));
    let html = lines.fold(String::new(), |html, line| html + "<p>" + &line + "</p>");
    LETTER.replace(PLACE, &html)
}

/// For HTML, and for the template language of messages.
fn escaped(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '{' => "&#123;".to_owned(),
            '}' => "&#125;".to_owned(),
            '\r' => String::new(),
            c => c.to_string(),
        })
        .collect()
}

fn faults(form: &LetterForm) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let mut fault = |field, text: &str| {
        let text = text.to_owned();
        faults.push(FieldFault { field, text });
    };
    let subject = form.subject.trim();
    let fits = subject.chars().count() <= SUBJECT_CHARS_MAX && !subject.contains(char::is_control);
    if subject.is_empty() || !fits {
        fault(
            "subject",
            "Write a subject on one line of at most 200 characters.",
        );
    }
    if form.words.trim().is_empty() || form.words.chars().count() > WORDS_CHARS_MAX {
        fault("words", "Write a few sentences, at most 6,000 characters.");
    }
    faults
}

/// The mail that goes to people who asked for it: the first purpose of the policy that sends.
async fn purpose(app: &App, member: &Member) -> Result<Option<Purpose>, PageFault> {
    let set = gate::policies(app, &member.account).await?.ok();
    let version = set.as_ref().and_then(|set| set.in_force(app.now()));
    let rules = version.map_or(&[][..], |v| v.purposes());
    let sends = |verbs: &[avow_model::Verb]| verbs.iter().any(|v| v.as_str() == "send");
    let named = rules.iter().find(|r| r.id.as_str() == "newsletter");
    let rule = named.or_else(|| rules.iter().find(|r| sends(&r.verbs)));
    Ok(rule.map(|rule| rule.id.clone()))
}

fn begun(campaign: &Campaign, member: &Member) -> BegunCampaign {
    let href = format!("{}/campaigns/{}", member.base(), campaign.id);
    let (sentence, href, button) = match campaign.state {
        CampaignState::Draft => (
            "The draft is kept. The check says who gets it and who does not, and sends it.",
            format!("{href}/check"),
            "Go to the check",
        ),
        CampaignState::Finished => (
            "It is through: every recipient has an outcome.",
            href,
            "See what became of it",
        ),
        _ => ("It is on its way.", href, "Watch it"),
    };
    BegunCampaign {
        subject: campaign.content.subject.clone(),
        badge: campaign_badge(campaign.state),
        sentence,
        href,
        button,
        is_finished: campaign.state == CampaignState::Finished,
    }
}

async fn shown(
    app: &App,
    member: &Member,
    form: LetterForm,
    faults: Vec<FieldFault>,
) -> Result<Response, PageFault> {
    let progress = under_way(member).await?;
    let done = Done::of(app, member, &progress).await?;
    let status = if faults.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let campaign = started(member, &progress).await?;
    let total = member.account.contact_count().await? as i64;
    let page = app.templates.show(&CampaignStepPage {
        rail: rail::at(Step::Campaign, done, &member.base()),
        begun: campaign.map(|c| begun(&c, member)),
        shell: member.shell(Noun::Campaigns),
        form,
        faults,
        ready: done.policy,
        total,
        total_text: people(total),
    })?;
    Ok((status, page).into_response())
}

async fn started(member: &Member, progress: &SetupProgress) -> Result<Option<Campaign>, PageFault> {
    match progress.campaign() {
        Some(id) => Ok(member.account.campaign(id).await?),
        None => Ok(None),
    }
}

/// The letter to begin with, or the campaign that was begun.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Response, PageFault> {
    let form = first_words(&member.membership.account_name);
    shown(&app, &member, form, vec![]).await
}

/// Keeps the letter as a draft and goes on to its check.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    member: Member,
    Form(form): Form<LetterForm>,
) -> Result<Response, PageFault> {
    let mut progress = under_way(&member).await?;
    let faults = faults(&form);
    if !faults.is_empty() {
        return shown(&app, &member, form, faults).await;
    }
    if started(&member, &progress).await?.is_some() {
        return Err(PageFault::Conflict("the first campaign is begun already"));
    }
    let Some(purpose) = purpose(&app, &member).await? else {
        return Err(PageFault::Conflict(
            "no policy is in force; publish it first",
        ));
    };
    let settings = member.account.row().await?.settings;
    let new = NewCampaign {
        name: form.subject.trim().to_owned(),
        purpose,
        list: None,
        segment: None,
        content: CampaignContent {
            subject: escaped_subject(form.subject.trim()),
            preheader: String::new(),
            from_name: settings.from_name,
            from_address: settings.from_address,
            reply_to: settings.reply_to,
            body_kind: BodyKind::Mjml,
            body: body(&form.words),
            text: None,
            about: None,
            offers: Vec::new(),
        },
    };
    let id = member.account.campaign_create(new).await?;
    progress.campaign = Some(id.as_i64());
    member.account.setup_save(&progress).await?;
    let to = format!("{}/campaigns/{id}/check", member.base());
    Ok(Redirect::to(&to).into_response())
}

/// A subject is plain text, in the template language of messages.
fn escaped_subject(text: &str) -> String {
    text.replace("{{", "{ {")
        .replace("{%", "{ %")
        .replace("{#", "{ #")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_text_and_no_markup() {
        let html = body("a <b> & {{ secret }}\nnext\n\n{% raw %}");
        assert!(
            html.contains("<p>a &lt;b&gt; &amp; &#123;&#123; secret"),
            "{html}"
        );
        assert!(html.contains("<br>next</p><p>&#123;%"), "{html}");
        assert_eq!(escaped_subject("{{ x }}"), "{ { x }}");
    }

    #[test]
    fn the_first_words_may_stand_as_they_are() {
        assert!(faults(&first_words("Tea")).is_empty());
        let empty = LetterForm::default();
        assert_eq!(faults(&empty).len(), 2);
    }
}
