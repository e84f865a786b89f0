//! What the declarations of a version are called in sentences: titles, choices, lengths of time.

use avow_model::{Category, Purpose, RecipientClass};
use jiff::SignedDuration;

use crate::span_text::After;
use crate::version::{ChoiceRule, Kind, Lifetime, Purge, PurposeRule, Retention, Version};

/// The title of a category, or its id where the version does not declare it.
pub(crate) fn category(version: &Version, id: &Category) -> String {
    let declared = version.category(id);
    declared.map_or_else(|| id.to_string(), |c| c.title.clone())
}

/// The title of a recipient class; ourselves for `self`.
pub(crate) fn recipient(version: &Version, id: &RecipientClass) -> String {
    if id.as_str() == "self" {
        return "only us".to_owned();
    }
    let declared = version.recipient(id);
    declared.map_or_else(|| id.to_string(), |r| r.title.clone())
}

/// The title of a purpose, or its id where the version does not declare it.
pub(crate) fn purpose(version: &Version, id: &Purpose) -> String {
    let declared = version.purpose(id);
    declared.map_or_else(|| id.to_string(), |p| p.title.clone())
}

/// The titles of what a purpose reads.
pub(crate) fn reads(version: &Version, rule: &PurposeRule) -> Vec<String> {
    rule.reads.iter().map(|c| category(version, c)).collect()
}

/// The titles of those who get what a purpose reads.
pub(crate) fn recipients(version: &Version, rule: &PurposeRule) -> Vec<String> {
    let title = |r| recipient(version, r);
    rule.recipients.iter().map(title).collect()
}

/// What has to happen before a purpose may be served.
pub(crate) const fn choice(rule: &PurposeRule) -> &'static str {
    match (rule.choice, rule.kind) {
        (ChoiceRule::OptIn, _) => "Only if you say yes",
        (ChoiceRule::ConfirmedOptIn, _) => "Only if you say yes and confirm it by mail",
        (ChoiceRule::OptOut, _) => "Unless you say no",
        (ChoiceRule::None, Kind::Service) => "Part of the service while you use it",
        (ChoiceRule::None, _) => "Once, then never again",
    }
}

/// How long data serve a purpose.
pub(crate) fn kept(rule: &PurposeRule) -> String {
    match (rule.retention, rule.purge) {
        (Some(time), _) => format!("{} after your last activity", length_text(time)),
        (None, Some(purge)) => purged(purge),
        (None, None) if rule.kind == Kind::Service => "while you use the service".to_owned(),
        (None, None) => "until you say no or ask for erasure".to_owned(),
    }
}

/// When the data of a purpose are destroyed once it is served.
pub(crate) fn purged(purge: Purge) -> String {
    match purge {
        Purge::AfterFinalStatus => "until the one message has arrived or failed".to_owned(),
        Purge::AfterUse(time) => format!("{} after its use", length_text(time)),
    }
}

/// `30 days after it was collected`.
pub(crate) fn retention(kept: Retention) -> String {
    format!("{} {}", length_text(kept.length), after(kept.after))
}

/// The event that a time counts from.
pub(crate) const fn after(event: After) -> &'static str {
    match event {
        After::LastActivity => "after the person's last activity",
        After::Collection => "after collection",
        After::Use => "after the last use",
    }
}

/// How long a cookie lives.
pub(crate) fn lifetime(lifetime: Lifetime) -> String {
    match lifetime {
        Lifetime::Session => "until the browser closes".to_owned(),
        Lifetime::For(time) => length_text(time),
    }
}

/// A duration in the largest unit that fits without a rest.
pub(crate) fn length_text(length: SignedDuration) -> String {
    let seconds = length.as_secs();
    let units = [
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let fits = units.into_iter().find(|(size, _)| seconds % size == 0);
    let (size, name) = fits.unwrap_or((1, "second"));
    let count = seconds / size;
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {name}{plural}")
}
