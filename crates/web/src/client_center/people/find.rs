//! Finds the people that the table means: what the store can tell by itself, and what only the gate can.

use std::collections::HashMap;

use avow_model::{ContactId, Facts};
use avow_store::{AccountScope, ContactSummary, PeopleFilter, StoreError};
use futures_util::{Stream, stream};

use super::query::{Query, Wanted};
use super::standing::{Judge, Standing};
use crate::App;

/// People judged in one step.
const SLICE: usize = 400;
/// Steps of one page: a tenth of a second at most.
const STEPS_MAX: usize = 6;
/// People on one page of a file that is written.
const PAGE_OF_FILE: usize = 1_000;

/// One person of the table.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub row: ContactSummary,
    pub standing: Standing,
}

/// A page of people.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sought {
    pub people: Vec<Person>,
    /// Somebody further on may be meant: look on from here.
    pub looked_to: Option<ContactId>,
}

/// Only the gate knows who is meant.
fn only_judged(query: &Query) -> Option<Wanted> {
    query
        .wanted()
        .filter(|w| matches!(w, Wanted::May | Wanted::NoPermission | Wanted::Suppressed))
}

async fn judged(
    account: &AccountScope,
    judge: &Judge,
    rows: Vec<ContactSummary>,
) -> Result<Vec<Person>, StoreError> {
    // The table may have its newest first; facts come in the order of ids.
    let mut ids: Vec<ContactId> = rows.iter().map(|row| row.id).collect();
    ids.sort_unstable();
    let facts = account.facts_page(&ids).await?;
    let facts: HashMap<ContactId, Facts> = ids.into_iter().zip(facts).collect();
    let person = |row: ContactSummary| {
        let facts = facts.get(&row.id);
        let facts = facts.expect("invariant: the facts of each were asked for");
        Person {
            standing: judge.standing(facts),
            row,
        }
    };
    Ok(rows.into_iter().map(person).collect())
}

/// The next people whom the query means, from the one after `after`.
pub(crate) async fn sought(
    app: &App,
    account: &AccountScope,
    query: &Query,
    (after, limit): (Option<ContactId>, usize),
) -> Result<Sought, StoreError> {
    let (filter, judge) = (query.filter(), Judge::of(app, account).await?);
    let Some(wanted) = only_judged(query) else {
        let page = account.people(&filter, after, limit).await?;
        return Ok(Sought {
            people: judged(account, &judge, page.people).await?,
            looked_to: page.looked_to,
        });
    };
    let seeking = Seeking {
        account,
        judge: &judge,
        filter: &filter,
        wanted,
    };
    seeking.go(after, limit).await
}

struct Seeking<'a> {
    account: &'a AccountScope,
    judge: &'a Judge,
    filter: &'a PeopleFilter,
    wanted: Wanted,
}

impl Seeking<'_> {
    async fn go(&self, mut after: Option<ContactId>, limit: usize) -> Result<Sought, StoreError> {
        let mut found = Sought::default();
        for _ in 0..STEPS_MAX {
            let page = self.account.people(self.filter, after, SLICE).await?;
            let full = page.people.len() == SLICE;
            let last = page.people.last().map(|row| row.id);
            let people = judged(self.account, self.judge, page.people).await?;
            let meant = people
                .into_iter()
                .filter(|p| p.standing.kind == self.wanted);
            found.people.extend(meant);
            found.looked_to = if full { last } else { page.looked_to };
            after = found.looked_to;
            if found.people.len() >= limit || after.is_none() {
                break;
            }
        }
        if found.people.len() > limit {
            found.people.truncate(limit);
            found.looked_to = found.people.last().map(|p| p.row.id);
        }
        Ok(found)
    }
}

/// These people.
pub(crate) async fn named(
    app: &App,
    account: &AccountScope,
    ids: &[ContactId],
) -> Result<Vec<Person>, StoreError> {
    let judge = Judge::of(app, account).await?;
    judged(account, &judge, account.people_of(ids).await?).await
}

/// All people whom a query means, page by page, for a file.
pub(crate) fn sought_pages<'a>(
    app: &'a App,
    account: &'a AccountScope,
    query: &'a Query,
) -> impl Stream<Item = Result<Vec<Person>, StoreError>> + Send + 'a {
    let start = Some(None);
    stream::unfold(start, move |from| async move {
        let after: Option<ContactId> = from?;
        let found = sought(app, account, query, (after, PAGE_OF_FILE)).await;
        Some(match found {
            Err(fault) => (Err(fault), None),
            Ok(found) => {
                let full = found.people.len() == PAGE_OF_FILE;
                let last = found.people.last().map(|p| p.row.id).filter(|_| full);
                let next = found.looked_to.or(last);
                (Ok(found.people), next.map(Some))
            }
        })
    })
}
