//! What a call brings: its path, its query, its body; each read once, and each fault a problem.

use std::str::FromStr;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::problem::{Kind, Problem};
use crate::App;

/// A NUL, as JSON and queries write it. No text of ours holds one, and PostgreSQL takes none.
const NUL: &str = "A text has a NUL character, which no text may have. Take it out";

/// A body in JSON.
pub(super) struct Input<T> {
    pub(super) value: T,
    /// As it came: what an idempotency key stands for.
    pub(super) bytes: Bytes,
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        must_be_json(request.headers())?;
        let bytes = Bytes::from_request(request, app).await?;
        let value = parse(&bytes)?;
        Ok(Self { value, bytes })
    }
}

/// JSON, or what curl says of any body that it was given (`-d`).
fn must_be_json(headers: &HeaderMap) -> Result<(), Problem> {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else {
        return Ok(());
    };
    let kind = kind.to_str().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let kind = kind.to_ascii_lowercase();
    let known = ["application/json", "application/x-www-form-urlencoded", ""];
    if known.contains(&kind.as_str()) || kind.ends_with("+json") {
        return Ok(());
    }
    Err(Problem::new(
        Kind::Media,
        "The body must be application/json",
    ))
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    if has_nul(body) {
        return Err(Problem::new(Kind::Form, NUL));
    }
    serde_json::from_slice(body).map_err(|fault| Problem::form(&fault))
}

/// Whether JSON has the escape of a NUL; a backslash before it that is itself escaped makes it plain text.
fn has_nul(json: &[u8]) -> bool {
    let mut at = 0;
    while at + 1 < json.len() {
        if json[at] != b'\\' {
            at += 1;
        } else if json[at..].starts_with(b"\\u0000") {
            return true;
        } else {
            at += 2;
        }
    }
    false
}

/// The query of an address.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Arc<App>> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(Problem::new(Kind::Form, NUL));
        }
        let query = Query::<T>::from_request_parts(parts, app).await;
        let Query(asked) = query.map_err(|fault| {
            let said = fault.body_text();
            let said = said.rsplit(": ").next().unwrap_or_default();
            Problem::new(Kind::Form, format!("The query cannot be read: {said}"))
        })?;
        Ok(Self(asked))
    }
}

/// What stands in the one place of a path.
pub(super) struct At<T>(pub(super) T);

impl<T: FromStr> FromRequestParts<Arc<App>> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, app).await;
        let Path(text) = path.map_err(|_| gone())?;
        text.parse().map(Self).map_err(|_| gone())
    }
}

/// What stands in the two places of a path.
pub(super) struct AtBoth<A, B>(pub(super) A, pub(super) B);

impl<A: FromStr, B: FromStr> FromRequestParts<Arc<App>> for AtBoth<A, B> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let path = Path::<(String, String)>::from_request_parts(parts, app).await;
        let Path((one, other)) = path.map_err(|_| gone())?;
        let one = one.parse().map_err(|_| gone())?;
        let other = other.parse().map_err(|_| gone())?;
        Ok(Self(one, other))
    }
}

/// What is not there; what another account has is not there either.
pub(super) fn gone() -> Problem {
    Problem::new(Kind::NotFound, "Nothing of this account is called so")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_is_seen_however_it_is_written_and_what_only_looks_like_one_is_not() {
        for nul in [r#""\u0000""#, r#"{"a":"b\u0000"}"#, r#""\\\u0000""#] {
            assert!(has_nul(nul.as_bytes()), "{nul}");
        }
        for none in [r#""\\u0000""#, r#""u0000""#, r#""\"u0000""#, "\\", ""] {
            assert!(!has_nul(none.as_bytes()), "{none}");
        }
    }

    #[test]
    fn a_body_is_json_or_what_curl_says_of_it() {
        let kind = |kind: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
            must_be_json(&headers).is_ok()
        };
        assert!(must_be_json(&HeaderMap::new()).is_ok());
        for json in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/x-www-form-urlencoded",
            "application/merge-patch+json",
        ] {
            assert!(kind(json), "{json}");
        }
        for other in ["text/plain", "text/xml", "multipart/form-data; boundary=x"] {
            assert!(!kind(other), "{other}");
        }
    }
}
