//! What an attempt to open a session means for the domain whose mail it was for. Pure.
//!
//! | What decided over the connection | Success is | A failure is |
//! |---|---|---|
//! | DANE records | a certificate that they name | what was wrong with it, or that there was no TLS; `tlsa-invalid` where mail can use none of them |
//! | an MTA-STS policy, enforced or tested | a host that it names, with a valid certificate | `validation-failure` for a host that it does not name; what was wrong with the certificate; no TLS |
//! | a policy that could not be had | nothing | why it could not be had |
//! | neither | TLS | that there was none, or that the handshake broke |
//!
//! Attempts that did not get as far as TLS (no connection, a refusing greeting) count as neither.

use avow_bounce::Phase;
use serde_json::{Value, json};

use crate::route::{Attempt, End};
use crate::security::{InForce, Matching, Miss, Mode, Policy, Selector, Skipped, Tlsa, Usage};
use crate::smtp::{TlsMode, TlsWhy, What};

/// Why a session failed (RFC 8460 4.3), or that it did not. `dane-required` has no place here: nobody can require it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Finding {
    Success,
    StartTlsNotSupported,
    HostMismatch,
    Expired,
    NotTrusted,
    ValidationFailure,
    TlsaInvalid,
    DnssecInvalid,
    StsFetchError,
    StsInvalid,
    StsCertificate,
}

/// What is said when a policy does not name a mail server that the domain's MX records name.
const NOT_NAMED: &str = "the policy does not name this server";

impl Finding {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::StartTlsNotSupported => "starttls-not-supported",
            Self::HostMismatch => "certificate-host-mismatch",
            Self::Expired => "certificate-expired",
            Self::NotTrusted => "certificate-not-trusted",
            Self::ValidationFailure => "validation-failure",
            Self::TlsaInvalid => "tlsa-invalid",
            Self::DnssecInvalid => "dnssec-invalid",
            Self::StsFetchError => "sts-policy-fetch-error",
            Self::StsInvalid => "sts-policy-invalid",
            Self::StsCertificate => "sts-webpki-invalid",
        }
    }
}

impl From<TlsWhy> for Finding {
    fn from(why: TlsWhy) -> Self {
        match why {
            TlsWhy::HostMismatch => Self::HostMismatch,
            TlsWhy::Expired => Self::Expired,
            TlsWhy::NotTrusted => Self::NotTrusted,
            TlsWhy::Other => Self::ValidationFailure,
        }
    }
}

impl From<Miss> for Finding {
    fn from(miss: Miss) -> Self {
        match miss {
            Miss::Fetch => Self::StsFetchError,
            Miss::Certificate => Self::StsCertificate,
            Miss::Invalid => Self::StsInvalid,
        }
    }
}

/// What an attempt means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judged {
    /// As reports show it, without the domain.
    pub(super) policy: Value,
    pub(super) finding: Finding,
    /// More words, where the finding does not say enough.
    pub(super) reason: &'static str,
}

/// `in_force`: the domain's MTA-STS policy; `verdict` says what the public authorities think of what the server showed.
pub(super) fn judge(
    attempt: &Attempt,
    in_force: &InForce,
    verdict: impl FnOnce() -> Result<(), TlsWhy>,
) -> Option<Judged> {
    let plain = |policy, finding| Judged {
        policy,
        finding,
        reason: "",
    };
    let line = line(attempt)?;
    if let Some(records) = dane(attempt) {
        let finding = match line {
            Finding::Success if records.is_empty() => Finding::TlsaInvalid,
            other => other,
        };
        return Some(plain(tlsa_policy(records), finding));
    }
    let tested = match in_force {
        InForce::Missed(miss) => return Some(plain(sts_policy("", &[]), (*miss).into())),
        InForce::Holds(known) => Policy::parse(&known.text)
            .ok()
            .filter(|policy| policy.mode != Mode::None)
            .map(|policy| (policy, known.text.as_str())),
        InForce::None => None,
    };
    let Some((policy, text)) = tested else {
        return Some(plain(no_policy(), line));
    };
    let patterns: Vec<String> = policy.mx.iter().map(ToString::to_string).collect();
    let named = policy.mx.iter().any(|mx| mx.covers(&attempt.host));
    Some(Judged {
        policy: sts_policy(text, &patterns),
        finding: match line {
            _ if !named => Finding::ValidationFailure,
            // Enforced: it was verified in the handshake.
            Finding::Success if attempt.tls == TlsMode::StartTls => line,
            Finding::Success => verdict().map_or_else(Finding::from, |()| line),
            other => other,
        },
        reason: if named { "" } else { NOT_NAMED },
    })
}

/// What happened on the line, whatever was asked; `None`: it did not come to TLS.
fn line(attempt: &Attempt) -> Option<Finding> {
    let trouble = match &attempt.end {
        End::Skipped(Skipped::NoTlsaAnswer) => return Some(Finding::DnssecInvalid),
        End::Skipped(Skipped::NotInPolicy) => return Some(Finding::ValidationFailure),
        End::Open => {
            return Some(match (attempt.seen.chain.is_empty(), attempt.seen.broken) {
                (false, _) => Finding::Success,
                (true, Some(_)) => Finding::ValidationFailure,
                (true, None) => Finding::StartTlsNotSupported,
            });
        }
        End::Failed(trouble) => trouble,
    };
    match (trouble.phase, &trouble.what) {
        (Phase::StartTls, What::NoStartTls | What::Refused(_)) => {
            Some(Finding::StartTlsNotSupported)
        }
        (Phase::Tls, What::Tls { why, .. }) => Some((*why).into()),
        (Phase::Tls | Phase::StartTls, _) => Some(Finding::ValidationFailure),
        _ => None,
    }
}

/// The records that decided; empty when none can be used or none could be had.
fn dane(attempt: &Attempt) -> Option<&[Tlsa]> {
    match (&attempt.tls, &attempt.end) {
        (TlsMode::Dane(records), _) => Some(records),
        (TlsMode::Encrypted, _) | (_, End::Skipped(Skipped::NoTlsaAnswer)) => Some(&[]),
        _ => None,
    }
}

fn no_policy() -> Value {
    json!({ "policy-type": "no-policy-found" })
}

fn sts_policy(text: &str, patterns: &[String]) -> Value {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<&str> = lines.collect();
    match patterns {
        [] => json!({ "policy-type": "sts" }),
        _ => json!({ "policy-type": "sts", "policy-string": lines, "mx-host": patterns }),
    }
}

fn tlsa_policy(records: &[Tlsa]) -> Value {
    let records: Vec<String> = records.iter().map(written).collect();
    json!({ "policy-type": "tlsa", "policy-string": records })
}

/// A record as a zone file has it (RFC 6698 2.2).
fn written(record: &Tlsa) -> String {
    use std::fmt::Write as _;
    let usage = match record.usage {
        Usage::Authority => 2,
        Usage::Server => 3,
    };
    let selector = match record.selector {
        Selector::Certificate => 0,
        Selector::Key => 1,
    };
    let matching = match record.matching {
        Matching::Whole => 0,
        Matching::Sha256 => 1,
        Matching::Sha512 => 2,
    };
    let mut text = format!("{usage} {selector} {matching} ");
    for byte in &record.data {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
