//! What TLS did for recipients' domains, by the day, and what became of the reports about it (RFC 8460).
//!
//! Promises: a batch of counts is added whole or not at all. Never: repeats one by itself. Whoever gets an error does
//! not know whether the batch was added, and lets go of it rather than count it twice.

use aws_lc_rs::digest;

use avow_model::Timestamp;

use crate::batch::Batch;
use crate::codes::{Words, read_as_word};
use crate::row::Row;
use crate::sql::queries;
use crate::value::{Value, params};
use crate::{Store, StoreError};

/// What sessions are counted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TlsSessionKey {
    /// Of recipients.
    pub domain: String,
    /// Days since the epoch, in UTC.
    pub day: i64,
    /// JSON: the policy as reports show it.
    pub policy: String,
    pub result: &'static str,
    /// The mail server, where something failed.
    pub host: String,
    /// Its address, where one was connected to.
    pub peer: String,
    /// More words on a failure; may be empty.
    pub reason: String,
}

/// How many sessions there were of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSessionRow {
    /// JSON.
    pub policy: String,
    pub result: String,
    pub host: String,
    pub peer: String,
    pub reason: String,
    pub sessions: u64,
}

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsReportState {
    /// For its time, or for another try.
    Waiting,
    Sent,
    /// The domain asks for none.
    Unwanted,
    /// It could not be handed over within a day.
    Failed,
}

/// The report about one domain and one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsReportRow {
    pub domain: String,
    pub day: i64,
    pub state: TlsReportState,
    pub attempts: u32,
    pub next_at: Timestamp,
}

impl Words for TlsReportState {
    const TABLE: &'static [(Self, &'static str)] = &[
        (Self::Waiting, "waiting"),
        (Self::Sent, "sent"),
        (Self::Unwanted, "unwanted"),
        (Self::Failed, "failed"),
    ];
}
read_as_word!(TlsReportState);

queries! {
    POLICY_KEEP = "INSERT INTO tls_policy (hash, text) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
    SESSIONS_ADD = "INSERT INTO tls_session (domain, day, policy, result, host, peer, reason, sessions)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (domain, day, policy, result, host, peer, reason) DO UPDATE SET sessions = tls_session.sessions + excluded.sessions";
    SESSIONS = "SELECT p.text, s.result, s.host, s.peer, s.reason, s.sessions FROM tls_session s
        JOIN tls_policy p ON p.hash = s.policy WHERE s.domain = $1 AND s.day = $2
        ORDER BY s.policy, s.result, s.host, s.peer, s.reason";
    UNPLANNED = "SELECT DISTINCT s.domain, s.day FROM tls_session s WHERE s.day < $1 AND NOT EXISTS
        (SELECT 1 FROM tls_report r WHERE r.domain = s.domain AND r.day = s.day) ORDER BY s.domain, s.day LIMIT $2";
    REPORT_PLAN = "INSERT INTO tls_report (domain, day, state, attempts, next_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (domain, day) DO NOTHING";
    REPORTS_DUE = "SELECT domain, day, state, attempts, next_at FROM tls_report
        WHERE state = 'waiting' AND next_at <= $1 ORDER BY next_at, domain, day LIMIT $2";
    REPORT = "SELECT domain, day, state, attempts, next_at FROM tls_report WHERE domain = $1 AND day = $2";
    REPORT_SET = "UPDATE tls_report SET state = $3, attempts = $4, next_at = $5 WHERE domain = $1 AND day = $2";
    SESSIONS_FORGET = "DELETE FROM tls_session WHERE day < $1";
    REPORTS_FORGET = "DELETE FROM tls_report WHERE day < $1";
    POLICIES_FORGET = "DELETE FROM tls_policy WHERE NOT EXISTS (SELECT 1 FROM tls_session s WHERE s.policy = tls_policy.hash)";
}

