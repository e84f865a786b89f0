//! The report itself: one JSON value (RFC 8460 4). Pure.

use std::collections::BTreeMap;

use avow_model::Timestamp;
use avow_store::TlsSessionRow;
use serde_json::{Map, Value, json};

use super::Reporter;
use super::judge::Finding;
use super::tally::DAY_S;

/// Text that is no day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no day; write it as 2026-06-01, in UTC")]
pub struct DayFault(String);

/// Days since the epoch, from `2026-06-01`.
pub fn day_of(text: &str) -> Result<i64, DayFault> {
    let start: Result<Timestamp, _> = format!("{text}T00:00:00Z").parse();
    let start = start.map_err(|_| DayFault(text.to_owned()))?;
    Ok(start.as_second().div_euclid(DAY_S))
}

/// A moment of a day, so many seconds after it began.
pub(super) fn moment(day: i64, second: i64) -> String {
    let at = day.saturating_mul(DAY_S).saturating_add(second);
    let at = Timestamp::from_second(at).unwrap_or(Timestamp::MAX);
    at.to_string()
}

/// What one report is called, everywhere and for ever: the same when it is sent again.
pub(super) fn report_id(reporter: &Reporter, domain: &str, day: i64) -> String {
    let date = moment(day, 0);
    let date = date.get(..10).unwrap_or_default();
    format!("{date}.{domain}@{}", reporter.submitter())
}

/// The report; `None` where nothing was counted.
pub fn report(
    reporter: &Reporter,
    (domain, day): (&str, i64),
    rows: &[TlsSessionRow],
) -> Option<Value> {
    let mut policies: BTreeMap<&str, Vec<&TlsSessionRow>> = BTreeMap::new();
    for row in rows {
        policies.entry(&row.policy).or_default().push(row);
    }
    if policies.is_empty() {
        return None;
    }
    let policies = policies
        .iter()
        .map(|(text, rows)| policy(domain, text, rows));
    Some(json!({
        "organization-name": reporter.organisation,
        "date-range": {
            "start-datetime": moment(day, 0),
            "end-datetime": moment(day, DAY_S - 1),
        },
        "contact-info": reporter.contact,
        "report-id": report_id(reporter, domain, day),
        "policies": policies.collect::<Vec<Value>>(),
    }))
}

fn policy(domain: &str, text: &str, rows: &[&TlsSessionRow]) -> Value {
    let mut policy: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
    policy.insert("policy-domain".to_owned(), domain.into());
    let success = Finding::Success.as_str();
    let (well, failed): (Vec<&TlsSessionRow>, Vec<&TlsSessionRow>) =
        rows.iter().partition(|row| row.result == success);
    let sum = |rows: &[&TlsSessionRow]| rows.iter().map(|row| row.sessions).sum::<u64>();
    let mut whole = json!({
        "policy": policy,
        "summary": {
            "total-successful-session-count": sum(&well),
            "total-failure-session-count": sum(&failed),
        },
    });
    if !failed.is_empty() {
        let details: Vec<Value> = failed.iter().map(|row| detail(row)).collect();
        whole["failure-details"] = details.into();
    }
    whole
}

fn detail(row: &TlsSessionRow) -> Value {
    let mut detail = json!({
        "result-type": row.result,
        "failed-session-count": row.sessions,
    });
    let more = [
        ("receiving-mx-hostname", &row.host),
        ("receiving-ip", &row.peer),
        ("failure-reason-code", &row.reason),
    ];
    for (name, text) in more {
        if !text.is_empty() {
            detail[name] = text.as_str().into();
        }
    }
    detail
}
