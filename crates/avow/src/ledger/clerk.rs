//! Numbers entries, has checkpoints signed and lets go of what is past its time, for as long as a process lives.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use anyhow::Result;
use avow_collect::retention::{self, LetGo};

use super::notary::Notary;
use crate::world::World;

/// How long an entry waits for its number: people look at a proof no sooner.
const LOOK: Duration = Duration::from_secs(1);
/// Looks between two rounds of checkpoints: a minute.
const LOOKS_A_ROUND: u32 = 60;
/// Looks between two rounds of letting go: an hour. The first is a minute after the start.
const LOOKS_TO_LET_GO: u32 = 3_600;
/// Entries numbered in one go before other accounts have their turn.
const TURN: u64 = 10_000;

/// Keeps every account's ledger until `leave` is ready; then numbers and signs what is left.
pub(crate) async fn keep(world: World, leave: impl Future<Output = ()>) {
    let mut leave = pin!(leave);
    let mut looks = 0;
    loop {
        tokio::select! {
            () = &mut leave => break,
            () = tokio::time::sleep(LOOK) => {}
        }
        looks += 1;
        tell(number(&world).await);
        if looks % LOOKS_A_ROUND == 0 {
            tell(sign(&world).await);
        }
        if looks % LOOKS_TO_LET_GO == LOOKS_A_ROUND {
            tell(let_go(&world).await);
        }
    }
    tell(settle(&world).await);
}

/// Numbers and signs all that is there now.
pub(crate) async fn settle(world: &World) -> Result<()> {
    number(world).await?;
    sign(world).await
}

/// Numbers whatever waits, account after account in turns.
async fn number(world: &World) -> Result<()> {
    loop {
        let accounts = world.store.accounts_to_sequence().await?;
        if accounts.is_empty() {
            return Ok(());
        }
        for account in accounts {
            world.store.account(account).sequence(TURN).await?;
        }
    }
}

/// Signs a checkpoint for every account that has something new. One that is refused stops no other.
async fn sign(world: &World) -> Result<()> {
    let notary = Notary::open(world)?;
    for account in world.store.accounts().await? {
        tell(notary.sign(&account).await.map(drop));
    }
    Ok(())
}

/// Blanks, deletes and erases what the policies in force say is past its time.
async fn let_go(world: &World) -> Result<()> {
    for account in world.store.accounts().await? {
        let scope = world.store.account(account.id);
        let published = scope.published().await?;
        let Ok(policies) = world.shelf.open(account.id, &published) else {
            tracing::error!(account = %account.slug, "the policy does not compile: nothing is let go of");
            continue;
        };
        let gone = retention::let_go(&scope, &policies, world.clock.now()).await?;
        if gone != LetGo::default() {
            let LetGo {
                blanked,
                erased,
                hits,
            } = gone;
            tracing::info!(account = %account.slug, blanked, erased, hits, "let go of what was past its time");
        }
    }
    Ok(())
}

fn tell(done: Result<()>) {
    if let Err(fault) = done {
        tracing::error!("the keeping of the ledger and of retention is behind: {fault:#}");
    }
}
