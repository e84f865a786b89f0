//! The Client Center: what a marketer sees.

use std::sync::Arc;

use axum::Router;

use crate::App;

/// All routes of the Client Center.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
}
