//! The files under `/.well-known/` that a policy speaks through.

use std::fmt::Write as _;

use avow_model::Timestamp;
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use crate::version::{ContactRole, Version};

/// How long a `security.txt` is good. RFC 9116, section 2.5.5, advises less than a year.
const SECURITY_TXT_LIFE: SignedDuration = SignedDuration::from_hours(180 * 24);

/// `/.well-known/gpc.json` (Global Privacy Control, section 4): the signal is honoured, since this day.
/// The gate takes a signal for a no to sharing whatever the policy says, so it is always true.
pub fn gpc_json(version: &Version) -> String {
    let since = day(version.effective_at());
    serde_json::json!({ "gpc": true, "lastUpdate": since }).to_string()
}

/// Where a `security.txt` and its neighbours are reached.
#[derive(Debug, Clone, Copy)]
pub struct SiteAddress<'a> {
    /// Scheme and host, without a slash at the end.
    pub base_url: &'a str,
    /// The path of the policy page.
    pub policy_path: &'a str,
}

/// `/.well-known/security.txt` (RFC 9116): whom to tell of a weakness. It expires 180 days from the day of
/// `now`, so that what is served on one day is the same all day.
pub fn security_txt(version: &Version, site: SiteAddress<'_>, now: Timestamp) -> String {
    let mut out = String::new();
    for contact in contacts(version) {
        let _ = writeln!(out, "Contact: {contact}");
    }
    let expires = now.checked_add(SECURITY_TXT_LIFE).unwrap_or(Timestamp::MAX);
    let _ = writeln!(out, "Expires: {}T00:00:00Z", day(expires));
    let languages: Vec<&str> = version.texts().iter().map(|t| t.locale.as_str()).collect();
    if !languages.is_empty() {
        let _ = writeln!(out, "Preferred-Languages: {}", languages.join(", "));
    }
    let base = site.base_url;
    let _ = writeln!(out, "Canonical: {base}/.well-known/security.txt");
    let _ = writeln!(out, "Policy: {base}{}", site.policy_path);
    out
}

/// The contact for security, else the controller: RFC 9116 wants one at least, the best first.
fn contacts(version: &Version) -> Vec<String> {
    let named = version.contact(ContactRole::Security);
    let email = named.and_then(|c| c.email.as_deref());
    let phone = named.and_then(|c| c.phone.as_deref());
    let mut out = Vec::new();
    if let Some(email) = email {
        out.push(format!("mailto:{}", uri_text(email)));
    }
    if let Some(phone) = phone {
        let digits = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+');
        out.push(format!("tel:{}", digits.collect::<String>()));
    }
    if out.is_empty() {
        out.push(format!("mailto:{}", uri_text(&version.controller().email)));
    }
    out
}

/// An address in a URI on one line: what is no plain sign is percent-encoded (RFC 6068, section 2).
fn uri_text(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"@.-_~+!$*'".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).date().to_string()
}
