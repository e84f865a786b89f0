//! What must be known of people before a purpose is asked about, beside what is read of everybody.

use avow_model::{Category, Purpose};
use jiff::SignedDuration;

use crate::set::PolicySet;
use crate::version::{Kind, PurposeRule};

/// Mails that count against a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted<'p> {
    /// The purpose and those it continues: mails of all of them count.
    pub purposes: &'p [Purpose],
    /// The longest time that any version counts.
    pub within: SignedDuration,
}

/// What some version asks about a purpose that costs a look of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted<'p> {
    /// For `Facts::sends`.
    pub sends: Option<Counted<'p>>,
    /// For `Facts::interests`: the categories whose values are topics.
    pub interests: Vec<&'p Category>,
    /// For `Facts::marks`: so many uses of one of these names spend the purpose.
    pub uses: Option<(u32, &'p [Purpose])>,
    /// For `Facts::requests`: it answers people's own requests under one of these names.
    pub requests: Option<&'p [Purpose]>,
}

impl PolicySet {
    /// What the facts must hold for this purpose beside what is read of everybody.
    pub fn wanted(&self, purpose: &Purpose) -> Wanted<'_> {
        let Some(table) = self.table(purpose) else {
            return Wanted::default();
        };
        let rules: Vec<&PurposeRule> = self.rules(purpose).collect();
        let mut interests: Vec<&Category> = Vec::new();
        for category in rules.iter().filter_map(|r| r.interest.as_ref()) {
            if !interests.contains(&category) {
                interests.push(category);
            }
        }
        let uses = rules.iter().filter_map(|r| r.uses_max).min();
        let is_demo = rules.iter().any(|r| r.kind == Kind::Demo);
        Wanted {
            sends: self.counted(purpose),
            interests,
            uses: uses.map(|max| (max, &table.line[..])),
            requests: is_demo.then_some(&table.line[..]),
        }
    }

    /// What each version says of the purpose, under whichever of its names.
    fn rules(&self, purpose: &Purpose) -> impl Iterator<Item = &PurposeRule> {
        let table = self.table(purpose);
        let rule = move |at| self.version_at(at).purposes().get(table?.rule_place(at)?);
        (0..self.versions().count()).filter_map(rule)
    }
    /// What `Facts::sends` must hold for this purpose; `None` where no version limits how often.
    pub fn counted(&self, purpose: &Purpose) -> Option<Counted<'_>> {
        let table = self.table(purpose)?;
        let frequencies = self.rules(purpose).filter_map(|rule| rule.frequency);
        let within = frequencies.map(|f| f.per).max()?;
        Some(Counted {
            purposes: &table.line,
            within,
        })
    }
}
