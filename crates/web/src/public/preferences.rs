//! Preferences: `/p/{token}`. One switch for each purpose of the policy in force that has a choice, and
//! "stop everything". A POST is in effect before its page shows.

use std::sync::Arc;

use avow_collect::forms::{Desk, ask_gate, wants_new_yes};
use avow_compose::Token;
use avow_model::{ContactId, Facts, Purpose, PurposeSelector, Timestamp};
use avow_policy::{ChoiceRule, Decision, PurposeRule, Version};
use avow_store::Contact;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;

use super::choice::{Deed, grant, withdraw};
use super::governed::Leaf;
use super::letter::{Fault, Room, day, instant, masked};
use super::peer::Peer;
use crate::App;

type Pairs = Vec<(String, String)>;

#[derive(Debug, Serialize)]
struct PreferencesPage {
    address: String,
    action: String,
    version: u32,
    done: Vec<String>,
    warning: Option<String>,
    switches: Vec<Switch>,
}

#[derive(Debug, Serialize)]
struct Switch {
    purpose: String,
    title: String,
    what: String,
    on: bool,
    /// A second box: whether what was given before serves it as the version in force says, too.
    again: Option<String>,
}

/// A person with everything that the page needs.
struct Found {
    room: Room,
    contact: Contact,
    id: ContactId,
}

/// Shows how things stand.
pub(super) async fn get(State(app): State<Arc<App>>, Path(token): Path<String>) -> Response {
    let shown = async {
        let found = find(&app, &token).await?;
        page(&app, &found, &token, (Vec::new(), None)).await
    };
    app.answer(shown.await)
}

/// Records the choices, then shows how things stand.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    peer: Peer,
    Form(posted): Form<Pairs>,
) -> Response {
    let saved = async {
        let found = find(&app, &token).await?;
        let said = save(&app, &found, &posted, peer).await?;
        page(&app, &found, &token, said).await
    };
    app.answer(saved.await)
}

async fn find(app: &App, token: &str) -> Result<Found, Fault> {
    let pick = |t| match t {
        Token::Preferences { account, contact } => Some((account, contact)),
        _ => None,
    };
    let (account, id) = app.open(token, pick)?;
    let room = app.room(account).await?;
    let contact = room
        .scope
        .contact(id)
        .await?
        .filter(|c| c.address.is_some())
        .ok_or(Fault::Gone)?;
    Ok(Found { room, contact, id })
}

fn posted_as<'p>(posted: &'p Pairs, name: &str) -> impl Iterator<Item = &'p str> {
    posted
        .iter()
        .filter(move |(n, _)| n == name)
        .map(|(_, v)| v.as_str())
}

/// What was done, in sentences, and a warning where something was not.
type Said = (Vec<String>, Option<String>);

async fn save(app: &App, found: &Found, posted: &Pairs, peer: Peer) -> Result<Said, Fault> {
    let now = app.now();
    let version = found.room.version(now).ok_or(Fault::NoPolicy)?;
    let deed = |wording: String| Deed {
        contact: found.id,
        at: now,
        ip: peer.0.to_string(),
        page: "/p/",
        wording,
    };
    if posted_as(posted, "do").any(|d| d == "stop") {
        let stop = deed("Stop everything".to_owned());
        withdraw(&found.room, &stop, vec![PurposeSelector::AllMarketing]).await?;
        let said = format!(
            "Done on {}: everything is off. A mail that left before this moment can still arrive.",
            instant(now)
        );
        return Ok((vec![said], None));
    }
    let same = posted_as(posted, "version").any(|v| v == version.n().to_string());
    let moves = moves(version, posted);
    let off = moves
        .off
        .iter()
        .map(|r| PurposeSelector::One(r.id.clone()))
        .collect();
    withdraw(&found.room, &deed(wordings(&moves.off)), off).await?;
    // A yes counts for the wording that was read; a no counts always.
    if same {
        let on = moves.on.iter().map(|r| r.id.clone()).collect();
        let mut said = wordings(&moves.on);
        if posted_as(posted, "again").next().is_some() {
            said = format!("{said}\n{}", again_wording(version));
        }
        grant(&found.room, &deed(said), version.n(), on).await?;
    }
    let done = match moves.off.len() + moves.on.len() {
        0 => "Nothing changed: your choices stand as they were.".to_owned(),
        _ => format!("Saved on {}, and in effect now.", instant(now)),
    };
    let warning = (!same && !moves.on.is_empty()).then(|| {
        "The privacy policy changed while this page was open, so nothing was turned on. Read it again and choose once more.".to_owned()
    });
    Ok((vec![done], warning))
}

