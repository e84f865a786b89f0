//! The page as the policy in force makes it.

use avow_collect::forms::{Desk, ask_gate, signal_says_no, wants_new_yes};
use avow_deliver::topics_in;
use avow_model::{FactKind, Facts, MailFormat, Purpose, Slug, Timestamp};
use avow_policy::{
    ChoiceRule, Decision, Kind, PreferenceControl, Topics, Version, preference_controls,
};
use serde::Serialize;

use super::{Found, Said, desk};
use crate::App;
use crate::language::Told;
use crate::public::governed::Leaf;
use crate::public::letter::{Fault, day, masked};
use crate::public::signal::said_no;
use crate::public::tongue::Language;
use crate::public::topics::{self, Topic};

#[derive(Debug, Serialize)]
struct PreferencesPage {
    address: String,
    action: String,
    version: u32,
    done: Vec<String>,
    warning: Option<String>,
    groups: Vec<Group>,
    /// The language of what the policy says on the page.
    lang: String,
    receipts: String,
    languages: Vec<Language>,
    text_only: bool,
    /// Since when the address is given up.
    left: Option<String>,
    /// Brands that can be stopped by themselves.
    brands: Vec<String>,
}

/// Choices of one sort.
#[derive(Debug, Serialize)]
struct Group {
    title: Told,
    note: Option<Told>,
    switches: Vec<Switch>,
}

#[derive(Debug, Serialize)]
struct Switch {
    purpose: String,
    title: String,
    what: String,
    on: bool,
    /// Why it cannot be turned on.
    silenced: Option<String>,
    /// A second box: whether what was given before serves it as the version in force says, too.
    again: Option<String>,
    /// What has to happen before it is done, what it uses, who gets it, what it needs: a line each.
    small: Vec<String>,
    topics: Option<TopicsShown>,
}

#[derive(Debug, Serialize)]
struct TopicsShown {
    category: String,
    title: String,
    choices: Vec<Topic>,
    typed: String,
}

/// The groups, in the order of the page: what each is called, what it says, and which kinds stand in it.
const fn groups() -> [(Told, Option<Told>, &'static [Kind]); 3] {
    [
        (
            told!("choices-mail"),
            None,
            &[Kind::Marketing, Kind::Referral, Kind::Demo, Kind::Service],
        ),
        (
            told!("choices-learned"),
            Some(told!("choices-learned-note")),
            &[Kind::Tracking, Kind::Profiling],
        ),
        (
            told!("choices-others"),
            Some(told!("choices-others-note")),
            &[Kind::Sharing],
        ),
    ]
}

/// Everybody's choices, as they stand for one person.
struct Sheet<'a> {
    found: &'a Found,
    desk: Desk<'a>,
    version: &'a Version,
    facts: &'a Facts,
    now: Timestamp,
}

pub(super) async fn page(app: &App, found: &Found, token: &str, said: Said) -> Result<Leaf, Fault> {
    let now = app.now();
    let version = found.room.version(now).ok_or(Fault::NoPolicy)?;
    let facts = found.room.scope.facts(found.id).await?;
    let sheet = Sheet {
        found,
        desk: desk(app, found),
        version,
        facts: &facts,
        now,
    };
    let address = found.contact.address.as_ref();
    let context = PreferencesPage {
        address: address.map(masked).unwrap_or_default(),
        action: action(found, version, token),
        lang: found
            .tongue
            .text(version)
            .map_or_else(String::new, |t| t.locale.to_string()),
        receipts: format!("/p/{token}/receipts"),
        languages: found.tongue.languages(version),
        version: version.n(),
        done: said.done,
        warning: said.warning,
        groups: sheet.groups(),
        text_only: facts.format == MailFormat::TextOnly,
        left: given_up(&facts).map(day),
        brands: brands(found, version)
            .iter()
            .map(ToString::to_string)
            .collect(),
    };
    let letter = app.letter(&found.room, told!("sheet-preferences"));
    app.sheet("preferences", (&letter, &say!("choices-title")), &context)
}

/// Where the page is sent to: in the language it was read in.
fn action(found: &Found, version: &Version, token: &str) -> String {
    match found.tongue.text(version) {
        Some(text) if version.texts().len() > 1 => format!("/p/{token}?lang={}", text.locale),
        _ => format!("/p/{token}"),
    }
}

/// Since when the address is given up, unless it was confirmed since.
fn given_up(facts: &Facts) -> Option<Timestamp> {
    let confirms = |at: Timestamp| {
        let mut events = facts.events.iter();
        events.any(|f| f.kind == FactKind::ConfirmAddress && f.at > at)
    };
    facts.retired.filter(|at| !confirms(*at))
}

