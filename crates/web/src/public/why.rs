//! Why did I get this: `/why/{token}`. Four sentences from the stored decision and the ledger, and what stands behind them.

use std::sync::Arc;

use avow_compose::{Fields, MessageRef, Token, fill_line};
use avow_model::{
    FactKind, How, MessageClass, Outcome, OutgoingId, Purpose, RecipientState, Timestamp,
};
use avow_policy::{Code, footer};
use avow_store::{LedgerEntry, LedgerLine};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;

use super::governed::Leaf;
use super::letter::{Fault, Room, day, instant};
use super::single;
use super::tongue::Tongue;
use crate::App;

/// Lines of a ledger that are read: the newest; more than a person makes in years.
const LEDGER_LINES_MAX: u32 = 500;

#[derive(Debug, Serialize)]
struct WhyPage {
    lead: String,
    sentences: Vec<String>,
    facts: Vec<FactView>,
    /// `None` for a notice: it comes once, and there is nothing to stop.
    unsubscribe_url: Option<String>,
    preferences_url: String,
}

#[derive(Debug, Serialize)]
struct FactView {
    what: &'static str,
    value: String,
}

/// One message with what is written about its recipient.
struct Found {
    room: Room,
    message: MessageRef,
    about: About,
    ledger: Vec<LedgerLine>,
    tongue: Tongue,
}

/// What is on record of the message itself.
pub(super) struct About {
    pub(super) purpose: Purpose,
    /// The policy version that it announces.
    pub(super) notice: Option<u32>,
    pub(super) started_at: Option<Timestamp>,
    pub(super) state: RecipientState,
    pub(super) updated_at: Timestamp,
    /// Codes of the decision; none where only the ledger has them.
    pub(super) reasons: String,
    /// The subject as this person got it.
    pub(super) subject: String,
}

/// Shows it; changes nothing.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    tongue: Tongue,
) -> Response {
    let shown = async {
        let found = find(&app, &token, tongue).await?;
        page(&app, &found)
    };
    app.answer(shown.await)
}

async fn find(app: &App, token: &str, tongue: Tongue) -> Result<Found, Fault> {
    let pick = |t| match t {
        Token::Why(message) => Some(message),
        _ => None,
    };
    let message = app.open(token, pick)?;
    let room = app.room(message.account).await?;
    let about = match OutgoingId::of_message(message.message()) {
        Some(id) => single::about(&room, message, id).await?,
        None => of_campaign(&room, message).await?,
    };
    let ledger = room.scope.ledger(message.contact, LEDGER_LINES_MAX).await?;
    Ok(Found {
        room,
        message,
        about,
        ledger,
        tongue,
    })
}

async fn of_campaign(room: &Room, message: MessageRef) -> Result<About, Fault> {
    let scope = &room.scope;
    let campaign = scope.campaign(message.campaign).await?;
    let campaign = campaign.ok_or(Fault::Gone)?;
    let row = scope.recipient(message.campaign, message.seq).await?;
    let row = row
        .filter(|r| r.contact == message.contact)
        .ok_or(Fault::Gone)?;
    let contact = scope.contact(message.contact).await?;
    let fields = contact.map_or_else(Fields::default, |c| Fields::from(c.fields));
    Ok(About {
        subject: fill_line(&campaign.content.subject, &fields),
        purpose: campaign.purpose,
        notice: campaign.notice,
        started_at: campaign.started_at,
        state: row.state,
        updated_at: row.updated_at,
        reasons: row.reasons,
    })
}

fn page(app: &App, found: &Found) -> Result<Leaf, Fault> {
    let letter = app.letter(&found.room, "Why this mail");
    let contact = found.message.contact;
    let context = WhyPage {
        lead: lead(found),
        sentences: vec![
            purpose(found),
            collected(found),
            permitted(found),
            measured(app, found),
        ],
        facts: behind(found),
        unsubscribe_url: found
            .about
            .notice
            .is_none()
            .then(|| app.urls.unsubscribe(&app.tokens, found.message)),
        preferences_url: app
            .urls
            .preferences(&app.tokens, found.message.account, contact),
    };
    app.sheet("why", (&letter, "Why did I get this mail?"), &context)
}

fn sent_at(found: &Found) -> Timestamp {
    match found.about.state {
        RecipientState::At(Outcome::Delivered) => found.about.updated_at,
        _ => found.about.started_at.unwrap_or(found.about.updated_at),
    }
}

fn lead(found: &Found) -> String {
    let (name, at) = (&found.about.subject, instant(found.about.updated_at));
    match found.about.state {
        RecipientState::At(Outcome::Delivered) => {
            format!("The mail \u{201c}{name}\u{201d} was handed to your mail server on {at}.")
        }
        state => format!(
            "The mail \u{201c}{name}\u{201d} stands at \u{201c}{}\u{201d} since {at}.",
            state.as_str()
        ),
    }
}

