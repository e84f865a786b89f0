//! What declarations are called in languages other than the one to fall back to.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::{Locale, Version};

/// By place (`purpose/newsletter/title`), then by language. Empty where the file has one text for everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Translations(BTreeMap<String, BTreeMap<Locale, String>>);

impl Translations {
    pub(crate) fn add(&mut self, place: String, locale: Locale, text: &str) {
        let words = self.0.entry(place).or_default();
        words.insert(locale, text.to_owned());
    }

    /// The words for a place in a language.
    pub fn get(&self, place: &str, locale: &Locale) -> Option<&str> {
        self.0.get(place)?.get(locale).map(String::as_str)
    }

    /// Every place with its words in this language.
    pub(crate) fn of(&self, locale: &Locale) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(place, words)| {
            let text = words.get(locale)?;
            Some((place.as_str(), text.as_str()))
        })
    }
}

/// A version with its titles, questions and sentences in one language: for showing. It decides as the version does,
/// but it is not what was published, so it has no hash of its own to compare.
#[derive(Debug, Clone)]
pub struct Spoken<'v>(Cow<'v, Version>);

impl Deref for Spoken<'_> {
    type Target = Version;
    fn deref(&self) -> &Version {
        &self.0
    }
}

impl Version {
    /// What declarations are called in its further languages.
    pub const fn translations(&self) -> &Translations {
        &self.translations
    }

    /// The version as a reader of this language sees it; what has no words in it stays as in the first language.
    pub fn spoken(&self, locale: &Locale) -> Spoken<'_> {
        let mut words = self.translations.of(locale).peekable();
        if words.peek().is_none() {
            return Spoken(Cow::Borrowed(self));
        }
        let mut turned = self.clone();
        for (place, text) in words {
            turned.say(place, text);
        }
        Spoken(Cow::Owned(turned))
    }

    /// Every text of the declarations that people read, by its place.
    pub(crate) fn said(&self) -> Vec<(String, &str)> {
        let mut out = Vec::new();
        for rule in &self.purposes {
            let keys = [
                ("title", Some(&rule.title)),
                ("ask", rule.ask.as_ref()),
                ("why", rule.why.as_ref()),
            ];
            let said = keys
                .into_iter()
                .filter_map(|(key, text)| Some((key, text?)));
            out.extend(
                said.map(|(key, text)| (format!("purpose/{}/{key}", rule.id), text.as_str())),
            );
        }
        let title = |group: &str, id: &str| format!("{group}/{id}/title");
        out.extend(
            self.categories
                .iter()
                .map(|c| (title("category", c.id.as_str()), c.title.as_str())),
        );
        out.extend(
            self.recipients
                .iter()
                .map(|r| (title("recipient", r.id.as_str()), r.title.as_str())),
        );
        out.extend(
            self.cookie_list
                .iter()
                .map(|c| (title("cookie", c.name.as_str()), c.title.as_str())),
        );
        out.extend(
            self.hosts
                .iter()
                .map(|h| (title("host", h.id.as_str()), h.title.as_str())),
        );
        let rights = self.rights.iter();
        out.extend(
            rights.filter_map(|r| Some((title("right", r.right.as_str()), r.title.as_deref()?))),
        );
        let claims = self.safeguards.iter();
        out.extend(claims.map(|s| (format!("safeguard/{}/claim", s.id), s.claim.as_str())));
        out
    }

    /// Puts words in their place; a place that is not there keeps nothing.
    fn say(&mut self, place: &str, text: &str) {
        let Some((group, rest)) = place.split_once('/') else {
            return;
        };
        let (id, key) = rest.rsplit_once('/').unwrap_or((rest, ""));
        if let Some(spot) = self.spot(group, id, key) {
            text.clone_into(spot);
        }
    }

    fn spot(&mut self, group: &str, id: &str, key: &str) -> Option<&mut String> {
        match (group, key) {
            ("purpose", _) => {
                let rule = self.purposes.iter_mut().find(|p| p.id.as_str() == id)?;
                match key {
                    "title" => Some(&mut rule.title),
                    "ask" => rule.ask.as_mut(),
                    "why" => rule.why.as_mut(),
                    _ => None,
                }
            }
            ("category", "title") => {
                let mut all = self.categories.iter_mut();
                all.find(|c| c.id.as_str() == id).map(|c| &mut c.title)
            }
            ("recipient", "title") => {
                let mut all = self.recipients.iter_mut();
                all.find(|r| r.id.as_str() == id).map(|r| &mut r.title)
            }
            ("cookie", "title") => {
                let mut all = self.cookie_list.iter_mut();
                all.find(|c| c.name.as_str() == id).map(|c| &mut c.title)
            }
            ("host", "title") => {
                let mut all = self.hosts.iter_mut();
                all.find(|h| h.id.as_str() == id).map(|h| &mut h.title)
            }
            ("right", "title") => {
                let mut all = self.rights.iter_mut();
                all.find(|r| r.right.as_str() == id)?.title.as_mut()
            }
            ("safeguard", "claim") => {
                let mut all = self.safeguards.iter_mut();
                all.find(|s| s.id.as_str() == id).map(|s| &mut s.claim)
            }
            _ => None,
        }
    }
}
