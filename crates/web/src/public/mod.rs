//! Pages for the people who receive the mail: no log-in, no cookie.

use std::sync::Arc;

use axum::Router;

use crate::App;

/// The public routes.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
}
