//! Delivery status notifications (RFC 3464), well-formed, obsolete or broken, in their own part or in the text.

use super::fields::{self, Group};
use super::parts::Parts;
use super::{free, outcome, plain};
use crate::Enhanced;
use crate::judge::Evidence;
use crate::outcome::{Action, Outcome};

/// A reply is at most a few lines long (RFC 5321 4.5.3.1.5).
const QUOTE_BYTES_MAX: usize = 2 * 1024;
/// The fields that name the recipient, the most reliable first.
const RECIPIENT: [&str; 5] = [
    "final-recipient",
    "x-actual-recipient",
    "original-recipient",
    "x-recipient",
    "recipient",
];
/// Where the refusing reply stands, the most telling first.
const REPLY: [&str; 6] = [
    "diagnostic-code",
    "x-smtp-response",
    "smtp-response",
    "x-diagnostic-code",
    "remote-reply",
    "x-notes",
];

/// One outcome for each recipient the report has; `None` when there is no report in the mail.
pub(super) fn outcomes(parts: &Parts, told: &str) -> Option<Vec<Outcome>> {
    let mut groups = of_recipients(parts.status.clone());
    if groups.is_empty() {
        groups = of_recipients(fields::groups(told));
    }
    if groups.is_empty() {
        return None;
    }
    let sections = free::sections(parts, told);
    let alone = groups.len() == 1;
    let made = groups
        .iter()
        .map(|group| one(group, &sections, alone.then_some(told)));
    Some(made.collect())
}

/// A receipt that the message was shown or deleted (RFC 8098): it was delivered.
pub(super) fn shown(parts: &Parts) -> Option<Vec<Outcome>> {
    let group = parts.disposition.as_ref()?;
    let evidence = Evidence {
        action: Some(Action::Delivered),
        ..Evidence::default()
    };
    let address = RECIPIENT
        .iter()
        .find_map(|name| fields::address(group.get(name)?));
    Some(vec![outcome(address, &evidence)])
}

fn of_recipients(groups: Vec<Group>) -> Vec<Group> {
    let with = groups.into_iter().filter(|group| {
        let named = RECIPIENT[..3].iter().any(|name| group.get(name).is_some());
        named
            && ["action", "status", "diagnostic-code", "final-recipient"]
                .iter()
                .any(|name| group.get(name).is_some())
    });
    with.collect()
}

fn one(group: &Group, sections: &[free::Section], whole: Option<&str>) -> Outcome {
    let address = RECIPIENT
        .iter()
        .find_map(|name| fields::address(group.get(name)?));
    let context = match (whole, &address) {
        (Some(whole), _) => whole.to_owned(),
        (None, Some(address)) => free::said_of(sections, address),
        (None, None) => String::new(),
    };
    let quote = quote(group) + &remark(group);
    let evidence = Evidence {
        status: status(group),
        quote: plain::front(&quote, QUOTE_BYTES_MAX).to_owned(),
        context,
        action: action(group),
    };
    let original = group.get("original-recipient").and_then(fields::address);
    let mut made = outcome(address, &evidence);
    made.original_address = original.filter(|o| Some(o) != made.address.as_ref());
    made
}

/// `5.1.1 (bad mailbox)` is the code; broken forms such as `5.1` are none.
fn status(group: &Group) -> Option<Enhanced> {
    let value = group.get("status")?;
    let word = value
        .split(|c: char| c.is_whitespace() || c == '(' || c == ';')
        .find(|w| !w.is_empty())?;
    Enhanced::parse(word)
}

/// What some write behind the code: `5.2.1 (mailbox disabled, not accepting messages)`.
fn remark(group: &Group) -> String {
    let value = group.get("status").unwrap_or_default();
    value
        .find('(')
        .map_or_else(String::new, |at| format!("\n{}", &value[at..]))
}

/// The reply without the name of its kind; several lines stay several.
fn quote(group: &Group) -> String {
    let value = REPLY
        .iter()
        .find_map(|name| group.get(name))
        .unwrap_or_default();
    match value.split_once(';') {
        Some((kind, rest)) if !kind.contains(' ') && !kind.eq_ignore_ascii_case("x-unix") => {
            rest.trim().to_owned()
        }
        _ => value.to_owned(),
    }
}

fn action(group: &Group) -> Option<Action> {
    let value = group.get("action")?.to_ascii_lowercase();
    let word = value.split(|c: char| !c.is_ascii_alphabetic()).next()?;
    match word {
        "failed" | "failure" => Some(Action::Bounce),
        "delayed" | "deferred" => Some(Action::Delay),
        "delivered" | "relayed" | "expanded" | "deliverable" => Some(Action::Delivered),
        _ => None,
    }
}
