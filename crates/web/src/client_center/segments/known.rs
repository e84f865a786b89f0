//! What a segment may name: fields and purposes of the policy in force, lists and campaigns of the account.

use std::sync::Arc;

use avow_model::{Category, Slug};
use avow_policy::segment::Act;
use avow_policy::{Kind, PolicySet, PurposeRule, Version};

use super::draft::What;
use super::view::{Choice, Choices};
use crate::client_center::gate;
use crate::client_center::guard::Member;
use crate::{App, PageFault};

/// Campaigns that a condition about deeds offers, the newest.
const CAMPAIGNS_MAX: u32 = 100;
/// Fields in which people's names stand, with their labels.
const NAMES: [(&str, &str); 3] = [
    ("first_name", "First name"),
    ("last_name", "Last name"),
    ("full_name", "Full name"),
];

/// All that there is to choose from.
pub(super) struct Known {
    pub set: Option<Arc<PolicySet>>,
    pub fields: Vec<Choice>,
    /// Fields with values to choose from.
    pub topics: Vec<(String, Vec<Slug>)>,
    pub lists: Vec<Choice>,
    pub purposes: Vec<Choice>,
    /// Purposes under which mail is sent: those for which a segment may be asked, the usual one first.
    pub mail: Vec<Choice>,
    pub campaigns: Vec<Choice>,
    pub measures: bool,
}

pub(super) fn choice(value: impl ToString, label: impl Into<String>) -> Choice {
    Choice {
        value: value.to_string(),
        label: label.into(),
    }
}

impl Known {
    pub(super) async fn of(app: &App, member: &Member) -> Result<Self, PageFault> {
        let set = gate::policies(app, &member.account).await?.ok();
        let lists = member.account.lists().await?.into_iter();
        let gone = member.account.campaigns_gone(CAMPAIGNS_MAX).await?;
        let mut known = Self {
            set,
            fields: Vec::new(),
            topics: Vec::new(),
            lists: lists.map(|l| choice(&l.slug, l.name)).collect(),
            purposes: Vec::new(),
            mail: Vec::new(),
            campaigns: gone
                .into_iter()
                .map(|(id, name)| choice(id, name))
                .collect(),
            measures: false,
        };
        if let Some(set) = known.set.clone()
            && let Some(version) = set.in_force(app.now())
        {
            known.learn(version);
        }
        Ok(known)
    }

    /// The version in force.
    pub(super) fn version(&self, app: &App) -> Option<&Version> {
        self.set.as_ref()?.in_force(app.now())
    }

    fn learn(&mut self, version: &Version) {
        let is_deed = |id: &Category| Act::ALL.iter().any(|act| act.category() == id);
        for rule in version.categories() {
            if is_deed(&rule.id) {
                self.measures = true;
                continue;
            }
            if rule.id.as_str() == "name" {
                self.fields
                    .extend(NAMES.map(|(field, label)| choice(field, label)));
            }
            self.fields.push(choice(&rule.id, rule.title.clone()));
            if !rule.topics.is_empty() {
                self.topics.push((rule.id.to_string(), rule.topics.clone()));
            }
        }
        let title = |rule: &PurposeRule| choice(&rule.id, rule.title.clone());
        self.purposes = version.purposes().iter().map(title).collect();
        let mails = |rule: &&PurposeRule| rule.verbs.iter().any(|v| v.as_str() == "send");
        let mut mail: Vec<&PurposeRule> = version.purposes().iter().filter(mails).collect();
        mail.sort_by_key(|rule| rule.kind != Kind::Marketing);
        self.mail = mail.into_iter().map(title).collect();
    }

    /// What a condition can be about.
    pub(super) fn adds(&self) -> Vec<Choices> {
        let field = |c: &Choice| choice(What::Field(c.value.clone()).word(), c.label.clone());
        let mut adds = vec![Choices {
            label: "What you hold",
            choices: self.fields.iter().map(field).collect(),
        }];
        if !self.lists.is_empty() {
            adds.push(Choices {
                label: "Lists",
                choices: vec![choice(What::List.word(), "On a list")],
            });
        }
        adds.push(Choices {
            label: "Choices and permission",
            choices: vec![choice(What::Permit.word(), "May be reached for a purpose")],
        });
        if self.measures {
            adds.push(Choices {
                label: "Behaviour",
                choices: vec![choice(What::Deed.word(), "Opened or clicked")],
            });
        }
        adds.retain(|group| !group.choices.is_empty());
        adds
    }

    /// What a condition is about, in words.
    pub(super) fn label(&self, what: &What) -> String {
        match what {
            What::Field(field) => {
                let known = self.fields.iter().find(|c| c.value == *field);
                known.map_or_else(|| field.clone(), |c| c.label.clone())
            }
            What::List | What::Permit | What::Deed => "The person".to_owned(),
        }
    }

    /// The purpose of this word, or the usual one.
    pub(super) fn purpose(&self, word: &str) -> Option<&Choice> {
        let named = self.mail.iter().find(|c| c.value == word);
        named.or_else(|| self.mail.first())
    }
}
