//! People: the table of contacts, adding and changing them, lists, files taken in and files written.

mod bulk;
mod correct;
mod edit;
mod export;
pub(crate) mod fields;
mod find;
mod import;
mod lists;
mod plan;
mod query;
#[cfg(test)]
pub(crate) mod samples;
pub(crate) mod standing;
mod table;
pub(crate) mod view;
mod work;

use avow_model::Action::{ExportContacts, KeepContacts, Look};

use super::route::Route;
use crate::upload::UploadKind;

pub(crate) use export::Wish;
pub(crate) use find::{Person, named, sought_pages};
pub(crate) use import::sentence;
pub(crate) use plan::{Choices, Outcome};

/// Paths and their pages.
pub(crate) fn pages() -> Vec<Route> {
    let at = |rest: &str| format!("/a/{{account}}/{rest}");
    vec![
        Route::get(at("contacts"), Look, table::get),
        Route::get(at("contacts/new"), KeepContacts, edit::new).and_post(KeepContacts, edit::add),
        Route::post(at("contacts/move"), KeepContacts, bulk::go),
        Route::post(at("contacts/undo"), KeepContacts, bulk::undo),
        Route::get(at("contacts/{contact}/edit"), KeepContacts, correct::form)
            .and_post(KeepContacts, correct::save),
        Route::get(at("lists"), Look, lists::get).and_post(KeepContacts, lists::make),
        Route::get(at("lists/{list}"), KeepContacts, lists::form)
            .and_post(KeepContacts, lists::save),
        Route::get(at("imports"), Look, import::list),
        Route::upload(
            at("imports/upload"),
            KeepContacts,
            (UploadKind::Contacts, import::upload),
        ),
        Route::get(at("imports/{job}"), KeepContacts, import::page)
            .and_post(KeepContacts, import::order),
        Route::get(at("imports/{job}/events"), KeepContacts, work::events),
        Route::post(at("imports/{job}/stop"), KeepContacts, work::stop),
        Route::get(at("imports/{job}/rejects"), KeepContacts, import::rejects),
        Route::get(at("exports"), ExportContacts, export::list)
            .and_post(ExportContacts, export::begin),
        Route::get(at("exports/{job}"), ExportContacts, export::page),
        Route::get(at("exports/{job}/events"), ExportContacts, work::events),
        Route::post(at("exports/{job}/stop"), ExportContacts, work::stop),
        Route::get(at("exports/{job}/file"), ExportContacts, export::file),
    ]
}
