//! What was tried to open a session, and what was seen: for whoever counts it.

use crate::security::Skipped;
use crate::smtp::{Route, Seen, TlsMode, Trouble};

/// One mail server that was tried.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub host: String,
    /// What was asked of the connection.
    pub tls: TlsMode,
    pub seen: Seen,
    pub end: End,
}

/// How it ended.
#[derive(Debug, Clone)]
pub enum End {
    Open,
    Failed(Trouble),
    /// It was not connected to.
    Skipped(Skipped),
}

impl Attempt {
    pub(super) fn of(route: &Route, seen: Seen, trouble: Option<&Trouble>) -> Self {
        Self {
            host: route.host.clone(),
            tls: route.tls.clone(),
            seen,
            end: trouble.map_or(End::Open, |trouble| End::Failed(trouble.clone())),
        }
    }

    pub(super) fn skipped(host: &str, why: Skipped) -> Self {
        Self {
            host: host.to_owned(),
            tls: TlsMode::Opportunistic,
            seen: Seen::default(),
            end: End::Skipped(why),
        }
    }
}
