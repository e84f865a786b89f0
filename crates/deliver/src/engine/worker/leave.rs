//! Leave to hold a connection, and how a slow server loses it to others.
//!
//! Promises: servers that let us wait do not use up the connections of those that answer; as many connections may wait
//! beside the others as the second semaphore has places, and never more.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// A place among the connections.
pub(super) enum Leave {
    Usual(#[expect(dead_code, reason = "given back when dropped")] OwnedSemaphorePermit),
    /// Beside the others, while the server lets us wait.
    Slow(#[expect(dead_code, reason = "given back when dropped")] OwnedSemaphorePermit),
}

/// Waits for a server; when that takes long, the usual place is given to others.
pub(super) async fn unhurried<F: Future>(
    watch: Option<(Arc<Semaphore>, Duration)>,
    leave: &mut Option<Leave>,
    answer: F,
) -> F::Output {
    let Some((slow, after)) = watch else {
        return answer.await;
    };
    let mut answer = pin!(answer);
    if let Ok(answer) = timeout(after, &mut answer).await {
        return answer;
    }
    if let Ok(place) = slow.try_acquire_owned() {
        *leave = Some(Leave::Slow(place));
    }
    answer.await
}
