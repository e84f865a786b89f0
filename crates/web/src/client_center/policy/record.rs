//! The registers of one version: record of processing, recipients, cookies, retention; as a page and as JSON.

use std::sync::Arc;

use avow_model::Timestamp;
use avow_policy::{
    EmitKind, SiteAddress, Version, cookie_list_html, emitted, kept_line, recipient_register_html,
    record_html, retention_plan,
};
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};

use super::super::gate;
use super::super::guard::Member;
use super::super::shell::{Noun, Shell};
use super::super::view::RecordPage;
use crate::{App, PageFault};

/// What is in the download, each under its word.
const DOWNLOADED: [(&str, EmitKind); 4] = [
    ("record", EmitKind::Ropa),
    ("recipients", EmitKind::Recipients),
    ("cookies", EmitKind::Cookies),
    ("retention", EmitKind::Retention),
];

/// The page.
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    member: Member,
    Path((_, n)): Path<(String, u32)>,
) -> Result<Html<String>, PageFault> {
    let set = gate::policies(&app, &member.account).await?;
    let set = set.map_err(|_| PageFault::NotFound)?;
    let version = set.version(n).ok_or(PageFault::NotFound)?;
    let shell = member.shell(Noun::Policy);
    app.templates.show(&registers(shell, version, app.now()))
}

fn registers(shell: Shell, version: &Version, now: Timestamp) -> RecordPage {
    let plan = retention_plan(version);
    RecordPage {
        shell,
        n: version.n(),
        record: record_html(&avow_policy::record(version, now)),
        recipients: recipient_register_html(version, now),
        cookies: cookie_list_html(version),
        retention: plan.iter().map(|r| kept_line(version, r)).collect(),
    }
}

/// The same as one JSON file.
pub(crate) async fn json(
    State(app): State<Arc<App>>,
    member: Member,
    Path((slug, n)): Path<(String, u32)>,
) -> Result<Response, PageFault> {
    let set = gate::policies(&app, &member.account).await?;
    let set = set.map_err(|_| PageFault::NotFound)?;
    let version = set.version(n).ok_or(PageFault::NotFound)?;
    let site = SiteAddress {
        base_url: &app.settings.base_url,
        policy_path: &format!("/policy/{slug}"),
    };
    let now = app.now();
    let part = |(key, kind): (&str, EmitKind)| {
        let made = emitted(version, kind, site, now);
        (key.to_owned(), made.json)
    };
    let whole: serde_json::Map<_, _> = DOWNLOADED.into_iter().map(part).collect();
    let name = format!("attachment; filename=\"{slug}-policy-{n}.json\"");
    let headers = [
        (CONTENT_TYPE, "application/json".to_owned()),
        (CONTENT_DISPOSITION, name),
    ];
    let body = serde_json::Value::Object(whole).to_string();
    Ok((headers, body).into_response())
}