/// The policy's own words for this purpose, at the time of sending.
fn purpose(found: &Found) -> String {
    let version = found.room.version(sent_at(found));
    let class = match found.about.notice {
        Some(_) => MessageClass::Notice,
        None => MessageClass::Marketing,
    };
    version.map_or_else(
        || {
            format!(
                "It was sent for the purpose \u{201c}{}\u{201d}.",
                found.about.purpose
            )
        },
        |v| {
            let spoken = found.tongue.spoken(v);
            let words = spoken.as_deref().unwrap_or(v);
            footer(words, &found.about.purpose, class).why
        },
    )
}

fn first_collection(found: &Found) -> Option<&LedgerLine> {
    let is_collection = |l: &&LedgerLine| matches!(l.entry, LedgerEntry::Collection { .. });
    found
        .ledger
        .iter()
        .filter(is_collection)
        .min_by_key(|l| l.at)
}

fn collected(found: &Found) -> String {
    let Some(line) = first_collection(found) else {
        return "How your address was collected is not on record.".to_owned();
    };
    let LedgerEntry::Collection { version, how, .. } = &line.entry else {
        return String::new();
    };
    let under = version.map_or(
        "bound to no version of the privacy policy".to_owned(),
        |n| format!("under version {n} of the privacy policy"),
    );
    let way = match how {
        How::Direct => "from you",
        How::ImportAttested => "from a file, with its origin attested",
        How::ImportUnattested => "from a file whose origin nobody attests",
        How::Referral => "from somebody who knows you",
    };
    format!("Your address came {way} on {}, {under}.", day(line.at))
}

/// What the gate found when it let the message through, from the codes that were stored with it.
fn permitted(found: &Found) -> String {
    let codes = found
        .about
        .reasons
        .split([',', ' '])
        .filter_map(Code::parse);
    let grounds: Vec<String> = codes.map(|code| ground(code, found)).collect();
    match grounds.as_slice() {
        [] => {
            "Right before it left, your choices were checked once more, and allowed it.".to_owned()
        }
        _ => format!(
            "Right before it left it was checked once more, and allowed because {}.",
            grounds.join(", and because ")
        ),
    }
}

/// A stored code, said to the person it is about.
fn ground(code: Code, found: &Found) -> String {
    let on = |text: &str| match last_yes(found) {
        Some(at) => format!("{text} on {}", day(at)),
        None => text.to_owned(),
    };
    match code {
        Code::AOptIn => on("you said yes"),
        Code::AConfirmedOptIn => on("you said yes and confirmed it"),
        Code::AOptOutNotExercised => "you have not said no to it".to_owned(),
        Code::ABridgedChoice => on("you were told of the new policy and said yes"),
        Code::ASoftOptIn => "you are a customer and did not object".to_owned(),
        Code::AImpliedConsent => "you bought or asked for something not long ago".to_owned(),
        Code::ANecessaryService => "a service you use needs it".to_owned(),
        Code::APolicyNotice => {
            "a change of the privacy policy is told to everybody whose data it is about".to_owned()
        }
        Code::ASingleUse => "it is the one mail that was asked for".to_owned(),
        other => other.title().to_lowercase(),
    }
}

fn last_yes(found: &Found) -> Option<Timestamp> {
    let sent = sent_at(found);
    let yes = |line: &&LedgerLine| match &line.entry {
        LedgerEntry::Fact { fact, .. } => {
            matches!(fact.kind, FactKind::Grant { .. } | FactKind::Confirm { .. })
                && fact.recorded_at <= sent
        }
        LedgerEntry::Collection { .. } => false,
    };
    found.ledger.iter().filter(yes).map(|l| l.at).max()
}

fn measured(app: &App, found: &Found) -> String {
    let version = found.room.version(app.now());
    let version = version.filter(|_| found.about.notice.is_none());
    match version.and_then(avow_policy::Version::measuring_purpose) {
        None => "Whether you open it is not recorded.".to_owned(),
        Some(_) => "Whether you open it or follow its links is recorded only while you permit that; the switch is among your choices, and turning it off also counts for mail you have already.".to_owned(),
    }
}

fn behind(found: &Found) -> Vec<FactView> {
    let mut facts = Vec::new();
    let mut add = |what, value: String| facts.push(FactView { what, value });
    if let Some(line) = first_collection(found) {
        add("Collected", instant(line.at));
        if let Some(evidence) = &line.evidence {
            add("Where", evidence.source.clone());
            if !evidence.wording.is_empty() {
                add("What you were asked", evidence.wording.clone());
            }
        }
    }
    let version = found.room.version(sent_at(found));
    add(
        "Policy in force when it was sent",
        version.map_or("none".to_owned(), |v| format!("version {}", v.n())),
    );
    add("Message", found.message.message().to_string());
    facts
}
