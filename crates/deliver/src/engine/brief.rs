//! A campaign made ready to send: everything that is the same for each of its recipients.

use std::sync::Arc;

use avow_compose::{Compiled, ContentFault, Footer, WayOut};
use avow_model::{
    CampaignContent, CampaignState, Category, EmailAddress, MessageClass, PublishedPolicies,
    Purpose, Slug, Timestamp,
};
use avow_policy::{
    Content, Diagnostic, Kind, PolicySet, Promotion, Request, Shelf, Version, text_for,
};
use avow_store::{AccountRow, AccountScope, Campaign, Store, StoreError};

use super::crew::Crew;
use super::duty::{Means, names_brand};
use super::edition::Edition;
use super::fair::Rank;
use super::gate::{Gate, Need, first};
use super::known::request_id;
use super::options::Signing;
use super::telling::Hashes;
use crate::audience::Zoning;
use crate::choosing::{Chooser, read_segment, strange};
use crate::dkim::{DkimFault, KeyFault, KeyFolder, Signer};
use crate::post::signer_in;
use crate::standing;

/// Categories one campaign may read: bits of a mask, and more than any template needs.
const NEEDS_MAX: usize = 32;

/// What the mail of notices is called where streams of mail are told apart.
const NOTICE_STREAM: &str = "policy-notice";

/// What all messages of a campaign share. Depends only on the campaign's row, the published policies and
/// the keys: made anew after a restart, it gives the same bytes.
pub(crate) struct Brief {
    pub(crate) gate: Gate,
    pub(crate) compiled: Compiled,
    pub(crate) signer: Option<Signer>,
    /// The sending domain.
    pub(crate) domain: String,
    /// The headers hold an address of ours that needs SMTPUTF8.
    pub(crate) needs_utf8: bool,
    /// The date of every message.
    pub(crate) started_at: Timestamp,
    /// The policy version that it announces.
    pub(crate) notice: Option<u32>,
    pub(crate) rank: Rank,
    /// Where each person has their own hour.
    pub(crate) zoning: Option<Zoning>,
}

/// Why a campaign cannot be sent as it stands.
#[derive(Debug, thiserror::Error)]
pub enum BriefFault {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the account no longer exists")]
    NoAccount,
    #[error("the account's published policy does not compile ({0}); publish a corrected version")]
    Policy(String),
    #[error(
        "version {0} of the policy, which it announces, is not published at this machine's time; check the clock"
    )]
    NotPublished(u32),
    #[error("no policy version is in force; publish one and wait for its effective date")]
    NoVersion,
    #[error(
        "the policy in force declares no mail for the purpose `{0}`; choose one for which it does"
    )]
    NoPurpose(String),
    #[error(
        "content and segment read more than {NEEDS_MAX} kinds of personal data together; read fewer"
    )]
    TooManyCategories,
    #[error(
        "the campaign has offers of others, and the purpose `{0}` is no joint edition; take them out, or choose a purpose with `coop`"
    )]
    NoEdition(String),
    #[error("nobody can be chosen by the segment `{slug}`: {why}")]
    Segment { slug: Slug, why: String },
    #[error("{}", sentences(.0))]
    Content(Vec<ContentFault>),
    #[error(transparent)]
    Key(#[from] KeyFault),
    #[error("receivers would not believe mail from {domain}: {why}")]
    Standing { domain: String, why: String },
}

impl From<DkimFault> for BriefFault {
    fn from(fault: DkimFault) -> Self {
        Self::Key(fault.into())
    }
}

fn sentences(faults: &[ContentFault]) -> String {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    lines.join("; ")
}

