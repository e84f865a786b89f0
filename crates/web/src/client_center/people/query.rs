//! What the address of the table says: whom it shows, in which order, from where on. Pure.

use avow_model::{ContactId, How, ListId, Timestamp};
use avow_store::{CameOrder, Mark, PeopleFilter};
use serde::{Deserialize, Serialize};

use crate::error::encode;

/// A longer search is no address.
const SEARCH_CHARS_MAX: usize = 254;

/// `?q=&list=&state=&how=&since=&until=&order=&after=`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    pub q: String,
    pub list: String,
    pub state: String,
    pub how: String,
    pub since: String,
    pub until: String,
    pub order: String,
    pub after: String,
}

/// Where a person stands with the account, as far as the table tells people apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Some mail may go there.
    May,
    /// No mail may go there, and nothing says why not but that nobody asked.
    NoPermission,
    SaidNo,
    Suppressed,
    Bounced,
}

/// Each with its word and its words.
pub(crate) const STATES: [(&str, &str, Wanted); 5] = [
    ("may", "May be written to", Wanted::May),
    ("none", "No permission", Wanted::NoPermission),
    ("no", "Said no", Wanted::SaidNo),
    ("suppressed", "Suppressed", Wanted::Suppressed),
    ("bounced", "Address is dead", Wanted::Bounced),
];

/// How data came, with its word and its words.
pub(crate) const ORIGINS: [(&str, &str, How); 4] = [
    ("form", "From a form", How::Direct),
    (
        "attested",
        "From a file or staff, with evidence",
        How::ImportAttested,
    ),
    (
        "unattested",
        "From a file or staff, without",
        How::ImportUnattested,
    ),
    ("friend", "Told by a friend", How::Referral),
];

fn day(text: &str) -> Option<Timestamp> {
    format!("{}T00:00:00Z", text.trim()).parse().ok()
}

impl Query {
    /// The standing that is asked for.
    pub(crate) fn wanted(&self) -> Option<Wanted> {
        let found = STATES.iter().find(|(word, ..)| *word == self.state);
        found.map(|(.., wanted)| *wanted)
    }

    /// What the store is asked; words that mean nothing are left out.
    pub(crate) fn filter(&self) -> PeopleFilter {
        let how = ORIGINS.iter().find(|(word, ..)| *word == self.how);
        let search = self.q.trim().chars().take(SEARCH_CHARS_MAX).collect();
        let mark = match self.wanted() {
            Some(Wanted::SaidNo) => Some(Mark::SaidNo),
            Some(Wanted::Bounced) => Some(Mark::Bounced),
            _ => None,
        };
        // A day that is named is meant with its last hour.
        let until = day(&self.until)
            .and_then(|at| at.checked_add(jiff::SignedDuration::from_hours(24)).ok());
        PeopleFilter {
            search,
            list: self.list.parse::<ListId>().ok(),
            mark,
            how: how.map(|(.., how)| *how),
            since: day(&self.since),
            until,
            order: match self.order.as_str() {
                "oldest" => CameOrder::OldestFirst,
                _ => CameOrder::NewestFirst,
            },
        }
    }

    /// The contact after which the page begins.
    pub(crate) fn after(&self) -> Option<ContactId> {
        self.after.parse().ok()
    }

    /// True when everybody is meant.
    pub(crate) fn is_everybody(&self) -> bool {
        let bare = Self {
            order: String::new(),
            ..self.clone()
        };
        bare == Self::default()
    }

    /// Without what a page alone needs: whom it means.
    pub(crate) fn whom(&self) -> Self {
        Self {
            after: String::new(),
            order: String::new(),
            ..self.clone()
        }
    }

    /// The query of an address, with its `?`, or nothing.
    pub(crate) fn text(&self) -> String {
        let pairs = [
            ("q", &self.q),
            ("list", &self.list),
            ("state", &self.state),
            ("how", &self.how),
            ("since", &self.since),
            ("until", &self.until),
            ("order", &self.order),
            ("after", &self.after),
        ];
        let set = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let parts: Vec<_> = set.map(|(k, v)| format!("{k}={}", encode(v))).collect();
        if parts.is_empty() {
            return String::new();
        }
        format!("?{}", parts.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_whom_it_means_and_nonsense_means_nothing() {
        let query = Query {
            q: " Ada ".to_owned(),
            state: "no".to_owned(),
            how: "form".to_owned(),
            since: "2026-05-01".to_owned(),
            until: "2026-05-01".to_owned(),
            order: "oldest".to_owned(),
            ..Query::default()
        };
        let filter = query.filter();
        assert_eq!(filter.search, "Ada");
        assert_eq!(filter.mark, Some(Mark::SaidNo));
        assert_eq!(filter.how, Some(How::Direct));
        let (since, until) = (filter.since.unwrap(), filter.until.unwrap());
        assert_eq!(until.as_second() - since.as_second(), 86_400);
        assert_eq!(filter.order, CameOrder::OldestFirst);
        assert_eq!(
            query.text(),
            "?q=%20Ada%20&state=no&how=form&since=2026-05-01&until=2026-05-01&order=oldest"
        );
        let nonsense = Query {
            list: "x".to_owned(),
            state: "x".to_owned(),
            how: "x".to_owned(),
            since: "x".to_owned(),
            until: "9999-99-99".to_owned(),
            order: "x".to_owned(),
            after: "x".to_owned(),
            ..Query::default()
        };
        assert_eq!(nonsense.filter(), PeopleFilter::default());
        assert_eq!((nonsense.after(), nonsense.wanted()), (None, None));
        assert!(Query::default().is_everybody() && !query.is_everybody());
    }
}
