//! The real clock and the real random source: the only place that asks the operating system for either.

use std::sync::Arc;

use avow_model::{Clock, Entropy, SharedClock, SharedEntropy, Timestamp};

/// The system's clock, UTC.
#[derive(Debug)]
struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one real clock that all others are handed"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The system's cryptographic random source.
#[derive(Debug)]
struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "the one real random source")]
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("invariant: the system's random source never fails");
    }
}

/// The clock of this process.
pub(crate) fn clock() -> SharedClock {
    Arc::new(SystemClock)
}

/// The random source of this process.
pub(crate) fn entropy() -> SharedEntropy {
    Arc::new(SystemEntropy)
}
