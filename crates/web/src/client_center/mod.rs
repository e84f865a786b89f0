//! The Client Center: what a marketer sees.
//!
//! Every page under `/a/{account}/` takes a `guard::Member`: nobody else sees it. What changes something is a
//! POST, refused when another site sent it (Sec-Fetch-Site, Origin).

use std::sync::Arc;

use avow_model::Action::Look;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tower_http::limit::RequestBodyLimitLayer;

use self::route::Route;
use crate::app::BODY_BYTES_MAX;
use crate::{App, PageFault};

pub(crate) mod campaign;
mod code;
mod contact;
mod contacts;
mod delivery;
mod doors;
mod enter;
mod forms;
pub(crate) mod gate;
mod guard;
mod ledger;
mod lock;
mod login;
mod mail;
pub(crate) mod memory;
pub(crate) mod partial;
pub(crate) mod people;
#[cfg(test)]
mod permission_test;
mod policy;
mod rehearsal;
mod route;
#[cfg(test)]
pub(crate) mod samples;
mod segments;
#[cfg(test)]
mod segments_test;
#[cfg(test)]
mod sessions_test;
mod settings;
pub(crate) mod setup;
mod shell;
mod single;
mod staff;
#[cfg(test)]
mod staff_doors_test;
mod view;
#[cfg(test)]
mod walk_test;
mod words;

pub use doors::ResetLink;
pub(crate) use gate::policies;
pub(crate) use ledger::fact_told;
pub use setup::ClaimLink;
#[cfg(test)]
pub(crate) use walk_test::World;

/// All pages of one account; a test walks them as a stranger, as a member of another account and in each role.
pub(crate) fn account_pages() -> Vec<Route> {
    let mut pages = campaign::pages();
    pages.extend(rehearsal::pages());
    pages.extend(delivery::pages());
    pages.extend(policy::pages());
    pages.extend(settings::pages());
    pages.extend(people::pages());
    pages.extend(setup::pages());
    pages.extend(segments::pages());
    pages.extend(forms::pages());
    pages.extend([
        Route::get("/a/{account}/contacts/{contact}", Look, contact::get),
        Route::get("/a/{account}/messages/{message}", Look, single::get),
    ]);
    pages
}

/// All routes of the Client Center.
pub(crate) fn routes(app: &Arc<App>) -> Router<Arc<App>> {
    let plain = Router::new()
        .route("/", get(login::start))
        .route("/login", get(login::get).post(login::post))
        .route("/login/code", post(code::post))
        .route("/logout", post(login::log_out))
        .route("/locked", get(lock::get).post(lock::post))
        .route("/forgot", get(doors::forgot).post(doors::forgot_post))
        .route("/reset/{token}", get(doors::reset).post(doors::reset_post))
        .route(
            "/invite/{token}",
            get(doors::invite).post(doors::invite_post),
        )
        .route("/accounts", get(login::accounts))
        .route(
            "/accounts/new",
            get(setup::found_get).post(setup::found_post),
        )
        .route(
            "/setup/{token}",
            get(setup::claim_get).post(setup::claim_post),
        )
        .layer(RequestBodyLimitLayer::new(BODY_BYTES_MAX));
    let add = |router: Router<Arc<App>>, r: Route| {
        let limit = RequestBodyLimitLayer::new(r.body_bytes_max);
        router.route(&r.path, r.page.layer(limit))
    };
    let all = account_pages().into_iter().fold(plain, add);
    let refuse = |_: ProtectionError| PageFault::Forbidden.into_response();
    // The last layer is asked first: what another site sent is refused before anything is kept of it.
    all.layer(from_fn_with_state(Arc::clone(app), lock::keep))
        .layer(CsrfLayer::new().with_rejection_response(refuse))
        .layer(from_fn(partial::lead))
}
