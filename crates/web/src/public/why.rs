//! Why did I get this: `/why/{token}`. Four sentences from the stored decision and the ledger, and what stands behind them.

use std::sync::Arc;

use avow_compose::{Fields, MessageRef, Token, fill_line};
use avow_model::{
    FactKind, How, MessageClass, Outcome, OutgoingId, Purpose, RecipientState, Timestamp,
};
use avow_policy::Code;
use avow_store::{LedgerEntry, LedgerLine};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;

use super::governed::Leaf;
use super::letter::{Fault, Room, day, instant};
use super::single;
use super::tongue::Tongue;
use crate::App;
use crate::language::Told;

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
    what: Told,
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
    let letter = app.letter(&found.room, told!("sheet-why"));
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
    app.sheet("why", (&letter, &say!("why-title")), &context)
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
            say!("why-lead", name = name, at = at)
        }
        state => say!(
            "why-lead-state",
            name = name,
            state = standing(state),
            at = at
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
    let Some(version) = version else {
        return say!("why-purpose", purpose = found.about.purpose.as_str());
    };
    let name = &version.controller().name;
    if class == MessageClass::Notice {
        return say!("why-notice", name = name);
    }
    let spoken = found.tongue.spoken(version);
    let rule = spoken
        .as_deref()
        .unwrap_or(version)
        .purpose(&found.about.purpose);
    let said = rule.and_then(|rule| rule.why.clone());
    let said = said.unwrap_or_else(|| say!("why-contact", name = name));
    match rule.and_then(|rule| rule.send_as.as_ref()) {
        // Who is behind a brand may not be hidden (Directive 2002/58/EC, Article 13(4)).
        Some(brand) => say!("why-brand", why = said, name = name, brand = brand.as_str()),
        None => said,
    }
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
        return say!("why-origin-unknown");
    };
    let LedgerEntry::Collection { version, how, .. } = &line.entry else {
        return String::new();
    };
    let under = version.map_or(told!("why-under-none"), |n| told!("why-under", n = n));
    let at = day(line.at);
    match how {
        How::Direct => say!("why-from-you", at = at, under = under),
        How::ImportAttested => say!("why-from-attested", at = at, under = under),
        How::ImportUnattested => say!("why-from-unattested", at = at, under = under),
        How::Referral => say!("why-from-referral", at = at, under = under),
    }
}

/// What the gate found when it let the message through, from the codes that were stored with it.
fn permitted(found: &Found) -> String {
    let codes = found
        .about
        .reasons
        .split([',', ' '])
        .filter_map(Code::parse);
    let grounds = codes.map(|code| ground(code, found));
    let because = grounds.reduce(|all, next| say!("why-and", all = all, next = next));
    because.map_or_else(
        || say!("why-checked"),
        |because| say!("why-allowed", because = because),
    )
}

/// A stored code, said to the person it is about.
fn ground(code: Code, found: &Found) -> String {
    let at = last_yes(found).map(day);
    match (code, at) {
        (Code::AOptIn, Some(at)) => say!("why-yes-on", at = at),
        (Code::AOptIn, None) => say!("why-yes"),
        (Code::AConfirmedOptIn, Some(at)) => say!("why-confirmed-on", at = at),
        (Code::AConfirmedOptIn, None) => say!("why-confirmed"),
        (Code::ABridgedChoice, Some(at)) => say!("why-bridged-on", at = at),
        (Code::ABridgedChoice, None) => say!("why-bridged"),
        (Code::AOptOutNotExercised, _) => say!("why-no-no"),
        (Code::ASoftOptIn, _) => say!("why-customer"),
        (Code::AImpliedConsent, _) => say!("why-bought"),
        (Code::ANecessaryService, _) => say!("why-service"),
        (Code::APolicyNotice, _) => say!("why-policy-change"),
        (Code::ASingleUse, _) => say!("why-single"),
        (Code::ARightsReply, _) => say!("why-reply"),
        (Code::AConfirmation, _) => say!("why-confirmation"),
        _ => say!("why-permitted"),
    }
}

/// Where a message stands that has not arrived.
const fn standing(state: RecipientState) -> Told {
    match state {
        RecipientState::Waiting => told!("why-state-waiting"),
        RecipientState::At(Outcome::Delivered) => told!("why-state-delivered"),
        RecipientState::At(Outcome::Deferred) => told!("why-state-deferred"),
        RecipientState::At(Outcome::Bounced) => told!("why-state-bounced"),
        RecipientState::At(Outcome::Expired) => told!("why-state-expired"),
        RecipientState::At(Outcome::Refused) => told!("why-state-refused"),
        RecipientState::At(Outcome::Unknown) => told!("why-state-unknown"),
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
        None => say!("why-unmeasured"),
        Some(_) => say!("why-measured"),
    }
}

fn behind(found: &Found) -> Vec<FactView> {
    let mut facts = Vec::new();
    let mut add = |what, value: String| facts.push(FactView { what, value });
    if let Some(line) = first_collection(found) {
        add(told!("why-collected"), instant(line.at));
        if let Some(evidence) = &line.evidence {
            add(told!("why-where"), evidence.source.clone());
            if !evidence.wording.is_empty() {
                add(told!("why-asked"), evidence.wording.clone());
            }
        }
    }
    let version = found.room.version(sent_at(found));
    add(
        told!("why-policy"),
        version.map_or(say!("why-policy-none"), |v| {
            say!("policy-version", n = v.n())
        }),
    );
    add(told!("why-message"), found.message.message().to_string());
    facts
}
