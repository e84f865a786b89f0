//! The session cookie and its token. The store holds only the token's hash.

use std::time::Duration;

use avow_model::{Entropy, Timestamp};
use aws_lc_rs::digest::{SHA256, digest};
use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Whose browser a cookie is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookieFor {
    /// People of the staff in the Client Center: it belongs to no account, so no account's policy speaks of it.
    Staff,
    /// Whoever comes to an account's pages: its policy must declare it.
    Visitors,
}

/// A cookie that this program sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CookieSet {
    pub name: &'static str,
    pub audience: CookieFor,
    /// How long it stays; zero is until the browser ends.
    pub life: Duration,
}

/// Every cookie that this program sets. Public pages set none.
pub const COOKIES: [CookieSet; 2] = [staff_cookie(true), staff_cookie(false)];

const fn staff_cookie(https: bool) -> CookieSet {
    CookieSet {
        name: cookie_name(https),
        audience: CookieFor::Staff,
        life: SESSION_LIFE,
    }
}

/// 256 bits: cannot be guessed.
const TOKEN_BYTES: usize = 32;
/// A session that nobody uses ends after two weeks.
pub(crate) const SESSION_LIFE: Duration = Duration::from_hours(14 * 24);
/// Its end is moved at most this often, so that reading pages does not write.
const TOUCH_EVERY: Duration = Duration::from_hours(1);

/// A fresh token for a cookie.
#[derive(Clone)]
pub(crate) struct Token(String);

impl Token {
    /// A new one.
    pub(crate) fn new(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; TOKEN_BYTES];
        entropy.fill(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// For the address or the form that carries it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// What the store knows it by.
    pub(crate) fn hash(&self) -> [u8; 32] {
        let mut out = [0; 32];
        out.copy_from_slice(digest(&SHA256, self.0.as_bytes()).as_ref());
        out
    }

    /// The token in the request's cookie.
    pub(crate) fn of(headers: &HeaderMap, https: bool) -> Option<Self> {
        let name = cookie_name(https);
        let lines = headers.get_all(COOKIE).iter();
        let pairs = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'));
        pairs
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, value)| *key == name && value.len() <= 64)
            .map(|(_, value)| Self(value.to_owned()))
    }

    /// The `Set-Cookie` that starts the session.
    pub(crate) fn set_cookie(&self, https: bool) -> String {
        let life = SESSION_LIFE.as_secs();
        cookie(https, &self.0, life)
    }
}

/// The `Set-Cookie` that ends it.
pub(crate) fn clear_cookie(https: bool) -> String {
    cookie(https, "", 0)
}

/// `__Host-` binds the cookie to this host, to TLS and to the whole path (RFC 6265bis 4.1.3.2).
const fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-avow" } else { "avow" }
}

fn cookie(https: bool, value: &str, life_s: u64) -> String {
    let secure = if https { "; Secure" } else { "" };
    let name = cookie_name(https);
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={life_s}{secure}")
}

/// A screen in use is noted this often: a tenth of the time after which the gate takes it for left alone.
const ACTIVE_EVERY: Duration = Duration::from_mins(1);
/// A screen that was left alone so long is locked until the password is entered again.
const LOCKED_AFTER: Duration = Duration::from_mins(10);

/// True when the screen was left alone for so long that the password is asked for again (P126).
pub(crate) fn is_locked(active_at: Timestamp, now: Timestamp) -> bool {
    now.as_second() - active_at.as_second() > LOCKED_AFTER.as_secs() as i64
}

/// True when it should be noted that somebody is at the screen: not too often, and never once it is locked.
pub(crate) fn needs_active(active_at: Timestamp, now: Timestamp) -> bool {
    let idle_s = now.as_second() - active_at.as_second();
    idle_s >= ACTIVE_EVERY.as_secs() as i64 && !is_locked(active_at, now)
}

/// True when the session's end should be moved.
pub(crate) fn needs_touch(seen_at: Timestamp, now: Timestamp) -> bool {
    now.as_second() - seen_at.as_second() >= TOUCH_EVERY.as_secs() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use avow_testkit::SeededEntropy;
    use axum::http::HeaderValue;

    #[test]
    fn a_cookie_goes_round_and_is_host_bound_under_tls() {
        let token = Token::new(&SeededEntropy::new(7));
        let set = token.set_cookie(true);
        assert!(
            set.starts_with("__Host-avow=")
                && set.contains("; Secure")
                && set.contains("HttpOnly; SameSite=Lax")
        );
        let mut headers = HeaderMap::new();
        let sent = format!("x=1; {}", set.split(';').next().unwrap());
        headers.insert(COOKIE, HeaderValue::from_str(&sent).unwrap());
        assert_eq!(
            Token::of(&headers, true).map(|t| t.hash()),
            Some(token.hash())
        );
        assert!(Token::of(&headers, false).is_none());
    }
}
