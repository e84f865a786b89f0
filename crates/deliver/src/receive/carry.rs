//! From what a mail means to what the store knows.
//!
//! Promises: when it returns `Done`, the fact and the row are on the disk; facts go through `record_fact`, so that the
//! ledger tells them and messages under way stop; a mail about a message whose leaving is not recorded yet is not
//! lost. Never: ends an address for a message that never left.

use std::sync::Arc;
use std::time::Duration;

use avow_bounce::Report;
use avow_compose::verp::{Addressed, Way};
use avow_model::{
    ContactId, EmailAddress, Fact, FactKind, ListId, MessageId, OutgoingId, Purpose,
    PurposeSelector, RecipientState, SharedClock, Timestamp,
};
use avow_store::{AccountScope, NewFact, ReturnedMail, Store, StoreError, SubscriptionState};
use tokio::sync::Mutex;

use super::decide::{Effect, End, Note, confirmed_since, effect, stands};

/// Mails about one message take turns, so that two at once do not both find nothing; more only saves waiting.
const TURNS: usize = 64;
/// How long after a message was written its bounce may be faster than the record of its leaving. A campaign that warms
/// addresses up goes on for weeks; servers themselves try for five days (RFC 5321 4.5.4.1). What still waits after
/// that never left from here: a restored store knows nothing of it.
const UNDER_WAY_MAX: Duration = Duration::from_hours(30 * 24);

/// Writes what follows from mails.
pub(super) struct Carrier {
    store: Store,
    clock: SharedClock,
    turns: [Mutex<()>; TURNS],
}

/// The message a mail is about, with everything that stands around it.
struct Case {
    scope: AccountScope,
    message: MessageId,
    contact: ContactId,
    /// `None` once the contact is erased.
    address: Option<EmailAddress>,
    state: RecipientState,
    attempts: u32,
    /// When it left; of a message that has not, when it was written.
    left_at: Timestamp,
    /// `None` for the notice of a policy version: it is owed, and has no purpose of its own.
    purpose: Option<Purpose>,
    list: Option<ListId>,
}

/// Whether a mail was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carried {
    /// All that follows from it is in the store.
    Done,
    /// Its message is under way, as far as the store knows: nothing was done, and the mail has to come again.
    TooEarly,
}

/// How far a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leaving {
    Left,
    UnderWay,
    Never,
}

impl Carrier {
    pub(super) fn new(store: Store, clock: SharedClock) -> Arc<Self> {
        let turns = [(); TURNS].map(|()| Mutex::new(()));
        Arc::new(Self {
            store,
            clock,
            turns,
        })
    }

    /// Carries out what a mail means. `report` is `None` where the mail could not be read.
    pub(super) async fn carry(
        &self,
        addressed: &Addressed,
        report: Option<&Report>,
    ) -> Result<Carried, StoreError> {
        let _turn = self.turns[addressed.message.seq as usize % TURNS]
            .lock()
            .await;
        let Some(case) = self.case(addressed).await? else {
            return Ok(Carried::Done);
        };
        // An erased person has nothing left that could end.
        let Some(person) = &case.address else {
            return Ok(Carried::Done);
        };
        let (note, end) = match effect(addressed.way, report, person) {
            Effect::Nothing => return Ok(Carried::Done),
            Effect::Noted(note) => (note, None),
            Effect::Ended(note, end) => (note, Some(end)),
        };
        // Who writes to the way out has the message, also where a restored store knows nothing of its leaving.
        let leaving = match addressed.way {
            Way::Out => Leaving::Left,
            Way::Back => leaving(&case, self.clock.now()),
        };
        match leaving {
            Leaving::Never => Ok(Carried::Done),
            Leaving::UnderWay => Ok(Carried::TooEarly),
            Leaving::Left => {
                self.note(&case, &note, end).await?;
                Ok(Carried::Done)
            }
        }
    }

