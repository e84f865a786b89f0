//! What is kept how long, and what is past at an instant. A plan, not the job that carries it out.

use avow_model::{Category, Purpose, Timestamp};
use jiff::SignedDuration;
use serde::{Serialize, Serializer};

use crate::set::PolicySet;
use crate::span_text::After;
use crate::version::{Purge, PurposeRule, Retention, Version};

/// What a time of keeping is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kept", content = "of")]
pub enum Kept {
    /// Values of the category are destroyed.
    Category(Category),
    /// Data are no longer used for the purpose.
    Purpose(Purpose),
    /// Data that only the purpose needed are destroyed once it is served.
    Purged(Purpose),
    /// The keyed marker that remembers an address of the purpose is destroyed.
    Marker(Purpose),
}

/// One line of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetentionRule {
    #[serde(flatten)]
    pub kept: Kept,
    #[serde(serialize_with = "word")]
    pub after: After,
    #[serde(rename = "length_s", serialize_with = "seconds")]
    pub length: SignedDuration,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands in a reference"
)]
fn word<S: Serializer>(after: &After, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(after.as_str())
}

fn seconds<S: Serializer>(time: &SignedDuration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_i64(time.as_secs())
}

impl RetentionRule {
    /// Whether what began with an event at this instant is past at `now`. The end is not included: at the
    /// event plus the length it is past.
    pub fn is_past(&self, event_at: Timestamp, now: Timestamp) -> bool {
        event_at <= self.cutoff(now)
    }

    /// What began at this instant or before is past at `now`.
    pub fn cutoff(&self, now: Timestamp) -> Timestamp {
        now.checked_sub(self.length).unwrap_or(Timestamp::MIN)
    }
}

/// The plan of one version, in the order of the file: data, then purposes.
pub fn retention_plan(version: &Version) -> Vec<RetentionRule> {
    let data = version.categories().iter().filter_map(|c| {
        let kept = Kept::Category(c.id.clone());
        c.retention.map(|time| rule(kept, time))
    });
    let purposes = version.purposes().iter().flat_map(purpose);
    data.chain(purposes).collect()
}

/// The plan for data bound to version `bound`: of every version from there to the one in force at `now`,
/// the shortest time. Empty where `bound` was never published or nothing is in force.
pub fn retention_plan_since(
    policies: &PolicySet,
    bound: u32,
    now: Timestamp,
) -> Vec<RetentionRule> {
    let current = policies.in_force(now).map_or(0, Version::n);
    let mut plan: Vec<RetentionRule> = Vec::new();
    let since = |v: &&Version| (bound..=current).contains(&v.n());
    for rule in policies.versions().filter(since).flat_map(retention_plan) {
        let known = plan
            .iter_mut()
            .find(|r| r.kept == rule.kept && r.after == rule.after);
        match known {
            Some(known) => known.length = known.length.min(rule.length),
            None => plan.push(rule),
        }
    }
    plan
}

fn rule(kept: Kept, Retention { length, after }: Retention) -> RetentionRule {
    RetentionRule {
        kept,
        after,
        length,
    }
}

fn purpose(rule: &PurposeRule) -> Vec<RetentionRule> {
    let line = |kept, after, length| RetentionRule {
        kept,
        after,
        length,
    };
    let id = || rule.id.clone();
    let used = rule
        .retention
        .map(|time| line(Kept::Purpose(id()), After::LastActivity, time));
    let purged = rule.purge.map(|purge| match purge {
        // The final status is the last use: nothing is waited for.
        Purge::AfterFinalStatus => line(Kept::Purged(id()), After::Use, SignedDuration::ZERO),
        Purge::AfterUse(time) => line(Kept::Purged(id()), After::Use, time),
    });
    let marker = rule
        .marker_ttl
        .map(|time| line(Kept::Marker(id()), After::Use, time));
    used.into_iter().chain(purged).chain(marker).collect()
}
