//! What a refusing reply in our own session means: its class, whose fault it is, for good or for now.
//!
//! Promises: pure; every reply gets a class, an unclear one [`Class::Unsorted`]. Never suppresses a living
//! address: only a permanent [`Class::UserUnknown`] does that, and a reply is one only when both its codes
//! and its words leave no doubt: RFC 3463's 5.1.1 and 5.1.10, or a sentence of `CERTAIN` without a code that
//! says otherwise, in answer to RCPT. X.7.x is about the sender, whatever the words say.

use std::time::Duration;

use crate::{Enhanced, Phase, Reply};

/// Why a message was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The mailbox does not exist; the one class that ends an address.
    UserUnknown,
    /// The recipient is refused and the reply does not say that it is unknown.
    AddressRefused,
    MailboxInactive,
    MailboxFull,
    DomainUnknown,
    /// The domain takes no mail (RFC 7505).
    DomainTakesNoMail,
    SenderRefused,
    RelayDenied,
    MessageTooLarge,
    NeedsUtf8,
    Content,
    /// SPF, DKIM, DMARC, reverse DNS, TLS: what the sender must set up.
    Authentication,
    /// The sending host or domain is on a list.
    Reputation,
    RateLimited,
    Greylisted,
    /// Another rule of the receiver.
    Policy,
    Protocol,
    ServerTrouble,
    Network,
    Unsorted,
}

/// Who can mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    Recipient,
    /// The sender's set-up, reputation or pace: never held against the address.
    Ours,
    /// The receiving server or the way there.
    Theirs,
    Unsorted,
}

/// For good (5xx) or for now (4xx).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permanence {
    Permanent,
    Transient,
}

/// What a reply means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    pub class: Class,
    pub permanence: Permanence,
    /// "Try again in five minutes", when the server says so.
    pub hint: Option<Duration>,
}

impl Verdict {
    /// True when the address itself is at its end: a certain "no such user", for good.
    pub fn ends_address(&self) -> bool {
        self.class == Class::UserUnknown && self.permanence == Permanence::Permanent
    }
}

impl Class {
    /// The word that rows and reports use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserUnknown => "user_unknown",
            Self::AddressRefused => "address_refused",
            Self::MailboxInactive => "mailbox_inactive",
            Self::MailboxFull => "mailbox_full",
            Self::DomainUnknown => "domain_unknown",
            Self::DomainTakesNoMail => "domain_takes_no_mail",
            Self::SenderRefused => "sender_refused",
            Self::RelayDenied => "relay_denied",
            Self::MessageTooLarge => "message_too_large",
            Self::NeedsUtf8 => "needs_utf8",
            Self::Content => "content",
            Self::Authentication => "authentication",
            Self::Reputation => "reputation",
            Self::RateLimited => "rate_limited",
            Self::Greylisted => "greylisted",
            Self::Policy => "policy",
            Self::Protocol => "protocol",
            Self::ServerTrouble => "server_trouble",
            Self::Network => "network",
            Self::Unsorted => "unsorted",
        }
    }

    /// Who can mend it.
    pub const fn fault(self) -> Fault {
        match self {
            Self::UserUnknown
            | Self::AddressRefused
            | Self::MailboxInactive
            | Self::MailboxFull
            | Self::DomainUnknown
            | Self::DomainTakesNoMail
            | Self::NeedsUtf8 => Fault::Recipient,
            Self::SenderRefused
            | Self::RelayDenied
            | Self::MessageTooLarge
            | Self::Content
            | Self::Authentication
            | Self::Reputation
            | Self::RateLimited
            | Self::Policy
            | Self::Protocol => Fault::Ours,
            Self::Greylisted | Self::ServerTrouble | Self::Network => Fault::Theirs,
            Self::Unsorted => Fault::Unsorted,
        }
    }
}

/// A retry hint is not believed beyond this: the schedule would have tried by then.
const HINT_MAX: Duration = Duration::from_hours(4);

