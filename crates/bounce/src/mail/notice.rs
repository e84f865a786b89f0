//! Notifications that are JSON in a mail's text: what Amazon SES sends by way of SNS (its public format).
//!
//! Only the few fields needed are looked for, by name: the text around them may be anything.

use std::sync::LazyLock;

use regex::Regex;

use super::outcome;
use crate::Enhanced;
use crate::judge::Evidence;
use crate::outcome::{Action, Feedback, Outcome};

static KIND: LazyLock<Regex> = LazyLock::new(|| text_field("notificationType"));
static LISTED: LazyLock<Regex> = LazyLock::new(|| {
    let pattern =
        r#""(?:bouncedRecipients|complainedRecipients|delayedRecipients)"\s*:\s*\[(.*?)\]"#;
    Regex::new(&format!("(?s){pattern}")).expect("invariant: a fixed pattern")
});
static DELIVERED: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"(?s)"delivery"\s*:\s*\{.*?"recipients"\s*:\s*\[(.*?)\]"#;
    Regex::new(pattern).expect("invariant: a fixed pattern")
});
static COMPLAINT: LazyLock<Regex> = LazyLock::new(|| text_field("complaintFeedbackType"));
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| text_field("emailAddress"));
static STATUS: LazyLock<Regex> = LazyLock::new(|| text_field("status"));
static REPLY: LazyLock<Regex> = LazyLock::new(|| text_field("diagnosticCode"));
static ANSWER: LazyLock<Regex> = LazyLock::new(|| text_field("smtpResponse"));
static QUOTED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#""([^"\s]+@[^"\s]+)""#).expect("invariant: a fixed pattern"));

fn text_field(name: &str) -> Regex {
    let pattern = format!(r#""{name}"\s*:\s*"((?:[^"\\]|\\.)*)""#);
    Regex::new(&pattern).expect("invariant: a fixed pattern")
}

/// A complaint as a feedback report; `None` when the text holds none.
pub(super) fn complaint(text: &str) -> Option<Feedback> {
    let text = one_line(text);
    if value(&KIND, &text)? != "Complaint" {
        return None;
    }
    let listed = LISTED.captures(&text).and_then(|found| found.get(1));
    let addresses = QUOTED.captures_iter(listed.map_or("", |g| g.as_str()));
    let addresses = addresses.filter_map(|found| Some(found.get(1)?.as_str().to_owned()));
    Some(Feedback {
        kind: value(&COMPLAINT, &text).unwrap_or_else(|| "abuse".to_owned()),
        original_rcpt_to: addresses.collect(),
        ..Feedback::default()
    })
}

/// A mail may break the one long line of JSON: no string of these fields has a line end in it.
fn one_line(text: &str) -> String {
    text.replace('\n', "").replace("\\\"", "\"")
}

/// The outcomes of a notification; `None` when the text holds none.
pub(super) fn outcomes(text: &str) -> Option<Vec<Outcome>> {
    let text = one_line(text);
    let made: Vec<Outcome> = match value(&KIND, &text)?.as_str() {
        "Bounce" => each(&text, bounced),
        "Delivery" => delivered(&text),
        _ => return None,
    };
    (!made.is_empty()).then_some(made)
}

fn value(field: &Regex, text: &str) -> Option<String> {
    let found = field.captures(text)?.get(1)?.as_str();
    Some(found.replace("\\n", " ").replace("\\/", "/"))
}

fn each(text: &str, make: fn(&str) -> Outcome) -> Vec<Outcome> {
    let listed = LISTED.captures(text).and_then(|found| found.get(1));
    let objects = listed.map_or("", |g| g.as_str()).split('}');
    objects.filter(|o| ADDRESS.is_match(o)).map(make).collect()
}

fn bounced(object: &str) -> Outcome {
    let evidence = Evidence {
        status: value(&STATUS, object).and_then(|word| Enhanced::parse(&word)),
        quote: value(&REPLY, object).unwrap_or_default(),
        ..Evidence::default()
    };
    outcome(value(&ADDRESS, object), &evidence)
}

fn delivered(text: &str) -> Vec<Outcome> {
    let evidence = Evidence {
        quote: value(&ANSWER, text).unwrap_or_default(),
        action: Some(Action::Delivered),
        ..Evidence::default()
    };
    let listed = DELIVERED.captures(text).and_then(|found| found.get(1));
    let addresses = QUOTED.captures_iter(listed.map_or("", |g| g.as_str()));
    let made = addresses.filter_map(|found| found.get(1));
    made.map(|address| outcome(Some(address.as_str().to_owned()), &evidence))
        .collect()
}
