//! `/styleguide`: the tokens, each pair of colours with its contrast, the parts with their states. Debug builds only: it
//! is for whoever works on the pages. Beside it the list of all pages, for whoever looks at each of them.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use super::contrast::TEXT_MIN;
use super::tokens::{Scheme, Tokens};
use super::{PAIRS, Pair};
use crate::client_center::account_pages;
use crate::{App, Page, PageFault};

/// The routes; none in a build for users.
pub(crate) fn routes() -> Router<Arc<App>> {
    if !cfg!(debug_assertions) {
        return Router::new();
    }
    Router::new()
        .route("/styleguide", get(page))
        .route("/styleguide/pages.json", get(pages))
}

/// One token.
#[derive(Debug, Serialize)]
pub(crate) struct TokenLine {
    pub name: String,
    pub light: String,
    pub dark: String,
}

/// One pair, measured.
#[derive(Debug, Serialize)]
pub(crate) struct PairLine {
    pub on: &'static str,
    pub ground: &'static str,
    pub light: Measured,
    pub dark: Measured,
    /// For shapes less is enough.
    pub is_text: bool,
}

/// A pair in one scheme.
#[derive(Debug, Serialize)]
pub(crate) struct Measured {
    pub on: String,
    pub ground: String,
    /// Two digits behind the point.
    pub ratio: String,
    pub passes: bool,
}

/// The page.
#[derive(Debug, Serialize)]
pub(crate) struct GuidePage {
    pub colours: Vec<TokenLine>,
    pub numbers: Vec<TokenLine>,
    pub pairs: Vec<PairLine>,
}

impl Page for GuidePage {
    const TEMPLATE: &'static str = "styleguide.html";
}

fn measured(tokens: &Tokens, scheme: Scheme, pair: &Pair) -> Measured {
    let ratio = tokens.ratio(scheme, pair).unwrap_or_default();
    let value = |name| tokens.value(scheme, name).unwrap_or_default().to_owned();
    Measured {
        on: value(pair.on),
        ground: value(pair.ground),
        ratio: format!("{ratio:.2}"),
        passes: ratio >= pair.least,
    }
}

impl GuidePage {
    /// Everything that the sheet of this build says.
    pub(crate) fn of_this_build() -> Self {
        let tokens = Tokens::of_this_build();
        let line = |name: &str| TokenLine {
            name: name.to_owned(),
            light: tokens
                .value(Scheme::Light, name)
                .unwrap_or_default()
                .to_owned(),
            dark: tokens
                .value(Scheme::Dark, name)
                .unwrap_or_default()
                .to_owned(),
        };
        let numbers = [
            "size-1", "size-2", "size-3", "size-4", "size-5", "size-6", "s-1", "s-2", "s-3", "s-4",
            "s-5", "s-6", "s-7", "s-8", "radius", "measure",
        ];
        let pair = |pair: &Pair| PairLine {
            on: pair.on,
            ground: pair.ground,
            light: measured(&tokens, Scheme::Light, pair),
            dark: measured(&tokens, Scheme::Dark, pair),
            is_text: pair.least >= TEXT_MIN,
        };
        Self {
            colours: tokens.names(Scheme::Light).map(line).collect(),
            numbers: numbers.map(line).into(),
            pairs: PAIRS.iter().map(pair).collect(),
        }
    }
}

async fn page(State(app): State<Arc<App>>) -> Result<Html<String>, PageFault> {
    app.templates.show(&GuidePage::of_this_build())
}

/// The paths of all pages of an account that are looked at.
async fn pages() -> Json<Vec<String>> {
    let routes = account_pages().into_iter();
    let looked_at = routes.filter(|r| r.asks.iter().any(|(method, _)| method == "GET"));
    Json(looked_at.map(|r| r.path).collect())
}
