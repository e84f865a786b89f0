//! Who of an audience a segment means, told by what may be read of each for the campaign's own purpose.
//!
//! Promises: only whoever is known to be meant is chosen; a value that may not be read is unknown, in the negative,
//! too; a page of people costs two queries, whatever the segment. Never: reads more than the segment names, or
//! stands in for the decision whether somebody gets the message.

use std::collections::BTreeMap;

use avow_model::{Category, ContactId, Facts, Purpose, Slug, Timestamp};
use avow_policy::segment::{Segment, Subject, Truth, Value, Vocabulary};
use avow_policy::{
    Decision, Diagnostic, PolicySet, Promotion, Readability, Request, Version, decide, may_read,
};
use avow_store::{AccountScope, StoreError};

use crate::engine::brief::category_of;
use crate::engine::gate::codes;

/// The reason code where a value that would tell is not there.
pub(crate) const REASON_NOT_HELD: &str = "C_NOT_HELD";
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

/// A segment, ready to be asked of pages of people.
#[derive(Debug)]
pub(crate) struct Chooser {
    segment: Segment,
    fields: Vec<String>,
    lists: Vec<Slug>,
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
            segment,
            fields,
            lists,
        }
    }

    /// The categories that it reads, sorted.
    pub(crate) fn reads(&self) -> &[Category] {
        self.segment.reads()
    }

    /// The lists that it asks about.
    pub(crate) fn lists(&self) -> &[Slug] {
        &self.lists
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
        let purposes = self.segment.permits();
        let both = facts.into_iter().zip(subjects);
        let judged = both.map(|(facts, mut subject)| {
            subject.permits = asking.permitted(&purposes, &facts);
            let choice = self.choice(asking, &subject, &facts);
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

    fn choice(&self, asking: Asking<'_>, subject: &Subject, facts: &Facts) -> Choice {
        let uses = std::slice::from_ref(asking.send);
        let reading = |c: &Category| may_read(c, uses, facts, asking.now, asking.policies);
        let readings: Vec<Readability> = self.reads().iter().map(reading).collect();
        let truth = self.segment.judge(subject, &readings, asking.now);
        let bits = readings.iter().enumerate();
        Choice {
            truth,
            reads: bits.fold(0, |mask, (bit, reading)| {
                mask | u32::from(reading.is_readable()) << bit
            }),
            why: (truth == Truth::Unknown).then(|| why(&readings)),
        }
    }
}

/// What stands in the way of telling: the first that may not be read, else what is not held.
fn why(readings: &[Readability]) -> String {
    let unreadable = readings.iter().find_map(|reading| match reading {
        Readability::Unreadable(refusal) => Some(codes(refusal.reasons())),
        Readability::Readable | Readability::NotHeld => None,
    });
    unreadable.unwrap_or_else(|| REASON_NOT_HELD.to_owned())
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
