//! One call: its address, the scope of its key, how large it may be, and what it is in words.

use std::sync::Arc;

use avow_store::ApiScope;
use axum::Extension;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{self, MethodFilter, MethodRouter};

use super::key::Wanted;
use super::problem::Kind;
use super::spec::Doc;
use crate::App;

/// Bodies of calls that say no limit of their own.
const SMALL_BYTES_MAX: usize = 64 * 1024;

/// One call.
pub(super) struct Call {
    pub(super) path: &'static str,
    pub(super) method: Method,
    pub(super) scope: ApiScope,
    pub(super) doc: Doc,
    page: MethodRouter<Arc<App>>,
    bytes_max: usize,
}

impl Call {
    /// The only way to make one: without a scope and a description there is no call.
    pub(super) fn new<H, T>(
        (method, path): (Method, &'static str),
        scope: ApiScope,
        handler: H,
        doc: Doc,
    ) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        let on = MethodFilter::try_from(method.clone());
        let on = on.expect("invariant: the methods of the table are common ones");
        let page = routing::on(on, handler.layer(Extension(Wanted(scope))));
        Self {
            path,
            method,
            scope,
            doc,
            page,
            bytes_max: SMALL_BYTES_MAX,
        }
    }

    pub(super) fn get<H, T>(path: &'static str, scope: ApiScope, handler: H, doc: Doc) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        Self::new((Method::GET, path), scope, handler, doc)
    }

    pub(super) fn post<H, T>(path: &'static str, scope: ApiScope, handler: H, doc: Doc) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        Self::new((Method::POST, path), scope, handler, doc)
    }

    pub(super) fn put<H, T>(path: &'static str, scope: ApiScope, handler: H, doc: Doc) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        Self::new((Method::PUT, path), scope, handler, doc)
    }

    pub(super) fn delete<H, T>(path: &'static str, scope: ApiScope, handler: H, doc: Doc) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        Self::new((Method::DELETE, path), scope, handler, doc)
    }

    /// With a larger body than most.
    pub(super) fn of_bytes(self, bytes_max: usize) -> Self {
        Self { bytes_max, ..self }
    }

    /// What the router takes: a longer body never reaches the handler.
    pub(super) fn page(self) -> MethodRouter<Arc<App>> {
        self.page.layer(DefaultBodyLimit::max(self.bytes_max))
    }

    /// Every problem that it may answer.
    pub(super) fn problems(&self) -> Vec<Kind> {
        let mut all = vec![
            Kind::Key,
            Kind::Scope,
            Kind::TooManyCalls,
            Kind::Passing,
            Kind::Ours,
        ];
        if self.path.contains('{') {
            all.push(Kind::NotFound);
        }
        if self.doc.body.is_some() {
            all.extend([Kind::Form, Kind::Field, Kind::TooLarge, Kind::Media]);
        }
        if !self.doc.query.is_empty() {
            all.extend([Kind::Form, Kind::Field]);
        }
        if self.doc.is_once {
            all.push(Kind::Field);
        }
        all.extend(&self.doc.problems);
        all
    }
}
