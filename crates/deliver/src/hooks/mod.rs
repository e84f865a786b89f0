//! Webhooks: programs that are told of events as they come (Standard Webhooks 1.0.0).
//!
//! Promises: an event is told until the address takes it, in the order of the log, at least once; each message is
//! signed; a host that the policy in force does not declare is told nothing; one that fails for three days is switched
//! off with the reason; one that is slow holds up no other. Never: an address of ours, a redirect, personal data beside
//! the ids in the log of events.

mod address;
mod desk;
mod plan;
mod post;
mod sign;

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use avow_model::{SharedClock, SharedEntropy, Timestamp, WebhookId};
use avow_policy::Shelf;
use avow_store::{AccountScope, LeaseWish, Store, StoreError, WebhookFared, WebhookRow};
use serde_json::{Value, json};
use tokio::task::{self, JoinSet};

pub use address::{AddressFault, HookAddress, Reach};
pub use desk::{Added, HookFault, Wish, add, secret};
pub use post::Poster;
pub use sign::HookSecret;

use self::plan::Next;
use self::post::{Letter, is_gone};
use crate::events::{self, Cursor, Event};

/// Between two looks at the log.
const LOOK: Duration = Duration::from_secs(1);
/// Addresses told at once.
const AT_ONCE: usize = 32;
/// Entries of the log looked at at once: so many events at most are told again after a kill.
const PAGE: u32 = 100;
/// Pages of one turn, so that somebody who switches an address off need not wait for its end.
const PAGES: usize = 20;
/// One process tells: its turn lasts so long.
const LEASE: Duration = Duration::from_mins(1);
/// And is renewed when so much of it is left.
const RENEW: Duration = Duration::from_secs(30);
const LEASE_NAME: &str = "webhooks";
/// Longest word about an answer that is kept.
const SAID_CHARS_MAX: usize = 200;

/// Tells all addresses of an installation.
pub struct Courier {
    pub store: Store,
    pub shelf: Arc<Shelf>,
    pub clock: SharedClock,
    pub entropy: SharedEntropy,
    pub poster: Poster,
    pub reach: Reach,
}

impl Courier {
    /// Tells until the order to leave. What is on the way then is told again later.
    pub async fn run(self, leave: impl Future<Output = ()>) {
        let owner = format!("{:08x}{:08x}", self.dice(), self.dice());
        let courier = Arc::new(self);
        let mut turns = JoinSet::new();
        // By the task, which also a turn that ended by a fault of the program names.
        let mut busy: HashMap<task::Id, WebhookId> = HashMap::new();
        let mut last = None;
        let mut held = Timestamp::MIN;
        tokio::pin!(leave);
        loop {
            tokio::select! {
                () = &mut leave => break,
                Some(ended) = turns.join_next_with_id(), if !turns.is_empty() => {
                    let id = ended.map_or_else(|fault| fault.id(), |(id, ())| id);
                    busy.remove(&id);
                }
                () = tokio::time::sleep(LOOK) => {
                    let due = courier.due(&owner, &mut held).await;
                    for row in plan::in_turn(due, last, |row| (row.account, row.id)) {
                        let place = (row.account, row.id);
                        let is_told = busy.values().any(|id| *id == row.id);
                        if busy.len() < AT_ONCE && !is_told {
                            last = Some(place);
                            let webhook = row.id;
                            let turn = turns.spawn(courier.clone().turn(row));
                            busy.insert(turn.id(), webhook);
                        }
                    }
                }
            }
        }
        turns.shutdown().await;
        // Nobody waits for it longer than the lease if this fails.
        let _given_back = courier.store.lease_release(LEASE_NAME, &owner).await;
    }

