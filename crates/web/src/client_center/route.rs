//! A page of an account, and what it does: no page is without a name for that.
//!
//! Promises: the only way to make a route of an account names, for each method, the action that a role must be
//! allowed. `guard::Member` asks it, and lets nobody in where it is missing.

use std::sync::Arc;

use avow_model::Action;
use axum::Extension;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodRouter, get, post};

use crate::App;
use crate::app::BODY_BYTES_MAX;
use crate::upload::UploadKind;

/// What the request asks to do; set by the route.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked(pub Action);

/// One path with its methods.
pub(crate) struct Route {
    pub path: String,
    /// What each method does: for the test that walks all of them.
    pub asks: Vec<(Method, Action)>,
    pub page: MethodRouter<Arc<App>>,
    /// Largest request.
    pub body_bytes_max: usize,
}

impl Route {
    /// A page to look at.
    pub(crate) fn get<H, T>(path: impl Into<String>, action: Action, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        Self {
            path: path.into(),
            asks: vec![(Method::GET, action)],
            page: get(handler.layer(Extension(Asked(action)))),
            body_bytes_max: BODY_BYTES_MAX,
        }
    }

    /// A form's address.
    pub(crate) fn post<H, T>(path: impl Into<String>, action: Action, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        Self {
            path: path.into(),
            asks: vec![(Method::POST, action)],
            page: post(handler.layer(Extension(Asked(action)))),
            body_bytes_max: BODY_BYTES_MAX,
        }
    }

    /// A form's address that takes a file.
    pub(crate) fn upload<H, T>(
        path: impl Into<String>,
        action: Action,
        (kind, handler): (UploadKind, H),
    ) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        let route = Self::post(path, action, handler);
        Self {
            page: route.page.layer(DefaultBodyLimit::disable()),
            body_bytes_max: kind.body_bytes_max(),
            ..route
        }
    }

    /// The same path takes a form as well.
    pub(crate) fn and_post<H, T>(mut self, action: Action, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        self.asks.push((Method::POST, action));
        let page = self.page;
        self.page = page.post(handler.layer(Extension(Asked(action))));
        self
    }
}
