//! Writing what a campaign says: blocks, MJML or HTML.
//!
//! Promises: a document that is kept was read whole (`avow_compose::blocks`); the body made from it is kept with it; a
//! write names the revision that it was made from, and is refused where somebody else wrote meanwhile. Every change is
//! a form, with or without script. See docs/editor.md.

mod answer;
mod change;
mod draft;
mod fields;
mod frame;
mod page;
mod posted;
mod reading;
#[cfg(test)]
pub(crate) mod samples;
mod source;
#[cfg(test)]
mod tests;
mod view;
mod work;
pub(crate) mod write;

pub(in crate::client_center::campaign) use frame::template as template_shown;
pub(in crate::client_center::campaign) use source::starter;

use avow_model::Action::Write;

use crate::client_center::route::Route;

/// Paths and their pages.
pub(super) fn pages() -> Vec<Route> {
    let path = |rest: &str| format!("/a/{{account}}/campaigns/{{campaign}}/content{rest}");
    vec![
        Route::get(path(""), Write, page::get),
        Route::post(path("/change"), Write, change::post),
        Route::post(path("/document"), Write, change::whole),
        Route::post(path("/source"), Write, source::post),
        Route::post(path("/mode"), Write, source::mode),
        Route::get(path("/frame"), Write, frame::get),
    ]
}
