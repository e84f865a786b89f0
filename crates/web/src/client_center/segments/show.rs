//! One segment: whom it means, of whom that cannot be told and why, what is sent to it, and the people.

use std::sync::Arc;

use avow_deliver::{Seek, SegmentQuestion, seek_segment};
use avow_model::{Action, CampaignState, ContactId, Purpose};
use avow_policy::segment::Truth;
use avow_store::{ContactSummary, SegmentUse};
use axum::extract::{Query, State};
use axum::response::{Html, Redirect};
use serde::Deserialize;

use super::Loaded;
use super::known::{Known, choice};
use super::told;
use super::view::{Choice, PeoplePage, PersonLine, ShowPage, Told, UseLine};
use crate::client_center::contacts;
use crate::client_center::shell::Noun;
use crate::client_center::staff::{self, Veil};
use crate::client_center::words::{When, campaign_badge};
use crate::templates::thousands;
use crate::{App, PageFault};

/// Campaigns that the page names.
const USES_MAX: u32 = 50;
/// People on one page.
const PAGE: usize = 50;
/// People who are looked at for one page: about a tenth of a second.
const LOOKED_MAX: u64 = 5_000;

/// `?for=&who=&after=`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    r#for: String,
    who: String,
    after: Option<String>,
}

fn which(word: &str) -> (Truth, &'static str) {
    match word {
        "outside" => (Truth::False, "outside"),
        "untold" => (Truth::Unknown, "untold"),
        _ => (Truth::True, "meant"),
    }
}

fn use_line(base: &str, one: &SegmentUse) -> UseLine {
    UseLine {
        href: format!("{base}/campaigns/{}", one.campaign),
        name: one.name.clone(),
        badge: campaign_badge(one.state),
    }
}

/// The page.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    loaded: Loaded,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, PageFault> {
    let (member, segment) = (&loaded.member, &loaded.segment);
    let known = Known::of(&app, member).await?;
    let purpose = known
        .purpose(&asked.r#for)
        .cloned()
        .unwrap_or_else(|| choice("", ""));
    let told = match told::read(&app, member, (&known, &segment.canonical)).await? {
        Ok(text) => told::glance(&app, member, (&known, &text, &purpose.value)).await?,
        Err(faults) => Told {
            faults,
            ..Told::default()
        },
    };
    let uses = member.account.segment_uses(segment.id, USES_MAX).await?;
    let version = known.version(&app);
    let read = version.and_then(|v| avow_deliver::read_segment(&segment.canonical, v).ok());
    let reads = read.map_or_else(Vec::new, |s| {
        s.reads().iter().map(ToString::to_string).collect()
    });
    app.templates.show(&ShowPage {
        shell: member.shell(Noun::Segments),
        base: loaded.base(),
        name: segment.slug.to_string(),
        words: segment.canonical.clone(),
        reads,
        purpose: purpose.value,
        purpose_title: purpose.label,
        told,
        is_held: uses.iter().any(|one| one.state == CampaignState::Draft),
        uses: uses
            .iter()
            .map(|one| use_line(&member.base(), one))
            .collect(),
        writes: member.may(Action::Write),
        made: When::new(segment.created_at, app.now()),
        purposes: known.mail,
    })
}

/// Removes it, where no draft is to be sent to it.
pub(super) async fn remove(loaded: Loaded) -> Result<Redirect, PageFault> {
    loaded
        .member
        .account
        .segment_remove(loaded.segment.id)
        .await?;
    let to = format!("{}/segments?said=segment-removed", loaded.member.base());
    Ok(Redirect::to(&to))
}

fn tabs() -> Vec<Choice> {
    vec![
        choice("meant", "In the segment"),
        choice("outside", "Not in it"),
        choice("untold", "Cannot be told"),
    ]
}

fn person(contact: &ContactSummary, why: &str, veil: Veil) -> PersonLine {
    PersonLine {
        id: contact.id.to_string(),
        address: veil.address(&contact.address),
        name: match veil {
            Veil::Off => contacts::name(&contact.fields),
            Veil::On => String::new(),
        },
        why: if why.is_empty() {
            String::new()
        } else {
            told::said(why).0
        },
    }
}

/// The people behind a number.
pub(super) async fn people(
    State(app): State<Arc<App>>,
    loaded: Loaded,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, PageFault> {
    let (member, segment) = (&loaded.member, &loaded.segment);
    let known = Known::of(&app, member).await?;
    let purpose = known
        .purpose(&asked.r#for)
        .cloned()
        .unwrap_or_else(|| choice("", ""));
    let (truth, word) = which(&asked.who);
    let account = member.account.row().await?;
    let after = asked.after.as_deref().and_then(|id| id.parse().ok());
    let seek = Seek {
        truth,
        after: after.unwrap_or(ContactId::from_i64(0)),
        found_max: PAGE,
        looked_max: LOOKED_MAX,
    };
    let mut faults = Vec::new();
    let mut sought = avow_deliver::Sought::default();
    match purpose.value.parse::<Purpose>() {
        Err(_) => {
            faults.push("The policy in force has no purpose under which mail is sent.".to_owned());
        }
        Ok(purpose) => {
            let question = SegmentQuestion {
                account: &account,
                slug: &segment.slug,
                text: &segment.canonical,
                purpose: &purpose,
                list: None,
                about: None,
            };
            match seek_segment((&app.store, &app.shelf), question, seek, app.now()).await {
                Ok(found) => sought = found,
                Err(fault) => faults.push(fault.to_string()),
            }
        }
    }
    let ids: Vec<ContactId> = sought.people.iter().map(|p| p.contact).collect();
    let named = member.account.contacts_named(&ids).await?;
    let veil = staff::veil(&app, member).await?;
    let line = |c: &ContactSummary| {
        let placed = sought.people.iter().find(|p| p.contact == c.id);
        person(c, placed.map_or("", |p| &p.why), veil)
    };
    let base = loaded.base();
    let next = sought
        .look_on
        .map(|id| format!("{base}/people?for={}&who={word}&after={id}", purpose.value));
    let looked = thousands(sought.looked_at as i64);
    app.templates.show(&PeoplePage {
        shell: member.shell(Noun::Segments),
        name: segment.slug.to_string(),
        words: segment.canonical.clone(),
        purpose: purpose.value,
        purpose_title: purpose.label,
        which: word,
        tabs: tabs(),
        shown: format!("{} of the {looked} people who were looked at", named.len()),
        people: named.iter().map(line).collect(),
        next,
        faults,
        base,
    })
}