impl Brief {
    pub(crate) async fn open(crew: &Crew, campaign: &Campaign) -> Result<Self, BriefFault> {
        let started_at = campaign.started_at.unwrap_or(campaign.created_at);
        let draft = draft(&crew.store, &crew.shelf, campaign, started_at).await?;
        // A cancelled campaign has rows to settle, and sends nothing.
        if campaign.state != CampaignState::Cancelled {
            must_be_published(&draft.policies, campaign.notice, crew.clock.now())?;
        }
        let domain = draft.account.settings.sending_domain;
        Ok(Self {
            gate: draft.gate,
            compiled: draft.compiled,
            signer: read_signer(crew, &domain, started_at)?,
            needs_utf8: needs_utf8(&campaign.content),
            domain,
            started_at,
            notice: campaign.notice,
            rank: match draft.class {
                MessageClass::Service | MessageClass::Confirmation => Rank::First,
                MessageClass::Marketing | MessageClass::Notice => Rank::Bulk,
            },
            zoning: draft.zoning,
        })
    }

    /// Whether receivers would believe the campaign's mail. Silent name servers take minutes to be silent: never
    /// wait for this where orders are given.
    pub(crate) async fn stands(&self, crew: &Crew) -> Result<(), BriefFault> {
        let Some(inspection) = &crew.inspection else {
            return Ok(());
        };
        let keys = KeyFolder(&crew.folders.keys).published(&self.domain)?;
        let now = crew.clock.now();
        let findings = inspection.findings(&self.domain, keys, now).await;
        match standing::obstacle(&findings) {
            Some(why) => Err(BriefFault::Standing {
                domain: self.domain.clone(),
                why,
            }),
            None => Ok(()),
        }
    }
}

/// A version that is not there yet is no reason to refuse its notice to everybody for good.
fn must_be_published(
    policies: &PolicySet,
    notice: Option<u32>,
    now: Timestamp,
) -> Result<(), BriefFault> {
    let there = |n: u32| policies.version(n).is_some_and(|v| v.published_at() <= now);
    match notice {
        Some(n) if !there(n) => Err(BriefFault::NotPublished(n)),
        _ => Ok(()),
    }
}

/// The reader's own address is looked at message by message.
fn needs_utf8(content: &CampaignContent) -> bool {
    let replies = content.reply_to.as_deref();
    let mut ours = [Some(content.from_address.as_str()), replies]
        .into_iter()
        .flatten();
    ours.any(|text| text.parse().is_ok_and(|a: EmailAddress| a.needs_utf8()))
}

/// A campaign compiled under the policy of an instant, with the question that it asks of the gate.
pub(crate) struct Draft {
    pub(crate) account: AccountRow,
    pub(crate) policies: Arc<PolicySet>,
    pub(crate) class: MessageClass,
    pub(crate) compiled: Compiled,
    pub(crate) gate: Gate,
    pub(crate) edition: Edition,
    pub(crate) zoning: Option<Zoning>,
}

impl Draft {
    /// The hosts that the content loads from and that the version in force does not name.
    pub(crate) fn strange_hosts(&self, now: Timestamp) -> Vec<&str> {
        let version = self.policies.in_force(now);
        let strange = |host: &&String| !version.is_some_and(|v| v.declares_host(host));
        let hosts = self.compiled.hosts().iter();
        hosts.filter(strange).map(String::as_str).collect()
    }
}

