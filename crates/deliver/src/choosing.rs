//! Who of an audience a segment means, told by what may be read of each for the campaign's own purpose.
//!
//! Promises: only whoever is known to be meant is chosen; a value that may not be read is unknown, in the negative,
//! too; a page of people costs two queries, whatever the segment. Never: reads more than the segment names, or
//! stands in for the decision whether somebody gets the message.

mod conduct;

use std::collections::BTreeMap;

use avow_model::{CampaignId, Category, ContactId, Facts, Purpose, Slug, Timestamp};
use avow_policy::segment::{Act, Doing, Segment, Subject, Truth, Value, Vocabulary};
use avow_policy::{
    Decision, Diagnostic, PolicySet, Promotion, Readability, Request, Version, decide, may_read,
};
use avow_store::{AccountScope, SegmentText, StoreError};

use self::conduct::{Seen, Watched};
use crate::engine::brief::category_of;
use crate::engine::gate::codes;

/// The reason code where a value that would tell is not there.
pub(crate) const REASON_NOT_HELD: &str = "C_NOT_HELD";
/// The reason code where mail was not measured, so that nobody knows what the person did with it.
pub(crate) const REASON_NOT_MEASURED: &str = "C_NOT_MEASURED";
/// The reason code of rows that were refused because their people are no longer known to be meant.
pub(crate) const REASON_LEFT_SEGMENT: &str = "C_LEFT_SEGMENT";

/// Reads the words of a segment as the product means them, under a policy version.
pub fn read_segment(text: &str, version: &Version) -> Result<Segment, Vec<Diagnostic>> {
    let known = Vocabulary {
        version,
        category_of,
    };
    Segment::parse(text, known)
}

/// The words of a segment to keep, read under a policy version, where the account has the lists and campaigns
/// that they name. Each fault says where it is and what to write.
pub async fn segment_words(
    scope: &AccountScope,
    version: &Version,
    words: &str,
) -> Result<Result<SegmentText, Vec<String>>, StoreError> {
    let segment = match read_segment(words, version) {
        Ok(segment) => segment,
        Err(faults) => {
            let told = faults.iter().map(|f| f.to_string().trim_end().to_owned());
            return Ok(Err(told.collect()));
        }
    };
    let text = SegmentText {
        text: words.to_owned(),
        canonical: segment.expr().to_string(),
    };
    let strange = strange(scope, &segment).await?;
    Ok(strange.map_or(Ok(text), |what| Err(vec![what])))
}

/// The first list or campaign that the segment names and the account does not have.
pub(crate) async fn strange(
    scope: &AccountScope,
    segment: &Segment,
) -> Result<Option<String>, StoreError> {
    let named = segment.lists();
    if !named.is_empty() {
        let known = scope.lists().await?;
        let strange = |slug: &&&Slug| known.iter().all(|list| list.slug != ***slug);
        if let Some(list) = named.iter().find(strange) {
            return Ok(Some(format!("there is no list `{list}`")));
        }
    }
    let doings = segment.doings().into_iter();
    let named: Vec<CampaignId> = doings.filter_map(|doing| doing.campaign).collect();
    if named.is_empty() {
        return Ok(None);
    }
    let known = scope.campaign_names(&named).await?;
    let is_known = |campaign: &CampaignId| known.iter().any(|(id, _)| id == campaign);
    let strange = named.iter().find(|campaign| !is_known(campaign));
    Ok(strange.map(|campaign| format!("there is no campaign {campaign}")))
}

/// A segment, ready to be asked of pages of people.
#[derive(Debug)]
pub(crate) struct Chooser {
    segment: Segment,
    fields: Vec<String>,
    lists: Vec<Slug>,
    doings: Vec<Doing>,
}

/// What a segment says of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) truth: Truth,
    /// Which of the segment's categories were read, one bit each.
    pub(crate) reads: u32,
    /// Where it cannot be told: the codes of the first thing that stands in the way.
    pub(crate) why: Option<String>,
}

/// One person of an audience: what is known, and what the segment says of them.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub facts: Facts,
    pub(crate) choice: Choice,
}

impl Candidate {
    /// Somebody of a campaign that is sent to no segment.
    pub(crate) const fn anybody(facts: Facts) -> Self {
        let choice = Choice {
            truth: Truth::True,
            reads: 0,
            why: None,
        };
        Self { facts, choice }
    }

    /// Whether the person is meant; true of all where there is no segment.
    pub const fn is_meant(&self) -> Truth {
        self.choice.truth
    }

    /// Where that cannot be told: codes with spaces between.
    pub fn why_untold(&self) -> &str {
        self.choice.why.as_deref().unwrap_or_default()
    }
}

/// For whom and when a segment is asked.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'a> {
    pub(crate) scope: &'a AccountScope,
    /// The question under which the person's data are read.
    pub(crate) send: &'a Request,
    pub(crate) policies: &'a PolicySet,
    pub(crate) now: Timestamp,
}

impl Chooser {
    pub(crate) fn of(segment: Segment) -> Self {
        let fields = segment.fields().into_iter().map(str::to_owned).collect();
        let lists = segment.lists().into_iter().cloned().collect();
        Self {
            doings: segment.doings(),
            segment,
            fields,
            lists,
        }
    }

