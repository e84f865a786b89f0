//! Reading a `Set-Cookie` header (RFC 6265, section 5.2), as far as a policy judges it.

use avow_model::Timestamp;
use jiff::SignedDuration;
use jiff::fmt::rfc2822;

use crate::version::Lifetime;

/// What a `Set-Cookie` header asks of a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetCookie<'h> {
    pub name: &'h str,
    /// `For(0)` or less takes a cookie away.
    pub lifetime: Lifetime,
}

/// Reads a header's value. `None` where no browser would set anything. A lifetime that cannot be read
/// counts as the longest: what is unclear is judged as the worst it may be.
pub fn read_set_cookie(value: &str, now: Timestamp) -> Option<SetCookie<'_>> {
    let mut parts = value.split(';');
    let (name, _) = parts.next()?.split_once('=')?;
    let name = name.trim();
    let (mut max_age, mut expires) = (None, None);
    for part in parts {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        match key.trim().to_ascii_lowercase().as_str() {
            "max-age" => max_age = Some(seconds(value.trim())),
            "expires" => expires = Some(until(value.trim(), now)),
            _ => {}
        }
    }
    // Max-Age has precedence (RFC 6265, section 5.3).
    let lifetime = max_age.or(expires).map_or(Lifetime::Session, Lifetime::For);
    (!name.is_empty()).then_some(SetCookie { name, lifetime })
}

fn seconds(text: &str) -> SignedDuration {
    let read = text.parse().map(SignedDuration::from_secs);
    read.unwrap_or(SignedDuration::MAX)
}

fn until(text: &str, now: Timestamp) -> SignedDuration {
    let zone_told = text.replace("GMT", "+0000").replace('-', " ");
    let read = rfc2822::parse(&zone_told).map(|at| at.timestamp().duration_since(now));
    read.unwrap_or(SignedDuration::MAX)
}
