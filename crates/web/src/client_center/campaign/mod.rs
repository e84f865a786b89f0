//! The pages of campaigns.

mod archive;
mod check;
mod content;
pub(crate) mod counts;
mod domain;
mod duplicate;
mod edit;
mod export;
mod gallery;
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
mod schedule;
mod show;
mod state;
mod steps;
mod testers;
pub(crate) mod view;

#[cfg(test)]
pub(super) use content::samples as content_samples;
#[cfg(test)]
pub(super) use gallery::GalleryPage;
pub(super) use message::shown as message_shown;
#[cfg(test)]
pub(crate) use schedule::samples as schedule_samples;
pub(super) use show::{live_part, sentence};

use avow_model::Action::{Look, Send, Write};

use crate::client_center::route::Route;

/// Paths and their pages.
pub(crate) fn pages() -> Vec<Route> {
    let campaign = |rest: &str| format!("/a/{{account}}/campaigns/{{campaign}}{rest}");
    let mut pages = vec![
        Route::get("/a/{account}/campaigns", Look, list::get).and_post(Write, edit::create),
        Route::get("/a/{account}/campaigns/new", Write, edit::new),
        Route::get(campaign(""), Look, show::get),
        Route::get(campaign("/events"), Look, show::events),
        Route::post(campaign("/state"), Send, state::post),
        Route::post(campaign("/archive"), Send, archive::post),
        Route::get(campaign("/edit"), Write, edit::get).and_post(Write, edit::post),
        Route::get(campaign("/check"), Look, check::get),
        Route::get(campaign("/schedule"), Look, schedule::get).and_post(Send, schedule::post),
        Route::post(campaign("/unschedule"), Send, schedule::drop),
        Route::post(campaign("/duplicate"), Write, duplicate::post),
        Route::get(campaign("/preview"), Look, preview::get),
        Route::get(campaign("/preview/frame"), Look, preview::frame),
        Route::post(campaign("/tests"), Write, preview::test),
        Route::get(campaign("/report"), Look, report::get),
        Route::get(campaign("/people"), Look, people::get),
        Route::get(campaign("/export"), Look, export::get),
        Route::get(campaign("/messages/{seq}"), Look, message::get),
    ];
    pages.extend(content::pages());
    pages.extend(gallery::pages());
    pages
}
