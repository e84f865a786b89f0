//! Everything that is held about one person, for the person (GDPR 15 and 20): one JSON document.
//!
//! Promises: what the gate reads, as the gate reads it; what was given with its origin; every message, open and click;
//! to whom data went and who of the staff looked. Asking is a step of a rights request, and in the ledger. Never: data
//! of somebody else.

use std::collections::BTreeMap;

use avow_ledger::{Disclosed, EntryKind, Payload, Reveal, RightsKind, RightsStage, RightsStep};
use avow_model::{ContactId, Timestamp};
use avow_policy::replay::{encode_facts, whole_micros};
use avow_store::{
    AccountRow, AccountScope, ChainOf, Contact, LedgerEntry, LedgerLine, NewEntry, StoreError,
};
use serde::Serialize;

/// Lines of each sort that one document holds: more than a person makes in decades.
const LINES_MAX: u32 = 100_000;
/// Entries of a chain that are read at once.
const CHAIN_PAGE: u32 = 1_000;

/// The document.
#[derive(Debug, Serialize)]
pub struct AccessFile {
    format: &'static str,
    made_at: Timestamp,
    /// Who holds it.
    account: String,
    person: Person,
    /// What was collected, from where, and on which wording.
    given: Vec<Given>,
    /// Choices, purchases and all else that the gate goes by, in its own form.
    facts: serde_json::Value,
    lists: Vec<ListPlace>,
    messages: Vec<Message>,
    seen: Vec<Seen>,
    /// To whom data went.
    disclosed: Vec<Disclosed>,
    /// When somebody of the staff looked, at what, and why.
    looked_at: Vec<Reveal>,
}

