//! What a hit needs of its campaign: the links, and the questions to the gate under the policy in force.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use avow_compose::MessageRef;
use avow_model::{AccountId, CampaignId, HitKind, Purpose, Slug, Timestamp, Verb};
use avow_policy::{PolicySet, Request, Shelf, Version};
use avow_store::{AccountScope, HitBinding, Store, StoreError};

use crate::lock;
use crate::people::is_fresh;

/// Campaigns with hits in the same second, in one installation: far more than are ever read at once.
const CAMPAIGNS_MAX: usize = 1_024;

/// A campaign, ready for hits.
#[derive(Debug)]
pub(crate) struct CampaignGate {
    pub scope: AccountScope,
    pub policies: Arc<PolicySet>,
    pub links: Vec<Arc<str>>,
    open: Option<Request>,
    click: Option<Request>,
    read_at: Timestamp,
}

impl CampaignGate {
    /// The question for this kind of hit; `None` where the policy in force does not measure it.
    pub(crate) fn question(&self, kind: HitKind) -> Option<&Request> {
        match kind {
            HitKind::Open => self.open.as_ref(),
            HitKind::Click { .. } => self.click.as_ref(),
        }
    }

    /// What a hit of this kind is bound to; `None` where it is not measured.
    pub(crate) fn binding(&self, kind: HitKind, at: Timestamp) -> Option<HitBinding> {
        Some(HitBinding {
            purpose: self.question(kind)?.purpose.clone(),
            version: self.policies.in_force(at)?.n(),
        })
    }
}

/// Campaigns that were hit in the last second.
#[derive(Debug)]
pub(crate) struct Campaigns {
    store: Store,
    shelf: Arc<Shelf>,
    seen: Mutex<HashMap<(AccountId, CampaignId), Arc<CampaignGate>>>,
}

impl Campaigns {
    pub(crate) fn new(store: Store, shelf: Arc<Shelf>) -> Self {
        Self {
            store,
            shelf,
            seen: Mutex::default(),
        }
    }

    /// The campaign of a message, read again after a second; `None` where it does not exist.
    pub(crate) async fn gate(
        &self,
        message: &MessageRef,
        now: Timestamp,
    ) -> Result<Option<Arc<CampaignGate>>, StoreError> {
        let key = (message.account, message.campaign);
        let known = lock(&self.seen)
            .get(&key)
            .filter(|g| is_fresh(g.read_at, now))
            .cloned();
        if known.is_some() {
            return Ok(known);
        }
        let Some(gate) = self.read(key, now).await?.map(Arc::new) else {
            return Ok(None);
        };
        let mut seen = lock(&self.seen);
        if seen.len() >= CAMPAIGNS_MAX {
            seen.clear();
        }
        seen.insert(key, gate.clone());
        Ok(Some(gate))
    }

    async fn read(
        &self,
        (account, campaign): (AccountId, CampaignId),
        now: Timestamp,
    ) -> Result<Option<CampaignGate>, StoreError> {
        let scope = self.store.account(account);
        let (Some(row), Some(campaign)) = (
            self.store.account_row(account).await?,
            scope.campaign(campaign).await?,
        ) else {
            return Ok(None);
        };
        let published = scope.published().await?;
        let policies = self.shelf.open(account, &published);
        let policies = policies.map_err(|_| {
            StoreError::Conflict("the published policy does not compile; see avow policy check")
        })?;
        let links = scope.campaign_links(campaign.id).await?;
        let version = policies.in_force(now);
        let measuring = version
            .and_then(|v| measuring(v, &campaign.purpose))
            .cloned();
        let ask = |verb| {
            measuring
                .as_ref()
                .map(|p| question(&row.slug, &row.settings.brand, p, verb))
        };
        let (open, click) = (ask("track.open"), ask("track.click"));
        let links = links.into_iter().map(Arc::from).collect();
        Ok(Some(CampaignGate {
            scope,
            policies,
            links,
            open,
            click,
            read_at: now,
        }))
    }
}

/// What measures the mail of `purpose`: the purpose that it names, or the version's own.
fn measuring<'v>(version: &'v Version, purpose: &Purpose) -> Option<&'v Purpose> {
    let named = version
        .purpose(purpose)
        .and_then(|rule| rule.measure.as_ref());
    named.or_else(|| version.measuring_purpose())
}

fn question(account: &Slug, brand: &Slug, purpose: &Purpose, verb: &str) -> Request {
    let verb: Verb = verb.parse().expect("invariant: a constant that is a name");
    Request::new(account.clone(), brand.clone(), purpose.clone(), verb)
}
