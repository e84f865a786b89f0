//! The timer behind the wait for a request's head.
//!
//! Promises: a wait ends at its latest deadline, never before. A deadline that moves back, as it does with every
//! request on a connection, is only noted: the runtime's own timer is set again when the old one rings, once a
//! minute for each connection. Rejected: hyper's timer, which tells the runtime's clock of each move; that is a
//! system call for every hit.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};

/// Gives connections their waits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience;

/// A wait whose deadline may move.
struct Wait {
    ring: Pin<Box<tokio::time::Sleep>>,
    deadline: Instant,
}

impl Wait {
    fn until(deadline: Instant) -> Pin<Box<dyn Sleep>> {
        let ring = Box::pin(tokio::time::sleep_until(deadline.into()));
        Box::pin(Self { ring, deadline })
    }
}

impl Future for Wait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(self.ring.as_mut().poll(cx));
            let deadline = self.deadline;
            if self.ring.deadline().into_std() >= deadline {
                return Poll::Ready(());
            }
            self.ring.as_mut().reset(deadline.into());
        }
    }
}

impl Sleep for Wait {}

impl Timer for Patience {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        Wait::until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Wait::until(deadline)
    }

    fn reset(&self, sleep: &mut Pin<Box<dyn Sleep>>, deadline: Instant) {
        match sleep.as_mut().downcast_mut_pin::<Wait>() {
            Some(mut wait) if deadline >= wait.deadline => wait.deadline = deadline,
            _ => *sleep = Wait::until(deadline),
        }
    }

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: Duration = Duration::from_mins(1);

    async fn is_over(wait: &mut Pin<Box<dyn Sleep>>) -> bool {
        std::future::poll_fn(|cx| Poll::Ready(wait.as_mut().poll(cx).is_ready())).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_was_moved_ends_at_the_later_deadline_and_not_before() {
        let mut wait = Patience.sleep(HEAD);
        assert!(!is_over(&mut wait).await);
        Patience.reset(&mut wait, Patience.now() + HEAD + HEAD / 2);
        tokio::time::advance(HEAD + Duration::from_secs(1)).await;
        assert!(!is_over(&mut wait).await);
        tokio::time::advance(HEAD / 2).await;
        assert!(is_over(&mut wait).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_can_come_nearer() {
        let mut wait = Patience.sleep(HEAD);
        assert!(!is_over(&mut wait).await);
        Patience.reset(&mut wait, Patience.now() + HEAD / 2);
        tokio::time::advance(HEAD / 2).await;
        assert!(is_over(&mut wait).await);
    }
}
