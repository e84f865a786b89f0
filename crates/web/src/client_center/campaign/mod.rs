//! The pages of campaigns.

mod check;
pub(crate) mod counts;
mod domain;
mod edit;
pub(crate) mod head;
pub(crate) mod judge;
mod list;
mod load;
mod message;
mod people;
mod preview;
mod ready;
mod reasons;
mod report;
#[cfg(test)]
pub(crate) mod samples;
mod show;
mod state;
pub(crate) mod view;

pub(super) use message::shown as message_shown;
pub(super) use show::{live_part, sentence};

use std::sync::Arc;

use axum::routing::{MethodRouter, get, post};

use crate::App;

/// Paths and their pages.
pub(crate) fn pages() -> Vec<(&'static str, MethodRouter<Arc<App>>)> {
    vec![
        ("/a/{account}/campaigns", get(list::get).post(edit::create)),
        ("/a/{account}/campaigns/new", get(edit::new)),
        ("/a/{account}/campaigns/{campaign}", get(show::get)),
        (
            "/a/{account}/campaigns/{campaign}/events",
            get(show::events),
        ),
        ("/a/{account}/campaigns/{campaign}/state", post(state::post)),
        (
            "/a/{account}/campaigns/{campaign}/edit",
            get(edit::get).post(edit::post),
        ),
        ("/a/{account}/campaigns/{campaign}/check", get(check::get)),
        (
            "/a/{account}/campaigns/{campaign}/preview",
            get(preview::get),
        ),
        (
            "/a/{account}/campaigns/{campaign}/preview/frame",
            get(preview::frame),
        ),
        (
            "/a/{account}/campaigns/{campaign}/tests",
            post(preview::test),
        ),
        ("/a/{account}/campaigns/{campaign}/report", get(report::get)),
        ("/a/{account}/campaigns/{campaign}/people", get(people::get)),
        (
            "/a/{account}/campaigns/{campaign}/messages/{seq}",
            get(message::get),
        ),
    ]
}
