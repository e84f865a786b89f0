//! From what a mail means to what the store knows.
//!
//! Promises: when it returns, the fact and the row are on the disk; facts go through `record_fact`, so that the
//! ledger tells them and messages under way stop. Never: ends an address for a message that never left.

use std::sync::Arc;

use avow_bounce::Report;
use avow_compose::verp::{Addressed, Way};
use avow_model::{Fact, FactKind, MessageId, PurposeSelector, SharedClock, Timestamp};
use avow_store::{
    AccountScope, Campaign, NewFact, RecipientLine, ReturnedMail, Store, StoreError,
    SubscriptionState,
};
use tokio::sync::Mutex;

use super::decide::{Effect, End, Note, confirmed_since, effect, stands};

/// Mails about one message take turns, so that two at once do not both find nothing; more only saves waiting.
const TURNS: usize = 64;

/// Writes what follows from mails.
pub(super) struct Carrier {
    store: Store,
    clock: SharedClock,
    turns: [Mutex<()>; TURNS],
}

/// The message a mail is about, with everything that stands around it.
struct Case {
    scope: AccountScope,
    line: RecipientLine,
    campaign: Campaign,
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
    ) -> Result<(), StoreError> {
        let _turn = self.turns[addressed.message.seq as usize % TURNS]
            .lock()
            .await;
        let Some(case) = self.case(addressed).await? else {
            return Ok(());
        };
        // An erased person has nothing left that could end.
        let Some(person) = &case.line.address else {
            return Ok(());
        };
        match effect(addressed.way, report, person) {
            Effect::Nothing => Ok(()),
            Effect::Noted(note) => self.note(&case, &note, None).await,
            Effect::Ended(note, end) => self.note(&case, &note, Some(end)).await,
        }
    }

    /// `None` where there is no such message, or it never left. Who writes to the way out has the message, also where a
    /// restored store knows nothing of its leaving.
    async fn case(&self, addressed: &Addressed) -> Result<Option<Case>, StoreError> {
        let scope = self.store.account(addressed.account);
        let message = addressed.message;
        let line = scope.recipient(message.campaign, message.seq).await?;
        let left = |line: &RecipientLine| line.attempts > 0 || addressed.way == Way::Out;
        let Some(line) = line.filter(left) else {
            return Ok(None);
        };
        let campaign = scope.campaign(message.campaign).await?;
        Ok(campaign.map(|campaign| Case {
            scope,
            line,
            campaign,
        }))
    }

    async fn note(&self, case: &Case, note: &Note, end: Option<End>) -> Result<(), StoreError> {
        let known = case.scope.facts(case.line.contact).await?.events;
        let left = case.line.updated_at;
        let end = end.filter(|end| *end != End::Address || !confirmed_since(&known, left));
        let mail = ReturnedMail {
            message: MessageId {
                campaign: case.campaign.id,
                seq: case.line.seq,
            },
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
        let kind = fact(end, &case.campaign);
        if !stands(known, &kind) {
            let fact = NewFact::new(kind, at);
            case.scope.record_fact(case.line.contact, fact).await?;
        }
        match end {
            End::Purpose => leave(case).await,
            End::Address | End::Marketing => Ok(()),
        }
    }
}

/// As the page behind the link does: the place on the campaign's list ends.
async fn leave(case: &Case) -> Result<(), StoreError> {
    match case.campaign.list {
        Some(list) => {
            let ended = SubscriptionState::Ended;
            case.scope.subscribe(list, case.line.contact, ended).await
        }
        None => Ok(()),
    }
}

fn fact(end: End, campaign: &Campaign) -> FactKind {
    match end {
        End::Address => FactKind::Bounce,
        End::Marketing => FactKind::Complaint,
        End::Purpose => FactKind::Withdraw {
            // The notice of a version is owed and has no purpose of its own to withdraw.
            purpose: match campaign.notice {
                None => PurposeSelector::One(campaign.purpose.clone()),
                Some(_) => PurposeSelector::AllMarketing,
            },
        },
    }
}
