//! `avow explain`: why a person gets mail or does not, told from the facts, in sentences.

mod message;

use anyhow::{Context, Result, bail};
use avow_collect::access::disclosures;
use avow_deliver::{Ready, explain_code};
use avow_ledger::Disclosed;
use avow_model::{CampaignId, ContactId, EmailAddress, Facts, OutgoingId, Purpose};
use avow_policy::segment::Truth;
use avow_policy::{Decision, PolicySet, Promotion, PurposeRule, Request, decide, explain};
use avow_store::{AccountRow, AccountScope, Campaign};
use serde::Serialize;

use self::message::{Brief, Message};
use super::{Call, campaign, report};
use crate::exit::{Exit, answer};
use crate::fault::Usage;
use crate::lines::Lines;
use crate::policies;

/// One person, and one campaign or all purposes that send.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The account, by its short name
    #[arg(long)]
    account: String,
    /// The person's address
    #[arg(long, value_name = "ADDRESS")]
    contact: String,
    /// What became of this campaign's message to the person
    #[arg(long, value_name = "ID")]
    campaign: Option<CampaignId>,
    /// What became of this single message to the person
    #[arg(long, value_name = "ID", conflicts_with = "campaign")]
    message: Option<OutgoingId>,
}

#[derive(Debug, Serialize)]
struct Explanation {
    contact: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
    /// The newest messages to the person, where none was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<Brief>,
    now: Vec<Answer>,
    /// To whom data of the person went.
    disclosed: Vec<Gone>,
}

/// Data that went to somebody.
#[derive(Debug, Serialize)]
struct Gone {
    at: String,
    to: String,
    recipient: String,
    categories: Vec<String>,
    ground: String,
}

/// What the gate answers now for one purpose.
#[derive(Debug, Serialize)]
struct Answer {
    purpose: String,
    /// Of a campaign to a segment: whether the person is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    segment: Option<Membership>,
    effect: &'static str,
    reasons: Vec<Told>,
}

/// What the campaign's segment says of the person now.
#[derive(Debug, Serialize)]
struct Membership {
    segment: String,
    /// Its words, as the campaign has them.
    is: String,
    /// `yes`, `no` or `unknown`; only `yes` is chosen.
    meant: &'static str,
    /// The categories of data that were read to tell.
    read: Vec<String>,
    why_unknown: Vec<Told>,
}

#[derive(Debug, Serialize)]
struct Told {
    code: String,
    text: String,
    remedy: String,
}

/// Runs the command.
pub(crate) async fn run(call: &Call, args: &Args) -> Result<Exit> {
    let (account, scope) = call.world.account(&args.account).await?;
    let address: EmailAddress = args
        .contact
        .parse()
        .map_err(|fault| Usage(format!("--contact {}: {fault}", args.contact)))?;
    let Some(contact) = scope.contact_by_address(&address).await? else {
        bail!(
            "{} has no contact with the address {}; who was erased is not found by address any more",
            account.slug,
            args.contact
        );
    };
    let facts = scope.facts(contact.id).await?;
    let disclosed = disclosures(&scope, contact.id).await?;
    let disclosed = disclosed.into_iter().map(gone).collect();
    let (message, messages, now) = match (args.campaign, args.message) {
        (None, None) => {
            let now = purposes(call, (&account, &scope), &facts).await?;
            (None, message::newest(&scope, contact.id).await?, now)
        }
        (None, Some(id)) => {
            let now = purposes(call, (&account, &scope), &facts).await?;
            let single = message::single(&scope, id, contact.id).await?;
            (Some(single), Vec::new(), now)
        }
        (Some(id), _) => {
            let (_, campaign) = campaign::find(&call.world, id).await?;
            let message = message::of_campaign(&scope, &campaign, &contact).await?;
            let now = vec![sending(call, &campaign, contact.id).await?];
            (message, Vec::new(), now)
        }
    };
    let explanation = Explanation {
        contact: contact.id.to_string(),
        message,
        messages,
        now,
        disclosed,
    };
    answer(call.form, &explanation, text)?;
    Ok(Exit::Done)
}

fn gone(disclosed: Disclosed) -> Gone {
    Gone {
        at: disclosed.at.to_string(),
        to: disclosed.name,
        recipient: disclosed.recipient.to_string(),
        categories: disclosed
            .categories
            .iter()
            .map(ToString::to_string)
            .collect(),
        ground: disclosed.ground,
    }
}

/// A code that a row has, in words.
fn stored(code: String) -> Told {
    let (title, remedy) = explain_code(&code).unwrap_or(("", ""));
    let (text, remedy) = (title.to_owned(), remedy.to_owned());
    Told { code, text, remedy }
}

