//! What a visitor's browser says for them: Global Privacy Control, a no to the sale and sharing of their data.
//!
//! Promises: a signal is never a yes to anything. Never: reads `DNT`, which no law and no specification in force gives a
//! meaning; a policy that promised to honour it would have to say what it means.

use std::convert::Infallible;

use avow_policy::BrowserSignal;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// What pages say where the signal stood in the way of a yes.
pub(super) fn said_no() -> String {
    say!("signal-no")
}

/// The signal of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Signal(pub BrowserSignal);

impl<S: Send + Sync> FromRequestParts<S> for Signal {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let values = parts.headers.get_all("sec-gpc").iter();
        let values = values.map(axum::http::HeaderValue::as_bytes);
        Ok(Self(BrowserSignal::from_headers(values)))
    }
}
