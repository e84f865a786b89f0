//! Returned mails: reports (RFC 3464), free text of every kind, automatic replies (RFC 3834), feedback (RFC 5965).

mod arf;
mod auto;
mod dsn;
mod fields;
mod free;
mod notice;
mod original;
mod parts;
mod plain;

pub use self::parts::is_too_nested;

use self::parts::Parts;
use crate::Class;
use crate::judge::{Evidence, judge};
use crate::outcome::{Action, Outcome, Report, Returned};

/// A mail longer than this is not read: a report returns a message, and nobody takes larger ones.
pub const MAIL_BYTES_MAX: usize = 25 * 1024 * 1024;

/// Why bytes are not read as a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailFault {
    #[error("it is no mail: it begins with no mail header")]
    NotAMail,
    #[error("it is longer than {MAIL_BYTES_MAX} bytes; cut the returned message off and try again")]
    TooLong,
    #[error("its parts are nested too deeply to be a real mail")]
    TooNested,
}

/// Reads one mail and says what it means for each recipient.
///
/// Promises: pure; any bytes give a report or a fault, never a panic; at least one outcome; an outcome is hard
/// only as [`Outcome::is_hard`] says. Line ends may be CRLF, LF or CR.
pub fn read(bytes: &[u8]) -> Result<Report, MailFault> {
    if bytes.len() > MAIL_BYTES_MAX {
        return Err(MailFault::TooLong);
    }
    let parts = Parts::of(&plain::lines(bytes))?;
    Ok(report(&parts))
}

fn report(parts: &Parts) -> Report {
    let (told, original) = original::split(&plain::unquoted(&parts.human));
    let headers = if parts.returned.is_empty() {
        original
    } else {
        parts.returned.clone()
    };
    let returned = Returned { headers };
    let feedback = arf::feedback(parts, &returned);
    let outcomes = match &feedback {
        Some(feedback) => arf::outcomes(feedback, &returned),
        None => outcomes(parts, &told, &returned),
    };
    Report {
        outcomes,
        returned,
        sent_to: sent_to(parts),
        feedback,
    }
}

fn outcomes(parts: &Parts, told: &str, returned: &Returned) -> Vec<Outcome> {
    let found = notice::outcomes(&parts.human)
        .or_else(|| dsn::outcomes(parts, told))
        .or_else(|| dsn::shown(parts))
        .or_else(|| auto::outcomes(parts))
        .or_else(|| free::outcomes(parts, told, returned));
    if let Some(found) = found {
        return found;
    }
    let nested = parts
        .nested
        .as_deref()
        .filter(|inner| auto::is_report(inner));
    nested.map_or_else(|| vec![nothing()], |inner| report(inner).outcomes)
}

/// The outcome of a mail that reports nothing.
fn nothing() -> Outcome {
    Outcome {
        address: None,
        original_address: None,
        action: Action::None,
        class: Class::Undefined,
        status: None,
        reply: None,
    }
}

/// Weighs one recipient's evidence.
fn outcome(address: Option<String>, evidence: &Evidence) -> Outcome {
    let judged = judge(evidence);
    Outcome {
        address,
        original_address: None,
        action: judged.action,
        class: judged.class,
        status: judged.status,
        reply: judged.reply,
    }
}

/// Where the mail went: one of these may hold a token.
fn sent_to(parts: &Parts) -> Vec<String> {
    let names = [
        "to",
        "delivered-to",
        "x-original-to",
        "envelope-to",
        "x-envelope-to",
    ];
    let values = names.iter().flat_map(|name| parts.headers(name));
    let mut found: Vec<String> = values.flat_map(free::addresses).collect();
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests;
