//! Feedback reports: complaints (RFC 5965) and authentication failures (RFC 6591), and the loops that send none.

use super::fields::{self, Group};
use super::parts::Parts;
use super::{free, notice};
use crate::Class;
use crate::outcome::{Action, Feedback, Outcome, Returned};

/// Headers in which providers repeat whom the complaint is from.
const COMPLAINER: [&str; 4] = [
    "x-hmxmroriginalrecipient",
    "x-original-rcpt-to",
    "original-recipient",
    "x-original-to",
];

/// The report of a mail that is one.
pub(super) fn feedback(parts: &Parts, returned: &Returned) -> Option<Feedback> {
    if let Some(group) = &parts.feedback {
        return Some(of_fields(group));
    }
    if let Some(complaint) = notice::complaint(&parts.human) {
        return Some(complaint);
    }
    if leaves(parts) {
        return Some(Feedback {
            kind: "opt-out".to_owned(),
            original_rcpt_to: parts
                .header("from")
                .and_then(fields::address)
                .into_iter()
                .collect(),
            ..Feedback::default()
        });
    }
    complaint(parts, returned).then(|| Feedback {
        kind: "abuse".to_owned(),
        original_rcpt_to: complainer(returned).into_iter().collect(),
        ..Feedback::default()
    })
}

/// A complaint without a report part: a mail whose subject says so, with the message attached.
fn complaint(parts: &Parts, returned: &Returned) -> bool {
    let subject = parts.subject.to_lowercase();
    let says = [
        "complaint about message",
        "abuse report",
        "spam complaint",
        "email feedback report",
        "email abuse report",
    ];
    let said = says.iter().any(|words| subject.contains(words));
    parts.status.is_empty()
        && !returned.headers.is_empty()
        && (said || returned.get(COMPLAINER[0]).is_some())
}

/// What a mail program writes to a List-Unsubscribe address (RFC 2369): the subject says it all.
fn leaves(parts: &Parts) -> bool {
    let subject = parts.subject.trim().to_lowercase();
    let word = subject == "unsubscribe"
        || subject.starts_with("unsubscribe:")
        || subject.starts_with("unsubscribe ");
    word && parts.status.is_empty() && parts.header("x-failed-recipients").is_none()
}

fn of_fields(group: &Group) -> Feedback {
    let text = |name: &str| group.get(name).map(str::to_owned);
    let address = |name: &str| group.get(name).and_then(fields::address);
    let addresses = group.all("original-rcpt-to").filter_map(fields::address);
    Feedback {
        kind: text("feedback-type")
            .unwrap_or_else(|| "other".to_owned())
            .to_lowercase(),
        user_agent: text("user-agent"),
        version: text("version"),
        original_mail_from: address("original-mail-from"),
        original_rcpt_to: addresses.collect(),
        reported_domain: group.all("reported-domain").map(str::to_owned).collect(),
        source_ip: text("source-ip").and_then(|ip| ip.split_whitespace().next().map(str::to_owned)),
        auth_failure: text("auth-failure").map(|word| word.to_lowercase()),
        original_envelope_id: text("original-envelope-id"),
    }
}

/// One outcome for each recipient named, else one for whom the returned message went to.
pub(super) fn outcomes(feedback: &Feedback, returned: &Returned) -> Vec<Outcome> {
    let mut addresses: Vec<Option<String>> = feedback
        .original_rcpt_to
        .iter()
        .cloned()
        .map(Some)
        .collect();
    if addresses.is_empty() {
        addresses.push(complainer(returned));
    }
    let outcome = |address| Outcome {
        address,
        original_address: None,
        action: Action::Feedback,
        class: Class::Feedback,
        status: None,
        reply: None,
    };
    addresses.into_iter().map(outcome).collect()
}

fn complainer(returned: &Returned) -> Option<String> {
    let named = COMPLAINER
        .iter()
        .find_map(|name| fields::address(returned.get(name)?));
    named.or_else(|| free::addresses(returned.get("to")?).into_iter().next())
}
