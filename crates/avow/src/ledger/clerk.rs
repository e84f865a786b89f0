//! Numbers entries and has checkpoints signed for as long as a process lives.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use anyhow::Result;

use super::notary::Notary;
use crate::world::World;

/// How long an entry waits for its number: people look at a proof no sooner.
const LOOK: Duration = Duration::from_secs(1);
/// Looks between two rounds of checkpoints: a minute.
const LOOKS_A_ROUND: u32 = 60;
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

fn tell(done: Result<()>) {
    if let Err(fault) = done {
        tracing::error!("the ledger is behind: {fault:#}");
    }
}
