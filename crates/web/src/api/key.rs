//! API keys, as programs hold them: shown once, kept as a hash.

use std::sync::Arc;

use avow_model::Entropy;
use avow_store::{AccountScope, ActKind, ApiKeyRow, ApiScope, NewAct};
use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::limits::Meter;
use super::problem::{Kind, Problem};
use crate::App;

/// 256 bits: cannot be guessed, so that a plain hash keeps it.
const KEY_BYTES: usize = 32;
/// What keys begin with: programs that look for leaked secrets know them by it.
const PREFIX: &str = "avow_";
/// Longer texts are none of our keys.
const KEY_CHARS_MAX: usize = 64;

/// Longest name of a key: it says which program has it.
const NAME_CHARS_MAX: usize = 60;

/// Why a key cannot be called so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key's name has 1 to {NAME_CHARS_MAX} characters on one line")]
pub struct KeyNameFault;

/// A key. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct ApiKey(String);

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiKey(..)")
    }
}

impl ApiKey {
    /// A new one.
    pub fn new(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; KEY_BYTES];
        entropy.fill(&mut bytes);
        Self(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Whether a key may be called so.
    pub fn check_name(name: &str) -> Result<(), KeyNameFault> {
        let fits = !name.trim().is_empty()
            && name.chars().count() <= NAME_CHARS_MAX
            && !name.chars().any(char::is_control);
        if fits { Ok(()) } else { Err(KeyNameFault) }
    }

    /// What a program sends: to be shown once.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What the store knows it by.
    pub fn hash(&self) -> [u8; 32] {
        let mut out = [0; 32];
        out.copy_from_slice(digest(&SHA256, self.0.as_bytes()).as_ref());
        out
    }

    /// From what a program sent; `None` for what is no key of ours by its form.
    pub fn parse(text: &str) -> Option<Self> {
        let ours = text.starts_with(PREFIX) && text.len() <= KEY_CHARS_MAX;
        ours.then(|| Self(text.to_owned()))
    }

    /// From `Authorization: Bearer KEY` (RFC 6750; the scheme in any case).
    fn of(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
        let (scheme, key) = value.split_once(' ')?;
        let key = scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())?;
        Self::parse(key)
    }
}

/// The scope that a call asks for; set by its route.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted(pub(super) ApiScope);

/// A program that was let in: it has a key with the scope of the call, and calls left in this minute.
pub(super) struct Caller {
    pub(super) scope: AccountScope,
    name: String,
}

impl Caller {
    /// Who does it, for logs and attestations.
    pub(super) fn who(&self) -> String {
        format!("the key {}", self.name)
    }

    /// What the audit log says of who did it.
    pub(super) fn act(&self, kind: ActKind, about: &str) -> NewAct {
        NewAct {
            who: self.who(),
            kind,
            about: about.to_owned(),
        }
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let Some(Wanted(wanted)) = parts.extensions.get::<Wanted>().copied() else {
            return Err(Problem::new(Kind::Ours, "This call names no scope"));
        };
        let row = app.key_of(&parts.headers).await?;
        let is_within = app.api.take(row.id, app.now());
        if let Some(meter) = parts.extensions.get::<Meter>() {
            meter.note(app.api.left(row.id, app.now()));
        }
        if !is_within {
            let sentence = "This key has made its calls of this minute. Wait, then go on; many messages fit into one batch";
            return Err(Problem::new(Kind::TooManyCalls, sentence));
        }
        must_have(&row, wanted)?;
        Ok(Self {
            scope: app.store.account(row.account),
            name: row.name,
        })
    }
}

impl App {
    async fn key_of(&self, headers: &HeaderMap) -> Result<ApiKeyRow, Problem> {
        let unknown = || {
            let sentence = "Send `Authorization: Bearer KEY` with a key of `avow account api-key add`; a revoked key opens nothing";
            Problem::new(Kind::Key, sentence)
        };
        let key = ApiKey::of(headers).ok_or_else(unknown)?;
        let row = self.store.api_key_find(key.hash()).await?;
        row.ok_or_else(unknown)
    }
}

fn must_have(row: &ApiKeyRow, wanted: ApiScope) -> Result<(), Problem> {
    if row.scopes.contains(&wanted) {
        return Ok(());
    }
    let sentence = format!(
        "It lacks the scope `{}`; make a key that has it",
        wanted.as_str()
    );
    Err(Problem::new(Kind::Scope, sentence))
}

#[cfg(test)]
mod tests {
    use avow_testkit::SeededEntropy;

    use super::*;

    #[test]
    fn a_key_comes_back_from_the_header_and_from_nothing_else() {
        let key = ApiKey::new(&SeededEntropy::new(3));
        let sent = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, value.parse().unwrap());
            ApiKey::of(&headers).map(|k| k.hash())
        };
        assert_eq!(sent(&format!("Bearer {}", key.expose())), Some(key.hash()));
        assert_eq!(sent(&format!("bearer  {}", key.expose())), Some(key.hash()));
        for value in ["", "Bearer", "Bearer x", &format!("Basic {}", key.expose())] {
            assert_eq!(sent(value), None, "{value}");
        }
        assert_eq!(sent(&format!("Bearer avow_{}", "x".repeat(99))), None);
        assert_eq!(format!("{key:?}"), "ApiKey(..)");
    }
}
