//! The language of the answer that is being made: a property of the request, as its span is.
//!
//! Promises: the whole of a request is answered in one language, its error pages too; outside a request it is
//! English. Never: carried over to another request, or to work that goes on after the answer.

use std::cell::Cell;
use std::future::Future;

use avow_model::Language;
use axum::extract::Request;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use super::chosen;

tokio::task_local! {
    static SPOKEN: Spoken;
}

/// What is spoken in a request, and what it asks for.
struct Spoken {
    language: Cell<Language>,
    wish: Wish,
}

/// `?lang=` of a request, and its `Accept-Language`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wish {
    pub asked: Option<String>,
    pub accept: Option<String>,
}

/// The language of the answer that is being made.
pub(crate) fn current() -> Language {
    SPOKEN
        .try_with(|spoken| spoken.language.get())
        .unwrap_or_default()
}

/// From here on the answer is made in this language: whoever knows the reader says so before a sentence is made.
pub(crate) fn speak(language: Language) {
    // Outside a request nobody reads.
    let _ = SPOKEN.try_with(|spoken| spoken.language.set(language));
}

/// What the request asks for, where a page has languages of its own to choose from.
pub(crate) fn wish() -> Wish {
    SPOKEN
        .try_with(|spoken| spoken.wish.clone())
        .unwrap_or_default()
}

fn spoken(language: Language) -> Spoken {
    Spoken {
        language: Cell::new(language),
        wish: Wish::default(),
    }
}

/// Goes on in this language: for parts of a page that are made after its answer has begun.
pub(crate) async fn within<F: Future>(language: Language, work: F) -> F::Output {
    SPOKEN.scope(spoken(language), work).await
}

/// Makes something in this language.
#[cfg(test)]
pub(crate) fn among<T>(language: Language, make: impl FnOnce() -> T) -> T {
    SPOKEN.sync_scope(spoken(language), make)
}

impl Wish {
    /// Total: what makes no sense chooses nothing later.
    fn of(request: &Request) -> Self {
        let mut pairs = request.uri().query().unwrap_or_default().split('&');
        let asked = pairs.find_map(|pair| pair.strip_prefix("lang="));
        let accept = request.headers().get(ACCEPT_LANGUAGE);
        Self {
            asked: asked.map(str::to_owned),
            accept: accept.and_then(|h| h.to_str().ok()).map(str::to_owned),
        }
    }

    fn spoken(self) -> Spoken {
        let language = chosen(self.asked.as_deref(), self.accept.as_deref());
        Spoken {
            language: Cell::new(language),
            wish: self,
        }
    }
}

fn is_page(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}

/// Answers each request in the language of its reader, and says so to caches and readers of screens.
pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let spoken = Wish::of(&request).spoken();
    let answer = async {
        let mut answer = next.run(request).await;
        let headers = answer.headers_mut();
        if is_page(headers) {
            let tag = HeaderValue::from_static(current().tag());
            headers.insert(CONTENT_LANGUAGE, tag);
            headers.append(VARY, HeaderValue::from_static("accept-language"));
        }
        answer
    };
    SPOKEN.scope(spoken, answer).await
}
