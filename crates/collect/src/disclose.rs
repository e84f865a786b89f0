//! Handing data of people to a recipient that the policy declares.
//!
//! Promises: the gate is asked about each datum of each person, at that moment, and what it refuses goes nowhere; what
//! goes to somebody stands in the person's ledger before it is written; everybody who was refused is counted with the
//! reason. Never: makes the file visible (the caller does, once all of it is written), or guesses a purpose.

mod judge;
mod sheet;

use std::collections::BTreeMap;
use std::io::Write;

use avow_ledger::{Disclosed, Payload};
use avow_model::{Category, ContactId, Purpose, RecipientClass, SharedClock, Verb};
use avow_policy::{Code, PolicySet, PurposeRule, RecipientRole, Version};
use avow_store::{AccountRow, AccountScope, ContactFilter, ContactSummary, NewEntry, StoreError};

use judge::{Case, Judged};
pub use sheet::{Layout, Sheet};

/// People judged and written together: a moment's work, so that what is told is not older than what is read.
const PAGE: u32 = 500;
/// The ways in which data leave the controller.
const LEAVING: [&str; 3] = ["share", "forward", "export"];

/// What is handed out, and to whom.
#[derive(Debug, Clone)]
pub struct Order {
    pub purpose: Purpose,
    pub recipient: RecipientClass,
}

/// What became of everybody. `people` is the sum of the others.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct HandedOut {
    pub people: u64,
    pub handed: u64,
    /// By the reason that the gate gave first.
    pub refused: BTreeMap<&'static str, u64>,
}

/// Why nothing is handed out, or no more of it.
#[derive(Debug, thiserror::Error)]
pub enum DisclosureFault {
    #[error("no policy version is in force; publish one and wait for its effective date")]
    NoVersion,
    #[error("the policy in force declares no purpose “{0}”; `avow policy emit ropa` lists them")]
    NoPurpose(Purpose),
    #[error(
        "“{purpose}” gives data to nobody called “{recipient}”; its recipients are: {known}. Declare one with [recipient.{recipient}] and name it in the purpose"
    )]
    NoRecipient {
        purpose: Purpose,
        recipient: RecipientClass,
        known: String,
    },
    #[error("“{0}” does not give data away: none of its verbs is share, forward or export")]
    StaysInside(Purpose),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the file could not be written: {0}")]
    File(#[from] std::io::Error),
}

/// Where data are handed out from.
#[derive(Clone, Copy)]
pub struct Counter<'a> {
    pub scope: &'a AccountScope,
    pub account: &'a AccountRow,
    pub policies: &'a PolicySet,
    pub clock: &'a SharedClock,
}

/// What the policy in force says of an order.
struct Terms {
    verb: Verb,
    reads: Vec<Category>,
    /// What the recipient register calls them.
    name: String,
    ground: &'static str,
}

/// The kinds of data that an order may hand out, in the order of the policy: the columns of its file.
pub fn columns(counter: Counter<'_>, order: &Order) -> Result<Vec<Category>, DisclosureFault> {
    Ok(terms(counter, order)?.reads)
}

/// Writes everybody whom the gate lets go to the recipient; the ledger has each before the sheet does.
pub async fn hand_out<W: Write>(
    counter: Counter<'_>,
    order: &Order,
    sheet: &mut Sheet<W>,
) -> Result<HandedOut, DisclosureFault> {
    let mut told = HandedOut::default();
    let mut after: Option<ContactId> = None;
    loop {
        // As the policy is now: it may change while a million people are judged.
        let terms = terms(counter, order)?;
        let filter = ContactFilter::default();
        let people = counter.scope.contacts_page(&filter, after, PAGE).await?;
        let Some(last) = people.last() else {
            sheet.finish()?;
            return Ok(told);
        };
        after = Some(last.id);
        hand_page(counter, (order, &terms), (people, &mut told), sheet).await?;
    }
}

async fn hand_page<W: Write>(
    counter: Counter<'_>,
    (order, terms): (&Order, &Terms),
    (people, told): (Vec<ContactSummary>, &mut HandedOut),
    sheet: &mut Sheet<W>,
) -> Result<(), DisclosureFault> {
    let ids: Vec<ContactId> = people.iter().map(|person| person.id).collect();
    let facts = counter.scope.facts_page(&ids).await?;
    let case = Case {
        counter,
        order,
        verb: &terms.verb,
        reads: &terms.reads,
        now: counter.clock.now(),
    };
    let (mut entries, mut given) = (Vec::new(), Vec::new());
    for (person, facts) in people.iter().zip(&facts) {
        told.people += 1;
        match case.judge(person, facts) {
            Judged::Refused(code) => *told.refused.entry(Code::as_str(code)).or_default() += 1,
            Judged::Given(categories) => {
                entries.push(entry(case.now, person.id, (order, terms), &categories));
                given.push((person, categories));
            }
        }
    }
    counter.scope.append_entries(&entries).await?;
    for (person, categories) in given {
        sheet.write(person, &categories)?;
        told.handed += 1;
    }
    Ok(())
}

fn entry(
    at: avow_model::Timestamp,
    contact: ContactId,
    (order, terms): (&Order, &Terms),
    categories: &[Category],
) -> NewEntry {
    let disclosed = Disclosed {
        at: avow_policy::replay::whole_micros(at),
        categories: categories.to_vec(),
        ground: format!("{}: {}", terms.ground, order.purpose),
        name: terms.name.clone(),
        recipient: order.recipient.clone(),
    };
    NewEntry::about(contact, Payload::Disclosure(disclosed))
}

fn terms(counter: Counter<'_>, order: &Order) -> Result<Terms, DisclosureFault> {
    let version = counter.policies.in_force(counter.clock.now());
    let version = version.ok_or(DisclosureFault::NoVersion)?;
    let rule = version.purpose(&order.purpose);
    let rule = rule.ok_or_else(|| DisclosureFault::NoPurpose(order.purpose.clone()))?;
    if order.recipient.as_str() == "self" || !rule.recipients.contains(&order.recipient) {
        return Err(no_recipient(rule, order));
    }
    let leaves = |verb: &&Verb| LEAVING.contains(&verb.as_str());
    let verb = rule.verbs.iter().find(leaves);
    let verb = verb.ok_or_else(|| DisclosureFault::StaysInside(order.purpose.clone()))?;
    Ok(Terms {
        verb: verb.clone(),
        reads: rule.reads.clone(),
        name: name(version, order),
        ground: ground(version, order),
    })
}

fn no_recipient(rule: &PurposeRule, order: &Order) -> DisclosureFault {
    let others = rule.recipients.iter().map(RecipientClass::as_str);
    let known: Vec<&str> = others.filter(|name| *name != "self").collect();
    DisclosureFault::NoRecipient {
        purpose: order.purpose.clone(),
        recipient: order.recipient.clone(),
        known: if known.is_empty() {
            "none".to_owned()
        } else {
            known.join(", ")
        },
    }
}

fn name(version: &Version, order: &Order) -> String {
    let declared = version.recipient(&order.recipient);
    declared.map_or_else(|| order.recipient.to_string(), |r| r.title.clone())
}

fn ground(version: &Version, order: &Order) -> &'static str {
    let role = version.recipient(&order.recipient).and_then(|r| r.role);
    match role {
        Some(RecipientRole::Processor) => "processor",
        _ => "permission",
    }
}
