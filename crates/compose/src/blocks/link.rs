//! Where a link of a block may lead.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

/// What browsers and proxies take.
const LINK_BYTES_MAX: usize = 2_048;

/// A page of the message itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnPage {
    Unsubscribe,
    Preferences,
    View,
    Why,
}

impl OwnPage {
    const ALL: [Self; 4] = [Self::Unsubscribe, Self::Preferences, Self::View, Self::Why];

    const fn tag(self) -> &'static str {
        match self {
            Self::Unsubscribe => "{{ unsubscribe_url }}",
            Self::Preferences => "{{ preferences_url }}",
            Self::View => "{{ view_url }}",
            Self::Why => "{{ why_url }}",
        }
    }
}

/// A link that mail programs follow and that runs nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Link {
    /// `https:`, `http:`, `mailto:` or `tel:`, whole.
    Address(String),
    Page(OwnPage),
}

/// Why a link is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkFault {
    #[error("the link is empty: write where it leads, as https://shop.example/spring")]
    Empty,
    #[error("the link `{start}` cannot stand in a mail: begin it with https://, mailto: or tel:")]
    Scheme { start: String },
    #[error("the link `{start}` cannot be read: write it whole, as https://shop.example/spring")]
    Unreadable { start: String },
    #[error(
        "the link `{start}` has a merge field: links here are the same for everybody. MJML can have personal ones"
    )]
    Personal { start: String },
    #[error("a link has more than {limit_bytes} bytes: shorten it")]
    TooLong { limit_bytes: usize },
}

impl Link {
    /// As it stands in an attribute of a template, before escaping of HTML.
    pub(crate) fn href(&self) -> String {
        self.to_string()
    }

    /// True where it is the message's own page: a template tag, which is not escaped.
    pub(crate) const fn is_page(&self) -> bool {
        matches!(self, Self::Page(_))
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => f.write_str(address),
            Self::Page(page) => f.write_str(page.tag()),
        }
    }
}

fn start_of(text: &str) -> String {
    text.chars().take(60).collect()
}

fn own_page(text: &str) -> Option<OwnPage> {
    let flat: String = text.split_whitespace().collect();
    let same = |page: &OwnPage| page.tag().split_whitespace().collect::<String>() == flat;
    OwnPage::ALL.into_iter().find(same)
}

/// `shop.example/spring` is meant as an address of the web.
fn whole(text: &str) -> String {
    let host = text.split(['/', '?', '#']).next().unwrap_or_default();
    let fine = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
    let is_host = host.contains('.') && host.chars().all(fine);
    if is_host {
        format!("https://{text}")
    } else {
        text.to_owned()
    }
}

impl FromStr for Link {
    type Err = LinkFault;

    fn from_str(text: &str) -> Result<Self, LinkFault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(LinkFault::Empty);
        }
        if let Some(page) = own_page(text) {
            return Ok(Self::Page(page));
        }
        if text.len() > LINK_BYTES_MAX {
            return Err(LinkFault::TooLong {
                limit_bytes: LINK_BYTES_MAX,
            });
        }
        let start = start_of(text);
        if text.contains("{{") || text.contains("{%") || text.contains("{#") {
            return Err(LinkFault::Personal { start });
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(LinkFault::Unreadable { start });
        }
        let text = whole(text);
        let url = Url::parse(&text).map_err(|_| LinkFault::Unreadable {
            start: start.clone(),
        })?;
        match url.scheme() {
            "https" | "http" if url.host_str().is_some_and(|h| !h.is_empty()) => {}
            "mailto" | "tel" if !url.path().is_empty() => {}
            "https" | "http" | "mailto" | "tel" => return Err(LinkFault::Unreadable { start }),
            _ => return Err(LinkFault::Scheme { start }),
        }
        Ok(Self::Address(text))
    }
}

impl TryFrom<String> for Link {
    type Error = LinkFault;
    fn try_from(text: String) -> Result<Self, LinkFault> {
        text.parse()
    }
}

impl From<Link> for String {
    fn from(link: Link) -> Self {
        link.to_string()
    }
}
