//! The moment of coming in: passwords are looked at, and a session begins under a token of its own.
//!
//! Promises: a session never begins under a token that the browser brought (fixation); the one it brought ends.

use avow_model::{EmailAddress, UserId};
use avow_store::{NewSession, UserRow};
use aws_lc_rs::digest::{SHA256, digest};
use axum::http::HeaderMap;
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::response::{IntoResponse, Redirect, Response};

use crate::password::{self, PasswordFault};
use crate::session::{SESSION_LIFE, Token};
use crate::{App, PageFault};

/// Only paths of ours: `//host` and `/\host` would leave it.
pub(super) fn safe_back(back: &str) -> String {
    let mut chars = back.chars();
    let ours = chars.next() == Some('/') && !matches!(chars.next(), Some('/' | '\\'));
    let plain = back.chars().all(|c| !c.is_control());
    if ours && plain { back } else { "/" }.to_owned()
}

/// What an address is counted by.
pub(super) fn key_of(address: &str) -> [u8; 32] {
    let folded = address.trim().to_lowercase();
    sha256(folded.as_bytes())
}

pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, bytes).as_ref());
    out
}

/// The user with this address, if somebody logs in with it.
pub(super) async fn user_of(app: &App, address: &str) -> Result<Option<UserRow>, PageFault> {
    match address.parse::<EmailAddress>() {
        Ok(address) => Ok(app.store.user_by_address(&address).await?),
        Err(_) => Ok(None),
    }
}

/// True when it is the user's password; takes as long where there is no user. Hashing runs beside the async
/// threads, few at a time: each takes 19 MiB.
pub(super) async fn is_right(app: &App, user: Option<&UserRow>, typed: &str) -> bool {
    let stored = user.map(|u| u.password_hash.clone());
    let typed = typed.to_owned();
    let _turn = app.center.hashing.acquire().await;
    let check = tokio::task::spawn_blocking(move || password::verify(&typed, stored.as_deref()));
    check.await.unwrap_or(false)
}

/// The hash of a new password, or why it cannot be one.
pub(super) async fn hashed(app: &App, typed: &str) -> Result<String, PasswordFault> {
    let (typed, entropy) = (typed.to_owned(), app.entropy.clone());
    let _turn = app.center.hashing.acquire().await;
    let hash = tokio::task::spawn_blocking(move || password::hash(&typed, entropy.as_ref()));
    hash.await.unwrap_or(Err(PasswordFault::Hash))
}

/// Begins a session and goes to the page that was asked for.
pub(super) async fn enter(
    app: &App,
    headers: &HeaderMap,
    user: UserId,
    back: &str,
) -> Result<Response, PageFault> {
    let https = app.settings.is_https();
    if let Some(brought) = Token::of(headers, https) {
        app.store.session_close(brought.hash()).await?;
    }
    let token = Token::new(app.entropy.as_ref());
    let agent = headers.get(USER_AGENT).and_then(|v| v.to_str().ok());
    let now = app.now();
    let session = NewSession {
        token_hash: token.hash(),
        user,
        agent: agent.unwrap_or("").to_owned(),
        now,
        expires_at: now + SESSION_LIFE,
    };
    app.store.session_open(session).await?;
    let to = Redirect::to(&safe_back(back));
    Ok(([(SET_COOKIE, token.set_cookie(https))], to).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coming_back_never_leaves_this_host() {
        assert_eq!(safe_back("/a/acme/campaigns?x=1"), "/a/acme/campaigns?x=1");
        for bad in [
            "",
            "//evil.test",
            "/\\evil.test",
            "https://evil.test",
            "/\t/evil.test",
            "x",
        ] {
            assert_eq!(safe_back(bad), "/", "{bad}");
        }
    }
}