/// The brands that mail is sent under, where there is more than one.
pub(super) fn brands(found: &Found, version: &Version) -> Vec<Slug> {
    let mut brands = vec![found.room.row.settings.brand.clone()];
    for brand in version.purposes().iter().filter_map(|r| r.send_as.as_ref()) {
        if !brands.contains(brand) {
            brands.push(brand.clone());
        }
    }
    if brands.len() == 1 {
        Vec::new()
    } else {
        brands
    }
}

impl Sheet<'_> {
    fn groups(&self) -> Vec<Group> {
        let spoken = self.found.tongue.spoken(self.version);
        let controls = spoken.map_or_else(Vec::new, |version| preference_controls(&version));
        let group = |(title, note, kinds): (Told, Option<Told>, &[Kind])| {
            let inside = controls.iter().filter(|c| kinds.contains(&c.kind));
            Group {
                title,
                note,
                switches: inside.map(|c| self.switch(c, &controls)).collect(),
            }
        };
        let groups = groups().into_iter().map(group);
        groups.filter(|g| !g.switches.is_empty()).collect()
    }

    fn switch(&self, control: &PreferenceControl, all: &[PreferenceControl]) -> Switch {
        let on = self.is_on(&control.purpose);
        let (desk, version, now) = (&self.desk, self.version, self.now);
        let older = on && wants_new_yes(desk, version, &control.purpose, self.facts, now);
        Switch {
            purpose: control.purpose.to_string(),
            title: control.title.clone(),
            what: control.ask.clone(),
            on,
            silenced: signal_says_no(desk, version, &control.purpose, now).then(said_no),
            again: older.then(|| again_wording(version)),
            small: small(version, control, all),
            topics: own_topics(control, all).map(|topics| self.topics(topics)),
        }
    }

    fn topics(&self, topics: &Topics) -> TopicsShown {
        let fields = &self.found.contact.fields;
        let typed = fields
            .get(topics.category.as_str())
            .cloned()
            .unwrap_or_default();
        let named = topics_in(&typed);
        TopicsShown {
            category: topics.category.to_string(),
            title: topics.title.clone(),
            choices: topics::topics(&topics.values, |topic| named.contains(topic)),
            typed,
        }
    }

    /// Whether the person's choice allows it: other reasons against it (an address that bounces) are not theirs.
    fn is_on(&self, purpose: &Purpose) -> bool {
        use avow_policy::Code as C;
        const NOT_CHOSEN: [C; 12] = [
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
            C::DSignal,
        ];
        let decision = ask_gate(&self.desk, self.version, purpose, self.facts, self.now);
        decision.is_some_and(|d: Decision| !NOT_CHOSEN.iter().any(|code| d.has(*code)))
    }
}

/// The topics that stand at this switch. Purposes may share a list: it stands at the first of them, since what is
/// unticked in one place and ticked in another is no answer.
fn own_topics<'c>(control: &'c PreferenceControl, all: &[PreferenceControl]) -> Option<&'c Topics> {
    let topics = control.topics.as_ref()?;
    let same = |c: &&PreferenceControl| {
        let other = c.topics.as_ref();
        other.is_some_and(|t| t.category == topics.category)
    };
    let first = all.iter().find(same)?;
    (first.purpose == control.purpose).then_some(topics)
}

/// What a second yes says.
pub(super) fn again_wording(version: &Version) -> String {
    let from = day(version.effective_at());
    say!("choices-again", from = from, n = version.n())
}

/// What has to happen before it is done.
fn strength(version: &Version, control: &PreferenceControl) -> String {
    let rule = version.purpose(&control.purpose);
    match rule.map(|rule| rule.choice) {
        Some(ChoiceRule::OptIn) => say!("choices-opt-in"),
        Some(ChoiceRule::ConfirmedOptIn) => say!("choices-confirmed"),
        Some(ChoiceRule::OptOut) => say!("choices-opt-out"),
        _ if control.kind == Kind::Service => say!("choices-service"),
        _ => say!("choices-once"),
    }
}

fn small(version: &Version, control: &PreferenceControl, all: &[PreferenceControl]) -> Vec<String> {
    let mut lines = vec![strength(version, control)];
    if !control.reads.is_empty() {
        lines.push(say!("choices-uses", what = control.reads.join(", ")));
    }
    if control.kind == Kind::Sharing {
        let who = control.recipients.join(", ");
        lines.push(say!("choices-goes-to", who = who));
    }
    let brand = control.brand.as_ref();
    lines.extend(brand.map(|b| say!("choices-sent-as", brand = b.as_str())));
    let title = |id: &Purpose| {
        let other = all.iter().find(|c| c.purpose == *id);
        other.map_or_else(|| id.to_string(), |c| say!("quoted", text = &c.title))
    };
    if !control.requires.is_empty() {
        let needed: Vec<String> = control.requires.iter().map(title).collect();
        lines.push(say!("choices-together", what = needed.join(", ")));
    }
    lines
}