pub(crate) async fn draft(
    store: &Store,
    shelf: &Arc<Shelf>,
    campaign: &Campaign,
    at: Timestamp,
) -> Result<Draft, BriefFault> {
    let scope = store.account(campaign.account);
    let account = store.account_row(campaign.account).await?;
    let account = account.ok_or(BriefFault::NoAccount)?;
    let published = published(&scope, campaign.notice).await?;
    let policies = shelf
        .open(campaign.account, &published)
        .map_err(|faults| BriefFault::Policy(first(&faults)))?;
    let list = list_of(&scope, campaign).await?;
    let edition = Edition::of(campaign, policies.in_force(at))?;
    let (compiled, class, mut needs) = compile(campaign, &edition, (&policies, at))?;
    let zoning = Zoning::of(campaign, policies.in_force(at), &mut needs);
    let chooser = chooser(&scope, campaign, policies.in_force(at)).await?;
    let (needs, spares) = split(needs, &compiled, chooser.as_ref())?;
    let zoning = zoning.map(|zoning| zoning.placed(&spares));
    let rule = policies
        .in_force(at)
        .and_then(|v| v.purpose(&campaign.purpose));
    let send_as = rule.and_then(|rule| rule.send_as.clone());
    let sender = &campaign.content.from_name;
    let means = Means {
        carries: compiled.carries(),
        names_brand: send_as.as_ref().is_none_or(|b| names_brand(sender, b)),
        left_out: edition.left_out(),
    };
    let send = Request {
        content: campaign
            .notice
            .map_or(Content::Normal, |version| Content::PolicyNotice { version }),
        list,
        fallbacks: spares.iter().map(|s| s.category.clone()).collect(),
        answers: rule
            .filter(|rule| rule.kind == Kind::Demo)
            .map(|rule| request_id(&rule.id)),
        topic: campaign.content.about.clone(),
        message: campaign.content.about.clone(),
        hosts: compiled.hosts().to_vec(),
        offers: edition.offers.clone(),
        promotion: match class {
            MessageClass::Marketing => Promotion::Carried,
            _ => Promotion::None,
        },
        ..Request::new(
            account.slug.clone(),
            send_as.unwrap_or_else(|| account.settings.brand.clone()),
            campaign.purpose.clone(),
            word("send"),
        )
    };
    let shelf = shelf.clone();
    Ok(Draft {
        gate: Gate {
            hashes: Hashes::default(),
            scope,
            shelf,
            send,
            needs,
            spares,
            chooser,
            means,
        },
        account,
        policies,
        class,
        compiled,
        edition,
        zoning,
    })
}

async fn list_of(scope: &AccountScope, campaign: &Campaign) -> Result<Option<Slug>, StoreError> {
    match campaign.list {
        Some(list) => Ok(scope.list(list).await?.map(|row| row.slug)),
        None => Ok(None),
    }
}

/// Needed categories, and those that the content can do without; too many for one question are a fault.
fn split(
    all: Vec<Need>,
    compiled: &Compiled,
    chooser: Option<&Chooser>,
) -> Result<(Vec<Need>, Vec<Need>), BriefFault> {
    if all.len() + chooser.map_or(0, |c| c.reads().len()) > NEEDS_MAX {
        return Err(BriefFault::TooManyCategories);
    }
    let is_needed = |need: &Need| need.fields.iter().any(|f| compiled.is_needed(f));
    Ok(all.into_iter().partition(is_needed))
}

/// Who is meant, by the words that the campaign's segment has; at the start they are kept with the campaign.
async fn chooser(
    scope: &AccountScope,
    campaign: &Campaign,
    version: Option<&Version>,
) -> Result<Option<Chooser>, BriefFault> {
    let (Some(segment), Some(version)) = (&campaign.segment, version) else {
        return Ok(None);
    };
    let words = (&segment.slug, segment.text.as_str());
    chooser_of(scope, words, version).await.map(Some)
}

/// Who is meant by the words of a segment.
pub(crate) async fn chooser_of(
    scope: &AccountScope,
    (slug, text): (&Slug, &str),
    version: &Version,
) -> Result<Chooser, BriefFault> {
    let unusable = |why: String| BriefFault::Segment {
        slug: slug.clone(),
        why,
    };
    let read = read_segment(text, version);
    let chooser = Chooser::of(read.map_err(|faults| unusable(in_a_line(&faults)))?);
    match strange(scope, chooser.segment()).await? {
        Some(what) => Err(unusable(what)),
        None => Ok(chooser),
    }
}

/// The first fault of a segment without its picture.
fn in_a_line(faults: &[Diagnostic]) -> String {
    let told = faults.first().map(|fault| match &fault.hint {
        Some(hint) => format!("{}; {hint}", fault.message),
        None => fault.message.clone(),
    });
    told.unwrap_or_default()
}