/// Asks the gate what sending would ask it now.
async fn sending(call: &Call, campaign: &Campaign, contact: ContactId) -> Result<Answer> {
    let world = &call.world;
    let now = world.clock.now();
    let ready = Ready::open(&world.store, &world.shelf, campaign, now).await?;
    let found = ready.candidates(&[contact]).await?.into_iter().next();
    let person = found.context("the contact went while it was read; try again")?;
    let decision = ready.decide(&person);
    let reasons = told(&decision, &person.facts, ready.policies());
    let segment = match (&campaign.segment, ready.segment()) {
        (Some(segment), Some(text)) => Some(Membership {
            segment: segment.slug.to_string(),
            is: text,
            meant: match person.is_meant() {
                Truth::True => "yes",
                Truth::False => "no",
                Truth::Unknown => "unknown",
            },
            read: ready
                .read_to_choose(&person)
                .map(ToString::to_string)
                .collect(),
            why_unknown: report::codes(person.why_untold())
                .into_iter()
                .map(stored)
                .collect(),
        }),
        _ => None,
    };
    Ok(Answer {
        segment,
        ..answer_of(&campaign.purpose, &decision, reasons)
    })
}

/// Asks the gate now about each purpose that sends.
async fn purposes(
    call: &Call,
    (account, scope): (&AccountRow, &AccountScope),
    facts: &Facts,
) -> Result<Vec<Answer>> {
    let now = call.world.clock.now();
    let published = scope.published().await?;
    let set = match call.world.shelf.open(account.id, &published) {
        Ok(set) => set,
        Err(faults) => bail!(
            "the published policy does not compile:\n{}",
            policies::told(&faults)
        ),
    };
    let Some(version) = set.in_force(now) else {
        bail!("no policy version is in force; publish one and wait for its effective date");
    };
    let sends = |rule: &&PurposeRule| rule.verbs.iter().any(|verb| verb.as_str() == "send");
    let ask = |rule: &PurposeRule| {
        let request = request(account, rule)?.in_general(rule, facts);
        let decision = decide(&request, facts, now, &set);
        let reasons = told(&decision, facts, &set);
        Ok(answer_of(&rule.id, &decision, reasons))
    };
    version.purposes().iter().filter(sends).map(ask).collect()
}

fn request(account: &AccountRow, rule: &PurposeRule) -> Result<Request> {
    Ok(Request {
        promotion: if rule.kind.is_marketing_at_large() {
            Promotion::Carried
        } else {
            Promotion::None
        },
        ..Request::new(
            account.slug.clone(),
            account.settings.brand.clone(),
            rule.id.clone(),
            "send".parse()?,
        )
    })
}

fn answer_of(purpose: &Purpose, decision: &Decision, reasons: Vec<Told>) -> Answer {
    Answer {
        purpose: purpose.to_string(),
        segment: None,
        effect: decision.effect(),
        reasons,
    }
}

/// The sentences, each once: two data of a kind give the same sentence twice.
fn told(decision: &Decision, facts: &Facts, set: &PolicySet) -> Vec<Told> {
    let mut told: Vec<Told> = Vec::new();
    for sentence in explain(decision, facts, set) {
        if told.iter().all(|known| known.text != sentence.text) {
            told.push(Told {
                code: sentence.code.to_string(),
                text: sentence.text,
                remedy: sentence.remedy,
            });
        }
    }
    told
}

fn text(explanation: &Explanation) -> String {
    let mut text = Lines::default();
    if let Some(message) = &explanation.message {
        message::told(message, &mut text);
        text.line("\nIf it were asked now:");
    }
    for answer in &explanation.now {
        if let Some(segment) = &answer.segment {
            segment_text(segment, &mut text);
        }
        let verdict = match answer.effect {
            "ALLOW" => "may be sent",
            "HOLD" => "is held back",
            _ => "is not sent",
        };
        text.line(format_args!("{} {verdict}:", answer.purpose));
        for told in &answer.reasons {
            text.line(format_args!("  {} {}", told.text, told.remedy));
        }
    }
    message::list(&explanation.messages, &mut text);
    for gone in &explanation.disclosed {
        let what = gone.categories.join(", ");
        text.line(format_args!(
            "On {} to {}: {what} ({}).",
            gone.at, gone.to, gone.ground
        ));
    }
    text.text()
}

fn segment_text(m: &Membership, text: &mut Lines) {
    let is = match m.meant {
        "yes" => "The person is in",
        "no" => "The person is not in",
        _ => "It cannot be told whether the person is in",
    };
    text.line(format_args!("{is} the segment {}: {}", m.segment, m.is));
    match m.read.as_slice() {
        [] => text.line("  No data of the person were read to tell."),
        read => text.line(format_args!("  Read to tell: {}.", read.join(", "))),
    }
    for told in &m.why_unknown {
        text.line(format_args!(
            "  {} {} [{}]",
            told.text, told.remedy, told.code
        ));
    }
}
