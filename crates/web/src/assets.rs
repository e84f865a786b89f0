//! Style sheets, font, icons and script, embedded in the binary, under addresses that carry their hash.
//!
//! `/assets/<hash>/<path>`: a changed file has a new address, so browsers may keep every one for ever.
//! The hash stands in a folder, so that a style sheet's relative address of the font keeps working:
//! all files share one hash of everything. The style sheets `css/*.css` are served joined, in the order of
//! their names, as `avow.css`.

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use aws_lc_rs::digest::{Context, SHA256};
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

use crate::App;

/// A year, the longest that caches heed (RFC 9111 has no limit; RFC 2616 advised this one).
const KEEP: &str = "public, max-age=31536000, immutable";
/// Enough of SHA-256 that two releases never share an address.
const HASH_BYTES: usize = 6;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

fn digest() -> String {
    let mut paths: Vec<_> = Files::iter().collect();
    paths.sort();
    let mut context = Context::new(&SHA256);
    for file in paths.iter().filter_map(|path| Files::get(path)) {
        context.update(&file.metadata.sha256_hash());
    }
    let sum = context.finish();
    sum.as_ref()[..HASH_BYTES]
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(digest)
}

/// The address of the embedded file `path` (`js/live.js`), or of the joined style sheet `avow.css`.
pub(crate) fn address(path: &str) -> String {
    format!("/assets/{}/{path}", hash())
}

/// The text of an embedded file.
pub(crate) fn text(path: &str) -> Option<String> {
    let file = Files::get(path)?;
    Some(String::from_utf8_lossy(&file.data).into_owned())
}

/// Serves the embedded files.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/assets/{hash}/{*path}", get(file))
        .route("/favicon.svg", get(icon))
}

async fn file(Path((_, path)): Path<(String, String)>) -> Response {
    serve(&path)
}

async fn icon() -> Response {
    serve("favicon.svg")
}

/// All style sheets in the order of their names.
fn sheet() -> String {
    let mut paths: Vec<_> = Files::iter().filter(|p| p.starts_with("css/")).collect();
    paths.sort();
    let files = paths.iter().filter_map(|path| Files::get(path));
    files
        .map(|file| String::from_utf8_lossy(&file.data).into_owned())
        .collect()
}

fn serve(path: &str) -> Response {
    if path == "avow.css" {
        return ([(CONTENT_TYPE, "text/css"), (CACHE_CONTROL, KEEP)], sheet()).into_response();
    }
    match Files::get(path) {
        None => (StatusCode::NOT_FOUND, "there is no such file").into_response(),
        Some(file) => {
            let kind = file.metadata.mimetype().to_owned();
            let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, KEEP.to_owned())];
            (headers, file.data.into_owned()).into_response()
        }
    }
}
