//! The list of contacts: search, keyset pages.

use std::sync::Arc;

use avow_model::{ContactId, Timestamp};
use avow_store::{ContactFilter, ContactFlags, ContactSummary};
use axum::extract::{Query, State};
use axum::response::Html;
use serde::Deserialize;

use super::guard::Member;
use super::shell::Noun;
use super::view::{ContactLine, ContactsPage};
use super::words::When;
use crate::error::encode;
use crate::templates::thousands;
use crate::{App, PageFault};

/// Contacts on one page.
const PAGE: u32 = 50;
/// A longer search is no address.
const SEARCH_CHARS_MAX: usize = 254;

/// `?q=&after=`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Search {
    q: String,
    after: Option<String>,
}

/// The person's name from the fields that hold one.
pub(super) fn name(fields: &std::collections::BTreeMap<String, String>) -> String {
    let get = |key: &str| fields.get(key).map_or("", String::as_str);
    let whole = format!("{} {}", get("first_name"), get("last_name"));
    match whole.trim() {
        "" => get("name").to_owned(),
        whole => whole.to_owned(),
    }
}

pub(super) fn flags(flags: ContactFlags) -> String {
    match (flags.role, flags.disposable) {
        (true, true) => "role address, disposable",
        (true, false) => "role address",
        (false, true) => "disposable",
        (false, false) => "",
    }
    .to_owned()
}

fn line(contact: ContactSummary, now: Timestamp) -> ContactLine {
    ContactLine {
        id: contact.id.to_string(),
        address: contact.address.expose().to_owned(),
        name: name(&contact.fields),
        flags: flags(contact.flags),
        since: When::new(contact.created_at, now),
    }
}

fn shown(n: usize, more: bool) -> String {
    let noun = if n == 1 { "contact" } else { "contacts" };
    let more = if more {
        ", and more on the next page"
    } else {
        ""
    };
    format!("{} {noun} here{more}", thousands(n as i64))
}

/// The page.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
    Query(search): Query<Search>,
) -> Result<Html<String>, PageFault> {
    let q: String = search.q.trim().chars().take(SEARCH_CHARS_MAX).collect();
    let after = search
        .after
        .as_deref()
        .and_then(|id| id.parse::<ContactId>().ok());
    let filter = ContactFilter {
        search: (!q.is_empty()).then(|| q.clone()),
        list: None,
    };
    let rows = member
        .account
        .contacts_page(&filter, after, PAGE + 1)
        .await?;
    let more = rows.len() > PAGE as usize;
    let page = rows.into_iter().take(PAGE as usize);
    let contacts: Vec<_> = page.map(|c| line(c, app.now())).collect();
    let total = app.center.total(&member.account, None, app.now()).await?;
    let next = contacts.last().filter(|_| more);
    let next = next.map(|last| format!("?q={}&after={}", encode(&q), last.id));
    app.templates.show(&ContactsPage {
        shell: member.shell(Noun::Contacts),
        is_empty: contacts.is_empty() && q.is_empty() && after.is_none(),
        imports: true,
        total_text: format!("{} in this account", thousands(total)),
        shown: shown(contacts.len(), more),
        q,
        contacts,
        next,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_put_together_from_what_is_there() {
        let fields = |pairs: &[(&str, &str)]| {
            let own = |(k, v): &(&str, &str)| ((*k).to_owned(), (*v).to_owned());
            name(&pairs.iter().map(own).collect())
        };
        assert_eq!(
            fields(&[("first_name", "Ada"), ("last_name", "Lovelace")]),
            "Ada Lovelace"
        );
        assert_eq!(fields(&[("last_name", "Lovelace")]), "Lovelace");
        assert_eq!(fields(&[("name", "Ada L")]), "Ada L");
        assert_eq!(fields(&[]), "");
    }
}
