//! Security headers on every answer that does not set its own.

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::middleware::Next;
use axum::response::Response;

/// Own files only: no inline script, no inline style, no foreign host, framed by us alone.
pub(crate) const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    font-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'self'";

/// For mail shown in a sandboxed frame: its own styles and pictures in the message, no script, no network.
pub(crate) const MAIL_POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; \
    img-src data:; font-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

/// For a preview of one's own campaign: pictures may come from where they will come from; no beacon is in it.
pub(crate) const PREVIEW_POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; \
    img-src data: https: http:; font-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

fn put(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers
        .entry(name)
        .or_insert(HeaderValue::from_static(value));
}

fn is_page(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// Adds what is missing: a handler's own header always wins.
pub(crate) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    put(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(headers, REFERRER_POLICY, "same-origin");
    if is_page(headers) {
        put(headers, CONTENT_SECURITY_POLICY, PAGE_POLICY);
        put(headers, X_FRAME_OPTIONS, "SAMEORIGIN");
        put(headers, CACHE_CONTROL, "no-store");
    }
    response
}