/// Sentences that say a mailbox does not exist. Each has a space, so that no address repeated in a reply matches.
const CERTAIN: [&str; 20] = [
    // With the mailbox named before it; without, carriers mean something else (see VAGUE).
    ">: user unknown",
    "no such recipient",
    "no such mailbox",
    "no such account",
    "unknown recipient",
    "recipient unknown",
    "recipient not found",
    "user not found",
    "mailbox not found",
    "unknown mailbox",
    "mailbox unknown",
    "mailbox does not exist",
    "user does not exist",
    "user doesn't exist",
    "account does not exist",
    "recipient does not exist",
    "that you tried to reach does not exist",
    "address does not exist",
    "unknown in ",
    "no mailbox here by that name",
];
/// What mobile carriers also say when a living recipient's filter refuses: believed only beside 5.1.x.
const VAGUE: [&str; 3] = ["user unknown", "unknown user", "no such user"];

/// Words beside which even 5.1.1 is no certain "no such user".
const DOUBTS: [&str; 18] = [
    "temporar",
    "try again",
    "quota",
    "mailbox full",
    "mailbox is full",
    "spam",
    "blacklist",
    "blocklist",
    "block list",
    "blocked",
    "suspended",
    "disabled",
    "inactive",
    "policy",
    "greylist",
    "relaying",
    "relay access",
    "too many",
];

/// Phrases and the class they tell, the more telling first. Looked at when the codes leave it open.
const PHRASES: [(&str, Class); 46] = [
    ("greylist", Class::Greylisted),
    ("graylist", Class::Greylisted),
    ("grey-list", Class::Greylisted),
    ("postgrey", Class::Greylisted),
    ("dmarc", Class::Authentication),
    ("dkim", Class::Authentication),
    ("spf", Class::Authentication),
    ("reverse dns", Class::Authentication),
    ("ptr record", Class::Authentication),
    ("unauthenticated", Class::Authentication),
    ("over quota", Class::MailboxFull),
    ("quota exceeded", Class::MailboxFull),
    ("exceeded storage", Class::MailboxFull),
    ("mailbox full", Class::MailboxFull),
    ("mailbox is full", Class::MailboxFull),
    ("out of storage", Class::MailboxFull),
    ("blacklist", Class::Reputation),
    ("blocklist", Class::Reputation),
    ("block list", Class::Reputation),
    ("spamhaus", Class::Reputation),
    ("dnsbl", Class::Reputation),
    ("reputation", Class::Reputation),
    ("rate limit", Class::RateLimited),
    ("too many messages", Class::RateLimited),
    ("too many connections", Class::RateLimited),
    ("too fast", Class::RateLimited),
    ("throttl", Class::RateLimited),
    ("unusual rate", Class::RateLimited),
    ("spam", Class::Content),
    ("virus", Class::Content),
    ("malware", Class::Content),
    ("unsolicited", Class::Content),
    ("content reject", Class::Content),
    ("too large", Class::MessageTooLarge),
    ("too big", Class::MessageTooLarge),
    ("size limit", Class::MessageTooLarge),
    ("maximum size", Class::MessageTooLarge),
    ("relay", Class::RelayDenied),
    ("account is disabled", Class::MailboxInactive),
    ("account disabled", Class::MailboxInactive),
    ("mailbox disabled", Class::MailboxInactive),
    ("is inactive", Class::MailboxInactive),
    ("inactive", Class::MailboxInactive),
    ("suspended", Class::MailboxInactive),
    ("no longer", Class::MailboxInactive),
    ("blocked", Class::Reputation),
];

/// Sorts a refusing reply given in a phase.
pub fn classify(reply: &Reply, phase: Phase) -> Verdict {
    let text = reply.text.to_ascii_lowercase();
    Verdict {
        class: class(reply, phase, &text),
        permanence: permanence(reply),
        hint: hint(&text),
    }
}

/// The basic code decides (RFC 5321 4.2.1). 503 is a slip of the dialogue, of no meaning for the message.
fn permanence(reply: &Reply) -> Permanence {
    if reply.code >= 500 && reply.code != 503 {
        Permanence::Permanent
    } else {
        Permanence::Transient
    }
}