    /// `None` where there is no such message.
    async fn case(&self, addressed: &Addressed) -> Result<Option<Case>, StoreError> {
        let scope = self.store.account(addressed.account);
        match OutgoingId::of_message(addressed.message) {
            Some(id) => single(scope, id).await,
            None => of_campaign(scope, addressed.message).await,
        }
    }

    async fn note(&self, case: &Case, note: &Note, end: Option<End>) -> Result<(), StoreError> {
        let known = case.scope.facts(case.contact).await?.events;
        let left = case.left_at;
        let end = end.filter(|end| *end != End::Address || !confirmed_since(&known, left));
        let mail = ReturnedMail {
            message: case.message,
            kind: note.kind,
            class: note.class.as_str(),
            hard: end == Some(End::Address),
            status: note.status.clone(),
            at: self.clock.now(),
        };
        if let Some(end) = end {
            self.end(case, end, &known, mail.at).await?;
        }
        case.scope.returned_add(&mail).await
    }

    /// The fact first, then the row: who was cut off between them does both again.
    async fn end(
        &self,
        case: &Case,
        end: End,
        known: &[Fact],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let kind = fact(end, case.purpose.as_ref());
        if !stands(known, &kind) {
            let fact = NewFact::new(kind, at);
            case.scope.record_fact(case.contact, fact).await?;
        }
        match end {
            End::Purpose => leave(case).await,
            End::Address | End::Marketing => Ok(()),
        }
    }
}

/// A message is recorded as left a moment after it did: until then its bounce is too early, not unheard of.
fn leaving(case: &Case, now: Timestamp) -> Leaving {
    let age_s = now.as_second().saturating_sub(case.left_at.as_second());
    match case.state {
        _ if case.attempts > 0 => Leaving::Left,
        RecipientState::Waiting if age_s <= UNDER_WAY_MAX.as_secs() as i64 => Leaving::UnderWay,
        _ => Leaving::Never,
    }
}

/// As the page behind the link does: the place on the campaign's list ends.
async fn leave(case: &Case) -> Result<(), StoreError> {
    match case.list {
        Some(list) => {
            let ended = SubscriptionState::Ended;
            case.scope.subscribe(list, case.contact, ended).await
        }
        None => Ok(()),
    }
}

fn fact(end: End, purpose: Option<&Purpose>) -> FactKind {
    match end {
        End::Address => FactKind::Bounce,
        End::Marketing => FactKind::Complaint,
        End::Purpose => FactKind::Withdraw {
            purpose: match purpose {
                Some(purpose) => PurposeSelector::One(purpose.clone()),
                None => PurposeSelector::AllMarketing,
            },
        },
    }
}

/// A message of a campaign.
async fn of_campaign(scope: AccountScope, message: MessageId) -> Result<Option<Case>, StoreError> {
    let Some(line) = scope.recipient(message.campaign, message.seq).await? else {
        return Ok(None);
    };
    let campaign = scope.campaign(message.campaign).await?;
    Ok(campaign.map(|campaign| Case {
        message,
        contact: line.contact,
        address: line.address,
        state: line.state,
        attempts: line.attempts,
        left_at: line.updated_at,
        purpose: campaign.notice.is_none().then_some(campaign.purpose),
        list: campaign.list,
        scope,
    }))
}

/// A message that a program handed in.
async fn single(scope: AccountScope, id: OutgoingId) -> Result<Option<Case>, StoreError> {
    let row = scope.message(id).await?;
    let Some((row, contact)) = row.and_then(|row| row.contact.map(|contact| (row, contact))) else {
        return Ok(None);
    };
    let person = scope.contact(contact).await?;
    Ok(Some(Case {
        message: id.message(),
        contact,
        address: person.and_then(|p| p.address),
        state: row.state,
        attempts: row.attempts,
        left_at: row.updated_at,
        purpose: Some(row.purpose),
        list: None,
        scope,
    }))
}
