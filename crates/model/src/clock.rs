//! Time and randomness as arguments: the two traits that shells are handed and pure code never sees.

use std::sync::Arc;

use jiff::Timestamp;

/// Where a shell reads the time. Two implementations: the system's clock in `avow`, a virtual one in `testkit`.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The present instant, UTC.
    fn now(&self) -> Timestamp;
}

/// Where a shell gets unpredictable bytes. Two implementations: the system's generator in `avow`, a seeded one in `testkit`.
pub trait Entropy: Send + Sync + std::fmt::Debug {
    /// Fills the whole slice.
    fn fill(&self, bytes: &mut [u8]);
}

/// A clock that many tasks share.
pub type SharedClock = Arc<dyn Clock>;
/// A source of randomness that many tasks share.
pub type SharedEntropy = Arc<dyn Entropy>;
