//! How many people a segment means, read for one purpose as a campaign of that purpose would read them.

use std::sync::Arc;

use avow_model::{ListId, Purpose, Slug, Timestamp};
use avow_policy::{Kind, Promotion, PurposeRule, Request, Shelf};
use avow_store::{AccountRow, Store};

use crate::choosing::Asking;
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

/// Counts everybody. The fault says why nobody can be asked about, and what to do.
pub async fn count_segment(
    (store, shelf): (&Store, &Arc<Shelf>),
    question: SegmentQuestion<'_>,
    now: Timestamp,
) -> Result<Chosen, BriefFault> {
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
    let known = Known {
        scope: &scope,
        policies: &policies,
        purpose: question.purpose,
        now,
    };
    let asking = Asking {
        scope: &scope,
        send: &send,
        policies: &policies,
        now,
    };
    let everybody = Bounds {
        list: question.list,
        people_max: u64::MAX,
    };
    let (mut counts, mut pages) = (ChosenCounts::default(), Pages::of(&scope, everybody));
    while let Some(page) = pages.next().await? {
        let facts = known.facts(&page).await?;
        for person in chooser.candidates(asking, &page, facts).await? {
            counts.count(&person);
        }
    }
    Ok(counts.finish())
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
