//! `avow delivery tls DOMAIN`: what a recipient's domain asks of the connection that carries its mail, and why.

use std::path::PathBuf;

use anyhow::{Result, bail};
use avow_deliver::dns::{Answer, Trust};
use avow_deliver::route::SMTP_PORT;
use avow_deliver::security::{
    Demand, HostFinding, HostWay, MxTrust, PolicyFinding, Report, TlsaAnswer,
};
use clap::Subcommand;
use serde_json::{Value, json};

use super::Call;
use crate::exit::{Exit, answer};
use crate::lines::Lines;
use crate::sending;

/// What is asked about delivery.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Which TLS policy applies to a recipient's domain, and why
    Tls {
        /// The domain behind the @ of an address
        domain: String,
    },
    /// What the report about TLS to a recipient's domain says of a day, and where it goes
    TlsReport {
        /// The domain behind the @ of an address
        domain: String,
        /// The day, in UTC: 2026-06-01
        day: String,
    },
    /// Read a file of provider rules and say what in it is wrong or can never match
    Lint {
        /// The file [default: `[delivery] rules` of the configuration]
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
}

/// As DNS and the store know it.
pub(super) fn plain_domain(domain: &str) -> Result<String> {
    let domain = domain.trim_end_matches('.').to_ascii_lowercase();
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    if domain.is_empty() || !domain.bytes().all(plain) {
        bail!("`{domain}` is no domain; give what stands behind the @, for example example.org");
    }
    Ok(domain)
}

/// Looks and prints.
pub(crate) async fn tls(call: &Call, domain: &str) -> Result<Exit> {
    let domain = plain_domain(domain)?;
    let inspector = sending::security(&call.world)?;
    let report = inspector.report(&domain, SMTP_PORT).await;
    let dane = match inspector.validated {
        Some(_) => "asked",
        None => "off",
    };
    let table = table(&domain, dane, &report);
    let usable = report
        .hosts
        .iter()
        .any(|h| matches!(h.way, HostWay::Use(_)));
    answer(call.form, &table, text)?;
    Ok(if usable { Exit::Done } else { Exit::Refused })
}

fn table(domain: &str, dane: &str, report: &Report) -> Value {
    let mx = match &report.mx {
        Answer::Records(records) if records.iter().all(|mx| mx.host.is_empty()) => {
            "none: takes no mail"
        }
        Answer::Records(_) => "records",
        Answer::NoRecords => "none: the domain itself",
        Answer::NoDomain => "the domain does not exist",
        Answer::Failed => "no answer",
    };
    json!({
        "domain": domain,
        "dane": dane,
        "mx": mx,
        "mx_validated": report.mx_trust == MxTrust::Validated,
        "mta_sts": policy(&report.policy),
        "hosts": report.hosts.iter().map(host).collect::<Vec<_>>(),
    })
}

fn policy(finding: &PolicyFinding) -> Value {
    match finding {
        PolicyFinding::None => json!({ "state": "none" }),
        PolicyFinding::Broken(why) => json!({ "state": "broken", "why": why }),
        PolicyFinding::Holds { policy, stale } => json!({
            "state": "holds",
            "mode": policy.mode.as_str(),
            "mx": policy.mx.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "max_age_s": policy.max_age.as_secs(),
            "why": stale,
        }),
    }
}

fn host(finding: &HostFinding) -> Value {
    let tlsa = match &finding.tlsa {
        TlsaAnswer::NotAsked => json!("not asked"),
        TlsaAnswer::None => json!("none"),
        TlsaAnswer::Failed => json!("no answer"),
        TlsaAnswer::Unsigned => json!("not signed"),
        TlsaAnswer::Signed(records) => json!(records.len()),
    };
    let (tls, why) = match &finding.way {
        HostWay::Use(Demand::Opportunistic) => ("opportunistic", None),
        HostWay::Use(Demand::Encrypted) => ("encrypted", None),
        HostWay::Use(Demand::Verified) => ("verified", None),
        HostWay::Use(Demand::Dane(_)) => ("dane", None),
        HostWay::Skip(why) => ("not used", Some(why.to_string())),
    };
    json!({
        "host": finding.host,
        "address_validated": finding.address == Trust::Validated,
        "tlsa": tlsa,
        "tls": tls,
        "why": why,
    })
}

