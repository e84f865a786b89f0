//! What htmx asks for: a part of a page instead of the whole.

use axum::extract::Request;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

const ASKS: HeaderName = HeaderName::from_static("hx-request");
const GO_TO: HeaderName = HeaderName::from_static("hx-redirect");

/// True when a part is asked for.
pub(crate) fn is_asked(headers: &HeaderMap) -> bool {
    headers.get(ASKS).is_some_and(|value| value == "true")
}

/// Leads the whole window to the log-in, or to the locked screen, where htmx would put that page into a part.
pub(crate) async fn lead(request: Request, next: Next) -> Response {
    let asked = is_asked(request.headers());
    let answer = next.run(request).await;
    let to = answer.headers().get(LOCATION).cloned();
    match to {
        Some(to) if asked && is_door(to.to_str().unwrap_or_default()) => {
            (StatusCode::OK, [(GO_TO, to)]).into_response()
        }
        _ => answer,
    }
}

fn is_door(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    matches!(path, "/login" | "/locked")
}
