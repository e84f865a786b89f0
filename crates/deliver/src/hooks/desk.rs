//! Who may be told, and with which secret.
//!
//! Telling a host is a disclosure: whoever runs it works for the controller, and the policy in force must say so, as it
//! must of a relay (GDPR 28). A program on this machine is nobody else.

use std::time::Duration;

use avow_model::{Timestamp, WebhookId};
use avow_policy::{Shelf, Use, Used, Version, judge_uses};
use avow_store::{AccountScope, NewWebhook, StoreError, WebhookRow};

use super::address::{AddressFault, HookAddress, Reach};
use super::sign::HookSecret;
use crate::events::{self, What};

/// While a program changes its secret, the one before signs too.
const ROTATION: Duration = Duration::from_hours(24);

/// Why somebody is told nothing.
#[derive(Debug, thiserror::Error)]
pub enum HookFault {
    #[error(transparent)]
    Address(#[from] AddressFault),
    #[error("{0}")]
    Undeclared(String),
    #[error("no policy is in force, or it is not right: nothing may be told to anybody yet")]
    NoPolicy,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An address that is wished.
#[derive(Debug, Clone)]
pub struct Wish {
    pub url: String,
    /// None: all.
    pub types: Vec<What>,
    pub reach: Reach,
}

/// An address that is told from now on.
#[derive(Debug)]
pub struct Added {
    pub id: WebhookId,
    /// To be shown once.
    pub secret: HookSecret,
}

/// Adds an address; it is told what happens from now on.
pub async fn add(
    scope: &AccountScope,
    shelf: &Shelf,
    wish: &Wish,
    now: Timestamp,
) -> Result<Added, HookFault> {
    may_be_told(scope, shelf, (&wish.url, wish.reach), now).await?;
    let new = NewWebhook {
        url: wish.url.clone(),
        types: wish.types.iter().map(|what| what.as_str()).collect(),
        cursor: events::end(scope, now).await?.to_string(),
    };
    let id = scope.webhook_add(new).await?;
    Ok(Added {
        id,
        secret: scope.webhook_secret(id, 1).into(),
    })
}

/// The secret that an address has now: to be shown once, after it was made or changed.
pub fn secret(scope: &AccountScope, row: &WebhookRow) -> HookSecret {
    scope.webhook_secret(row.id, row.generation).into()
}

/// Those that sign now, the newest first.
pub(super) fn secrets(scope: &AccountScope, row: &WebhookRow, now: Timestamp) -> Vec<HookSecret> {
    let overlaps = |at: Timestamp| at.checked_add(ROTATION).is_ok_and(|end| now < end);
    let before = row.rotated_at.filter(|at| overlaps(*at));
    let before = before.and_then(|_| row.generation.checked_sub(1));
    let generations = [Some(row.generation), before.filter(|n| *n > 0)];
    let secret = |generation| scope.webhook_secret(row.id, generation).into();
    generations.into_iter().flatten().map(secret).collect()
}

/// The address, where the policy in force lets it be told.
pub(super) async fn may_be_told(
    scope: &AccountScope,
    shelf: &Shelf,
    (url, reach): (&str, Reach),
    now: Timestamp,
) -> Result<HookAddress, HookFault> {
    let to = HookAddress::parse(url, reach)?;
    if to.is_here() {
        return Ok(to);
    }
    let published = scope.published().await?;
    let set = shelf.open(scope.id(), &published);
    let set = set.map_err(|_| HookFault::NoPolicy)?;
    let version = set.in_force(now).ok_or(HookFault::NoPolicy)?;
    match undeclared(version, to.host()) {
        None => Ok(to),
        Some(why) => Err(HookFault::Undeclared(why)),
    }
}

/// What the policy lacks to let a host be told.
fn undeclared(version: &Version, host: &str) -> Option<String> {
    let used = Use {
        used: Used::Processor {
            name: host.to_owned(),
        },
        place: "The webhook".to_owned(),
    };
    let report = judge_uses(version, &[used]);
    report.undeclared.first().map(ToString::to_string)
}
