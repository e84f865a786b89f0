//! How an engine is set up.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use avow_compose::{TokenKey, Urls};
use avow_model::{SharedClock, SharedEntropy};
use avow_policy::Shelf;
use avow_store::Store;

use super::quota::SendLimits;
use crate::route::Transport;
use crate::shape::Rules;
use crate::smtp::ClientOptions;
use crate::standing::Inspection;
use crate::tls_report::Reporter;
use crate::trouble::RetryPlan;

/// Connections to a relay: beyond twenty, two cores send no faster, and relays count them.
const CONNECTIONS: usize = 20;
/// How long what is on the wire may take after the order to leave; systemd gives 90 seconds in all.
const DRAIN: Duration = Duration::from_secs(20);
/// A quick server answers in a tenth of this; one that checks content takes some seconds.
const SLOW: Duration = Duration::from_secs(5);

/// Everything an engine stands on.
pub struct EngineParts {
    pub store: Store,
    pub shelf: Arc<Shelf>,
    pub tokens: Arc<TokenKey>,
    pub urls: Urls,
    pub folders: Folders,
    pub transport: Transport,
    pub client: ClientOptions,
    pub clock: SharedClock,
    pub entropy: SharedEntropy,
    pub options: EngineOptions,
    /// How much may go to whom, where mail goes straight to its servers. A relay has limits of its own.
    pub rules: Arc<Rules>,
    /// Bulk mail waits while this says that receivers would not believe it; `None`: nobody looks (a rehearsal, a
    /// relay that sees to it).
    pub inspection: Option<Inspection>,
}

/// Where the engine keeps and finds its files.
#[derive(Debug, Clone)]
pub struct Folders {
    /// The send journal and the engine's lock.
    pub journal: PathBuf,
    /// `<domain>/{rsa,ed25519}.pk8`.
    pub keys: PathBuf,
}

/// What an operator may choose.
#[derive(Debug, Clone, PartialEq)]
pub struct EngineOptions {
    /// How many connections are open at most. As many messages may arrive twice after a kill.
    pub connections: usize,
    /// When and how long to try again; what to do with messages in doubt.
    pub retry: RetryPlan,
    pub signing: Signing,
    /// How long the wire may take to run dry when the engine is told to leave.
    pub drain: Duration,
    /// A server that lets us wait for so long no longer counts against the connections of others.
    pub slow: Duration,
    pub limits: SendLimits,
    /// Who tells recipients' domains what TLS did; `None`: nobody, and nothing is counted.
    pub tls_reports: Option<Reporter>,
}

/// Whether mail is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    /// With the keys of the sending domain; a domain without keys sends unsigned, one with unreadable keys not at all.
    WithKeys,
    /// Never: for measuring, and for relays that sign.
    Off,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            connections: CONNECTIONS,
            retry: RetryPlan::default(),
            signing: Signing::WithKeys,
            drain: DRAIN,
            slow: SLOW,
            limits: SendLimits::default(),
            tls_reports: None,
        }
    }
}
