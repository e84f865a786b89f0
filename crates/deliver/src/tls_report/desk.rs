//! The task that keeps counts in the store and sends each day's reports.
//!
//! Promises: a report is handed over once: by the first of the domain's places that takes it; one that nobody takes is
//! tried hourly for a day. A kill between the handing over and its record sends it again, with the same id and content.
//! Never: counts its own connections.

use std::sync::Arc;
use std::time::Duration;

use avow_model::{EmailAddress, Timestamp};
use avow_store::{StoreError, TlsReportRow, TlsReportState};

use super::Reporter;
use super::address::{ReportTo, report_to};
use super::body::report;
use super::mail::{KIND, Packed, letter, pack};
use super::tally::{Tally, day};
use crate::dns::Answer;
use crate::engine::brief::{BriefFault, read_signer};
use crate::engine::crew::Crew;
use crate::post::{Demanding, Letter, PostFault, Way, post};
use crate::security::FetchFault;

/// How often counts go into the store: what a kill costs at most.
const FLUSH: Duration = Duration::from_secs(30);
/// How often it is looked whether a report is due.
const ROUND: Duration = Duration::from_mins(1);
/// Reports are spread over so long after the end of their day: senders all over the world begin at the same midnight
/// (RFC 8460 4.1).
const SPREAD_S: u32 = 4 * 3600;
/// Between two tries, and how many of them: a day (RFC 8460 5.5).
const AGAIN: Duration = Duration::from_hours(1);
const TRIES_MAX: u32 = 24;
/// Planned and sent at once.
const PLANNED: u32 = 500;
const SENT: u32 = 20;
/// Counts are kept for so long, so that an operator can look at what was reported.
const KEPT_DAYS: i64 = 14;

