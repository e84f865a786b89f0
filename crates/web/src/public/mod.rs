//! Pages for the people who receive the mail: no log-in, no cookie, no script.
//!
//! Promises: GET changes nothing but the record of an open or a click that the person permits; what a POST
//! records is in the store before the answer leaves; forged and incomplete tokens get a kind page and
//! tell nothing. Never: a redirect to an address that came with the request.

mod archive;
mod choice;
mod confirm;
mod entry;
mod form;
mod governed;
mod hits;
mod letter;
mod patience;
mod peer;
mod policy;
mod preferences;
mod receipts;
mod signal;
mod single;
mod tongue;
mod topics;
mod unsubscribe;
mod view;
mod well_known;
mod why;
mod wrong;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::get;

use crate::App;

pub(crate) use archive::one::page as archive_page;
pub use entry::{Entry, serve};
pub(crate) use letter::masked;
pub(crate) use peer::{Limits, Peer};
pub(crate) use policy::changes::{Line, lines as changed_lines};
pub(crate) use wrong::told as told_wrong;

/// Largest form: ten fields of 200 characters, percent-encoded, with room.
const FORM_BYTES_MAX: usize = 32 * 1024;

/// The public routes.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/f/{account}/{form}", get(form::get).post(form::post))
        .route("/f/{account}/{form}/theme.css", get(form::theme))
        .route("/confirm/{token}", get(confirm::get).post(confirm::post))
        .route("/u/{token}", get(unsubscribe::get).post(unsubscribe::post))
        .route("/p/{token}", get(preferences::get).post(preferences::post))
        .route("/p/{token}/receipts", get(receipts::list))
        .route("/p/{token}/receipts/{n}", get(receipts::one))
        .route("/why/{token}", get(why::get))
        .route("/v/{token}", get(view::get))
        .route("/archive/{account}", get(archive::list))
        .route("/archive/{account}/feed", get(archive::feed::get))
        .route("/archive/{account}/{campaign}", get(archive::one::get))
        .route("/policy/{account}", get(policy::current))
        .route("/policy/{account}/cookies", get(policy::cookies))
        .route("/policy/{account}/{version}", get(policy::one))
        .route(
            "/policy/{account}/{version}/changes",
            get(policy::changes::get),
        )
        .route("/.well-known/gpc.json", get(well_known::gpc))
        .route("/.well-known/security.txt", get(well_known::security))
        .route("/o/{file}", get(beacon))
        .route("/c/{token}", get(click))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(axum::middleware::from_fn(governed::strip_cookies))
}

async fn beacon(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    hits::beacon(&app, &file, (&method, &headers)).await
}

async fn click(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    hits::click(&app, &token, (&method, &headers)).await
}
