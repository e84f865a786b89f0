//! A campaign made ready to show and to judge: its policy, its class, its compiled content.

use std::sync::Arc;

use avow_compose::{Compiled, ContentFault, Footer};
use avow_model::{CampaignContent, Category, Facts, MessageClass, Purpose, Timestamp};
use avow_policy::{Decision, Kind, PolicySet, PurposeRule, Request, Version, decide};
use avow_store::AccountRow;

use super::load::Loaded;
use crate::client_center::gate;
use crate::{App, PageFault};

/// Why a campaign cannot be sent as it stands.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotReady {
    #[error(
        "The published policy cannot be enforced as it stands. The policy page says what to mend."
    )]
    Policy,
    #[error("No policy version is in force. Publish one and wait for the day it takes effect.")]
    NoVersion,
    #[error(
        "The policy in force does not declare mail for the purpose “{0}”. Choose one that it declares."
    )]
    NoPurpose(Purpose),
    #[error("{}", .0.iter().map(|f| sentence(&f.to_string())).collect::<Vec<_>>().join(" "))]
    Content(Vec<ContentFault>),
}

/// A first letter and a full stop, for the lower-case sentences of errors.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    let text = first.unwrap_or_default() + chars.as_str();
    if text.ends_with('.') {
        text
    } else {
        text + "."
    }
}

/// All that the check and the preview need.
pub(crate) struct Ready {
    pub account: AccountRow,
    pub policies: Arc<PolicySet>,
    pub version: u32,
    pub class: MessageClass,
    pub compiled: Compiled,
    question: Request,
    needs: Vec<Category>,
}

/// What mail for a purpose is by law and policy.
fn class_of(rule: &PurposeRule) -> MessageClass {
    match rule.kind {
        Kind::Service | Kind::Demo => MessageClass::Service,
        _ => MessageClass::Marketing,
    }
}

fn footer(version: &Version, purpose: &Purpose, class: MessageClass) -> Footer {
    let text = avow_policy::footer(version, purpose, class);
    Footer {
        sender_name: text.sender_name,
        postal_address: text.postal_address,
        why: text.why,
        stream: purpose.to_string(),
    }
}

/// A field is data of the category of its name; the parts of a name are data of `name`.
fn category_of(field: &str, version: &Version) -> Option<Category> {
    let own: Category = field.parse().ok()?;
    if version.categories().iter().any(|c| c.id == own) {
        return Some(own);
    }
    match field {
        "email" => None,
        "first_name" | "last_name" | "full_name" => "name".parse().ok(),
        _ => Some(own),
    }
}

fn needs(compiled: &Compiled, version: &Version) -> Vec<Category> {
    let fields = compiled.fields().iter();
    let mut needs: Vec<_> = fields.filter_map(|f| category_of(f, version)).collect();
    needs.sort_unstable();
    needs.dedup();
    needs
}

impl Ready {
    /// Compiles the campaign under the policy in force now, with `content` in the place of its own.
    pub(crate) async fn with(
        app: &App,
        loaded: &Loaded,
        content: &CampaignContent,
    ) -> Result<Result<Self, NotReady>, PageFault> {
        let account = loaded.member.account.row().await?;
        let list = loaded.list().await?.map(|l| l.slug);
        let Ok(policies) = gate::policies(app, &loaded.member.account).await? else {
            return Ok(Err(NotReady::Policy));
        };
        let purpose = &loaded.campaign.purpose;
        let Some(version) = policies.in_force(app.now()) else {
            return Ok(Err(NotReady::NoVersion));
        };
        let Some(rule) = version.purpose(purpose).filter(|r| super::edit::is_mail(r)) else {
            return Ok(Err(NotReady::NoPurpose(purpose.clone())));
        };
        let class = class_of(rule);
        let compiled = match avow_compose::compile(content, &footer(version, purpose, class), class)
        {
            Ok(compiled) => compiled,
            Err(faults) => return Ok(Err(NotReady::Content(faults))),
        };
        let verb = "send".parse().expect("invariant: a plain word is a verb");
        let question = gate::to_list(gate::question(&account, rule, verb), list);
        let (version, needs) = (version.n(), needs(&compiled, version));
        Ok(Ok(Self {
            account,
            policies,
            version,
            class,
            compiled,
            question,
            needs,
        }))
    }

    /// The same with the campaign's own content.
    pub(crate) async fn of(
        app: &App,
        loaded: &Loaded,
    ) -> Result<Result<Self, NotReady>, PageFault> {
        Self::with(app, loaded, &loaded.campaign.content).await
    }

    /// What the gate says about one person. What is not held is not read.
    pub(crate) fn rule(&self, facts: &Facts, now: Timestamp) -> Decision {
        let held = |c: &&Category| facts.data.iter().any(|d| d.category == **c);
        let mut request = self.question.clone();
        request
            .reads
            .extend(self.needs.iter().filter(held).cloned());
        decide(&request, facts, now, &self.policies)
    }
}
