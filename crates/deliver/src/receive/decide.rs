//! What a mail means for the message that it is about. Pure.
//!
//! Promises: a hard verdict only where the report speaks of the very address that the message went to, or of
//! none; an answer by a machine means nothing; what is not understood is noted at most.

use avow_bounce::{Class, Feedback, Outcome, Report};
use avow_compose::TokenKey;
use avow_compose::verp::{self, Addressed, Way};
use avow_model::{EmailAddress, Fact, FactKind, Timestamp};
use avow_store::ReturnedKind;

/// What is kept of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) kind: ReturnedKind,
    pub(super) class: Class,
    /// The enhanced code in it.
    pub(super) status: Option<String>,
}

/// What ends with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The address: it is dead.
    Address,
    /// All marketing: the person called it spam.
    Marketing,
    /// The message's purpose: the person wants no more of it.
    Purpose,
}

/// What follows from a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Effect {
    Nothing,
    Noted(Note),
    Ended(Note, End),
}

/// The message that a mail to a role address is about: the first address of ours in what came back, which
/// only who had the message can know.
pub(super) fn about(key: &TokenKey, report: &Report) -> Option<Addressed> {
    let sender = report.feedback.as_ref()?.original_mail_from.as_deref();
    let headers = report.returned.headers.iter().map(|(_, value)| &**value);
    let mut texts = sender.into_iter().chain(headers);
    texts.find_map(|text| verp::find(key, text))
}

/// A mail to the way out is a no, whatever it says and whoever sent it: the address was in that mail alone.
pub(super) fn way_out() -> Effect {
    Effect::Ended(note(ReturnedKind::OptOut, Class::Feedback), End::Purpose)
}

/// What a report means for the message of this person.
pub(super) fn effect(way: Way, report: Option<&Report>, person: &EmailAddress) -> Effect {
    match (way, report) {
        (Way::Out, _) => way_out(),
        (Way::Back, None) => Effect::Nothing,
        (Way::Back, Some(report)) => match &report.feedback {
            Some(feedback) => complaint(feedback),
            None => bounce(&report.outcomes, person),
        },
    }
}

/// RFC 5965 7.3, RFC 6591; opt-out is of the drafts and in use.
fn complaint(feedback: &Feedback) -> Effect {
    let noted = |kind| note(kind, Class::Feedback);
    match feedback.kind.as_str() {
        "abuse" | "complaint" => Effect::Ended(noted(ReturnedKind::Complaint), End::Marketing),
        "opt-out" | "opt-out-list" => Effect::Ended(noted(ReturnedKind::OptOut), End::Purpose),
        "not-spam" => Effect::Nothing,
        _ => Effect::Noted(noted(ReturnedKind::Report)),
    }
}

/// The gravest of the outcomes: dead, then failed, then late.
fn bounce(outcomes: &[Outcome], person: &EmailAddress) -> Effect {
    use avow_bounce::Action;
    let dead = outcomes.iter().find(|o| o.is_hard() && is_of(o, person));
    if let Some(dead) = dead {
        return Effect::Ended(of(ReturnedKind::Bounce, dead), End::Address);
    }
    let with = |action| outcomes.iter().find(|o| o.action == action);
    if let Some(failed) = with(Action::Bounce) {
        return Effect::Noted(of(ReturnedKind::Bounce, failed));
    }
    match with(Action::Delay) {
        Some(late) => Effect::Noted(of(ReturnedKind::Delay, late)),
        None => Effect::Nothing,
    }
}

/// Whether it speaks of the address that we wrote to. Behind a living one another may be dead, to which its
/// owner lets the mail be forwarded: servers that do so name ours as the original one. Within one domain the other
/// name is only how its servers write the same mailbox.
fn is_of(outcome: &Outcome, person: &EmailAddress) -> bool {
    let same = |text: &str| {
        let address: Option<EmailAddress> = text.parse().ok();
        address.is_some_and(|a| a.expose_canonical() == person.expose_canonical())
            || text.eq_ignore_ascii_case(&person.expose_envelope())
    };
    match (&outcome.address, &outcome.original_address) {
        (None, None) => true,
        (Some(only), None) | (None, Some(only)) => same(only),
        (Some(last), Some(first)) => same(last) || same(first) && is_beside(last, first),
    }
}

fn is_beside(one: &str, other: &str) -> bool {
    let domain = |text: &str| {
        text.rsplit_once('@')
            .map(|(_, domain)| domain.to_lowercase())
    };
    domain(one).is_none_or(|own| domain(other) == Some(own))
}

fn of(kind: ReturnedKind, outcome: &Outcome) -> Note {
    Note {
        kind,
        class: outcome.class,
        status: outcome.status.map(|s| s.to_string()),
    }
}

const fn note(kind: ReturnedKind, class: Class) -> Note {
    Note {
        kind,
        class,
        status: None,
    }
}

/// True when the same no is the latest word already, so that repeating it adds nothing. A no to one brand, or on one
/// list, is not the same.
pub(super) fn stands(events: &[Fact], no: &FactKind) -> bool {
    let whole = |f: &Fact| f.scope.brand.is_none() && f.scope.list.is_none();
    let about = |f: &&Fact| f.kind == *no && whole(f) || lifts(&f.kind, no);
    let latest = events.iter().filter(about).max_by_key(|f| f.recorded_at);
    latest.is_some_and(|f| f.kind == *no)
}

/// True when the person confirmed the address after the message left: it lived then, so that an earlier message
/// coming back late, or once more under another class, no longer ends it.
pub(super) fn confirmed_since(events: &[Fact], left: Timestamp) -> bool {
    let confirms = |f: &&Fact| matches!(f.kind, FactKind::ConfirmAddress);
    events.iter().filter(confirms).any(|f| f.recorded_at > left)
}

/// Whether a yes may have lifted the no: then it is worth saying again.
const fn lifts(yes: &FactKind, no: &FactKind) -> bool {
    match no {
        FactKind::Bounce => matches!(yes, FactKind::ConfirmAddress),
        _ => matches!(yes, FactKind::Grant { .. } | FactKind::Confirm { .. }),
    }
}
