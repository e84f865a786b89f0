//! How many people a segment means, read for one purpose as a campaign of that purpose would read them.

use std::sync::Arc;

use avow_model::{ContactId, ListId, Purpose, Slug, Timestamp};
use avow_policy::segment::Truth;
use avow_policy::{Kind, PolicySet, Promotion, PurposeRule, Request, Shelf};
use avow_store::{AccountRow, AccountScope, Store};

use crate::choosing::{Asking, Candidate, Chooser};
use crate::engine::BriefFault;
use crate::engine::brief::{chooser_of, word};
use crate::engine::gate::first;
use crate::engine::known::{Known, request_id};
use crate::forecast::{Bounds, Chosen, ChosenCounts, Pages};

/// What is to be counted.
#[derive(Debug, Clone, Copy)]
pub struct SegmentQuestion<'a> {
    pub account: &'a AccountRow,
    /// For messages about the segment.
    pub slug: &'a Slug,
    pub text: &'a str,
    /// For what the people's data are read.
    pub purpose: &'a Purpose,
    /// Only those confirmed on it.
    pub list: Option<ListId>,
    /// The topic, where the purpose is narrowed to topics.
    pub about: Option<&'a Slug>,
}

/// A look at some people: what the segment says of them, and whether there are more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Glance {
    pub chosen: Chosen,
    /// How many there are, looked at or not.
    pub all: u64,
}

impl Glance {
    /// How many were looked at.
    pub const fn looked_at(&self) -> u64 {
        self.chosen.meant + self.chosen.outside + self.chosen.untold
    }

    /// True when everybody was looked at.
    pub const fn is_whole(&self) -> bool {
        self.looked_at() >= self.all
    }
}

/// Somebody that the segment was asked of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub contact: ContactId,
    pub truth: Truth,
    /// Where it cannot be told: codes with spaces between.
    pub why: String,
}

/// Which people are looked for, and how far.
#[derive(Debug, Clone, Copy)]
pub struct Seek {
    pub truth: Truth,
    /// Only those after it, in the order of their ids.
    pub after: ContactId,
    pub found_max: usize,
    pub looked_max: u64,
}

/// Some of the people of a segment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    pub people: Vec<Placed>,
    pub looked_at: u64,
    /// Where to look on from; `None` when nobody is left.
    pub look_on: Option<ContactId>,
}

/// Counts everybody. The fault says why nobody can be asked about, and what to do.
pub async fn count_segment(
    rooms: (&Store, &Arc<Shelf>),
    question: SegmentQuestion<'_>,
    now: Timestamp,
) -> Result<Chosen, BriefFault> {
    let glance = glance_segment(rooms, question, u64::MAX, now).await?;
    Ok(glance.chosen)
}

/// Counts as many people as that, the first by their ids, or all.
pub async fn glance_segment(
    rooms: (&Store, &Arc<Shelf>),
    question: SegmentQuestion<'_>,
    people_max: u64,
    now: Timestamp,
) -> Result<Glance, BriefFault> {
    let asked = Asked::open(rooms, question, now).await?;
    let bounds = Bounds {
        list: question.list,
        people_max,
    };
    let (mut counts, mut pages) = (ChosenCounts::default(), Pages::of(&asked.scope, bounds));
    while let Some(page) = pages.next().await? {
        for person in asked.page(&page).await? {
            counts.count(&person);
        }
    }
    Ok(Glance {
        chosen: counts.finish(),
        all: pages.size().await?,
    })
}

