//! What changes from one version to another, and how much: computed, never asked.
//!
//! Promises: PATCH where the same is permitted and nothing is weaker, MINOR where less is permitted or
//! more promised, MAJOR where anything is permitted that was not, or any promise is weaker; each change
//! is one sentence for people. What a purpose permits is a product of verbs, categories, recipients and
//! channels, so comparing those lists compares the permissions themselves (a property test holds it to
//! that). Never: the author's word; an author can only call a change more than it is.

mod atoms;
mod data;
mod head;
mod outside;
mod purpose;
mod shift;
mod text;

use avow_model::Timestamp;
use jiff::SignedDuration;

pub use atoms::{Atom, atoms};
use shift::Shift;

use crate::version::{ChangeClass, NoticeMail, PurposeRule, Version};

/// From one version to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it counts as: computed, or what the author raised it to.
    pub class: ChangeClass,
    /// What it is by its items alone.
    pub computed: ChangeClass,
    /// In the order of the file: the head, purposes, data, the outside, the texts.
    pub items: Vec<ChangeItem>,
}

/// One thing that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeItem {
    pub class: ChangeClass,
    pub about: About,
    /// Where it stands in the newer file, or stood in the older one: `purpose/newsletter/choice`.
    pub path: String,
    /// For people: the diff page and the notice mail.
    pub sentence: String,
}

/// What part of a policy an item is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// What may be done with data, and on whose word.
    Permission,
    /// Which data, and how long.
    Data,
    /// Who gets data.
    Recipients,
    /// Cookies and hosts.
    Site,
    /// Rights, promises, notices, packs, ages.
    Promise,
    /// Who the controller is and what the policy speaks for.
    People,
    /// The texts that people read.
    Words,
}

impl Change {
    /// True when the version being left promised a mail about such a change.
    pub fn mails(&self, left: &Version) -> bool {
        match left.notice().email {
            NoticeMail::Never => false,
            NoticeMail::Material => self.class == ChangeClass::Major,
            NoticeMail::AnyChange => true,
        }
    }

    /// The items of this class.
    pub fn of_class(&self, class: ChangeClass) -> impl Iterator<Item = &ChangeItem> {
        self.items.iter().filter(move |i| i.class == class)
    }
}

/// What changes from `old` to `new`, where `new` follows `old` at once. For versions further apart ask
/// [`crate::PolicySet::change`], which knows what purposes were called in between.
pub fn diff(old: &Version, new: &Version) -> Change {
    diff_by(old, new, |rule| {
        let before = rule.continues.as_ref();
        old.purpose(&rule.id).or_else(|| old.purpose(before?))
    })
}

/// The same, where `before` finds what a purpose of the new version was in the old one.
pub(crate) fn diff_by<'o>(
    old: &'o Version,
    new: &Version,
    before: impl Fn(&PurposeRule) -> Option<&'o PurposeRule>,
) -> Change {
    let mut items = Items::default();
    head::compare(old, new, &mut items);
    purpose::compare(old, new, before, &mut items);
    data::compare(old, new, &mut items);
    outside::compare(old, new, &mut items);
    text::compare(old, new, &mut items);
    let computed = items.class();
    Change {
        class: computed.max(new.raised_class().unwrap_or(ChangeClass::Patch)),
        computed,
        items: items.0,
    }
}

/// True when `new`, which goes on with `old`, permits anything that `old` did not.
pub(crate) fn widens(old: &PurposeRule, new: &PurposeRule) -> bool {
    let mut items = Items::default();
    purpose::compare_rules(old, new, &purpose::Titles::default(), &mut items);
    items.class() == ChangeClass::Major
}

/// The earliest instant at which a version published now may take effect: the longest notice that any of
/// these versions promised. The version being left is one; for one person add those that bind their data.
pub fn earliest_effect(published_at: Timestamp, versions: &[&Version]) -> Timestamp {
    let longest = versions.iter().map(|v| v.notice_period()).max();
    let due = published_at.checked_add(longest.unwrap_or(SignedDuration::ZERO));
    due.unwrap_or(Timestamp::MAX)
}

/// Changes being collected.
#[derive(Debug, Default)]
struct Items(Vec<ChangeItem>);

impl Items {
    fn class(&self) -> ChangeClass {
        let classes = self.0.iter().map(|i| i.class);
        classes.max().unwrap_or(ChangeClass::Patch)
    }

    fn add(&mut self, class: ChangeClass, at: (About, String), sentence: String) {
        let (about, path) = at;
        self.0.push(ChangeItem {
            class,
            about,
            path,
            sentence,
        });
    }

    /// Adds the sentence when there is a change at all.
    fn shift(&mut self, shift: Shift, at: (About, String), sentence: impl FnOnce() -> String) {
        if let Some(class) = shift.class() {
            self.add(class, at, sentence());
        }
    }

    /// Compares two lists: what is new is `gain`, what is gone is `loss`, each said by its sentence.
    fn lists<T: PartialEq>(
        &mut self,
        (old, new): (&[T], &[T]),
        at: (About, String),
        gain: (ChangeClass, impl Fn(&T) -> String),
        loss: (ChangeClass, impl Fn(&T) -> String),
    ) {
        for item in new.iter().filter(|i| !old.contains(i)) {
            self.add(gain.0, at.clone(), gain.1(item));
        }
        for item in old.iter().filter(|i| !new.contains(i)) {
            self.add(loss.0, at.clone(), loss.1(item));
        }
    }
}