#[derive(Debug, Serialize)]
struct Person {
    id: String,
    address: String,
    fields: BTreeMap<String, String>,
    region: String,
    age: Option<u8>,
    since: Timestamp,
    last_active: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct Given {
    at: Timestamp,
    /// The kinds of data; empty where it was a choice.
    categories: Vec<String>,
    policy_version: Option<u32>,
    source: Option<String>,
    wording: Option<String>,
    network_address: Option<String>,
}

#[derive(Debug, Serialize)]
struct ListPlace {
    list: String,
    state: &'static str,
    at: Timestamp,
}

#[derive(Debug, Serialize)]
struct Message {
    message: String,
    outcome: &'static str,
    at: Timestamp,
}

#[derive(Debug, Serialize)]
struct Seen {
    what: String,
    campaign: String,
    taken_for: &'static str,
    at: Timestamp,
}

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum AccessFault {
    #[error("there is no such person any more")]
    Gone,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the facts about the person cannot be written down: {0}")]
    Facts(String),
}

/// To whom data of the person went, oldest first. Entries that wait for their number are numbered first.
pub async fn disclosures(
    scope: &AccountScope,
    contact: ContactId,
) -> Result<Vec<Disclosed>, StoreError> {
    let payloads = told(scope, contact, &[EntryKind::Disclosure]).await?;
    let one = |payload| match payload {
        Payload::Disclosure(disclosed) => Some(disclosed),
        _ => None,
    };
    Ok(payloads.into_iter().filter_map(one).collect())
}

/// The document about this person, made at `now`; that it was asked for and given is in the ledger when it returns.
pub async fn access_file(
    scope: &AccountScope,
    account: &AccountRow,
    contact: ContactId,
    now: Timestamp,
) -> Result<AccessFile, AccessFault> {
    let person = scope.contact(contact).await?.ok_or(AccessFault::Gone)?;
    let facts = scope.facts(contact).await?;
    let form = encode_facts(&facts).map_err(|fault| AccessFault::Facts(fault.to_string()))?;
    let facts =
        serde_json::from_slice(&form).map_err(|fault| AccessFault::Facts(fault.to_string()))?;
    let kinds = [EntryKind::Disclosure, EntryKind::StaffReveal];
    let (mut disclosed, mut looked_at) = (Vec::new(), Vec::new());
    for payload in told(scope, contact, &kinds).await? {
        match payload {
            Payload::Disclosure(one) => disclosed.push(one),
            Payload::StaffReveal(one) => looked_at.push(one),
            _ => {}
        }
    }
    let ledger = scope.ledger(contact, LINES_MAX).await?;
    let file = AccessFile {
        format: "avow-access/1",
        made_at: now,
        account: account.name.clone(),
        person: itself(person)?,
        given: ledger.into_iter().map(given).collect(),
        facts,
        lists: lists(scope, contact).await?,
        messages: messages(scope, contact).await?,
        seen: seen(scope, contact).await?,
        disclosed,
        looked_at,
    };
    scope.append_entry(answered(contact, now)).await?;
    Ok(file)
}

fn itself(person: Contact) -> Result<Person, AccessFault> {
    let address = person.address.as_ref().ok_or(AccessFault::Gone)?;
    Ok(Person {
        id: person.id.to_string(),
        address: address.expose().to_owned(),
        fields: person.fields,
        region: person.jurisdiction.as_str().to_owned(),
        age: person.age,
        since: person.created_at,
        last_active: person.last_activity,
    })
}

fn given(line: LedgerLine) -> Given {
    let (categories, policy_version) = match line.entry {
        LedgerEntry::Collection {
            categories,
            version,
            ..
        } => (
            categories.iter().map(ToString::to_string).collect(),
            version,
        ),
        LedgerEntry::Fact { .. } => (Vec::new(), None),
    };
    let (source, wording) = match line.evidence {
        Some(evidence) => (Some(evidence.source), Some(evidence.wording)),
        None => (None, None),
    };
    Given {
        at: line.at,
        categories,
        policy_version,
        source,
        wording: wording.filter(|text| !text.is_empty()),
        network_address: line.ip,
    }
}

async fn lists(scope: &AccountScope, contact: ContactId) -> Result<Vec<ListPlace>, StoreError> {
    let rows = scope.subscriptions(contact).await?.into_iter();
    let place = |row: avow_store::SubscriptionRow| ListPlace {
        list: row.name,
        state: row.state.as_str(),
        at: row.at,
    };
    Ok(rows.map(place).collect())
}

async fn messages(scope: &AccountScope, contact: ContactId) -> Result<Vec<Message>, StoreError> {
    let rows = scope.recipients_of(contact).await?.into_iter();
    let message = |row: avow_store::ContactMessage| Message {
        message: format!("{}-{}", row.campaign, row.seq),
        outcome: row.state.as_str(),
        at: row.updated_at,
    };
    Ok(rows.map(message).collect())
}

async fn seen(scope: &AccountScope, contact: ContactId) -> Result<Vec<Seen>, StoreError> {
    let hits = scope.hits_of(contact, LINES_MAX).await?.into_iter();
    let one = |hit: avow_store::HitLine| Seen {
        what: match hit.kind.link() {
            Some(link) => format!("click on link {link}"),
            None => "open".to_owned(),
        },
        campaign: hit.campaign.to_string(),
        taken_for: hit.verdict.as_str(),
        at: hit.at,
    };
    Ok(hits.map(one).collect())
}

/// What the person's chain tells of these kinds.
async fn told(
    scope: &AccountScope,
    contact: ContactId,
    kinds: &[EntryKind],
) -> Result<Vec<Payload>, StoreError> {
    scope.sequence(u64::MAX).await?;
    let (mut out, mut after) = (Vec::new(), 0);
    loop {
        let page = scope
            .chain(ChainOf::Person(contact), after, CHAIN_PAGE)
            .await?;
        let Some(last) = page.last() else {
            return Ok(out);
        };
        after = last.n;
        for entry in page.iter().filter(|entry| kinds.contains(&entry.kind)) {
            out.extend(entry.opening.read().ok());
        }
    }
}

fn answered(contact: ContactId, now: Timestamp) -> NewEntry {
    let step = RightsStep {
        at: whole_micros(now),
        request: format!("access {now}"),
        right: RightsKind::Access,
        stage: RightsStage::Done,
    };
    NewEntry::about(contact, Payload::RightsStep(step))
}