fn text(table: &Value) -> String {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut text = Lines::default();
    text.line(format_args!(
        "{}  MX: {}",
        word(&table["domain"]),
        word(&table["mx"])
    ));
    let sts = &table["mta_sts"];
    match sts["state"].as_str() {
        Some("holds") => text.line(format_args!("MTA-STS: {}", word(&sts["mode"]))),
        Some("broken") => text.line("MTA-STS: announced, and no policy can be had"),
        _ => text.line("MTA-STS: none"),
    }
    if let Some(why) = sts["why"].as_str() {
        text.line(format_args!("  {why}"));
    }
    match (table["dane"].as_str(), table["mx_validated"].as_bool()) {
        (Some("off"), _) => {
            text.line(
                "DANE: off; set [delivery] validating_resolver to a resolver on this machine",
            );
        }
        (_, Some(true)) => text.line("DANE: the MX records are signed, so it is asked for"),
        _ => text.line("DANE: the MX records are not signed"),
    }
    for host in table["hosts"].as_array().into_iter().flatten() {
        let tls = match host["tls"].as_str() {
            Some("opportunistic") => "TLS where offered, any certificate",
            Some("encrypted") => "TLS or nothing, any certificate: no TLSA record can be used",
            Some("verified") => "TLS or nothing, a valid certificate: MTA-STS",
            Some("dane") => "TLS or nothing, the certificate of its TLSA records: DANE",
            _ => "not used",
        };
        text.line(format_args!("{:<32} {tls}", word(&host["host"])));
        if let Some(why) = host["why"].as_str() {
            text.line(format_args!("  {why}; its mail waits"));
        }
    }
    text.text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use avow_deliver::dns::Mx;
    use avow_deliver::security::{Mode, MxPattern, Policy, Skipped};

    fn report(policy: PolicyFinding, way: HostWay) -> Report {
        let host = "mx.example.org".to_owned();
        let mx = Mx {
            preference: 10,
            host: host.clone(),
        };
        Report {
            mx: Answer::Records(vec![mx]),
            mx_trust: MxTrust::Unknown,
            policy,
            hosts: vec![HostFinding {
                host,
                address: Trust::Unsigned,
                tlsa: TlsaAnswer::NotAsked,
                way,
            }],
        }
    }

    #[test]
    fn a_policy_that_names_other_servers_says_that_mail_waits_and_why() {
        let policy = Policy {
            mode: Mode::Enforce,
            mx: vec![MxPattern::parse("*.example.net").unwrap()],
            max_age: std::time::Duration::from_hours(1),
        };
        let finding = PolicyFinding::Holds {
            policy,
            stale: Some("the server answered 404".to_owned()),
        };
        let report = report(finding, HostWay::Skip(Skipped::NotInPolicy));
        let table = table("example.org", "asked", &report);
        assert_eq!(table["hosts"][0]["tls"], "not used");
        assert_eq!(table["mta_sts"]["mx"][0], "*.example.net");
        let text = text(&table);
        for part in [
            "MTA-STS: enforce",
            "answered 404",
            "its mail waits",
            "not signed",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn a_domain_without_any_policy_gets_what_its_server_offers() {
        let use_it = HostWay::Use(Demand::Opportunistic);
        let text = text(&table(
            "example.org",
            "off",
            &report(PolicyFinding::None, use_it),
        ));
        assert!(text.contains("MTA-STS: none"), "{text}");
        assert!(text.contains("validating_resolver"), "{text}");
        assert!(text.contains("TLS where offered"), "{text}");
    }
}