fn class(reply: &Reply, phase: Phase, text: &str) -> Class {
    if user_unknown(reply, phase, text) {
        return Class::UserUnknown;
    }
    let told = PHRASES.iter().find(|(phrase, _)| text.contains(phrase));
    let told = told.map(|(_, class)| *class);
    match reply.enhanced {
        Some(enhanced) => by_enhanced(enhanced, told, phase),
        None => told.unwrap_or_else(|| by_code(reply.code, phase)),
    }
}

/// True only when nothing speaks against it. Only in answer to RCPT: later on it is a filter that speaks.
fn user_unknown(reply: &Reply, phase: Phase, text: &str) -> bool {
    let code = matches!(reply.code, 550 | 551 | 553 | 450 | 451);
    if !code || phase != Phase::Rcpt || says(text, &DOUBTS) {
        return false;
    }
    match reply.enhanced.map(|e| (e.class, e.subject, e.detail)) {
        Some((5, 1, 1 | 10)) => true,
        Some((5, 1, 0)) => says(text, &CERTAIN) || says(text, &VAGUE),
        Some((5, 0 | 5, _)) | None => says(text, &CERTAIN),
        Some(_) => false,
    }
}

fn says(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| text.contains(phrase))
}

fn by_enhanced(enhanced: Enhanced, told: Option<Class>, phase: Phase) -> Class {
    match (enhanced.subject, enhanced.detail) {
        (1, 2) => Class::DomainUnknown,
        (1, 7 | 8) => Class::SenderRefused,
        (1, 9) | (4, 27) => Class::Authentication,
        (1, _) if phase == Phase::Mail => Class::SenderRefused,
        (1, _) => told.unwrap_or(Class::AddressRefused),
        (2, 1) => told.unwrap_or(Class::MailboxInactive),
        (2, 2) => told.unwrap_or(Class::MailboxFull),
        (2, 3) | (3, 4) => Class::MessageTooLarge,
        (6, 7) => Class::NeedsUtf8,
        (6, _) => told.unwrap_or(Class::Content),
        (7, detail) => sender_side(detail, told),
        (3, _) => told.unwrap_or(Class::ServerTrouble),
        (4, _) => told.unwrap_or(Class::Network),
        (5, 3) => Class::RateLimited,
        (5, _) => told.unwrap_or(Class::Protocol),
        _ => told.unwrap_or(Class::Unsorted),
    }
}

/// X.7.x: security and policy, about the sender (RFC 3463 3.8, RFC 7372, and what large providers use).
fn sender_side(detail: u16, told: Option<Class>) -> Class {
    let told = told.filter(|c| c.fault() != Fault::Recipient);
    match detail {
        20..=27 | 29 | 30 | 32 | 40 | 509 | 515 => Class::Authentication,
        28 => Class::RateLimited,
        _ => told.unwrap_or(Class::Policy),
    }
}

fn by_code(code: u16, phase: Phase) -> Class {
    match (code, phase) {
        (550..=554, Phase::Mail) => Class::SenderRefused,
        (550 | 551 | 553, _) => Class::AddressRefused,
        (552, Phase::Rcpt) => Class::MailboxFull,
        (552, _) => Class::MessageTooLarge,
        (421 | 451 | 452, _) => Class::ServerTrouble,
        (500..=504 | 555, _) => Class::Protocol,
        _ => Class::Unsorted,
    }
}

/// "in 5 minutes", "after 300 seconds": the first number that has a unit.
fn hint(text: &str) -> Option<Duration> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let pairs = words.windows(2);
    let mut found = pairs.filter_map(|pair| {
        let number: u32 = pair[0].parse().ok()?;
        let unit = unit(pair[1])?;
        Some(unit.saturating_mul(number))
    });
    found
        .next()
        .filter(|d| !d.is_zero())
        .map(|d| d.min(HINT_MAX))
}

fn unit(word: &str) -> Option<Duration> {
    match word {
        "s" | "sec" | "secs" | "second" | "seconds" => Some(Duration::from_secs(1)),
        "min" | "mins" | "minute" | "minutes" => Some(Duration::from_mins(1)),
        "h" | "hour" | "hours" => Some(Duration::from_hours(1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
