//! Messages that programs hand in: each recipient judged by the gate, and what may leave written at once.
//!
//! Promises: the same compiler, the same footer and the same question to the gate as a campaign of that purpose;
//! whoever is unknown, or the gate refuses, gets nothing, and the reason is said. What is written is asked about again
//! right before it leaves. Never: measures an opening or a click; makes a permission, a contact or a fact.

mod one;
mod reach;

use std::collections::BTreeMap;
use std::sync::Arc;

use avow_compose::{TokenKey, Urls};
use avow_model::{
    AccountId, CampaignContent, CampaignId, CampaignState, ContactId, EmailAddress, Facts, Purpose,
    Timestamp,
};
use avow_policy::Shelf;
use avow_policy::replay::{ReplayFault, whole_micros};
use avow_store::{AccountScope, Campaign, Contact, Injected, PassedOver, Store, StoreError};

use crate::engine::BriefFault;
use crate::engine::brief::{Draft, draft};
use crate::engine::known::Known;
use crate::engine::telling;

use one::Bench;

/// What is needed to write messages.
pub struct Desk<'a> {
    pub store: &'a Store,
    pub shelf: &'a Arc<Shelf>,
    pub urls: &'a Urls,
    pub tokens: &'a TokenKey,
}

/// One content for some people.
#[derive(Debug, Clone)]
pub struct Post {
    pub purpose: Purpose,
    pub content: CampaignContent,
    /// Each address once.
    pub to: Vec<Addressee>,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct Addressee {
    pub address: EmailAddress,
    /// Shown before the address in `To`; empty for none.
    pub name: String,
    /// What the content shows of this one message; it stands before what is stored of the person, and is not kept.
    pub fields: BTreeMap<String, String>,
}

/// One message, ready to be kept.
#[derive(Debug, Clone)]
pub struct Judged {
    pub message: Injected,
    pub refused: Option<Refused>,
}

/// Why nothing is sent, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Of all reasons, with blanks between.
    pub codes: String,
    pub sentence: String,
    pub remedy: String,
}

/// Why nobody could be judged.
#[derive(Debug, thiserror::Error)]
pub enum InjectFault {
    #[error(transparent)]
    Brief(#[from] BriefFault),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault of the program: what cannot be recorded is not sent.
    #[error(transparent)]
    Record(#[from] ReplayFault),
    #[error("what is known of the people cannot be read now; try again in a minute")]
    Later,
}

impl Desk<'_> {
    /// Judges every recipient, and writes the messages that may leave. Keeps nothing.
    pub async fn write(
        &self,
        account: AccountId,
        post: &Post,
        now: Timestamp,
    ) -> Result<Vec<Judged>, InjectFault> {
        // The ledger keeps microseconds: the gate is asked as it will be asked again.
        let now = whole_micros(now);
        let campaign = campaign(account, post, now);
        let draft = draft(self.store, self.shelf, &campaign, now).await?;
        let scope = self.store.account(account);
        let people = People::read(&scope, &draft, (post, now)).await?;
        let bench = Bench {
            desk: self,
            draft: &draft,
            known: telling::Hashes::default().of(&draft.policies),
            purpose: &post.purpose,
            now,
        };
        let judge = |to: &Addressee| bench.judge(to, people.find(to), scope.outgoing_id());
        post.to.iter().map(judge).collect()
    }
}

/// A message is compiled and judged as a campaign of its purpose to nobody else.
fn campaign(account: AccountId, post: &Post, now: Timestamp) -> Campaign {
    Campaign {
        account,
        id: CampaignId::from_i64(0),
        name: String::new(),
        purpose: post.purpose.clone(),
        list: None,
        segment: None,
        content: post.content.clone(),
        state: CampaignState::Draft,
        prepared_through: ContactId::from_i64(0),
        prepared: false,
        audience: 0,
        passed_over: PassedOver::default(),
        created_at: now,
        started_at: Some(now),
        plan: None,
        starts_at: None,
        finished_at: None,
        notice: None,
    }
}

/// Who of the recipients is known, and what is known of them; in the order of their ids.
struct People(Vec<(Contact, Facts)>);

impl People {
    async fn read(
        scope: &AccountScope,
        draft: &Draft,
        (post, now): (&Post, Timestamp),
    ) -> Result<Self, StoreError> {
        let addresses: Vec<&EmailAddress> = post.to.iter().map(|to| &to.address).collect();
        let contacts = scope.contacts_by_address(&addresses).await?;
        let ids: Vec<ContactId> = contacts.iter().map(|c| c.id).collect();
        let known = Known {
            scope,
            policies: &draft.policies,
            purpose: &post.purpose,
            now,
        };
        let facts = known.facts(&ids).await?;
        Ok(Self(contacts.into_iter().zip(facts).collect()))
    }

    fn find(&self, to: &Addressee) -> Option<&(Contact, Facts)> {
        let wanted = to.address.expose_canonical();
        let is =
            |c: &Contact| c.address.as_ref().map(EmailAddress::expose_canonical) == Some(wanted);
        self.0.iter().find(|(contact, _)| is(contact))
    }
}
