//! A person's no, and its return, recorded before any page says so.

use avow_model::{
    Act, CampaignId, ContactId, Fact, FactKind, Facts, Grantor, Method, Purpose, PurposeSelector,
    Slug, Timestamp,
};
use avow_store::{Evidence, EvidenceKind, NewFact, StoreError, SubscriptionState};

use super::letter::Room;

/// Where and when a person acts.
#[derive(Debug, Clone)]
pub(super) struct Deed {
    pub contact: ContactId,
    pub at: Timestamp,
    pub ip: String,
    /// The page's address without the token.
    pub page: &'static str,
    /// What the page said at the button.
    pub wording: String,
    /// Of one brand only, or of all.
    pub brand: Option<Slug>,
}

/// Withdraws; nothing is added where the same no is the latest word already.
pub(super) async fn withdraw(
    room: &Room,
    deed: &Deed,
    what: Vec<PurposeSelector>,
) -> Result<(), StoreError> {
    let facts = room.scope.facts(deed.contact).await?;
    let open: Vec<_> = what
        .into_iter()
        .filter(|w| deed.brand.is_some() || !is_withdrawn(&facts, w))
        .collect();
    let kinds = open
        .into_iter()
        .map(|purpose| FactKind::Withdraw { purpose });
    record(room, deed, kinds.collect()).await
}

/// Objects (GDPR 21): the no and the step that says it is done are one.
pub(super) async fn object(
    room: &Room,
    deed: &Deed,
    purposes: Vec<Purpose>,
) -> Result<(), StoreError> {
    let kinds = purposes.into_iter().map(|purpose| FactKind::Object {
        purpose: PurposeSelector::One(purpose),
    });
    record(room, deed, kinds.collect()).await
}

/// Gives permissions, as the person who holds a link that went to the address alone.
pub(super) async fn grant(
    room: &Room,
    deed: &Deed,
    version: u32,
    purposes: Vec<Purpose>,
) -> Result<(), StoreError> {
    let given = |purpose| FactKind::Grant {
        purpose: PurposeSelector::One(purpose),
        saw: Some(version),
        method: Method::Click,
        by: Grantor::Person,
        asked: Act::Fair,
        double_opt_in: false,
        confirmed: true,
        expires: None,
    };
    record(room, deed, purposes.into_iter().map(given).collect()).await
}

async fn record(room: &Room, deed: &Deed, kinds: Vec<FactKind>) -> Result<(), StoreError> {
    if kinds.is_empty() {
        return Ok(());
    }
    let evidence = room.scope.evidence_add(Evidence {
        kind: EvidenceKind::Page,
        source: deed.page.to_owned(),
        wording: deed.wording.clone(),
        at: deed.at,
    });
    let evidence = evidence.await?;
    for kind in kinds {
        let mut fact = NewFact::new(kind, deed.at);
        fact.evidence = Some(evidence);
        fact.ip = Some(deed.ip.clone());
        fact.scope.brand.clone_from(&deed.brand);
        match fact.kind {
            FactKind::Object { .. } => room.scope.record_objection(deed.contact, fact).await?,
            _ => room.scope.record_fact(deed.contact, fact).await?,
        };
    }
    Ok(())
}

/// True when the latest choice about exactly this selector is a withdrawal. A choice about one brand or list is none
/// about all: the no to one does not stand in for the no to everything.
pub(super) fn is_withdrawn(facts: &Facts, what: &PurposeSelector) -> bool {
    let whole = |f: &Fact| f.scope.brand.is_none() && f.scope.list.is_none();
    let same = |f: &Fact| whole(f) && chosen(&f.kind).is_some_and(|p| p == what);
    let about = |f: &&Fact| same(f) || lifts(&f.kind);
    let latest = facts
        .events
        .iter()
        .filter(about)
        .max_by_key(|f| f.recorded_at);
    latest.is_some_and(|f| matches!(f.kind, FactKind::Withdraw { .. }))
}

fn chosen(kind: &FactKind) -> Option<&PurposeSelector> {
    match kind {
        FactKind::Grant { purpose, .. }
        | FactKind::Refuse { purpose }
        | FactKind::Withdraw { purpose }
        | FactKind::Object { purpose }
        | FactKind::Confirm {
            purpose: Some(purpose),
        } => Some(purpose),
        _ => None,
    }
}

/// A yes to anything makes a wider no worth repeating.
fn lifts(kind: &FactKind) -> bool {
    matches!(kind, FactKind::Grant { .. } | FactKind::Confirm { .. })
}

/// Ends the contact's place on the campaign's list, if it has one.
pub(super) async fn leave_list(
    room: &Room,
    campaign: CampaignId,
    contact: ContactId,
) -> Result<(), StoreError> {
    let campaign = room.scope.campaign(campaign).await?;
    match campaign.and_then(|c| c.list) {
        Some(list) => {
            room.scope
                .subscribe(list, contact, SubscriptionState::Ended)
                .await
        }
        None => Ok(()),
    }
}