    /// The categories that it reads, sorted.
    pub(crate) fn reads(&self) -> &[Category] {
        self.segment.reads()
    }

    /// What it asks.
    pub(crate) const fn segment(&self) -> &Segment {
        &self.segment
    }

    /// Its canonical text.
    pub(crate) fn text(&self) -> String {
        self.segment.expr().to_string()
    }

    /// What it says of these people, sorted and without repeats, of whom this is known.
    pub(crate) async fn candidates(
        &self,
        asking: Asking<'_>,
        contacts: &[ContactId],
        facts: Vec<Facts>,
    ) -> Result<Vec<Candidate>, StoreError> {
        let mut subjects = vec![Subject::default(); contacts.len()];
        self.fill(asking.scope, contacts, &mut subjects).await?;
        let watched = Watched::read(asking, &self.doings, contacts).await?;
        let purposes = self.segment.permits();
        let all = contacts.iter().zip(facts).zip(subjects);
        let judged = all.map(|((contact, facts), mut subject)| {
            subject.permits = asking.permitted(&purposes, &facts);
            let mut seen = Seen::default();
            if !self.doings.is_empty() {
                seen = watched.of(asking, *contact, &facts);
                subject.conduct = std::mem::take(&mut seen.conduct);
            }
            let choice = self.choice(asking, &subject, (&facts, &seen));
            Candidate { facts, choice }
        });
        Ok(judged.collect())
    }

    /// Reads what the segment looks at, of all of them at once.
    async fn fill(
        &self,
        scope: &AccountScope,
        contacts: &[ContactId],
        subjects: &mut [Subject],
    ) -> Result<(), StoreError> {
        let place = |contact: &ContactId| contacts.binary_search(contact).ok();
        if !self.fields.is_empty() {
            for (contact, fields) in scope.choosing_fields(contacts, &self.fields).await? {
                if let Some(at) = place(&contact) {
                    let texts = fields.into_iter().map(|(name, t)| (name, Value::Text(t)));
                    subjects[at].fields = texts.collect();
                }
            }
        }
        if !self.lists.is_empty() {
            for (contact, list) in scope.choosing_lists(contacts, &self.lists).await? {
                if let Some(at) = place(&contact) {
                    subjects[at].lists.push(list);
                }
            }
        }
        Ok(())
    }

    /// Deeds are no data of the ledger: what was read of them does not stand among the reads of the decision.
    fn choice(
        &self,
        asking: Asking<'_>,
        subject: &Subject,
        (facts, seen): (&Facts, &Seen),
    ) -> Choice {
        let uses = std::slice::from_ref(asking.send);
        let deed = |c: &Category| {
            let act = Act::ALL.into_iter().find(|act| act.category() == c)?;
            seen.reading(act).cloned()
        };
        let reading = |c: &Category| {
            let data = || may_read(c, uses, facts, asking.now, asking.policies);
            deed(c).unwrap_or_else(data)
        };
        let readings: Vec<Readability> = self.reads().iter().map(reading).collect();
        let truth = self.segment.judge(subject, &readings, asking.now);
        let bits = self.reads().iter().zip(&readings).enumerate();
        Choice {
            truth,
            reads: bits.fold(0, |mask, (bit, (category, reading))| {
                mask | u32::from(reading.is_readable() && deed(category).is_none()) << bit
            }),
            why: (truth == Truth::Unknown).then(|| why(&readings, subject)),
        }
    }
}

/// What stands in the way of telling: the first that may not be read, else what is not held.
fn why(readings: &[Readability], subject: &Subject) -> String {
    let unreadable = readings.iter().find_map(|reading| match reading {
        Readability::Unreadable(refusal) => Some(codes(refusal.reasons())),
        Readability::Readable | Readability::NotHeld => None,
    });
    let missing = if subject.conduct.unseen.is_empty() {
        REASON_NOT_HELD
    } else {
        REASON_NOT_MEASURED
    };
    unreadable.unwrap_or_else(|| missing.to_owned())
}

impl Asking<'_> {
    /// Whether the person may be reached for each of these purposes at all.
    fn permitted(&self, purposes: &[&Purpose], facts: &Facts) -> BTreeMap<Purpose, Truth> {
        let answer = |purpose: &&Purpose| {
            let rule = self.policies.in_force(self.now)?.purpose(purpose)?;
            let (account, brand) = (self.send.account.clone(), self.send.brand.clone());
            let mut asked =
                Request::new(account, brand, rule.id.clone(), rule.verbs.first()?.clone())
                    .in_general(rule, facts);
            if rule.kind.is_marketing_at_large() {
                asked.promotion = Promotion::Carried;
            }
            if let Some(recipient) = rule.recipients.first() {
                asked.recipient = recipient.clone();
            }
            let truth = match decide(&asked, facts, self.now, self.policies) {
                Decision::Allow(_) => Truth::True,
                Decision::Deny(_) => Truth::False,
                Decision::Hold(_) => Truth::Unknown,
            };
            Some(((*purpose).clone(), truth))
        };
        purposes.iter().filter_map(answer).collect()
    }
}
