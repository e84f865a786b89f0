//! Pages for the people who receive the mail: no log-in, no cookie, no script.
//!
//! Promises: GET changes nothing; what a POST records is in the store before the answer leaves; forged and
//! incomplete tokens get a kind page and tell nothing.
//! Never: a redirect to an address that came with the request.

mod peer;

use std::sync::Arc;

use axum::Router;

use crate::App;

pub(crate) use peer::Limits;

/// The public routes.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
}
