//! The rehearsal mailbox: what would have gone out, and faults on demand.
//!
//! Promises: a member sees the mail of the account's own sending domain only; mail is shown without its script,
//! without fetching anything from elsewhere, and without firing its own beacon.

mod faults;
mod list;
mod mail;

use avow_deliver::sink::SinkHandle;
use avow_model::Action::{Look, Rehearse};

use super::route::Route;
use crate::{App, PageFault};

/// Paths and their pages.
pub(crate) fn pages() -> Vec<Route> {
    vec![
        Route::get("/a/{account}/rehearsal", Look, list::get),
        Route::post("/a/{account}/rehearsal/faults", Rehearse, faults::post),
        Route::get("/a/{account}/rehearsal/{mail}", Look, mail::get),
        Route::get("/a/{account}/rehearsal/{mail}/html", Look, mail::html),
    ]
}

/// The sink of this process. Where mail leaves for the world, there is no such page.
fn sink(app: &App) -> Result<SinkHandle, PageFault> {
    app.sink.clone().ok_or(PageFault::NotFound)
}

/// True when the envelope's sender is at the account's domain: return paths are.
fn is_from(sender: &str, domain: &str) -> bool {
    let at = sender.rsplit_once('@').map(|(_, at)| at);
    at.is_some_and(|at| at.trim_end_matches('>').eq_ignore_ascii_case(domain))
}

/// "812 bytes", "12 KB".
fn size(bytes: u32) -> String {
    match bytes {
        0..1024 => say!("size-bytes", n = bytes),
        _ => say!("size-kb", n = bytes.div_ceil(1024)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_belongs_to_the_account_whose_domain_the_return_path_has() {
        assert!(is_from("b+x1@imark.example", "imark.example"));
        assert!(is_from("<b+x1@IMark.example>", "imark.example"));
        assert!(!is_from("b+x1@not-imark.example", "imark.example"));
        assert!(!is_from("b@imark.example.test", "imark.example"));
        assert!(!is_from("", "imark.example"));
    }
}
