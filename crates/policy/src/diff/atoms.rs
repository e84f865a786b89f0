//! The permission set of a version: every single thing that it permits.

use std::collections::BTreeSet;

use avow_model::{Category, Purpose, RecipientClass, Verb};

use crate::version::{Channel, Version};

/// One use that a version permits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Atom {
    pub purpose: Purpose,
    pub verb: Verb,
    pub category: Category,
    pub recipient: RecipientClass,
    pub channel: Channel,
}

/// Every use that the version permits. Finite, so that versions are compared without a solver.
pub fn atoms(version: &Version) -> BTreeSet<Atom> {
    let mut out = BTreeSet::new();
    for rule in version.purposes() {
        for verb in &rule.verbs {
            for category in &rule.reads {
                for recipient in &rule.recipients {
                    out.extend(rule.channels.iter().map(|channel| Atom {
                        purpose: rule.id.clone(),
                        verb: verb.clone(),
                        category: category.clone(),
                        recipient: recipient.clone(),
                        channel: *channel,
                    }));
                }
            }
        }
    }
    out
}
