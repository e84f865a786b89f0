//! For which purposes each role of the staff needs to see people.

use std::collections::BTreeMap;

use avow_model::Purpose;
use serde::{Deserialize, Serialize};

use super::words::words;
use super::{Kind, PurposeRule, Version};

words! {
    /// The roles that a member of the staff can have in an account.
    StaffRole {
        Owner = "owner",
        Editor = "editor",
        Analyst = "analyst",
        PrivacyOfficer = "privacy_officer",
        Support = "support",
    }
}

impl StaffRole {
    /// The role with this word.
    pub fn parse(word: &str) -> Option<Self> {
        let found = Self::WORDS.into_iter().find(|(known, _)| *known == word);
        found.map(|(_, role)| role)
    }

    /// Whether its work needs the purpose where the policy does not say: by what the work is.
    fn needs_by_itself(self, rule: &PurposeRule) -> bool {
        match self {
            Self::Owner | Self::PrivacyOfficer => true,
            Self::Editor => rule.verbs.iter().any(|v| v.as_str() == "send"),
            Self::Support => matches!(rule.kind, Kind::Service | Kind::Demo),
            Self::Analyst => matches!(rule.kind, Kind::Tracking | Kind::Profiling),
        }
    }
}

/// What the file says of roles; a role that is not in it needs what its work by itself needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Staff(BTreeMap<StaffRole, Vec<Purpose>>);

impl Staff {
    pub(crate) fn say(&mut self, role: StaffRole, needs: Vec<Purpose>) {
        self.0.insert(role, needs);
    }

    /// The roles that the file speaks of.
    pub fn roles(&self) -> impl Iterator<Item = StaffRole> {
        self.0.keys().copied()
    }
}

impl Version {
    /// What the file says of its staff.
    pub const fn staff(&self) -> &Staff {
        &self.staff
    }

    /// The purposes for which this role needs to see people, in the order of the file.
    pub fn needs_of(&self, role: StaffRole) -> Vec<Purpose> {
        let said = self.staff.0.get(&role);
        let needed = |rule: &&PurposeRule| match said {
            Some(needs) => needs.contains(&rule.id),
            None => role.needs_by_itself(rule),
        };
        let rules = self.purposes.iter().filter(needed);
        rules.map(|rule| rule.id.clone()).collect()
    }
}
