//! The list of kept mail, newest first.

use std::sync::Arc;

use avow_deliver::sink::{Faults, SinkHandle, SinkMail};
use avow_model::Timestamp;
use axum::extract::{Query, State};
use axum::response::Html;
use serde::Deserialize;

use super::{faults, is_from, sink, size};
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::client_center::view::{MailLine, RehearsalPage};
use crate::client_center::words::When;
use crate::error::encode;
use crate::{App, PageFault};

/// Mail on one page.
const PAGE: usize = 50;
/// Mail read at a time while looking for the account's own.
const STEP: usize = 500;
/// Steps of one search: a page answers in bounded time, however much mail of others lies between.
const STEPS_MAX: usize = 40;
const SEARCH_CHARS_MAX: usize = 254;

/// `?q=&before=`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Search {
    q: String,
    before: Option<u64>,
}

/// The account's newest mail that matches, and where to go on, when there may be more.
fn own(
    sink: &SinkHandle,
    domain: &str,
    q: &str,
    before: Option<u64>,
) -> (Vec<SinkMail>, Option<u64>) {
    // The mailbox finds by one text. The rarer of the two is what was typed.
    let filter = if q.is_empty() { domain } else { q };
    let mut found = Vec::new();
    let mut at = before;
    for _ in 0..STEPS_MAX {
        let step = sink.list(filter, at, STEP);
        let (ended, last) = (step.len() < STEP, step.last().map(|m| m.id));
        let mut mine = step.into_iter().filter(|m| is_from(&m.from, domain));
        while found.len() < PAGE {
            match mine.next() {
                Some(mail) => found.push(mail),
                None => break,
            }
        }
        if found.len() == PAGE {
            let more = !ended || mine.next().is_some();
            let next = found.last().map(|m| m.id).filter(|_| more);
            return (found, next);
        }
        if ended {
            return (found, None);
        }
        at = last;
    }
    (found, at)
}

fn line(mail: SinkMail, now: Timestamp) -> MailLine {
    let subject = if mail.subject.is_empty() {
        say!("rehearsal-no-subject")
    } else {
        mail.subject
    };
    MailLine {
        id: mail.id.to_string(),
        subject,
        to: mail.to,
        size: size(mail.size_bytes),
        when: When::new(mail.at, now),
    }
}

fn sentence(sink: &SinkHandle, domain: &str) -> String {
    let counts = sink.counts();
    let mine = counts.by_domain.get(domain);
    let (total, unique) = mine.map_or((0, 0), |c| (c.total, c.unique_messages));
    let again = total - unique.min(total);
    let told = match (again, counts.unique_is_estimate) {
        (0, _) => return say!("rehearsal-none-twice", n = total, domain = domain),
        (_, true) => told!("rehearsal-about", n = total, domain = domain),
        (_, false) => told!("rehearsal-again", n = total, domain = domain),
    };
    told.with("again", again).into()
}

/// The page.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
    Query(search): Query<Search>,
) -> Result<Html<String>, PageFault> {
    let sink = sink(&app)?;
    let q: String = search.q.trim().chars().take(SEARCH_CHARS_MAX).collect();
    let domain = member.account.row().await?.settings.sending_domain;
    let (handle, wanted, at) = (sink.clone(), q.clone(), domain.clone());
    let look = move || own(&handle, &at, &wanted, search.before);
    let found = tokio::task::spawn_blocking(look).await;
    let (mails, next) = found.unwrap_or_default();
    let now = app.now();
    let n = mails.len();
    app.templates.show(&RehearsalPage {
        shell: member.shell(Noun::Rehearsal),
        sentence: sentence(&sink, &domain),
        mails: mails.into_iter().map(|m| line(m, now)).collect(),
        shown: say!("rehearsal-shown", n = n),
        next: next.map(|id| format!("?q={}&before={id}", encode(&q))),
        q,
        faults: faults::fields(&sink.faults()),
        faults_on: sink.faults() != Faults::default(),
    })
}
