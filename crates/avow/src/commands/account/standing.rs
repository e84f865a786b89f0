//! How a sending domain stands with receivers: asked of the name servers now.

use anyhow::Result;
use avow_deliver::dkim::KeyFolder;
use avow_deliver::standing::{self, Finding};
use serde::Serialize;

use super::Call;
use crate::exit::{Exit, answer};
use crate::keys;
use crate::lines::Lines;
use crate::sending;

/// What stands in DNS about a sending domain.
#[derive(Debug, Serialize)]
struct Standing {
    domain: String,
    /// Nothing stands against bulk mail of this domain.
    ready: bool,
    findings: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    matter: &'static str,
    state: &'static str,
    name: String,
    text: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    fix: String,
}

impl From<Finding> for Line {
    fn from(finding: Finding) -> Self {
        Self {
            matter: finding.matter.as_str(),
            state: finding.state.as_str(),
            name: finding.name,
            text: finding.text,
            fix: finding.fix,
        }
    }
}

/// Prints each finding; 1 when receivers would refuse bulk mail of the domain.
pub(super) async fn run(call: &Call, account: &str) -> Result<Exit> {
    let world = &call.world;
    let (row, _) = world.account(account).await?;
    let domain = row.settings.sending_domain;
    let signing = KeyFolder(&keys::folder(&world.config.data)).published(&domain)?;
    let inspection = sending::inspector(world)?;
    let now = world.clock.now();
    let findings = inspection.findings(&domain, signing, now).await;
    let standing = Standing {
        ready: standing::obstacle(&findings).is_none(),
        findings: findings.into_iter().map(Line::from).collect(),
        domain,
    };
    answer(call.form, &standing, text)?;
    Ok(if standing.ready {
        Exit::Done
    } else {
        Exit::Refused
    })
}

fn text(standing: &Standing) -> String {
    let mut text = Lines::default();
    for line in &standing.findings {
        text.line(format_args!(
            "{:<7} {:<13} {}",
            line.state, line.matter, line.text
        ));
        if !line.fix.is_empty() {
            text.line(format_args!("{:<22}{}", "", line.fix));
        }
    }
    let end = if standing.ready {
        "Receivers find what they look for."
    } else {
        "Receivers would refuse bulk mail of this domain."
    };
    text.line(end);
    text.text()
}
