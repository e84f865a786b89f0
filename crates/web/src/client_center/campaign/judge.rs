//! Judges the audience of a draft before it is sent, a slice at each request.
//!
//! Promises: a request spends a bounded time on it, whatever the size of the audience; the counts are of whole
//! slices, in the order of the contacts. Never: writes anything, or stands in for the decision at sending,
//! which is made anew for each person.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use avow_deliver::{Candidate, Ready};
use avow_model::{CampaignId, ContactId, Timestamp};
use avow_policy::segment::Truth;
use avow_policy::{Decision, Weight};
use avow_store::StoreError;
use tokio::sync::Mutex as Turn;

use super::load::Loaded;
use super::reasons;
use crate::App;

/// People read at a time.
const SLICE: u32 = 500;
/// No further slice is begun after this: the page is to answer within 100 ms.
const BUDGET_MS: i64 = 40;
/// A finished count is shown for so long; then it is made anew.
const GOOD_MS: i64 = 5 * 60_000;
/// Drafts that are remembered.
const REMEMBERED_MAX: usize = 200;

/// How far the judging has come.
#[derive(Debug, Clone, Default)]
pub(crate) struct Judged {
    pub judged: i64,
    pub will: i64,
    /// People by the code that says most of why not.
    pub wont: HashMap<&'static str, i64>,
    /// People who are not in the segment.
    pub outside: i64,
    /// People of whom it cannot be told whether they are, by the code that says most of why.
    pub untold: HashMap<String, i64>,
    pub is_complete: bool,
    after: Option<ContactId>,
    ended_at: Option<Timestamp>,
    /// What the count is of: another content, list or policy begins anew.
    of: u64,
}

/// The drafts under judgement.
#[derive(Debug, Default)]
pub(crate) struct Bench {
    drafts: Mutex<HashMap<CampaignId, Arc<Turn<Judged>>>>,
}

/// Changes when another audience or another question is meant.
fn fingerprint(loaded: &Loaded, ready: &Ready) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    loaded.campaign.list.hash(&mut hasher);
    ready.segment().hash(&mut hasher);
    loaded.campaign.purpose.hash(&mut hasher);
    ready.version().hash(&mut hasher);
    ready.compiled().fields().hash(&mut hasher);
    ready.compiled().hosts().hash(&mut hasher);
    loaded.campaign.content.about.hash(&mut hasher);
    loaded.campaign.content.from_name.hash(&mut hasher);
    hasher.finish()
}

impl Judged {
    /// Nobody can be judged.
    pub(crate) fn nobody() -> Self {
        Self {
            is_complete: true,
            ..Self::default()
        }
    }

    fn is_stale(&self, of: u64, now: Timestamp) -> bool {
        let old = |at: Timestamp| now.as_millisecond() - at.as_millisecond() > GOOD_MS;
        self.of != of || self.ended_at.is_some_and(old)
    }

    /// How many of those judged are in the segment; all of them where there is none.
    pub(crate) fn meant(&self) -> i64 {
        self.judged - self.outside - self.untold.values().sum::<i64>()
    }

    fn count(&mut self, ready: &Ready, person: &Candidate) {
        self.judged += 1;
        match person.is_meant() {
            Truth::True => self.count_decision(ready, &ready.decide(person)),
            Truth::False => self.outside += 1,
            Truth::Unknown => {
                let code = reasons::leading(person.why_untold()).unwrap_or_default();
                *self.untold.entry(code.to_owned()).or_default() += 1;
            }
        }
    }

    fn count_decision(&mut self, ready: &Ready, decision: &Decision) {
        if let Decision::Allow(permit) = decision {
            match ready.undone(permit) {
                None => self.will += 1,
                Some(code) => *self.wont.entry(code).or_default() += 1,
            }
            return;
        }
        let reasons = decision.reasons();
        let denies = reasons.iter().find(|r| r.code.weight() != Weight::Allows);
        let code = denies.or(reasons.first()).map_or("", |r| r.code.as_str());
        *self.wont.entry(code).or_default() += 1;
    }
}

impl Bench {
    fn draft(&self, id: CampaignId) -> Arc<Turn<Judged>> {
        let mut drafts = self.drafts.lock().unwrap_or_else(PoisonError::into_inner);
        if drafts.len() >= REMEMBERED_MAX && !drafts.contains_key(&id) {
            drafts.clear();
        }
        drafts.entry(id).or_default().clone()
    }

    /// Goes on for a moment, and says how far it is.
    pub(crate) async fn go_on(
        &self,
        app: &App,
        loaded: &Loaded,
        ready: &Ready,
    ) -> Result<Judged, StoreError> {
        let draft = self.draft(loaded.campaign.id);
        let mut judged = draft.lock().await;
        let (started, of) = (app.now(), fingerprint(loaded, ready));
        if judged.is_stale(of, started) {
            *judged = Judged {
                of,
                ..Judged::default()
            };
        }
        while !judged.is_complete {
            slice(app, loaded, ready, &mut judged).await?;
            if app.now().as_millisecond() - started.as_millisecond() >= BUDGET_MS {
                break;
            }
        }
        Ok(judged.clone())
    }
}

async fn slice(
    app: &App,
    loaded: &Loaded,
    ready: &Ready,
    judged: &mut Judged,
) -> Result<(), StoreError> {
    let account = &loaded.member.account;
    let after = judged.after.unwrap_or(ContactId::from_i64(0));
    let people = account
        .audience_page(loaded.campaign.list, after, SLICE)
        .await?;
    let candidates = ready.candidates(&people).await?;
    let now = app.now();
    for person in &candidates {
        judged.count(ready, person);
    }
    judged.after = people.last().copied().or(judged.after);
    judged.is_complete = people.len() < SLICE as usize;
    judged.ended_at = judged.is_complete.then_some(now);
    Ok(())
}
