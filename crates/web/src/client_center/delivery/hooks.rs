//! An address that is told of events, as people read it. Pure.

use avow_model::Timestamp;
use avow_store::{WebhookRow, WebhookState};

use super::sites::capital;
use super::view::HookLine;
use crate::client_center::words::{Badge, Tone, When};

/// How an address fares.
pub(super) fn line(row: &WebhookRow, now: Timestamp) -> HookLine {
    let (tone, label) = match (row.state, row.failures) {
        (WebhookState::Off, _) => (Tone::Bad, told!("hook-off")),
        (WebhookState::On, 0) => (Tone::Good, told!("state-on")),
        (WebhookState::On, _) => (Tone::Notice, told!("hook-failing")),
    };
    let said = row.off_reason.as_ref().or(row.said.as_ref());
    let retries = row.state == WebhookState::On && row.failures > 0;
    HookLine {
        url: row.url.clone(),
        badge: Badge { tone, label },
        sentence: said.map_or_else(|| say!("hook-untold"), |said| capital(said)),
        next: retries.then(|| When::new(row.next_at, now)),
    }
}
