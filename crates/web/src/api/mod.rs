//! The API for programs, `/api/v1`: messages handed in, what became of them, and relationships attested.
//!
//! Promises: nobody without a key of the account gets in, and a key sees its own account only; an error is a problem
//! (RFC 9457) with a type, a sentence and the field; what was answered with 202 is on the disk.
//! Never: a cookie, a redirect, a page.

mod account;
mod answer;
mod body;
mod call;
mod campaigns;
mod contacts;
mod events;
mod forms;
mod inject;
mod input;
mod key;
mod limits;
mod lists;
mod once;
mod paging;
mod people;
#[cfg(test)]
mod permission_test;
mod policy;
mod problem;
mod relationship;
mod segments;
mod spec;
mod status;
mod webhooks;

use std::sync::Arc;

use avow_model::Language;
use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing;

use self::call::Call;
use self::problem::Problem;
use crate::App;
use crate::language::ambient::within;

pub use key::{ApiKey, KeyNameFault};
pub(crate) use limits::Limits;
#[cfg(test)]
pub(crate) use spec::reference_pages;

/// Programs are told in one language, whatever their library says that it accepts.
async fn in_english(request: Request, next: Next) -> Response {
    within(Language::English, next.run(request)).await
}

/// A body that is larger than the server takes at all never reaches a handler: a program is told of it as of any other
/// problem.
pub(crate) async fn large_body(request: Request, next: Next) -> Response {
    let is_call = request.uri().path().starts_with("/api/");
    let answer = next.run(request).await;
    let is_large = answer.status() == StatusCode::PAYLOAD_TOO_LARGE;
    if is_call && is_large {
        return Problem::too_large().into_response();
    }
    answer
}

/// Every call; a test asks each without a key, with a key that lacks the scope, and with another account's.
fn calls() -> Vec<Call> {
    let mut calls = inject::calls();
    calls.extend(status::calls());
    calls.extend(relationship::calls());
    calls.extend(events::calls());
    calls.extend(webhooks::calls());
    calls.extend(contacts::calls());
    calls.extend(lists::calls());
    calls.extend(segments::calls());
    calls.extend(forms::calls());
    calls.extend(campaigns::calls());
    calls.extend(policy::calls());
    calls.extend(account::calls());
    calls
}

/// The routes under `/api`: the calls, their description, and an answer for everything else.
pub(crate) fn routes() -> Router<Arc<App>> {
    let add = |router: Router<Arc<App>>, c: Call| router.route(c.path, c.page());
    let calls = calls().into_iter().fold(Router::new(), add);
    calls
        .merge(spec::routes())
        .method_not_allowed_fallback(problem::no_such_method)
        .layer(from_fn(limits::tell))
        .layer(from_fn(in_english))
        .route("/api/{*rest}", routing::any(problem::no_such_thing))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::header::CONTENT_TYPE;
    use tower::ServiceExt as _;
    use tower_http::limit::RequestBodyLimitLayer;

    use super::*;

    #[tokio::test]
    async fn a_body_beyond_what_the_server_takes_is_a_problem_for_programs_alone() {
        let ask = async |path: &str, bytes: usize| {
            let router: Router = Router::new()
                .fallback(routing::post(|| async {}))
                .layer(RequestBodyLimitLayer::new(10))
                .layer(from_fn(large_body));
            let request = Request::post(path)
                .header("content-length", bytes)
                .body(Body::from(vec![b'x'; bytes]))
                .unwrap();
            let answer = router.oneshot(request).await.unwrap();
            let kind = answer.headers().get(CONTENT_TYPE);
            let kind = kind.map_or("", |kind| kind.to_str().unwrap()).to_owned();
            (answer.status(), kind)
        };
        let (status, kind) = ask("/api/v1/messages", 11).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(kind, "application/problem+json");
        assert_eq!(ask("/api/v1/messages", 10).await.0, StatusCode::OK);
        let (status, kind) = ask("/f/acme/signup", 11).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_ne!(kind, "application/problem+json");
    }
}