/// Why a report was not taken. Shown without the place: an address is no matter for a log.
#[derive(Debug, thiserror::Error)]
enum HandFault {
    #[error(transparent)]
    Mail(#[from] PostFault),
    #[error(transparent)]
    Post(#[from] FetchFault),
    #[error("the domain that reports has no DKIM keys, and reports by mail must be signed")]
    NoKeys,
    #[error(transparent)]
    Keys(#[from] BriefFault),
    #[error("the report cannot be packed ({0})")]
    Pack(#[from] std::io::Error),
}

/// Works for as long as the engine does.
pub(crate) async fn desk(crew: Arc<Crew>) {
    let (Some(reporter), Some(tally)) = (&crew.options.tls_reports, &crew.tally) else {
        return;
    };
    let mut pace = crew.pace();
    let (mut flush_at, mut round_at) = (after(pace.now(), FLUSH), pace.now());
    while !crew.is_leaving() {
        let now = pace.now();
        // A clock that went back must not mean hours without.
        flush_at = flush_at.min(after(now, FLUSH));
        round_at = round_at.min(after(now, ROUND));
        if now >= flush_at {
            tally.flush(&crew.store).await;
            flush_at = after(now, FLUSH);
        }
        if now >= round_at && crew.may_start() {
            if let Err(fault) = round(&crew, reporter, tally).await {
                tracing::warn!(%fault, "reports about TLS have to wait");
            }
            round_at = after(now, ROUND);
        }
        // Not toward the next of them: while nothing may be started one of them may be past.
        pace.look().await;
    }
}

fn after(now: Timestamp, by: Duration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

async fn round(crew: &Crew, reporter: &Reporter, tally: &Tally) -> Result<(), StoreError> {
    let (store, now) = (&crew.store, crew.clock.now());
    // Before a day that is over is planned, what was counted of it last is there.
    tally.flush(store).await;
    let open = store.tls_reports_unplanned(day(now), PLANNED).await?;
    if !open.is_empty() {
        let planned = |(domain, day)| TlsReportRow {
            domain,
            day,
            state: TlsReportState::Waiting,
            attempts: 0,
            next_at: after(now, Duration::from_secs((crew.dice() % SPREAD_S).into())),
        };
        let planned: Vec<TlsReportRow> = open.into_iter().map(planned).collect();
        store.tls_reports_plan(&planned).await?;
        store.tls_reports_forget(day(now) - KEPT_DAYS).await?;
    }
    for due in store.tls_reports_due(now, SENT).await? {
        if !crew.may_start() {
            break;
        }
        let ended = send(crew, (reporter, tally), due).await?;
        // A server that lets us wait must not keep counts from the disk.
        tally.flush(store).await;
        store.tls_report_set(&ended).await?;
    }
    Ok(())
}

/// Hands one report over; gives what is to be written down of it.
async fn send(
    crew: &Crew,
    (reporter, tally): (&Reporter, &Tally),
    due: TlsReportRow,
) -> Result<TlsReportRow, StoreError> {
    let state = |state| TlsReportRow {
        state,
        attempts: due.attempts + 1,
        ..due.clone()
    };
    let rows = crew.store.tls_sessions(&due.domain, due.day).await?;
    let about = (due.domain.as_str(), due.day);
    let name = format!("_smtp._tls.{}", due.domain);
    let places = match tally.inspector.dns.texts(&name).await {
        Answer::Records(texts) => report_to(&texts),
        Answer::NoRecords | Answer::NoDomain => Vec::new(),
        Answer::Failed => return Ok(again(due, crew.clock.now())),
    };
    let Some(report) = report(reporter, about, &rows).filter(|_| !places.is_empty()) else {
        return Ok(state(TlsReportState::Unwanted));
    };
    for place in &places {
        let handed = match pack(reporter, about, &report) {
            Ok(packed) => hand(crew, (reporter, tally), (&due.domain, place), packed).await,
            Err(fault) => Err(fault.into()),
        };
        match handed {
            Ok(()) => return Ok(state(TlsReportState::Sent)),
            Err(fault) => {
                tracing::warn!(domain = %due.domain, %fault, "a report about TLS was not taken");
            }
        }
    }
    Ok(again(due, crew.clock.now()))
}

fn again(due: TlsReportRow, now: Timestamp) -> TlsReportRow {
    let attempts = due.attempts + 1;
    TlsReportRow {
        state: if attempts < TRIES_MAX {
            TlsReportState::Waiting
        } else {
            TlsReportState::Failed
        },
        attempts,
        next_at: after(now, AGAIN),
        ..due
    }
}

async fn hand(
    crew: &Crew,
    (reporter, tally): (&Reporter, &Tally),
    (domain, place): (&str, &ReportTo),
    packed: Packed,
) -> Result<(), HandFault> {
    match place {
        ReportTo::Post(place) => {
            let fetcher = &tally.inspector.fetcher;
            Ok(fetcher.post(place, KIND, packed.bytes.into()).await?)
        }
        ReportTo::Mail(to) => by_mail(crew, reporter, (domain, to), &packed).await,
    }
}

/// One message over a connection of its own.
async fn by_mail(
    crew: &Crew,
    reporter: &Reporter,
    (domain, to): (&str, &EmailAddress),
    packed: &Packed,
) -> Result<(), HandFault> {
    let (now, submitter) = (crew.clock.now(), reporter.submitter());
    let signer = read_signer(crew, submitter, now)?.ok_or(HandFault::NoKeys)?;
    let (headers, body) = letter(reporter, (domain, to), packed, now);
    let way = Way {
        transport: crew.lanes.transport(),
        client: &crew.client,
        // Whatever its policies say: a report that waits for their repair reports nothing (RFC 8460 3).
        demanding: Demanding::Nothing,
    };
    let letter = Letter {
        sender: submitter,
        mail_from: &reporter.from.expose_envelope(),
        to,
        headers: &headers,
        body: &body,
        at: now,
    };
    Ok(post(way, Some(&signer), letter).await?)
}
