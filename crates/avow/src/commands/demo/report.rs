//! What the demo prints: one JSON object, or a table.

use std::fmt::Write as _;

use avow_deliver::sink::DomainCounts;
use avow_store::Tally;
use serde::Serialize;

/// The whole run.
#[derive(Debug, Serialize)]
pub(super) struct DemoReport {
    pub(super) accounts: Vec<AccountReport>,
    pub(super) seconds: f64,
    pub(super) peak_rss_bytes: u64,
}

/// One account's campaign, accounted for.
#[derive(Debug, Serialize)]
pub(super) struct AccountReport {
    pub(super) name: String,
    pub(super) imported: u64,
    pub(super) audience: u64,
    pub(super) outcomes: Outcomes,
    pub(super) sink_unique: u64,
    pub(super) sink_total: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Outcomes {
    pub(super) delivered: u64,
    pub(super) deferred: u64,
    pub(super) bounced: u64,
    pub(super) expired: u64,
    pub(super) refused: u64,
    pub(super) unknown: u64,
}

impl AccountReport {
    pub(super) fn new(name: &str, imported: u64, tally: &Tally, sink: DomainCounts) -> Self {
        Self {
            name: name.to_owned(),
            imported,
            audience: tally.audience(),
            outcomes: Outcomes {
                delivered: tally.delivered,
                deferred: tally.deferred,
                bounced: tally.bounced,
                expired: tally.expired,
                refused: tally.refused,
                unknown: tally.unknown,
            },
            sink_unique: sink.unique_messages,
            sink_total: sink.total,
        }
    }

    /// True when the audience is the sum of the outcomes, and the sink got each delivered message.
    pub(super) fn adds_up(&self) -> bool {
        let o = &self.outcomes;
        let sum = o.delivered + o.deferred + o.bounced + o.expired + o.refused + o.unknown;
        sum == self.audience && self.sink_unique == o.delivered
    }
}

impl DemoReport {
    /// For people: a line an account.
    pub(super) fn table(&self) -> String {
        let mut out = format!(
            "{:<24}{:>10}{:>10}{:>11}{:>9}{:>9}{:>9}{:>12}\n",
            "account",
            "imported",
            "audience",
            "delivered",
            "bounced",
            "refused",
            "other",
            "in the sink"
        );
        for a in &self.accounts {
            let o = &a.outcomes;
            let other = o.deferred + o.expired + o.unknown;
            let _never_fails = writeln!(
                out,
                "{:<24}{:>10}{:>10}{:>11}{:>9}{:>9}{:>9}{:>12}",
                a.name,
                a.imported,
                a.audience,
                o.delivered,
                o.bounced,
                o.refused,
                other,
                a.sink_unique
            );
        }
        let megabytes = self.peak_rss_bytes / 1_000_000;
        let _never_fails = write!(out, "{:.1} seconds, {megabytes} MB at most", self.seconds);
        out
    }
}

/// The most memory this process ever held, in bytes; 0 where the system does not tell.
pub(super) fn peak_rss_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|l| l.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
