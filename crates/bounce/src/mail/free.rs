//! Reports in free text: whom they are about, and which lines speak of whom.

use std::sync::LazyLock;

use regex::Regex;

use super::auto;
use super::outcome;
use super::parts::Parts;
use crate::judge::Evidence;
use crate::outcome::{Action, Outcome, Returned};
use crate::{normal, rules};

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"[^\s<>"'(),;:\[\]|=]+@[A-Za-z0-9_][A-Za-z0-9._-]*[A-Za-z0-9]"#;
    Regex::new(pattern).expect("invariant: a fixed pattern")
});
/// An address at the head of a line, or after words that announce the recipient.
static AT_HEAD: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"(?i)^[\s>*•-]*(?:\d{3}[ -]|(?:failed |final |original |intended )?(?:recipients?|addressee|to|rcpt to|user|address|e-?mail(?: address)?|mailbox|destinat\w+|empfänger\w*|宛先|收件人|unknown user|rcpt)\s*(?:address)?\s*[:=]\s*)?<?"?([^\s<>"'(),;:\[\]|=]+@[A-Za-z0-9_][A-Za-z0-9._-]*[A-Za-z0-9])"#;
    Regex::new(pattern).expect("invariant: a fixed pattern")
});
/// Words after which an address is a recipient wherever it stands in a line.
static AFTER: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"(?i)(?:rcpt to:?|delivered to:?|deliver(?:y)?(?: of)?(?: your| the| this)?(?: mail| message)?(?: to)?:?|message to:?|mail to:?|sent to:?|addressed to:?|recipients?:?|failed to:?|written to:?|for:?|reach:?|nach:?|an:?|à:?)\s*(?:the )?(?:user |recipient |address |following (?:address|recipient)(?:es|s|\(s\)|\(es\))?:? )?<?"?([^\s<>"'(),;:\[\]|=]+@[A-Za-z0-9_][A-Za-z0-9._-]*[A-Za-z0-9])"#;
    Regex::new(pattern).expect("invariant: a fixed pattern")
});
/// Lines that name the sender's side.
static OTHERS: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)^\s*(?:from|sender|return-path|reply-to|message-id|envelope-from|contact|cc|date|subject|x-\S+)\s*:|mail from:|envelope-from|postmaster|please contact|mailto:|abuse@|help|support@|^\s*from ";
    Regex::new(pattern).expect("invariant: a fixed pattern")
});

/// More recipients than one mail of free text names.
const RECIPIENTS_MAX: usize = 200;

/// Lines that speak of one recipient.
pub(super) struct Section {
    pub(super) address: String,
    pub(super) text: String,
}

/// Every address in a text, in order.
pub(super) fn addresses(text: &str) -> Vec<String> {
    let found = ADDRESS
        .find_iter(text)
        .map(|m| m.as_str().trim_matches(['.', '*', '-']));
    found.map(str::to_owned).collect()
}