    fn dice(&self) -> u32 {
        let mut bytes = [0; 4];
        self.entropy.fill(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    /// Who is to be told now; nobody while another process tells.
    async fn due(&self, owner: &str, held: &mut Timestamp) -> Vec<WebhookRow> {
        let due = self.due_to(owner, held).await;
        due.unwrap_or_else(|fault| {
            tracing::warn!(%fault, "webhooks cannot be read; looking again");
            Vec::new()
        })
    }

    async fn due_to(
        &self,
        owner: &str,
        held: &mut Timestamp,
    ) -> Result<Vec<WebhookRow>, StoreError> {
        let now = self.clock.now();
        let due = self.store.webhooks_due(now).await?;
        if due.is_empty() || now.checked_add(RENEW).is_ok_and(|soon| soon < *held) {
            return Ok(due);
        }
        let until = now.checked_add(LEASE).unwrap_or(now);
        let wish = LeaseWish {
            name: LEASE_NAME.to_owned(),
            owner: owner.to_owned(),
            now,
            until,
        };
        if self.store.lease_take(wish).await?.is_none() {
            return Ok(Vec::new());
        }
        *held = until;
        Ok(due)
    }

    async fn turn(self: Arc<Self>, row: WebhookRow) {
        if let Err(fault) = self.tell(&row).await {
            tracing::warn!(%fault, webhook = %row.id, "a webhook has to wait");
        }
    }

    /// Tells one address what is new.
    async fn tell(&self, row: &WebhookRow) -> Result<(), StoreError> {
        let scope = self.store.account(row.account);
        let to = match desk::may_be_told(
            &scope,
            &self.shelf,
            (&row.url, self.reach),
            self.clock.now(),
        )
        .await
        {
            Ok(to) => to,
            Err(HookFault::Store(fault)) => return Err(fault),
            // Nothing is in force now: it waits.
            Err(HookFault::NoPolicy) => return Ok(()),
            Err(fault) => return self.off(&scope, row, fault.to_string()).await,
        };
        if row.wants_test {
            let letter = test(row, self.clock.now());
            let said = said(&self.post(&scope, row, (&to, &letter)).await);
            scope.webhook_tested(row.id, &said).await?;
        }
        let mut cursor = row.cursor.parse().unwrap_or(Cursor::START);
        for _ in 0..PAGES {
            let page = events::page(&scope, cursor, PAGE, self.clock.now()).await?;
            let wanted = page.events.iter().filter(|event| wants(row, event));
            let mut told = None;
            for event in wanted {
                match self.post(&scope, row, (&to, &letter(event))).await {
                    Ok(status) => told = Some((status, event)),
                    Err(fault) => {
                        let reached = told.map(|(_, event): (u16, &Event)| event.cursor.clone());
                        let reached = reached.unwrap_or_else(|| cursor.to_string());
                        return self.failed(&scope, row, (reached, &fault)).await;
                    }
                }
            }
            let next = page.next.to_string();
            match told {
                Some((status, _)) => self.told(&scope, row, (next, status)).await?,
                None if page.next != cursor => scope.webhook_read(row.id, &next).await?,
                None => {}
            }
            cursor = page.next;
            if !page.more {
                break;
            }
        }
        Ok(())
    }

    async fn post(
        &self,
        scope: &AccountScope,
        row: &WebhookRow,
        (to, (id, body)): (&HookAddress, &(String, Value)),
    ) -> Result<u16, crate::security::FetchFault> {
        let at_s = self.clock.now().as_second();
        let body = body.to_string();
        let secrets = desk::secrets(scope, row, self.clock.now());
        let letter = Letter {
            signature: sign::signature(&secrets, (id, at_s), &body),
            id: id.clone(),
            at_s,
            body,
        };
        self.poster.post(to, letter).await
    }

    async fn told(
        &self,
        scope: &AccountScope,
        row: &WebhookRow,
        (cursor, status): (String, u16),
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let fared = WebhookFared {
            cursor,
            failures: 0,
            failing_since: None,
            next_at: now,
            said: format!("it answered {status}"),
            off_reason: None,
            at: now,
        };
        scope.webhook_fared(row.id, fared).await
    }

    async fn failed(
        &self,
        scope: &AccountScope,
        row: &WebhookRow,
        (cursor, fault): (String, &crate::security::FetchFault),
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        // What was told in this turn ends a row of failures.
        let (before, since) = match row.failing_since.filter(|_| cursor == row.cursor) {
            Some(since) => (row.failures, since),
            None => (0, now),
        };
        let failures = before.saturating_add(1);
        let said = cut(&fault.to_string());
        let next = match plan::next(failures, (since, now), self.dice()) {
            _ if is_gone(fault) => Err("It answered 410: it is gone for good.".to_owned()),
            Next::Again(at) => Ok(at),
            Next::GivenUp => Err(format!("It failed for three days; at last: {said}.")),
        };
        let fared = WebhookFared {
            cursor,
            failures,
            failing_since: Some(since),
            next_at: *next.as_ref().unwrap_or(&now),
            said,
            off_reason: next.err(),
            at: now,
        };
        scope.webhook_fared(row.id, fared).await
    }

    async fn off(
        &self,
        scope: &AccountScope,
        row: &WebhookRow,
        why: String,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let fared = WebhookFared {
            cursor: row.cursor.clone(),
            failures: row.failures,
            failing_since: row.failing_since,
            next_at: now,
            said: row.said.clone().unwrap_or_default(),
            off_reason: Some(why),
            at: now,
        };
        scope.webhook_fared(row.id, fared).await
    }
}

fn wants(row: &WebhookRow, event: &Event) -> bool {
    let word = event.what.as_str();
    row.types.is_empty() || row.types.iter().any(|wanted| wanted == word)
}

/// The id and body of an event.
fn letter(event: &Event) -> (String, Value) {
    let mut data = json!(event);
    if let Some(data) = data.as_object_mut() {
        for outside in ["id", "type", "at", "cursor"] {
            data.remove(outside);
        }
    }
    let body = json!({ "type": event.what, "timestamp": event.at, "data": data });
    (event.id.clone(), body)
}

/// The id and body of a test: about nobody. Each has an id of its own: a receiver lets go of what it knows already.
fn test(row: &WebhookRow, now: Timestamp) -> (String, Value) {
    let body = json!({ "type": "test", "data": { "webhook": row.id } });
    (format!("{}-test-{}", row.id, now.as_millisecond()), body)
}

fn said(answer: &Result<u16, crate::security::FetchFault>) -> String {
    match answer {
        Ok(status) => format!("the test was taken: {status}"),
        Err(fault) => cut(&format!("the test failed: {fault}")),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(SAID_CHARS_MAX).collect()
}