/// The next people of whom the segment says this, within bounds.
pub async fn seek_segment(
    rooms: (&Store, &Arc<Shelf>),
    question: SegmentQuestion<'_>,
    seek: Seek,
    now: Timestamp,
) -> Result<Sought, BriefFault> {
    let asked = Asked::open(rooms, question, now).await?;
    let mut found = Sought::default();
    let bounds = Bounds {
        list: question.list,
        people_max: seek.looked_max,
    };
    let mut pages = Pages::after(&asked.scope, bounds, seek.after);
    while let Some(page) = pages.next().await? {
        for (contact, person) in page.iter().zip(asked.page(&page).await?) {
            if found.people.len() == seek.found_max {
                found.look_on = found.people.last().map(|last| last.contact);
                return Ok(found);
            }
            found.looked_at += 1;
            if person.is_meant() == seek.truth {
                found.people.push(Placed {
                    contact: *contact,
                    truth: person.is_meant(),
                    why: person.why_untold().to_owned(),
                });
            }
        }
        found.look_on = page.last().copied();
    }
    if pages.is_at_end() {
        found.look_on = None;
    }
    Ok(found)
}

/// What a segment says of these people, sorted by their ids, now.
pub async fn judge_segment(
    rooms: (&Store, &Arc<Shelf>),
    question: SegmentQuestion<'_>,
    contacts: &[ContactId],
    now: Timestamp,
) -> Result<Vec<Placed>, BriefFault> {
    let asked = Asked::open(rooms, question, now).await?;
    let people = asked.page(contacts).await?;
    let placed = contacts
        .iter()
        .zip(&people)
        .map(|(contact, person)| Placed {
            contact: *contact,
            truth: person.is_meant(),
            why: person.why_untold().to_owned(),
        });
    Ok(placed.collect())
}

/// A segment and the question under which it is asked, ready for pages of people.
struct Asked<'a> {
    scope: AccountScope,
    policies: Arc<PolicySet>,
    chooser: Chooser,
    send: Request,
    purpose: &'a Purpose,
    now: Timestamp,
}

impl<'a> Asked<'a> {
    async fn open(
        (store, shelf): (&Store, &Arc<Shelf>),
        question: SegmentQuestion<'a>,
        now: Timestamp,
    ) -> Result<Self, BriefFault> {
        let scope = store.account(question.account.id);
        let published = scope.published().await?;
        let policies = shelf
            .open(question.account.id, &published)
            .map_err(|faults| BriefFault::Policy(first(&faults)))?;
        let version = policies.in_force(now).ok_or(BriefFault::NoVersion)?;
        let undeclared = || BriefFault::NoPurpose(question.purpose.to_string());
        let rule = version
            .purpose(question.purpose)
            .filter(|rule| rule.verbs.iter().any(|v| v.as_str() == "send"));
        let rule = rule.ok_or_else(undeclared)?;
        let chooser = chooser_of(&scope, (question.slug, question.text), version).await?;
        let send = request(&question, rule);
        Ok(Self {
            policies: policies.clone(),
            purpose: question.purpose,
            scope,
            chooser,
            send,
            now,
        })
    }

    async fn page(&self, contacts: &[ContactId]) -> Result<Vec<Candidate>, BriefFault> {
        let known = Known {
            scope: &self.scope,
            policies: &self.policies,
            purpose: self.purpose,
            now: self.now,
        };
        let asking = Asking {
            scope: &self.scope,
            send: &self.send,
            policies: &self.policies,
            now: self.now,
        };
        let facts = known.facts(contacts).await?;
        Ok(self.chooser.candidates(asking, contacts, facts).await?)
    }
}

/// What a campaign would ask of the gate, as far as the purpose says it.
fn request(question: &SegmentQuestion<'_>, rule: &PurposeRule) -> Request {
    let settings = &question.account.settings;
    let brand = rule.send_as.clone();
    Request {
        topic: question.about.cloned(),
        message: question.about.or(rule.messages.first()).cloned(),
        answers: (rule.kind == Kind::Demo).then(|| request_id(&rule.id)),
        promotion: if rule.kind.is_marketing_at_large() {
            Promotion::Carried
        } else {
            Promotion::None
        },
        ..Request::new(
            question.account.slug.clone(),
            brand.unwrap_or_else(|| settings.brand.clone()),
            rule.id.clone(),
            word("send"),
        )
    }
}
