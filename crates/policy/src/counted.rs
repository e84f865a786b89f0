//! What must be counted before a purpose is asked about: mails, where some version limits how often.

use avow_model::Purpose;
use jiff::SignedDuration;

use crate::set::PolicySet;

/// Mails that count against a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted<'p> {
    /// The purpose and those it continues: mails of all of them count.
    pub purposes: &'p [Purpose],
    /// The longest time that any version counts.
    pub within: SignedDuration,
}

impl PolicySet {
    /// What `Facts::sends` must hold for this purpose; `None` where no version limits how often.
    pub fn counted(&self, purpose: &Purpose) -> Option<Counted<'_>> {
        let table = self.table(purpose)?;
        let frequency = |(at, version): (usize, &'_ crate::version::Version)| {
            let rule = version.purposes().get(table.rule_place(at)?)?;
            rule.frequency.map(|f| f.per)
        };
        let within = self.versions().enumerate().filter_map(frequency).max()?;
        Some(Counted {
            purposes: &table.line,
            within,
        })
    }
}
