//! The head of a policy file: whose version it is, when it counts, what it promises of the next one.

use avow_model::Timestamp;
use jiff::SignedDuration;

use crate::hash::PolicyHash;
use crate::reader::{At, Table};
use crate::version::{
    Acceptance, BaseRef, ChangeClass, Family, Notice, NoticeMail, PackRef, Posting, Said,
};

/// A permit that lives longer would outlast a withdrawal by too much.
const PERMIT_LIFE_MAX: SignedDuration = SignedDuration::from_mins(60);
/// What a permit lives where the file says nothing.
const PERMIT_LIFE_DEFAULT: SignedDuration = SignedDuration::from_mins(10);
/// Account versions are counted by people.
const VERSION_MAX: u32 = 100_000;

pub(super) struct Head {
    pub family: Family,
    pub n: u32,
    pub supersedes: Option<PolicyHash>,
    pub published_at: Timestamp,
    pub effective_at: Timestamp,
    pub raised: Option<ChangeClass>,
    pub base: Option<BaseRef>,
    pub notice: Notice,
    pub min_age: u8,
    pub child_directed: Said,
    pub permit_life: SignedDuration,
    pub packs: Vec<PackRef>,
}

pub(super) fn read(root: &mut Table<'_, '_>) -> Option<Head> {
    let family = read_family(root);
    let n = read_number(root);
    let supersedes = root.value("supersedes");
    let published = root.instant("published", "write published = 2026-03-01T00:00:00Z");
    let effective = root.instant("effective", "write effective = 2026-03-08T00:00:00Z");
    let raised = root.word("class", &ChangeClass::WORDS);
    let base = root.value("base");
    let notice = read_notice(root);
    let min_age = root.number("min_age", 0..100);
    let child_directed = root.said("child_directed");
    let permit_life = read_permit_life(root);
    let packs = read_packs(root);
    let (published, effective) = (published?, effective?);
    check_dates(root, published.value, &effective);
    Some(Head {
        family: family?,
        n: n?.value,
        supersedes: supersedes.map(|s| s.value),
        published_at: published.value,
        effective_at: effective.value,
        raised: raised.map(|c| c.value),
        base: base.map(|b| b.value),
        notice: notice?,
        min_age: min_age.map_or(0, |age| age.value as u8),
        child_directed,
        permit_life,
        packs,
    })
}

fn read_family(root: &mut Table<'_, '_>) -> Option<Family> {
    if !root.has("policy") {
        root.missing("policy", "write policy = \"account/main\"");
    }
    root.value("policy").map(|f| f.value)
}

fn read_number(root: &mut Table<'_, '_>) -> Option<At<u32>> {
    if !root.has("version") {
        root.missing(
            "version",
            "write version = 1, and one more in each new version",
        );
    }
    root.number("version", 1..VERSION_MAX)
}

/// The packs, each once whatever its pin.
fn read_packs(root: &mut Table<'_, '_>) -> Vec<PackRef> {
    let packs: Vec<PackRef> = root.values("packs");
    for (at, pack) in packs.iter().enumerate() {
        if packs[..at].iter().any(|p| p.name == pack.name) {
            let message = format!("the pack \"{}\" stands twice in `packs`", pack.name);
            let span = root.key_span("packs");
            root.reader.fault_hint(&span, message, "name it once");
        }
    }
    packs
}

fn check_dates(root: &Table<'_, '_>, published_at: Timestamp, effective: &At<Timestamp>) {
    if effective.value < published_at {
        root.reader.fault_hint(
            &effective.span,
            "the version takes effect before it is published",
            "`effective` must not be earlier than `published`",
        );
    }
}

fn read_notice(root: &mut Table<'_, '_>) -> Option<Notice> {
    const HINT: &str = "write notice = { period = \"7d\" }: the time between publication and effect of the next version";
    let Some(mut notice) = root.table("notice") else {
        if !root.has("notice") {
            root.missing("notice", HINT);
        }
        return None;
    };
    if !notice.has("period") {
        notice.missing("period", HINT);
    }
    let period = notice.duration("period");
    let email = notice.word("email", &NoticeMail::WORDS);
    let post = notice.words("post", &Posting::WORDS);
    let acceptance = notice.word("acceptance", &Acceptance::WORDS);
    notice.finish();
    Some(Notice {
        period: period?,
        email: email.map_or(NoticeMail::Material, |e| e.value),
        post,
        acceptance: acceptance.map_or(Acceptance::NewDataOnly, |a| a.value),
    })
}

fn read_permit_life(root: &mut Table<'_, '_>) -> SignedDuration {
    let Some(life) = root.span_of_time("permit_life") else {
        return PERMIT_LIFE_DEFAULT;
    };
    if life.value.length > PERMIT_LIFE_MAX || life.value.after.is_some() {
        root.reader.fault(
            &life.span,
            "`permit_life` is a plain time of at most an hour",
        );
    }
    life.value.length
}
