//! From a line of JSON to a question. Unknown fields and words are faults: a misspelt fact is no fact.

use avow_model::{
    Act, Category, Datum, Fact, FactKind, Facts, Grantor, How, Jurisdiction, Method,
    PurposeSelector, Scope, Slug, StoreHealth, Suppression, SuppressionClass, SuppressionScope,
    Timestamp,
};
use serde::Deserialize;

use super::{Case, extra};
use crate::circumstance::Offer;
use crate::request::{Content, PresentedPermit, Promotion, Request};
use crate::set::PolicySet;
use crate::span_text::parse_instant;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    #[serde(default)]
    given: String,
    req: Req,
    facts: FactsLine,
    effect: String,
    code: String,
    #[serde(default)]
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Req {
    now: String,
    purpose: String,
    verb: String,
    cats: Option<Vec<String>>,
    rec: Option<String>,
    tenant: Option<String>,
    brand: Option<String>,
    list: Option<String>,
    content: Option<String>,
    version: Option<String>,
    #[serde(default)]
    promo: bool,
    permit_at: Option<String>,
    #[serde(default)]
    permit_used: bool,
    #[serde(default)]
    solicits: bool,
    #[serde(default)]
    fallbacks: Vec<String>,
    channel: Option<String>,
    topic: Option<String>,
    message: Option<String>,
    answers: Option<String>,
    #[serde(default)]
    hosts: Vec<String>,
    #[serde(default)]
    offers: Vec<Offer>,
    actor: Option<extra::ActorLine>,
    /// The value of the browser's header, as it came.
    gpc: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactsLine {
    #[serde(default)]
    data: Vec<DatumLine>,
    #[serde(default)]
    events: Vec<EventLine>,
    jur: Option<String>,
    age: Option<u8>,
    #[serde(default)]
    soft_opt_in: bool,
    #[serde(default)]
    purchases: Vec<String>,
    #[serde(default)]
    inquiries: Vec<String>,
    #[serde(default)]
    account_active: bool,
    #[serde(default)]
    suppress: Vec<SuppressLine>,
    last_activity: Option<String>,
    #[serde(default)]
    confirmations: Vec<String>,
    #[serde(default)]
    sends: Vec<extra::UseLine>,
    #[serde(default)]
    marks: Vec<extra::UseLine>,
    #[serde(default)]
    requests: Vec<extra::OwnRequestLine>,
    /// Category and topic.
    #[serde(default)]
    interests: Vec<(String, String)>,
    #[serde(default)]
    text_only: bool,
    retired: Option<String>,
    store: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DatumLine {
    cat: String,
    v: Option<String>,
    how: Option<String>,
    tenant: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the format of case files, turned into enums at once"
)]
struct EventLine {
    e: String,
    t: String,
    rec_at: Option<String>,
    purpose: Option<String>,
    saw: Option<String>,
    method: Option<String>,
    by: Option<String>,
    #[serde(default)]
    preticked: bool,
    #[serde(default)]
    bundled: bool,
    #[serde(default)]
    doi: bool,
    #[serde(default)]
    confirmed: bool,
    expires: Option<String>,
    list: Option<String>,
    tenant: Option<String>,
    brand: Option<String>,
    version: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SuppressLine {
    t: String,
    class: String,
    scope: String,
    tenant: Option<String>,
    brand: Option<String>,
    list: Option<String>,
    purpose: Option<String>,
}

/// Who asks and holds when a line does not say: the account and brand of the newest policy version.
struct Home {
    account: Slug,
    brand: Slug,
}

pub(super) fn case(text: &str, policies: &PolicySet) -> Result<Case, String> {
    let line: Line = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let newest = policies
        .versions()
        .last()
        .ok_or("there is no policy version")?;
    let home = Home {
        account: newest.account().clone(),
        brand: newest.brand().clone(),
    };
    if !["ALLOW", "DENY", "HOLD"].contains(&line.effect.as_str()) {
        return Err(format!("`effect` cannot be \"{}\"", line.effect));
    }
    let now = instant(&line.req.now)?;
    Ok(Case {
        id: line.id,
        given: line.given,
        why: line.why,
        now,
        request: request(line.req, now, &home)?,
        facts: facts(line.facts, &home)?,
        effect: line.effect,
        code: line.code,
    })
}

fn request(req: Req, now: Timestamp, home: &Home) -> Result<Request, String> {
    let cats = req.cats.unwrap_or_else(|| vec!["email".to_owned()]);
    let reads: Result<Vec<Category>, String> = cats.iter().map(|c| name(c)).collect();
    let content = content(req.content.as_deref(), req.version.as_deref())?;
    Ok(Request {
        account: name_or(req.tenant, &home.account)?,
        brand: name_or(req.brand, &home.brand)?,
        list: req.list.as_deref().map(name).transpose()?,
        purpose: name(&req.purpose)?,
        verb: name(&req.verb)?,
        reads: reads?,
        fallbacks: names(&req.fallbacks)?,
        recipient: name(req.rec.as_deref().unwrap_or("self"))?,
        content,
        promotion: match (req.promo, req.solicits) {
            (true, _) => Promotion::Carried,
            (false, true) => Promotion::Solicits,
            (false, false) => Promotion::None,
        },
        permit: permit(req.permit_at.as_deref(), req.permit_used, now)?,
        channel: extra::channel(req.channel.as_deref())?,
        topic: req.topic.as_deref().map(name).transpose()?,
        message: req.message.as_deref().map(name).transpose()?,
        answers: req.answers.as_deref().map(name).transpose()?,
        hosts: req.hosts,
        offers: req.offers,
        actor: req.actor.map(extra::actor).transpose()?,
        signal: extra::signal(req.gpc.as_deref()),
    })
}

fn content(word: Option<&str>, version: Option<&str>) -> Result<Content, String> {
    match word {
        None | Some("normal") => Ok(Content::Normal),
        Some("choice_request") => Ok(Content::ChoiceRequest),
        Some("rights_reply") => Ok(Content::RightsReply),
        Some("confirmation") => Ok(Content::Confirmation),
        Some("policy_notice") => Ok(Content::PolicyNotice {
            version: number(version.ok_or("a policy_notice needs `version`")?)?,
        }),
        Some(other) => Err(format!("`content` cannot be \"{other}\"")),
    }
}

fn permit(
    issued: Option<&str>,
    used: bool,
    now: Timestamp,
) -> Result<Option<PresentedPermit>, String> {
    let issued_at = match issued {
        Some(text) => instant(text)?,
        None if used => now,
        None => return Ok(None),
    };
    Ok(Some(PresentedPermit { issued_at, used }))
}

fn facts(line: FactsLine, home: &Home) -> Result<Facts, String> {
    let data: Result<Vec<_>, _> = line.data.into_iter().map(|d| datum(d, home)).collect();
    let events: Result<Vec<_>, _> = line.events.into_iter().map(event).collect();
    let suppressions: Result<Vec<_>, _> = line.suppress.into_iter().map(suppression).collect();
    Ok(Facts {
        data: data?,
        events: events?,
        jurisdiction: jurisdiction(line.jur.as_deref())?,
        age: line.age,
        soft_opt_in: line.soft_opt_in,
        purchases: instants(&line.purchases)?,
        inquiries: instants(&line.inquiries)?,
        account_active: line.account_active,
        suppressions: suppressions?,
        last_activity: line.last_activity.as_deref().map(instant).transpose()?,
        confirmations: instants(&line.confirmations)?,
        sends: all(line.sends, extra::sent)?,
        marks: all(line.marks, extra::mark)?,
        requests: all(line.requests, extra::own_request)?,
        interests: all(line.interests, extra::interest)?,
        format: extra::format(line.text_only),
        retired: line.retired.as_deref().map(instant).transpose()?,
        store: health(line.store.as_deref())?,
    })
}

fn all<A, B>(lines: Vec<A>, read: impl Fn(A) -> Result<B, String>) -> Result<Vec<B>, String> {
    lines.into_iter().map(read).collect()
}

fn datum(line: DatumLine, home: &Home) -> Result<Datum, String> {
    let how = match line.how.as_deref() {
        None | Some("direct") => How::Direct,
        Some("import_attested") => How::ImportAttested,
        Some("import_unattested") => How::ImportUnattested,
        Some("referral") => How::Referral,
        Some(other) => return Err(format!("`how` cannot be \"{other}\"")),
    };
    Ok(Datum {
        category: name(&line.cat)?,
        version: line.v.as_deref().map(number).transpose()?,
        how,
        account: name_or(line.tenant, &home.account)?,
    })
}

fn event(line: EventLine) -> Result<Fact, String> {
    let at = instant(&line.t)?;
    let recorded = line.rec_at.as_deref().map(instant).transpose()?;
    Ok(Fact {
        kind: kind(&line)?,
        at,
        recorded_at: recorded.map_or(at, |r| r.max(at)),
        scope: scope(line.tenant, line.brand, line.list)?,
    })
}

fn kind(line: &EventLine) -> Result<FactKind, String> {
    let purpose = || selector(line.purpose.as_deref());
    Ok(match line.e.as_str() {
        "grant" => grant(line)?,
        "confirm" => FactKind::Confirm {
            purpose: line.purpose.is_some().then(purpose).transpose()?,
        },
        "refuse" => FactKind::Refuse {
            purpose: purpose()?,
        },
        "withdraw" => FactKind::Withdraw {
            purpose: purpose()?,
        },
        "object" => FactKind::Object {
            purpose: purpose()?,
        },
        "complaint" => FactKind::Complaint,
        "notice" => FactKind::Notice {
            version: number(line.version.as_deref().ok_or("a notice needs `version`")?)?,
        },
        "bounce" => FactKind::Bounce,
        "confirm_address" => FactKind::ConfirmAddress,
        "erase" => FactKind::Erase,
        "recollect" => FactKind::Recollect,
        "restrict" => FactKind::Restrict,
        "unrestrict" => FactKind::Unrestrict,
        "used" => FactKind::Used {
            purpose: line.purpose.as_deref().map(name).transpose()?,
        },
        other => return Err(format!("no event is called \"{other}\"")),
    })
}

fn grant(line: &EventLine) -> Result<FactKind, String> {
    let method = match line.method.as_deref() {
        None | Some("click") => Method::Click,
        Some("continued_use") => Method::ContinuedUse,
        Some(other) => return Err(format!("`method` cannot be \"{other}\"")),
    };
    let by = match line.by.as_deref() {
        None | Some("person") => Grantor::Person,
        Some("parent") => Grantor::Parent,
        Some("import") => Grantor::Import,
        Some("admin" | "staff") => Grantor::Staff,
        Some(_) => Grantor::Other,
    };
    let asked = match (line.preticked, line.bundled) {
        (true, _) => Act::PreTicked,
        (_, true) => Act::Bundled,
        _ => Act::Fair,
    };
    Ok(FactKind::Grant {
        purpose: selector(line.purpose.as_deref())?,
        saw: line.saw.as_deref().map(number).transpose()?,
        method,
        by,
        asked,
        double_opt_in: line.doi,
        confirmed: line.confirmed,
        expires: line.expires.as_deref().map(instant).transpose()?,
    })
}

/// A no without a purpose is the widest; every choice in a case file names one.
fn selector(text: Option<&str>) -> Result<PurposeSelector, String> {
    match text {
        None => Err("a choice needs `purpose`".to_owned()),
        Some("*any") => Ok(PurposeSelector::Any),
        Some("*marketing") => Ok(PurposeSelector::AllMarketing),
        Some(one) => name(one).map(PurposeSelector::One),
    }
}

fn suppression(line: SuppressLine) -> Result<Suppression, String> {
    let class = match line.class.as_str() {
        "choice" => SuppressionClass::Choice,
        "protection" => SuppressionClass::Protection,
        other => return Err(format!("`class` cannot be \"{other}\"")),
    };
    let reach = match line.scope.as_str() {
        "tenant" => SuppressionScope::Account,
        "global" => SuppressionScope::Global,
        other => return Err(format!("`scope` cannot be \"{other}\"")),
    };
    // A choice entry never reaches service mail, so "all marketing" is what "any" means for it.
    let purpose = line.purpose.filter(|p| p != "*any" && p != "*marketing");
    Ok(Suppression {
        class,
        reach,
        at: instant(&line.t)?,
        scope: scope(line.tenant, line.brand, line.list)?,
        purpose: purpose.as_deref().map(name).transpose()?,
    })
}

fn scope(
    account: Option<String>,
    brand: Option<String>,
    list: Option<String>,
) -> Result<Scope, String> {
    let slug = |text: Option<String>| text.as_deref().map(name).transpose();
    Ok(Scope {
        account: slug(account)?,
        brand: slug(brand)?,
        list: slug(list)?,
    })
}

fn jurisdiction(text: Option<&str>) -> Result<Jurisdiction, String> {
    let Some(text) = text else {
        return Ok(Jurisdiction::UNKNOWN);
    };
    Jurisdiction::parse(text).ok_or_else(|| format!("`jur` cannot be \"{text}\""))
}

fn health(text: Option<&str>) -> Result<StoreHealth, String> {
    match text {
        None | Some("up") => Ok(StoreHealth::Up),
        Some("down") => Ok(StoreHealth::Down),
        Some(other) => Err(format!("`store` cannot be \"{other}\"")),
    }
}

/// Names of one sort.
fn names<T: std::str::FromStr>(texts: &[String]) -> Result<Vec<T>, String>
where
    T::Err: std::fmt::Display,
{
    texts.iter().map(|t| name(t)).collect()
}

fn instants(texts: &[String]) -> Result<Vec<Timestamp>, String> {
    texts.iter().map(|t| instant(t)).collect()
}

pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    parse_instant(text).map_err(|why| format!("not an instant: {why}"))
}

/// `V3` or `3`.
fn number(text: &str) -> Result<u32, String> {
    let digits = text.trim_start_matches(['V', 'v']);
    digits
        .parse()
        .map_err(|_| format!("\"{text}\" is no version"))
}

pub(super) fn name<T: std::str::FromStr>(text: &str) -> Result<T, String>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|why| format!("\"{text}\": {why}"))
}

fn name_or(text: Option<String>, home: &Slug) -> Result<Slug, String> {
    text.as_deref().map_or_else(|| Ok(home.clone()), name)
}