/// What was said of an address; when it has no lines of its own, everything.
pub(super) fn said_of(sections: &[Section], address: &str) -> String {
    let own = sections
        .iter()
        .filter(|s| s.address.eq_ignore_ascii_case(address));
    own.map(|s| s.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// The outcomes of a report without fields. `None` for a mail that is none.
pub(super) fn outcomes(parts: &Parts, told: &str, returned: &Returned) -> Option<Vec<Outcome>> {
    if !auto::is_report(parts) && !speaks_of_failure(told, returned) {
        return None;
    }
    let sections = merged(sections(parts, told));
    if sections.is_empty()
        && told_nothing(told)
        && parts.nested.as_deref().is_some_and(auto::is_report)
    {
        return None;
    }
    let alone = sections.len() <= 1;
    let made: Vec<Outcome> = sections
        .iter()
        .map(|s| {
            let whole = if alone { told } else { "" };
            outcome(Some(s.address.clone()), &evidence(parts, &s.text, whole))
        })
        .collect();
    if !made.is_empty() {
        return Some(made);
    }
    let to = returned.get("to").map(addresses).unwrap_or_default();
    let address = if to.len() == 1 {
        to.into_iter().next()
    } else {
        None
    };
    Some(vec![outcome(address, &evidence(parts, "", told))])
}

/// From an ordinary sender, but its words are those of a refusal and it returns a message.
fn speaks_of_failure(told: &str, returned: &Returned) -> bool {
    !returned.headers.is_empty() && rules::speaks(&normal::normal(told))
}

fn told_nothing(told: &str) -> bool {
    !rules::speaks(&normal::normal(told))
}

/// What the recipient's own lines say counts first, then the whole, then the subject.
fn evidence(parts: &Parts, own: &str, told: &str) -> Evidence {
    let subject = parts.subject.to_lowercase();
    let late = [
        "delay",
        "warning",
        "will be retried",
        "verzöger",
        "still being",
    ];
    let delay = late.iter().any(|word| subject.contains(word));
    let mut context = told.to_owned();
    if told_nothing(own) && told_nothing(told) {
        context.push('\n');
        context.push_str(&parts.subject);
    }
    Evidence {
        status: None,
        quote: own.to_owned(),
        context,
        action: delay.then_some(Action::Delay),
    }
}

/// The text in sections: a line belongs to the recipient it names, else to the one named last.
pub(super) fn sections(parts: &Parts, told: &str) -> Vec<Section> {
    let recipients = recipients(parts, told);
    let mut sections: Vec<Section> = Vec::new();
    let mut pending = String::new();
    for line in told.lines() {
        if opens(line) && !pending.is_empty() {
            settle(&mut sections, &mut pending);
        }
        match named(&recipients, line) {
            Some(address)
                if sections
                    .last()
                    .is_none_or(|s| !s.address.eq_ignore_ascii_case(address)) =>
            {
                let text = std::mem::take(&mut pending) + line + "\n";
                let address = address.clone();
                sections.push(Section { address, text });
            }
            None if opens(line) => push(&mut pending, line),
            _ if !pending.is_empty() => push(&mut pending, line),
            _ => {
                if let Some(section) = sections.last_mut() {
                    push(&mut section.text, line);
                }
            }
        }
    }
    settle(&mut sections, &mut pending);
    sections
}

/// Lines that waited for a recipient go to the one before.
fn settle(sections: &mut [Section], pending: &mut String) {
    if let Some(section) = sections.last_mut() {
        section.text.push_str(pending);
        pending.clear();
    }
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// A line of a transcript that belongs to the recipient named after it.
fn opens(line: &str) -> bool {
    let line = line.trim_start().to_lowercase();
    line.contains("while talking to")
        || line.starts_with(">>> mail")
        || line.starts_with(">>> data")
}

/// The recipient that a line names: by its address, or by its domain at the head of a transcript's line.
fn named<'a>(recipients: &'a [String], line: &str) -> Option<&'a String> {
    let known = |word: &str| recipients.iter().find(|r| r.eq_ignore_ascii_case(word));
    if line.contains('@') {
        return addresses(line).iter().find_map(|address| known(address));
    }
    if !line.contains("(smtp)") {
        return None;
    }
    let host = line.split_whitespace().nth(1)?;
    let at = |r: &&String| {
        r.rsplit_once('@')
            .is_some_and(|(_, domain)| domain.eq_ignore_ascii_case(host))
    };
    recipients.iter().find(at)
}

/// The addresses that the mail reports on.
fn recipients(parts: &Parts, told: &str) -> Vec<String> {
    let mut found: Vec<String> = parts
        .headers("x-failed-recipients")
        .flat_map(addresses)
        .collect();
    let own: Vec<String> = parts.headers("to").flat_map(addresses).collect();
    let lines = || told.lines().filter(|line| !OTHERS.is_match(line));
    let strong = lines().filter_map(|line| AT_HEAD.captures(line)?.get(1));
    found.extend(strong.map(|m| m.as_str().to_owned()));
    if found.is_empty() {
        let weak = lines().filter_map(|line| AFTER.captures(line)?.get(1));
        found.extend(weak.map(|m| m.as_str().to_owned()));
    }
    let mut found = without(found, &own);
    if found.is_empty() {
        let any = lines().flat_map(addresses).collect();
        found = without(any, &own);
        found.truncate(1);
    }
    found
}

/// Without doubles, mail systems, and the address to which the mail itself went, if others are left.
fn without(found: Vec<String>, own: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for address in found.into_iter().take(RECIPIENTS_MAX) {
        let address = address.trim_matches(['.', '*', '-']).to_owned();
        let lower = address.to_lowercase();
        let system = lower.starts_with("mailer-daemon@") || lower.starts_with("postmaster@");
        let twice = kept.iter().any(|k| k.eq_ignore_ascii_case(&address));
        if !system && !twice {
            kept.push(address);
        }
    }
    let others: Vec<String> = kept
        .iter()
        .filter(|k| !own.iter().any(|o| o.eq_ignore_ascii_case(k)))
        .cloned()
        .collect();
    if others.is_empty() { kept } else { others }
}

/// One section for each recipient: a report may speak twice of one, in two languages.
fn merged(sections: Vec<Section>) -> Vec<Section> {
    let mut merged: Vec<Section> = Vec::new();
    for section in sections {
        match merged
            .iter_mut()
            .find(|m| m.address.eq_ignore_ascii_case(&section.address))
        {
            Some(known) => known.text.push_str(&section.text),
            None => merged.push(section),
        }
    }
    merged
}
