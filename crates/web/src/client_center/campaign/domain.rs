//! Whether receivers would believe mail of the sending domain: a part of the sheet before sending.

use std::time::Duration;

use avow_deliver::Ready;
use avow_deliver::dkim::KeyFolder;
use avow_deliver::standing::{Finding, State};
use tokio::time::timeout;

use super::view::Check;
use crate::App;
use crate::client_center::words::Tone;

/// How long a page waits for the name servers. Silent ones are silent for minutes; good answers are remembered.
const PATIENCE: Duration = Duration::from_secs(3);
const TITLE: &str = "Sending domain";

/// A line for each thing that receivers would miss, or one that nothing is missing. Nothing where nobody looks: in a
/// rehearsal, or where the operator trusts the domain.
pub(super) async fn lines(app: &App, ready: &Ready) -> Vec<Check> {
    let Some(desk) = &app.domains else {
        return Vec::new();
    };
    let domain = &ready.account().settings.sending_domain;
    let keys = match KeyFolder(&desk.keys).published(domain) {
        Ok(keys) => keys,
        Err(fault) => return vec![line(Tone::Bad, fault.to_string())],
    };
    let asked = desk.inspection.findings(domain, keys, app.now());
    if let Ok(findings) = timeout(PATIENCE, asked).await {
        return told(domain, &findings);
    }
    let text = format!(
        "The name servers have not said yet what {domain} publishes. Load this page again; until they answer, the campaign would wait."
    );
    vec![line(Tone::Notice, text)]
}

fn told(domain: &str, findings: &[Finding]) -> Vec<Check> {
    let missing = findings.iter().filter(|f| f.state != State::Good);
    let lines: Vec<Check> = missing.map(of).collect();
    if !lines.is_empty() {
        return lines;
    }
    let text = format!("{domain} publishes what receivers look for: DKIM, SPF and DMARC.");
    vec![line(Tone::Good, text)]
}

fn of(finding: &Finding) -> Check {
    let tone = match finding.state {
        State::Bad => Tone::Bad,
        State::Good | State::Weak | State::Untold => Tone::Notice,
    };
    line(tone, format!("{} {}", finding.text, finding.fix))
}

fn line(tone: Tone, text: String) -> Check {
    Check {
        tone,
        title: TITLE,
        text,
        fix: None,
    }
}