/// What the person moved. Only switches that were shown count.
struct Moves<'v> {
    on: Vec<&'v PurposeRule>,
    off: Vec<&'v PurposeRule>,
}

fn moves<'v>(version: &'v Version, posted: &Pairs) -> Moves<'v> {
    let wanted = |r: &PurposeRule| posted_as(posted, "on").any(|p| p == r.id.as_str());
    let shown = |r: &PurposeRule, state: &str| {
        let entry = format!("{}:{state}", r.id);
        posted_as(posted, "shown").any(|s| s == entry)
    };
    let choosable = || version.purposes().iter().filter(|r| has_choice(r));
    let again = |r: &PurposeRule| posted_as(posted, "again").any(|p| p == r.id.as_str());
    Moves {
        on: choosable()
            .filter(|r| wanted(r) && (shown(r, "off") || again(r)))
            .collect(),
        off: choosable()
            .filter(|r| shown(r, "on") && !wanted(r))
            .collect(),
    }
}

fn has_choice(rule: &PurposeRule) -> bool {
    rule.choice != ChoiceRule::None
}

fn wordings(rules: &[&PurposeRule]) -> String {
    let lines: Vec<&str> = rules.iter().map(|r| wording(r)).collect();
    lines.join("\n")
}

fn wording(rule: &PurposeRule) -> &str {
    rule.ask.as_deref().unwrap_or(&rule.title)
}

async fn page(app: &App, found: &Found, token: &str, (done, warning): Said) -> Result<Leaf, Fault> {
    let version = found.room.version(app.now()).ok_or(Fault::NoPolicy)?;
    let facts = found.room.scope.facts(found.id).await?;
    let desk = desk(app, found);
    let switch = |rule: &PurposeRule| {
        let on = is_on(&desk, version, (&rule.id, &facts), app.now());
        let older = on && wants_new_yes(&desk, version, &rule.id, &facts, app.now());
        Switch {
            purpose: rule.id.to_string(),
            title: rule.title.clone(),
            what: wording(rule).to_owned(),
            on,
            again: older.then(|| again_wording(version)),
        }
    };
    let context = PreferencesPage {
        address: found
            .contact
            .address
            .as_ref()
            .map(masked)
            .unwrap_or_default(),
        action: format!("/p/{token}"),
        version: version.n(),
        done,
        warning,
        switches: version
            .purposes()
            .iter()
            .filter(|r| has_choice(r))
            .map(switch)
            .collect(),
    };
    let letter = app.letter(&found.room, "Preferences");
    app.sheet("preferences", (&letter, "Your choices"), &context)
}

fn desk<'a>(app: &'a App, found: &'a Found) -> Desk<'a> {
    Desk {
        scope: &found.room.scope,
        account: &found.room.row,
        policies: &found.room.policies,
        tokens: &app.tokens,
        urls: &app.urls,
    }
}

/// What a second yes says.
fn again_wording(version: &Version) -> String {
    format!(
        "Also use for this what I gave before {}, as version {} of the privacy policy says.",
        day(version.effective_at()),
        version.n()
    )
}

/// Whether the person's choice allows it: other reasons against it (an address that bounces) are not theirs.
fn is_on(
    desk: &Desk<'_>,
    version: &Version,
    (purpose, facts): (&Purpose, &Facts),
    now: Timestamp,
) -> bool {
    use avow_policy::Code as C;
    const NOT_CHOSEN: [C; 11] = [
        C::DNoChoice,
        C::DRefused,
        C::DWithdrawn,
        C::DObjected,
        C::DConsentInvalid,
        C::DPendingConfirmation,
        C::DConsentExpired,
        C::DComplaint,
        C::DSuppressedChannel,
        C::DSuppressedTenant,
        C::DJurisdictionRule,
    ];
    let decision = ask_gate(desk, version, purpose, facts, now);
    decision.is_some_and(|d: Decision| !NOT_CHOSEN.iter().any(|code| d.has(*code)))
}