/// The account's policies. A notice and its version are written together: who sees the one asks for the other.
async fn published(
    scope: &AccountScope,
    notice: Option<u32>,
) -> Result<Arc<PublishedPolicies>, StoreError> {
    let known = scope.published().await?;
    match notice {
        Some(n) if known.versions.iter().all(|v| v.n != n) => scope.published_now().await,
        _ => Ok(known),
    }
}

fn compile(
    campaign: &Campaign,
    edition: &Edition,
    (policies, started_at): (&PolicySet, Timestamp),
) -> Result<(Compiled, MessageClass, Vec<Need>), BriefFault> {
    let version = policies.in_force(started_at).ok_or(BriefFault::NoVersion)?;
    let class = match campaign.notice {
        Some(_) => MessageClass::Notice,
        None => class_of(version, &campaign.purpose)
            .ok_or_else(|| BriefFault::NoPurpose(campaign.purpose.to_string()))?,
    };
    let spoken = text_for(version, campaign.content.language(), None)
        .map(|text| version.spoken(&text.locale));
    let words = spoken.as_deref().unwrap_or(version);
    let text = avow_policy::footer(words, &campaign.purpose, class);
    let footer = Footer {
        sender_name: text.sender_name,
        postal_address: text.postal_address,
        why: text.why,
        stream: match campaign.notice {
            Some(_) => NOTICE_STREAM.to_owned(),
            None => campaign.purpose.to_string(),
        },
        way_out: if text.unsubscribe {
            WayOut::OneClick
        } else {
            WayOut::OfClass
        },
    };
    let content = avow_compose::edition(&campaign.content, |n| edition.stays(n));
    let content = content.map_err(BriefFault::Content)?;
    let compiled = avow_compose::compile(&content, &footer, class);
    let compiled = compiled.map_err(BriefFault::Content)?;
    let needs = needs(&compiled, version);
    Ok((compiled, class, needs))
}

/// What mail for this purpose is; `None` when the version declares none.
pub(crate) fn class_of(version: &Version, purpose: &Purpose) -> Option<MessageClass> {
    let rule = version.purpose(purpose)?;
    if !rule.verbs.iter().any(|verb| verb.as_str() == "send") {
        return None;
    }
    Some(match rule.kind {
        Kind::Service | Kind::Demo => MessageClass::Service,
        _ => MessageClass::Marketing,
    })
}

/// The categories of data that the content reads beside the address.
fn needs(compiled: &Compiled, version: &Version) -> Vec<Need> {
    let mut needs: Vec<Need> = Vec::new();
    for field in compiled.fields() {
        let Some(category) = category_of(field, version) else {
            continue;
        };
        match needs.iter_mut().find(|need| need.category == category) {
            Some(need) => need.fields.push(field.clone()),
            None => needs.push(Need {
                category,
                fields: vec![field.clone()],
            }),
        }
    }
    needs
}

/// A field is data of the category of its name; the parts of a name are data of `name`.
pub fn category_of(field: &str, version: &Version) -> Option<Category> {
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

/// The signer of a domain for mail of this instant; `None` when it has no keys, or signing is off.
pub(crate) fn read_signer(
    crew: &Crew,
    domain: &str,
    at: Timestamp,
) -> Result<Option<Signer>, BriefFault> {
    if crew.options.signing == Signing::Off {
        return Ok(None);
    }
    let signer = signer_in(&crew.folders.keys, domain, at)?;
    if signer.is_none() {
        tracing::warn!("the sending domain has no DKIM keys: its mail leaves unsigned");
    }
    Ok(signer)
}

/// A word of the policy language that this file spells out.
pub(crate) fn word<T: std::str::FromStr<Err = avow_model::NameFault>>(text: &str) -> T {
    text.parse()
        .expect("invariant: a plain lower-case word is a name")
}
