//! `/metrics` for Prometheus, `/metrics/sites` for `avow queue`: what the engine of this process does.
//!
//! Promises: only counts, names of sites and short names of accounts; never an address. Answered only to a caller on this machine that no
//! proxy speaks for: to everybody else there is no such page. Text format 0.0.4.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

use avow_deliver::engine::{Figures, Held, OverBudget, Site};
use axum::extract::{ConnectInfo, State};
use axum::http::header::{CONTENT_TYPE, FORWARDED, VIA};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json, Router, routing};
use serde_json::{Value, json};

use crate::App;

/// How headers begin by which a proxy says that it speaks for somebody else, beside those of the standards.
const BY_PROXIES: [&str; 3] = ["x-forwarded-", "x-real-ip", "x-client-ip"];
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The other end of the connection, where the server knows it.
type Peer = Option<Extension<ConnectInfo<SocketAddr>>>;

pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/metrics", routing::get(text))
        .route("/metrics/sites", routing::get(sites))
}

async fn text(State(app): State<Arc<App>>, peer: Peer, headers: HeaderMap) -> Response {
    match seen(&app, peer, &headers) {
        Ok(figures) => ([(CONTENT_TYPE, TEXT_FORMAT)], exposition(&figures)).into_response(),
        Err(status) => status.into_response(),
    }
}

async fn sites(State(app): State<Arc<App>>, peer: Peer, headers: HeaderMap) -> Response {
    match seen(&app, peer, &headers) {
        Ok(figures) => Json(table(&figures)).into_response(),
        Err(status) => status.into_response(),
    }
}

/// The figures, for whom they are meant.
fn seen(app: &App, peer: Peer, headers: &HeaderMap) -> Result<Figures, StatusCode> {
    let is_near = peer.is_some_and(|Extension(ConnectInfo(peer))| peer.ip().is_loopback());
    let by_proxy = |name: &HeaderName| BY_PROXIES.iter().any(|p| name.as_str().starts_with(p));
    let spoken_for = headers.contains_key(FORWARDED)
        || headers.contains_key(VIA)
        || headers.keys().any(by_proxy);
    if !is_near || spoken_for {
        return Err(StatusCode::NOT_FOUND);
    }
    let engine = app.engine.as_ref().ok_or(StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(engine.figures())
}

fn exposition(figures: &Figures) -> String {
    let mut out = String::new();
    // Writing into a String cannot fail.
    let mut line = |text: std::fmt::Arguments<'_>| {
        let _ = writeln!(out, "{text}");
    };
    line(format_args!(
        "# HELP avow_recipients_recorded_total Recipients of campaigns, by the state that was recorded."
    ));
    line(format_args!(
        "# TYPE avow_recipients_recorded_total counter"
    ));
    for (state, count) in &figures.rows {
        line(format_args!(
            "avow_recipients_recorded_total{{state=\"{}\"}} {count}",
            state.as_str()
        ));
    }
    line(format_args!(
        "# HELP avow_connections_total Connections to mail servers, by how they began."
    ));
    line(format_args!("# TYPE avow_connections_total counter"));
    line(format_args!(
        "avow_connections_total{{result=\"ready\"}} {}",
        figures.opened
    ));
    line(format_args!(
        "avow_connections_total{{result=\"failed\"}} {}",
        figures.failed
    ));
    let sum = |count: fn(&Site) -> usize| figures.sites.iter().map(count).sum::<usize>();
    held(figures, &mut line);
    let resting = |s: &&Site| matches!(s.held, Held::Resting { .. });
    for (name, help, value) in [
        (
            "avow_messages_ready",
            "Messages that wait for a connection.",
            sum(|s| s.ready),
        ),
        (
            "avow_recipients_aside",
            "Recipients whose site has no room for them yet.",
            sum(|s| s.aside),
        ),
        (
            "avow_connections_open",
            "Connections that are open.",
            sum(|s| s.connections),
        ),
        (
            "avow_sites",
            "Sites with something to do, or at rest.",
            figures.sites.len(),
        ),
        (
            "avow_sites_resting",
            "Sites that did not answer.",
            figures.sites.iter().filter(resting).count(),
        ),
    ] {
        line(format_args!("# HELP {name} {help}"));
        line(format_args!("# TYPE {name} gauge"));
        line(format_args!("{name} {value}"));
    }
    out
}

/// One line a word, however many sites there are.
fn held(figures: &Figures, line: &mut impl FnMut(std::fmt::Arguments<'_>)) {
    line(format_args!(
        "# HELP avow_sites_held Sites by what keeps them from going faster."
    ));
    line(format_args!("# TYPE avow_sites_held gauge"));
    for word in Held::WORDS {
        let held = figures.sites.iter().filter(|s| s.held.as_str() == word);
        line(format_args!(
            "avow_sites_held{{why=\"{word}\"}} {}",
            held.count()
        ));
    }
}

fn table(figures: &Figures) -> Value {
    let site = |s: &Site| {
        json!({
            "site": s.name,
            "source": s.source,
            "provider": s.provider,
            "ready": s.ready,
            "ready_max": s.ready_max,
            "aside": s.aside,
            "put_off": s.put_off,
            "connections": s.connections,
            "connections_max": s.connections_max,
            "rate": s.rate,
            "share": s.share,
            "held": s.held.as_str(),
            "next_at": s.held.until().map(|at| at.to_string()),
            "why": s.held.words(),
        })
    };
    let over = |o: &OverBudget| json!({ "account": o.account, "until": o.until.to_string() });
    json!({
        "connections": { "ready": figures.opened, "failed": figures.failed },
        "sites": figures.sites.iter().map(site).collect::<Vec<_>>(),
        "over_budget": figures.over_budget.iter().map(over).collect::<Vec<_>>(),
    })
}
