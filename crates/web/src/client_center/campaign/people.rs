//! The people behind a number: recipients by outcome and reason, page by page.

use std::sync::Arc;

use avow_model::{RecipientState, Timestamp};
use avow_store::{RecipientFilter, RecipientLine};
use axum::extract::{Query, State};
use axum::response::Html;
use serde::Deserialize;

use super::head::View;
use super::load::Loaded;
use super::reasons;
use super::view::{PeoplePage, PersonLine};
use crate::client_center::shell::Noun;
use crate::client_center::staff::{self, Veil};
use crate::client_center::words::{Bar, When, meaning, people, recipient_badge};
use crate::error::encode;
use crate::{App, PageFault};

/// People on one page.
const PAGE: u32 = 50;

/// `?state=&reason=&reply=&after=`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    state: Option<String>,
    reason: Option<String>,
    reply: Option<u16>,
    after: u32,
}

impl Filter {
    fn state(&self) -> Option<RecipientState> {
        self.state.as_deref()?.parse().ok()
    }

    fn address(&self, base: &str) -> String {
        let mut out = format!(
            "{base}/people?state={}",
            self.state().map_or("", RecipientState::as_str)
        );
        if let Some(reason) = &self.reason {
            out.push_str("&reason=");
            out.push_str(&encode(reason));
        }
        if let Some(reply) = self.reply {
            out.push_str("&reply=");
            out.push_str(&reply.to_string());
        }
        out
    }

    fn note(&self) -> String {
        let state = self
            .state()
            .map_or_else(|| told!("people-everyone"), meaning);
        match (&self.reason, self.reply) {
            (Some(code), _) => {
                let (title, remedy) = reasons::of_code(code);
                format!("{title}. {remedy}")
            }
            (None, Some(code)) => say!("people-reply", state = state, code = code.to_string()),
            (None, None) => state.into(),
        }
    }
}

/// An address, or what stands in its place after an erasure.
pub(super) fn address(line: &RecipientLine, veil: Veil) -> String {
    let erased = || say!("recipients-erased");
    line.address
        .as_ref()
        .map_or_else(erased, |a| veil.address(a))
}

fn person(line: &RecipientLine, veil: Veil, now: Timestamp) -> PersonLine {
    let reply = line.reply.as_deref().map(|reply| veil.reply(reply));
    PersonLine {
        seq: i64::from(line.seq),
        address: address(line, veil),
        badge: recipient_badge(line.state),
        why: reasons::why(line.state, reply.as_deref(), &line.reasons),
        attempts: i64::from(line.attempts),
        when: When::new(line.updated_at, now),
    }
}

/// The page.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    loaded: Loaded,
    Query(filter): Query<Filter>,
) -> Result<Html<String>, PageFault> {
    let account = &loaded.member.account;
    let counted = app
        .center
        .counts
        .rows(&app, account, &loaded.campaign)
        .await?;
    let wanted = RecipientFilter {
        state: filter.state(),
        reason: filter.reason.clone(),
        reply_code: filter.reply,
    };
    let rows = account.recipients_page(loaded.campaign.id, &wanted, filter.after, PAGE + 1);
    let mut rows = rows.await?;
    let more = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    let base = loaded.base();
    let here = filter.address(&base);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|r| format!("{here}&after={}", r.seq));
    let reason = filter
        .reason
        .clone()
        .or(filter.reply.map(|r| r.to_string()));
    let veil = staff::veil(&app, &loaded.member).await?;
    app.templates.show(&PeoplePage {
        shell: loaded.member.shell(Noun::Campaigns),
        head: loaded.head(View::People),
        bar: Bar::of(&counted.counts()),
        state_word: filter.state().map(RecipientState::as_str),
        all_href: format!(
            "{base}/people?state={}",
            filter.state().map_or("", RecipientState::as_str)
        ),
        reason,
        note: filter.note(),
        shown: people(rows.len() as i64),
        people: rows
            .iter()
            .map(|row| person(row, veil, app.now()))
            .collect(),
        next,
    })
}
