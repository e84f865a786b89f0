//! The check before sending: everything that stops a campaign or deserves a look, all at once.
//!
//! Asks what the engine will ask, of the same gate, so that a campaign that passes can be sent. Never: sends,
//! writes, or counts people one by one beyond a bound; a large audience is estimated and says so.

use std::path::Path;
use std::sync::Arc;

use avow_model::{EmailAddress, MessageClass, Timestamp};
use avow_policy::{PurposeRule, Shelf};
use avow_store::{Campaign, Store, StoreError};

use crate::dkim::KeyFolder;
use crate::engine::brief::{BriefFault, Draft, category_of, draft};
use crate::engine::gate::GateFault;
use crate::forecast::Bounds;
pub use crate::forecast::{Chosen, Forecast};
use crate::reasons::explain_code;
use crate::standing::{Inspection, State};

/// People judged for the forecast: enough for a percent, little enough to wait for (a tenth of a second).
const SAMPLE: u64 = 5_000;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Pass,
    /// It can be sent; somebody should look.
    Warn,
    /// It cannot be sent.
    Fail,
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    Policy,
    Content,
    Data,
    Hosts,
    Sender,
    Keys,
    Dns,
    Footer,
    Audience,
}

impl Subject {
    /// What pages call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Policy => "Purpose",
            Self::Content => "Content",
            Self::Data => "Personal data",
            Self::Hosts => "Loads from elsewhere",
            Self::Sender => "Sender",
            Self::Keys => "Signature",
            Self::Dns => "What receivers look up",
            Self::Footer => "Footer",
            Self::Audience => "Audience",
        }
    }
}

/// One finding: a sentence, and what to do where something can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub level: Level,
    pub subject: Subject,
    pub text: String,
    pub fix: Option<String>,
}

/// All findings, and the forecast where one could be made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub findings: Vec<Finding>,
    pub forecast: Option<Forecast>,
}

impl Report {
    /// True when nothing stops the campaign.
    pub fn is_ready(&self) -> bool {
        self.findings.iter().all(|f| f.level != Level::Fail)
    }

    fn add(&mut self, level: Level, subject: Subject, text: impl Into<String>) {
        self.findings.push(Finding {
            level,
            subject,
            text: text.into(),
            fix: None,
        });
    }

    fn fix(&mut self, fix: impl Into<String>) {
        if let Some(last) = self.findings.last_mut() {
            last.fix = Some(fix.into());
        }
    }
}

/// What a check looks at.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    pub store: &'a Store,
    pub shelf: &'a Arc<Shelf>,
    /// `<domain>/{rsa,ed25519}.pk8`.
    pub keys: &'a Path,
    /// `None`: nobody asks the name servers.
    pub inspection: Option<&'a Inspection>,
    pub now: Timestamp,
}

/// Checks a campaign as it stands.
pub async fn check(desk: Desk<'_>, campaign: &Campaign) -> Result<Report, StoreError> {
    let mut report = Report::default();
    let draft = match draft(desk.store, desk.shelf, campaign, desk.now).await {
        Ok(draft) => draft,
        Err(BriefFault::Store(fault)) => return Err(fault),
        Err(fault) => {
            said(&fault, &mut report);
            return Ok(report);
        }
    };
    purpose(&draft, campaign, desk.now, &mut report);
    content(&draft, &mut report);
    offers(&draft, &mut report);
    hosts(&draft, desk.now, &mut report);
    sender(
        campaign,
        &draft.account.settings.sending_domain,
        &mut report,
    );
    keys(
        desk.keys,
        &draft.account.settings.sending_domain,
        &mut report,
    );
    standing(desk, &draft.account.settings.sending_domain, &mut report).await;
    footer(&draft, &mut report);
    segment(&draft, campaign, desk.now, &mut report);
    let bounds = Bounds {
        list: campaign.list,
        people_max: SAMPLE,
    };
    match Forecast::of(&draft.gate, bounds, desk.now).await {
        Ok(forecast) => audience(forecast, &mut report),
        Err(GateFault::Store(fault)) => return Err(fault),
        Err(fault) => report.add(Level::Fail, Subject::Policy, fault.to_string()),
    }
    Ok(report)
}

