//! The list of contacts: search, keyset pages.

use std::sync::Arc;

use avow_model::{ContactId, Timestamp};
use avow_store::{
    AccountScope, ContactFilter, ContactFlags, ContactSummary, ContactsFound, SEARCHED_MAX,
    StoreError,
};
use axum::extract::{Query, State};
use axum::response::Html;
use serde::Deserialize;

use super::guard::Member;
use super::shell::Noun;
use super::staff::{self, Veil};
use super::view::{ContactLine, ContactsPage};
use super::words::When;
use crate::error::encode;
use crate::language::thousands;
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

fn line(contact: ContactSummary, veil: Veil, now: Timestamp) -> ContactLine {
    ContactLine {
        id: contact.id.to_string(),
        address: veil.address(&contact.address),
        name: match veil {
            Veil::Off => name(&contact.fields),
            Veil::On => String::new(),
        },
        flags: flags(contact.flags),
        since: When::new(contact.created_at, now),
    }
}

/// What lies behind the contacts of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behind {
    Nothing,
    /// More that match.
    More,
    /// Contacts that the search has not looked at.
    Unseen,
}

impl Behind {
    const fn label(self) -> &'static str {
        match self {
            Self::Nothing | Self::More => "Next page",
            Self::Unseen => "Look on",
        }
    }
}

fn shown(n: usize, behind: Behind) -> String {
    let noun = if n == 1 { "contact" } else { "contacts" };
    let (n, looked) = (thousands(n as i64), thousands(SEARCHED_MAX.into()));
    match behind {
        Behind::Nothing => format!("{n} {noun} here"),
        Behind::More => format!("{n} {noun} here, and more on the next page"),
        Behind::Unseen => format!("{n} {noun} among the {looked} that were looked at"),
    }
}

async fn find(
    account: &AccountScope,
    q: &str,
    after: Option<ContactId>,
) -> Result<ContactsFound, StoreError> {
    if !q.is_empty() {
        return account.contacts_search(q, after, PAGE + 1).await;
    }
    let all = ContactFilter::default();
    let contacts = account.contacts_page(&all, after, PAGE + 1).await?;
    Ok(ContactsFound {
        contacts,
        looked_to: None,
    })
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
    let found = find(&member.account, &q, after).await?;
    let more = found.contacts.len() > PAGE as usize;
    let behind = match (more, found.looked_to) {
        (true, _) => Behind::More,
        (false, Some(_)) => Behind::Unseen,
        (false, None) => Behind::Nothing,
    };
    let page = found.contacts.into_iter().take(PAGE as usize);
    let veil = staff::veil(&app, &member).await?;
    let contacts: Vec<_> = page.map(|c| line(c, veil, app.now())).collect();
    let total = app.center.total(&member.account, None, app.now()).await?;
    let last = contacts.last().filter(|_| more).map(|c| c.id.clone());
    let next = last.or(found.looked_to.map(|id| id.to_string()));
    let next = next.map(|id| format!("?q={}&after={id}", encode(&q)));
    app.templates.show(&ContactsPage {
        shell: member.shell(Noun::Contacts),
        is_empty: contacts.is_empty() && q.is_empty() && after.is_none(),
        imports: true,
        total_text: format!("{} in this account", thousands(total)),
        shown: shown(contacts.len(), behind),
        next_label: behind.label(),
        q,
        contacts,
        next,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_that_has_not_looked_at_everybody_says_so() {
        assert_eq!(shown(1, Behind::Nothing), "1 contact here");
        assert_eq!(
            shown(0, Behind::Unseen),
            "0 contacts among the 100,000 that were looked at"
        );
    }

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
