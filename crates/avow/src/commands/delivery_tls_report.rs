//! `avow delivery tls-report DOMAIN DAY`: what the report about TLS to a domain says of a day, and where it goes.

use anyhow::{Result, bail};
use avow_deliver::dns::Answer;
use avow_deliver::tls_report::{ReportTo, day_of, report, report_to};
use avow_store::TlsReportState;
use serde_json::{Value, json};

use super::Call;
use super::delivery::plain_domain;
use crate::exit::{Exit, answer};
use crate::lines::Lines;
use crate::sending;

/// Looks and prints; nothing is sent.
pub(crate) async fn run(call: &Call, domain: &str, day: &str) -> Result<Exit> {
    let (domain, day) = (plain_domain(domain)?, day_of(day)?);
    let world = &call.world;
    let Some(reporter) = &world.config.tls_reports else {
        bail!(
            "nobody reports: set organisation, contact and from in [delivery.tls_reports] of avow.toml"
        );
    };
    let rows = world.store.tls_sessions(&domain, day).await?;
    let said = report(reporter, (&domain, day), &rows);
    let state = world.store.tls_report(&domain, day).await?;
    let state = match state.map(|report| report.state) {
        None => "not planned yet",
        Some(TlsReportState::Waiting) => "waiting",
        Some(TlsReportState::Sent) => "sent",
        Some(TlsReportState::Unwanted) => "unwanted",
        Some(TlsReportState::Failed) => "failed",
    };
    let dns = sending::security(world)?.dns;
    let to = match dns.texts(&format!("_smtp._tls.{domain}")).await {
        Answer::Records(texts) => json!(report_to(&texts).iter().map(place).collect::<Vec<_>>()),
        Answer::NoRecords | Answer::NoDomain => json!([]),
        Answer::Failed => Value::Null,
    };
    let found = said.is_some();
    let table = json!({ "domain": domain, "state": state, "to": to, "report": said });
    answer(call.form, &table, text)?;
    Ok(if found { Exit::Done } else { Exit::Refused })
}

fn place(place: &ReportTo) -> String {
    match place {
        ReportTo::Mail(address) => format!("mailto:{}", address.expose()),
        ReportTo::Post(place) => {
            let port = place.port.map(|port| format!(":{port}"));
            let port = port.unwrap_or_default();
            format!("https://{}{port}{}", place.host, place.path)
        }
    }
}

fn text(table: &Value) -> String {
    let mut text = Lines::default();
    match &table["report"] {
        Value::Null => text.line("No session was counted on that day."),
        report => text.line(format_args!("{report:#}")),
    }
    let state = table["state"].as_str().unwrap_or_default();
    text.line(format_args!("State: {state}"));
    match table["to"].as_array() {
        None => text.line("To: the name servers give no answer"),
        Some(to) if to.is_empty() => text.line("To: nobody, the domain asks for no reports"),
        Some(to) => {
            for place in to.iter().filter_map(Value::as_str) {
                text.line(format_args!("To: {place}"));
            }
        }
    }
    text.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_without_sessions_and_a_domain_without_wishes_are_told_in_words() {
        let table = json!({ "state": "not planned yet", "to": [], "report": null });
        let text = text(&table);
        assert!(text.contains("No session was counted"), "{text}");
        assert!(text.contains("asks for no reports"), "{text}");
    }

    #[test]
    fn a_report_is_shown_with_its_places() {
        let to = ["mailto:a@example.org", "https://example.org/x"];
        let table = json!({ "state": "sent", "to": to, "report": { "report-id": "x" } });
        let text = text(&table);
        for part in [
            "\"report-id\": \"x\"",
            "State: sent",
            "To: mailto:a@example.org",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }
}