/// Why it cannot even be compiled. Each sentence names its remedy.
fn said(fault: &BriefFault, report: &mut Report) {
    match fault {
        BriefFault::Content(faults) => {
            for fault in faults {
                report.add(Level::Fail, Subject::Content, fault.to_string());
            }
        }
        fault => report.add(Level::Fail, Subject::Policy, fault.to_string()),
    }
}

fn purpose(draft: &Draft, campaign: &Campaign, now: Timestamp, report: &mut Report) {
    let version = draft.policies.in_force(now);
    let Some((version, rule)) = version.and_then(|v| Some((v, v.purpose(&campaign.purpose)?)))
    else {
        return;
    };
    let (n, title) = (version.n(), &rule.title);
    let text = format!("Version {n} of the policy declares “{title}”.");
    report.add(Level::Pass, Subject::Policy, text);
    let undeclared = |field: &&String| !may_read(rule, field, version);
    for field in draft.compiled.fields().iter().filter(undeclared) {
        let text = format!("The content reads `{field}`, which `{}` may not.", rule.id);
        report.add(Level::Fail, Subject::Data, text);
        report.fix("Leave it out, or publish a policy version in which the purpose reads it.");
    }
}

fn may_read(rule: &PurposeRule, field: &str, version: &avow_policy::Version) -> bool {
    category_of(field, version).is_none_or(|category| rule.reads.contains(&category))
}

/// What the segment reads and the purpose may not: that is unknown of everybody.
fn segment(draft: &Draft, campaign: &Campaign, now: Timestamp, report: &mut Report) {
    let version = draft.policies.in_force(now);
    let rule = version.and_then(|v| v.purpose(&campaign.purpose));
    let (Some(rule), Some(chooser)) = (rule, &draft.gate.chooser) else {
        return;
    };
    for category in chooser.reads().iter().filter(|c| !rule.reads.contains(c)) {
        let text = format!(
            "The segment reads `{category}`, which `{}` may not: it is unknown of everybody.",
            rule.id
        );
        report.add(Level::Warn, Subject::Data, text);
        report.fix(
            "Ask for something else, or publish a policy version in which the purpose reads it.",
        );
    }
}

fn content(draft: &Draft, report: &mut Report) {
    let warnings = draft.compiled.warnings();
    if warnings.is_empty() {
        report.add(Level::Pass, Subject::Content, "The content compiles.");
    }
    for warning in warnings {
        report.add(Level::Warn, Subject::Content, warning.to_string());
    }
}

/// Offers of others that stand in nobody's message.
fn offers(draft: &Draft, report: &mut Report) {
    for (offer, code) in draft.edition.excluded() {
        let (title, remedy) = explain_code(code.as_str()).unwrap_or_default();
        let text = format!("The offer of {} is left out: {title}.", offer.advertiser);
        report.add(Level::Warn, Subject::Content, text);
        report.fix(remedy);
    }
}

fn hosts(draft: &Draft, now: Timestamp, report: &mut Report) {
    for host in draft.strange_hosts(now) {
        let text = format!("The content loads from {host}, which the policy does not name.");
        report.add(Level::Fail, Subject::Hosts, text);
        report.fix(host_fix(host));
    }
}

/// What to do about a host that a content loads from and no policy names.
pub fn host_fix(host: &str) -> String {
    format!(
        "Put it on a server of your own domain, take it out, or publish a policy version with a [host] whose origin is https://{host}."
    )
}

