//! A lane: what is ready for one site, and whether the way there is open.

use std::sync::Arc;

use super::breaker::Breaker;
use super::ring::Ring;
use crate::outbound::Outbound;
use crate::route::{OpenFault, Transport};
use crate::smtp::{ClientOptions, Session};

/// Messages ready for the wire: more than two pages, so that feeders read while workers send; few
/// enough that permits are fresh at any useful speed and memory stays small.
const READY: usize = 1_500;

/// One site: the relay, or one domain's servers.
pub(crate) struct Lane {
    pub(crate) site: String,
    pub(crate) ring: Ring<Box<Outbound>>,
    pub(crate) breaker: Breaker,
    transport: Arc<Transport>,
}

impl Lane {
    pub(crate) fn new(site: String, transport: Arc<Transport>) -> Self {
        Self {
            site,
            ring: Ring::new(READY),
            breaker: Breaker::default(),
            transport,
        }
    }

    /// A session with the first server that answers.
    pub(crate) async fn open(&self, client: &ClientOptions) -> Result<Session, OpenFault> {
        self.transport.open(&self.site, client).await
    }
}