impl Store {
    /// Adds to the counts, all or nothing.
    pub async fn tls_sessions_add(
        &self,
        mut counts: Vec<(TlsSessionKey, u64)>,
    ) -> Result<(), StoreError> {
        // In key order, so that two writers never wait for each other crosswise.
        counts.sort_unstable();
        let mut policies: Vec<Vec<Value>> = Vec::new();
        let mut last = "";
        let mut by_policy: Vec<&str> = counts.iter().map(|(key, _)| key.policy.as_str()).collect();
        by_policy.sort_unstable();
        for policy in by_policy {
            if policy != last {
                policies.push(params![hash(policy), policy]);
                last = policy;
            }
        }
        let mut batch = Batch::new();
        batch.each(&POLICY_KEEP, policies);
        batch.each(&SESSIONS_ADD, counts.iter().map(added).collect());
        self.db().write(batch).await.map(drop)
    }

    /// What was counted of a domain on a day.
    pub async fn tls_sessions(
        &self,
        domain: &str,
        day: i64,
    ) -> Result<Vec<TlsSessionRow>, StoreError> {
        let key = params![domain, day];
        self.db().query_map(&SESSIONS, key, counted).await
    }

    /// Domains and days before `today` for which no report is planned yet.
    pub async fn tls_reports_unplanned(
        &self,
        today: i64,
        limit: u32,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let key = params![today, limit];
        self.db().query_map(&UNPLANNED, key, read).await
    }

    /// Plans reports; those that are planned already stay as they are.
    pub async fn tls_reports_plan(&self, reports: &[TlsReportRow]) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.each(&REPORT_PLAN, reports.iter().map(report_params).collect());
        self.db().write(batch).await.map(drop)
    }

    /// Reports whose time has come, the longest due first.
    pub async fn tls_reports_due(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<TlsReportRow>, StoreError> {
        let key = params![now, limit];
        self.db().query_map(&REPORTS_DUE, key, report).await
    }

    /// Where the report about a domain and a day stands; `None`: not planned yet.
    pub async fn tls_report(
        &self,
        domain: &str,
        day: i64,
    ) -> Result<Option<TlsReportRow>, StoreError> {
        let key = params![domain, day];
        self.db().query_opt(&REPORT, key, report).await
    }

    /// Writes down what became of a report.
    pub async fn tls_report_set(&self, report: &TlsReportRow) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&REPORT_SET, report_params(report));
        self.db().write(batch).await.map(drop)
    }

    /// Lets go of everything before a day.
    pub async fn tls_reports_forget(&self, before: i64) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&SESSIONS_FORGET, params![before]);
        batch.run(&REPORTS_FORGET, params![before]);
        batch.run(&POLICIES_FORGET, params![]);
        self.db().write(batch).await.map(drop)
    }
}

fn hash(policy: &str) -> Vec<u8> {
    let hash = digest::digest(&digest::SHA256, policy.as_bytes());
    hash.as_ref().to_vec()
}

fn added((key, sessions): &(TlsSessionKey, u64)) -> Vec<Value> {
    params![
        key.domain.as_str(),
        key.day,
        hash(&key.policy),
        key.result,
        key.host.as_str(),
        key.peer.as_str(),
        key.reason.as_str(),
        sessions.cast_signed()
    ]
}

fn report_params(report: &TlsReportRow) -> Vec<Value> {
    params![
        report.domain.as_str(),
        report.day,
        report.state,
        report.attempts,
        report.next_at
    ]
}

fn counted(row: &Row<'_>) -> Result<TlsSessionRow, StoreError> {
    Ok(TlsSessionRow {
        policy: row.get(0)?,
        result: row.get(1)?,
        host: row.get(2)?,
        peer: row.get(3)?,
        reason: row.get(4)?,
        sessions: row.get(5)?,
    })
}

fn report(row: &Row<'_>) -> Result<TlsReportRow, StoreError> {
    Ok(TlsReportRow {
        domain: row.get(0)?,
        day: row.get(1)?,
        state: row.get(2)?,
        attempts: row.get(3)?,
        next_at: row.get(4)?,
    })
}
