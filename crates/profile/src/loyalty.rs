//! Loyalty from mail: on how many days a person read or clicked, and how long ago, with decay.
//!
//! Decayed visit-days predict a return as well as the classic buyer models do and need no fit
//! (shown on purchases; for mail it is an assumption that the owner's own figures must confirm).

use std::collections::BTreeMap;

use avow_model::{HitKind, Timestamp, Verdict};
use jiff::tz::TimeZone;

use crate::reading::{Inferred, Points, Reading, Term, Value};

/// Fewer reading days than this say nothing about a habit.
pub const READING_DAYS_MIN: usize = 3;
/// A reading day counts half after this many days.
const HABIT_HALF_LIFE_DAYS: f64 = 90.0;
/// The time since the last one counts half after this many days.
const RECENCY_HALF_LIFE_DAYS: f64 = 30.0;
/// So many fresh reading days give half of what habit can give.
const HABIT_HALF_WAY_DAYS: f64 = 3.0;
/// Recency and habit share the hundred points evenly, in hundredths of a point.
const HALF_SCALE: f64 = 5_000.0;
/// A day with a click is a whole reading day, one with only an open half: pictures load unasked.
const OPEN_WEIGHT: f64 = 0.5;

/// One hit as the store keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observed {
    pub kind: HitKind,
    pub verdict: Verdict,
    pub at: Timestamp,
}

/// Loyalty of one person at `now`; hits after `now` and those of machines are left out.
pub fn loyalty(observed: &[Observed], now: Timestamp) -> Reading {
    let days = reading_days(observed, now);
    let (have, need) = (days.len(), READING_DAYS_MIN);
    let Some(last) = days.last().filter(|_| have >= need) else {
        return Reading::NotEnoughData { have, need };
    };
    let recency = HALF_SCALE * halved(last.at, now, RECENCY_HALF_LIFE_DAYS);
    let mut terms = vec![Term {
        what: "how recent the last one is",
        at: last.at,
        adds: Points::from_hundredths(recency.round() as i64),
    }];
    terms.extend(habit_terms(&days, now));
    Reading::Inferred(Inferred::from_terms(terms, Value::Loyalty))
}

#[derive(Debug, Clone, Copy)]
struct ReadingDay {
    at: Timestamp,
    clicked: bool,
}

/// Days (UTC) with a person's open or click, oldest first, each with the time of its last hit.
fn reading_days(observed: &[Observed], now: Timestamp) -> Vec<ReadingDay> {
    let mut days = BTreeMap::new();
    let of_people = observed
        .iter()
        .filter(|o| o.verdict == Verdict::Human && o.at <= now);
    for hit in of_people {
        let fresh = ReadingDay {
            at: hit.at,
            clicked: false,
        };
        let day = days
            .entry(hit.at.to_zoned(TimeZone::UTC).date())
            .or_insert(fresh);
        day.at = day.at.max(hit.at);
        day.clicked |= matches!(hit.kind, HitKind::Click { .. });
    }
    days.into_values().collect()
}

fn halved(at: Timestamp, now: Timestamp, half_life_days: f64) -> f64 {
    let age_days = now.duration_since(at).as_secs_f64() / 86_400.0;
    (-age_days / half_life_days).exp2()
}

/// Each day's share of the habit points. Rounded on the running sum, so that the shares sum to the whole.
fn habit_terms(days: &[ReadingDay], now: Timestamp) -> Vec<Term> {
    let weight = |day: &ReadingDay| {
        let kind = if day.clicked { 1.0 } else { OPEN_WEIGHT };
        kind * halved(day.at, now, HABIT_HALF_LIFE_DAYS)
    };
    let all: f64 = days.iter().map(weight).sum();
    let scale = HALF_SCALE / (all + HABIT_HALF_WAY_DAYS);
    let mut running = 0.0_f64;
    let term = |day: &ReadingDay| {
        let before = (running * scale).round() as i64;
        running += weight(day);
        let adds = Points::from_hundredths((running * scale).round() as i64 - before);
        let what = if day.clicked {
            "clicked that day"
        } else {
            "opened that day"
        };
        Term {
            what,
            at: day.at,
            adds,
        }
    };
    days.iter().map(term).collect()
}
