//! The check before sending: everything that would stop a campaign, all at once.

use anyhow::Result;
use avow_compose::Compiled;
use avow_model::{Category, EmailAddress, MessageClass};
use avow_policy::{Kind, PolicySet, PurposeRule, Version};
use avow_store::{AccountScope, Campaign};
use serde::Serialize;

use super::{Call, find};
use crate::exit::{Exit, answer};
use crate::keys;
use crate::lines::Lines;
use crate::policies;
use crate::world::World;

/// What a check found.
#[derive(Debug, Serialize)]
pub(crate) struct Verdict {
    /// Nothing stands in the way.
    pub(crate) ready: bool,
    /// What does, each with what to do.
    pub(crate) reasons: Vec<String>,
    /// What somebody should look at.
    pub(crate) warnings: Vec<String>,
}

/// Prints the verdict; 1 when the campaign cannot be sent.
pub(super) async fn run(call: &Call, id: avow_model::CampaignId) -> Result<Exit> {
    let (scope, campaign) = find(&call.world, id).await?;
    let verdict = verdict(&call.world, &scope, &campaign).await?;
    answer(call.form, &verdict, text)?;
    Ok(if verdict.ready {
        Exit::Done
    } else {
        Exit::Refused
    })
}

/// What a person reads of a verdict.
pub(crate) fn text(verdict: &Verdict) -> String {
    let mut text = Lines::default();
    text.line(if verdict.ready {
        "It can be sent."
    } else {
        "It cannot be sent yet:"
    });
    for reason in &verdict.reasons {
        text.line(format_args!("  - {reason}"));
    }
    for warning in &verdict.warnings {
        text.line(format_args!("  Note: {warning}"));
    }
    text.text()
}

/// Judges a campaign as it stands.
pub(crate) async fn verdict(
    world: &World,
    scope: &AccountScope,
    campaign: &Campaign,
) -> Result<Verdict> {
    let account = scope.row().await?;
    let domain = &account.settings.sending_domain;
    let mut verdict = Verdict {
        ready: false,
        reasons: Vec::new(),
        warnings: Vec::new(),
    };
    verdict
        .reasons
        .extend(sender(&campaign.content.from_address, domain));
    if keys::read(&world.config.data, domain)?.is_none() {
        let note =
            format!("{domain} has no signing keys in this data folder: its mail leaves unsigned");
        verdict.warnings.push(note);
    }
    let published = scope.published().await?;
    match world.shelf.open(account.id, &published) {
        Err(faults) => {
            let why = format!(
                "the published policy does not compile; publish a corrected version:\n{}",
                policies::told(&faults)
            );
            verdict.reasons.push(why);
        }
        Ok(set) => content(world, campaign, &set, &mut verdict),
    }
    audience(scope, campaign, &mut verdict).await?;
    verdict.ready = verdict.reasons.is_empty();
    Ok(verdict)
}

fn sender(from: &str, domain: &str) -> Option<String> {
    match from.parse::<EmailAddress>() {
        Err(fault) => Some(format!("the sender's address {from} is not one: {fault}")),
        Ok(address) if address.domain() != domain => Some(format!(
            "the sender {from} is not of the account's domain {domain}: receivers would not believe it; change from_address"
        )),
        Ok(_) => None,
    }
}

fn content(world: &World, campaign: &Campaign, set: &PolicySet, verdict: &mut Verdict) {
    let Some(version) = set.in_force(world.clock.now()) else {
        let why = "no policy version is in force; publish one and wait for its effective date";
        return verdict.reasons.push(why.to_owned());
    };
    let Some(rule) = version.purpose(&campaign.purpose) else {
        let known: Vec<&str> = version.purposes().iter().map(|p| p.id.as_str()).collect();
        let why = format!(
            "the policy in force does not declare the purpose `{}`; choose one of {}",
            campaign.purpose,
            known.join(", ")
        );
        return verdict.reasons.push(why);
    };
    if !rule.verbs.iter().any(|verb| verb.as_str() == "send") {
        let why = format!(
            "the purpose `{}` does not allow to send; choose one that does",
            rule.id
        );
        verdict.reasons.push(why);
    }
    match compiled(campaign, version, rule) {
        Err(faults) => verdict.reasons.extend(faults),
        Ok(compiled) => {
            verdict.reasons.extend(unread(&compiled, rule));
            verdict
                .warnings
                .extend(compiled.warnings().iter().map(ToString::to_string));
        }
    }
}

/// What mail of this purpose is, by the policy.
pub(super) fn class(rule: &PurposeRule) -> MessageClass {
    match rule.kind {
        Kind::Service | Kind::Demo => MessageClass::Service,
        _ => MessageClass::Marketing,
    }
}

/// Compiles the content with the footer that the policy asks for.
pub(super) fn compiled(
    campaign: &Campaign,
    version: &Version,
    rule: &PurposeRule,
) -> Result<Compiled, Vec<String>> {
    let class = class(rule);
    let words = avow_policy::footer(version, &rule.id, class);
    let footer = avow_compose::Footer {
        sender_name: words.sender_name,
        postal_address: words.postal_address,
        why: words.why,
        stream: rule.id.to_string(),
    };
    avow_compose::compile(&campaign.content, &footer, class)
        .map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

/// Fields that the content reads and the purpose may not: the gate would refuse everybody.
fn unread(compiled: &Compiled, rule: &PurposeRule) -> Vec<String> {
    let may_read = |name: &str| {
        let category: Option<Category> = name.parse().ok();
        category.is_some_and(|c| rule.reads.contains(&c))
    };
    let part_of_name = |field: &str| matches!(field, "first_name" | "last_name" | "full_name");
    let stops = |field: &&String| {
        !(may_read(field) || part_of_name(field) && may_read("name") || field.as_str() == "email")
    };
    let told = |field: &String| {
        format!(
            "the content reads `{field}`, which the purpose `{}` does not let it read; leave it out, or publish a policy version that declares it",
            rule.id
        )
    };
    compiled.fields().iter().filter(stops).map(told).collect()
}

async fn audience(scope: &AccountScope, campaign: &Campaign, verdict: &mut Verdict) -> Result<()> {
    let anybody = scope
        .audience_page(campaign.list, avow_model::ContactId::from_i64(0), 1)
        .await?;
    if anybody.is_empty() {
        let why = match campaign.list {
            Some(_) => {
                "nobody is confirmed on the campaign's list; import people onto it or choose another"
            }
            None => "the account has no contacts yet; import some with avow import",
        };
        verdict.reasons.push(why.to_owned());
    }
    Ok(())
}
