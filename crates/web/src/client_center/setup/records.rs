//! The records of a sending domain: what to publish, and beside each what the name servers say. For the set-up and the
//! settings.

use std::time::Duration;

use avow_deliver::dkim::{DnsRecord, KeyFolder};
use avow_deliver::standing::{Finding, Matter, Need, Sender, State, Wanted, wanted};
use serde::Serialize;
use tokio::time::timeout;

use crate::App;
use crate::app::RecordsDesk;
use crate::client_center::words::Tone;

/// How long a page waits for the name servers. Silent ones are silent for minutes; good answers are remembered.
const PATIENCE: Duration = Duration::from_secs(3);

/// Whether the name servers are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Only what is to be published is shown.
    No,
    /// They are asked now.
    Now,
}

/// One record to publish, and how it stands.
#[derive(Debug, Serialize)]
pub(crate) struct RecordLine {
    /// Names the parts of the page that belong to it.
    pub word: &'static str,
    pub title: &'static str,
    pub why: &'static str,
    pub name: String,
    pub kind: &'static str,
    pub value: String,
    /// Large receivers refuse bulk mail without it.
    pub must: bool,
    /// A word in capitals is to be filled in.
    pub is_pattern: bool,
    pub tone: Tone,
    /// What was found, as a sentence.
    pub found: String,
    /// What to do; empty where nothing has to be done.
    pub fix: String,
}

/// What is no record to copy: the name that the sending machine greets with.
#[derive(Debug, Serialize)]
pub(crate) struct HostLine {
    pub tone: Tone,
    pub text: String,
    pub fix: String,
}

/// A domain's records as a page shows them.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Records {
    pub domain: String,
    pub lines: Vec<RecordLine>,
    pub host: Option<HostLine>,
    /// They were looked up.
    pub looked: bool,
    /// Nothing stands against bulk mail.
    pub stands: bool,
    /// How many of them are as they should be.
    pub good: usize,
    /// Nobody can look here: the keys are not in this data folder, or there is no way to ask.
    pub fault: Option<String>,
}

const fn title(matter: Matter) -> &'static str {
    match matter {
        Matter::DkimRsa => "DKIM",
        Matter::DkimEd25519 => "DKIM, second key",
        Matter::Spf => "SPF",
        Matter::Dmarc => "DMARC",
        Matter::Host => "The sending machine",
        Matter::ReturnPath => "Return path",
        Matter::TlsReports => "Reports about TLS",
    }
}

const fn tone(state: State) -> Tone {
    match state {
        State::Good => Tone::Good,
        State::Weak => Tone::Notice,
        State::Bad => Tone::Bad,
        State::Untold => Tone::Neutral,
    }
}

/// The records of a domain; asks the name servers where it is told to, for three seconds at most.
pub(crate) async fn of(app: &App, domain: &str, look: Look) -> Records {
    let Some(desk) = &app.records else {
        return bare(
            domain,
            "This process has no keys and cannot look names up. The command avow account dns shows the records.",
        );
    };
    let keys = match KeyFolder(&desk.keys).published(domain) {
        Ok(keys) => keys,
        Err(fault) => return bare(domain, &fault.to_string()),
    };
    let findings = match look {
        Look::No => None,
        Look::Now => {
            let asked = ask(app, desk, (domain, keys.clone()));
            Some(timeout(PATIENCE, asked).await.unwrap_or_default())
        }
    };
    let sender = Sender {
        domain: domain.to_owned(),
        keys,
        way: desk.inspection.way.clone(),
    };
    laid_out(&sender, desk.back.as_deref(), findings)
}

async fn ask(
    app: &App,
    desk: &RecordsDesk,
    (domain, keys): (&str, Option<[DnsRecord; 2]>),
) -> Vec<Finding> {
    let inspection = &desk.inspection;
    let mut findings = inspection.findings(domain, keys, app.now()).await;
    if let Some(host) = &desk.back {
        findings.extend(inspection.inspector.returning(domain, host).await);
    }
    findings
}

fn bare(domain: &str, fault: &str) -> Records {
    Records {
        domain: domain.to_owned(),
        fault: Some(fault.to_owned()),
        ..Records::default()
    }
}

/// Each record with its finding. `None`: nobody looked; no finding for one: the name servers are silent.
fn laid_out(sender: &Sender, back: Option<&str>, findings: Option<Vec<Finding>>) -> Records {
    let looked = findings.is_some();
    let findings = findings.unwrap_or_default();
    let of = |matter: Matter| findings.iter().find(|f| f.matter == matter);
    let lines = wanted(sender, back).into_iter();
    let lines: Vec<RecordLine> = lines.map(|w| line(of(w.matter), w, looked)).collect();
    let host = of(Matter::Host).map(|f| HostLine {
        tone: tone(f.state),
        text: f.text.clone(),
        fix: f.fix.clone(),
    });
    let stands = |l: &RecordLine| !l.must || l.tone == Tone::Good;
    let host_stands = host.as_ref().is_none_or(|h| h.tone != Tone::Bad);
    Records {
        domain: sender.domain.clone(),
        stands: looked && host_stands && lines.iter().all(stands),
        good: lines.iter().filter(|l| l.tone == Tone::Good).count(),
        lines,
        host,
        looked,
        fault: None,
    }
}

fn line(finding: Option<&Finding>, wanted: Wanted, looked: bool) -> RecordLine {
    let silent = if looked {
        "The name servers have not answered yet."
    } else {
        "Not looked up yet."
    };
    RecordLine {
        word: wanted.matter.as_str(),
        title: title(wanted.matter),
        why: wanted.why,
        name: wanted.name,
        kind: wanted.kind,
        value: wanted.value,
        must: wanted.need == Need::Must,
        is_pattern: wanted.is_pattern,
        tone: finding.map_or(Tone::Neutral, |f| tone(f.state)),
        found: finding.map_or_else(|| silent.to_owned(), |f| f.text.clone()),
        // The record itself stands above: what to publish need not be said twice.
        fix: finding.map_or_else(String::new, |f| {
            if f.fix.starts_with("Publish") {
                String::new()
            } else {
                f.fix.clone()
            }
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use avow_deliver::standing::Way;

    fn sender() -> Sender {
        let record = || DnsRecord {
            name: "a._domainkey.acme.example".to_owned(),
            value: "v=DKIM1; p=AAAA".to_owned(),
        };
        Sender {
            domain: "acme.example".to_owned(),
            keys: Some([record(), record()]),
            way: Way::Relay,
        }
    }

    fn found(matter: Matter, state: State) -> Finding {
        Finding {
            matter,
            state,
            name: String::new(),
            text: "As found.".to_owned(),
            fix: "Publish the TXT record".to_owned(),
        }
    }

    #[test]
    fn a_domain_stands_when_all_that_must_be_there_is_there() {
        let must = [Matter::DkimRsa, Matter::Spf, Matter::Dmarc];
        let good: Vec<_> = must.map(|m| found(m, State::Good)).into();
        let all = laid_out(&sender(), None, Some(good.clone()));
        assert!(all.stands && all.good == 3, "{all:?}");
        let mut less = good;
        less[1].state = State::Untold;
        assert!(!laid_out(&sender(), None, Some(less)).stands);
        assert!(!laid_out(&sender(), None, None).stands, "nobody looked");
        assert!(!laid_out(&sender(), None, Some(vec![])).stands, "silence");
    }
}
