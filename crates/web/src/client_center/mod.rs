//! The Client Center: what a marketer sees.
//!
//! Every page under `/a/{account}/` takes a `guard::Member`: nobody else sees it. What changes something is a
//! POST, refused when another site sent it (Sec-Fetch-Site, Origin).

use std::sync::Arc;

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get, post};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::{App, PageFault};

pub(crate) mod campaign;
mod contact;
mod contacts;
mod delivery;
mod gate;
mod guard;
mod imports;
mod ledger;
mod login;
pub(crate) mod memory;
mod policy;
mod rehearsal;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod segments_test;
mod shell;
mod single;
mod staff;
mod view;
#[cfg(test)]
mod walk_test;
mod words;

pub(crate) use ledger::fact_told;

/// All pages of one account; a test walks them as a stranger and as a member of another account.
pub(crate) fn account_pages() -> Vec<(&'static str, MethodRouter<Arc<App>>)> {
    let mut pages = campaign::pages();
    pages.extend(rehearsal::pages());
    pages.extend(delivery::pages());
    pages.extend([
        ("/a/{account}/contacts", get(contacts::get)),
        ("/a/{account}/contacts/{contact}", get(contact::get)),
        ("/a/{account}/messages/{message}", get(single::get)),
        ("/a/{account}/imports", get(imports::get)),
        ("/a/{account}/policy", get(policy::get)),
        (
            "/a/{account}/policy/{n}/acknowledge",
            post(policy::acknowledge),
        ),
        ("/a/{account}/policy/{n}", get(policy::version)),
        ("/a/{account}/policy/{n}/record", get(policy::record::page)),
        (
            "/a/{account}/policy/{n}/record.json",
            get(policy::record::json),
        ),
        ("/a/{account}/policy/{n}/changes", get(policy::changes::get)),
    ]);
    pages
}

/// All routes of the Client Center.
pub(crate) fn routes() -> Router<Arc<App>> {
    let plain = Router::new()
        .route("/", get(login::start))
        .route("/login", get(login::get).post(login::post))
        .route("/logout", post(login::log_out))
        .route("/accounts", get(login::accounts));
    let add = |router: Router<Arc<App>>, (path, page)| router.route(path, page);
    let all = account_pages().into_iter().fold(plain, add);
    let refuse = |_: ProtectionError| PageFault::Forbidden.into_response();
    all.layer(CsrfLayer::new().with_rejection_response(refuse))
}