fn sender(campaign: &Campaign, domain: &str, report: &mut Report) {
    let from = &campaign.content.from_address;
    match from.parse::<EmailAddress>() {
        Err(fault) => {
            report.add(
                Level::Fail,
                Subject::Sender,
                format!("The sender's address is not one: {fault}."),
            );
            report.fix("Correct the sender's address.");
        }
        Ok(address) if address.domain() != domain => {
            let text = format!(
                "The sender is not of the account's domain {domain}: receivers would not believe it."
            );
            report.add(Level::Fail, Subject::Sender, text);
            report.fix(format!("Send from an address that ends in @{domain}."));
        }
        Ok(_) => report.add(
            Level::Pass,
            Subject::Sender,
            format!("The sender is of {domain}."),
        ),
    }
}

fn keys(folder: &Path, domain: &str, report: &mut Report) {
    match KeyFolder(folder).published(domain) {
        Ok(Some(_)) => report.add(
            Level::Pass,
            Subject::Keys,
            format!("{domain} signs its mail."),
        ),
        Ok(None) => {
            let text = format!("{domain} has no signing keys: its mail leaves unsigned.");
            report.add(Level::Warn, Subject::Keys, text);
            report.fix("Make keys and publish their DNS records, unless your relay signs.");
        }
        Err(fault) => {
            report.add(
                Level::Fail,
                Subject::Keys,
                format!("The keys of {domain} cannot be used: {fault}."),
            );
            report.fix("Mend or restore the keys folder.");
        }
    }
}

/// What receivers find in DNS about the sender.
async fn standing(desk: Desk<'_>, domain: &str, report: &mut Report) {
    let Some(inspection) = desk.inspection else {
        return;
    };
    // Keys that cannot be read were told already.
    let keys = KeyFolder(desk.keys).published(domain).unwrap_or_default();
    for finding in inspection.findings(domain, keys, desk.now).await {
        let level = match finding.state {
            State::Good => Level::Pass,
            State::Weak => Level::Warn,
            State::Bad | State::Untold => Level::Fail,
        };
        report.add(level, Subject::Dns, finding.text);
        if !finding.fix.is_empty() {
            report.fix(finding.fix);
        }
    }
}

fn footer(draft: &Draft, report: &mut Report) {
    let text = match draft.class {
        MessageClass::Marketing => {
            "Postal address, reason and one-click unsubscribe stand in every message."
        }
        _ => "Postal address and reason stand in every message.",
    };
    report.add(Level::Pass, Subject::Footer, text);
}

fn audience(forecast: Forecast, report: &mut Report) {
    let about = if forecast.is_estimate() { "About " } else { "" };
    let (allowed, all) = (forecast.allowed_of_all(), forecast.audience);
    let mut text = format!("{about}{allowed} of {all} people may get it.");
    if let Some(chosen) = &forecast.chosen {
        let Chosen {
            meant,
            outside,
            untold,
            ..
        } = chosen;
        let judged = forecast.judged;
        text = format!(
            "{text} Of {judged} looked at, the segment means {meant}; {outside} are not in it, and of {untold} it cannot be told."
        );
    }
    let level = if allowed == 0 {
        Level::Fail
    } else {
        Level::Pass
    };
    report.add(level, Subject::Audience, text);
    if allowed == 0 {
        report.fix(why_nobody(&forecast));
    }
    report.forecast = Some(forecast);
}

/// What to do when the gate lets nobody pass: the remedy of the most frequent reason.
fn why_nobody(forecast: &Forecast) -> String {
    let untold = forecast.chosen.iter().flat_map(|c| &c.untold_why).next();
    let first = forecast.refused.first().or(untold);
    let code = first.and_then(|(codes, _)| codes.split(' ').next());
    match code.and_then(explain_code) {
        Some((title, remedy)) => format!("{title}. {remedy}"),
        None if forecast.chosen.as_ref().is_some_and(|c| c.outside > 0) => {
            "Nobody is in the segment: change its words.".to_owned()
        }
        None => "Import people, or choose a list with confirmed people on it.".to_owned(),
    }
}
