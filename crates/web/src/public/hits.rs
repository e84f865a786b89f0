//! The beacon and the click: `/o/{token}.gif` and `/c/{token}`.
//!
//! Promises: the same bytes whatever the gate says; where a click leads comes from the campaign alone;
//! nothing may cache the answer; what is kept is in the store before the answer leaves.

use avow_compose::{MessageRef, Token};
use avow_model::HitKind;
use avow_track::{Arrival, GlobalPrivacy, Load, Method as Asked};
use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION, REFERRER_POLICY, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;

use super::letter::Fault;
use crate::App;

/// One transparent pixel, GIF89a.
const PIXEL: &[u8; 43] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// Answers `/o/{file}`. A token that is not ours gets the pixel too, with 404.
pub(super) async fn beacon(app: &App, file: &str, asked: (&Method, &HeaderMap)) -> Response {
    let token = file.strip_suffix(".gif").unwrap_or(file);
    let open = |t| match t {
        Token::Open(message) => Some(message),
        _ => None,
    };
    let Ok(message) = app.tokens.open_as(token, open) else {
        return pixel(StatusCode::NOT_FOUND);
    };
    app.tracker
        .observe(&arrival(app, message, HitKind::Open, asked))
        .await;
    pixel(StatusCode::OK)
}

/// Answers `/c/{token}`.
pub(super) async fn click(app: &App, token: &str, asked: (&Method, &HeaderMap)) -> Response {
    app.answer(try_click(app, token, asked).await)
}

async fn try_click(
    app: &App,
    token: &str,
    asked: (&Method, &HeaderMap),
) -> Result<Response, Fault> {
    let click = |t| match t {
        Token::Click { message, link } => Some((message, link)),
        _ => None,
    };
    let (message, link) = app.open(token, click)?;
    let target = app.tracker.target(&message, link, app.now()).await?;
    let location = target.as_deref().and_then(web_address).ok_or(Fault::Gone)?;
    app.tracker
        .observe(&arrival(app, message, HitKind::Click { link }, asked))
        .await;
    Ok(redirect(location))
}

/// Only the web: a campaign's link of another sort never becomes a redirect.
fn web_address(target: &str) -> Option<HeaderValue> {
    let web = target.starts_with("https://") || target.starts_with("http://");
    web.then(|| HeaderValue::from_str(target).ok()).flatten()
}

fn arrival<'h>(
    app: &App,
    message: MessageRef,
    kind: HitKind,
    (method, headers): (&Method, &'h HeaderMap),
) -> Arrival<'h> {
    let says = |name: &str, value: &[u8]| headers.get(name).is_some_and(|v| v.as_bytes() == value);
    let purpose = |name: &str| {
        headers
            .get(name)
            .is_some_and(|v| v.as_bytes().starts_with(b"prefetch"))
    };
    Arrival {
        message,
        kind,
        method: if method == Method::HEAD {
            Asked::Head
        } else {
            Asked::Get
        },
        load: if purpose("sec-purpose") || purpose("purpose") || purpose("x-moz") {
            Load::Prefetched
        } else {
            Load::Asked
        },
        privacy: if says("sec-gpc", b"1") {
            GlobalPrivacy::Objects
        } else {
            GlobalPrivacy::Silent
        },
        agent: headers
            .get(USER_AGENT)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default(),
        at: app.now(),
    }
}

fn pixel(status: StatusCode) -> Response {
    let mut response = Response::new(Body::from(Bytes::from_static(PIXEL)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/gif"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn redirect(location: HeaderValue) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    let headers = response.headers_mut();
    headers.insert(LOCATION, location);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // The address of this hop holds the person's token: the next site has no business with it.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
