//! From the text of a policy file to a `Version`, or to everything that is wrong with it.

use std::ops::Range;

use avow_model::{Category, Purpose, RecipientClass, Slug, Verb};
use jiff::SignedDuration;

use crate::reader::{At, Reader, Table, suggestion};
use crate::source::{Diagnostic, SourceFile};
use crate::version::{
    CategoryRule, ChoiceRule, Controller, Kind, PurposeRule, RecipientRule, Version,
};

/// A permit that lives longer would outlast a withdrawal by too much.
const PERMIT_LIFE_MAX: SignedDuration = SignedDuration::from_mins(60);
/// What a permit lives where the file says nothing.
const PERMIT_LIFE_DEFAULT: SignedDuration = SignedDuration::from_mins(10);
/// Each kind of declaration is a short list that people read.
const DECLARED_MAX: usize = 200;
/// Account versions are counted by people.
const VERSION_MAX: u32 = 100_000;

/// A version and where its parts stand, for checks across files.
#[derive(Debug)]
pub(crate) struct ParsedVersion {
    pub version: Version,
    pub spans: VersionSpans,
}

#[derive(Debug, Default)]
pub(crate) struct VersionSpans {
    pub n: Range<usize>,
    pub family: Range<usize>,
    pub effective: Range<usize>,
    pub packs: Vec<Range<usize>>,
    /// For each purpose, where its `continues` stands.
    pub continues: Vec<Range<usize>>,
}

/// Reads one policy file. Never panics, whatever the text.
pub(crate) fn parse(file: &SourceFile) -> Result<ParsedVersion, Vec<Diagnostic>> {
    let reader = Reader::new(file);
    let parsed = reader.parse().and_then(|table| {
        let mut root = Table::root(&reader, &table);
        let parsed = read_version(&mut root);
        root.finish();
        parsed
    });
    let faults = reader.into_faults();
    match parsed {
        Some(parsed) if faults.is_empty() => Ok(parsed),
        _ => Err(faults),
    }
}

fn read_version(root: &mut Table<'_, '_>) -> Option<ParsedVersion> {
    let family = root.needed_text("policy", "write policy = \"account/main\"");
    let account = family.as_ref().and_then(|f| read_account(root, f));
    let n = read_number(root);
    let published = root.instant("published", "write published = 2026-03-01T00:00:00Z");
    let effective = root.instant("effective", "write effective = 2026-03-08T00:00:00Z");
    let notice_period = read_notice(root);
    let min_age = root.number("min_age", 0..100);
    let permit_life = read_permit_life(root);
    let controller = read_controller(root);
    let (domains, brands) = read_scope(root);
    let packs: Vec<At<Slug>> = root.names("packs");
    let categories = read_categories(root);
    let recipients = read_recipients(root);
    let (purposes, continues) = read_purposes(root, &categories, &recipients);
    let text = read_text(root);
    let (n, family, effective) = (n?, family?, effective?);
    let published_at = published?.value;
    check_dates(root, published_at, &effective);
    let spans = VersionSpans {
        n: n.span,
        family: family.span,
        effective: effective.span,
        packs: packs.iter().map(|p| p.span.clone()).collect(),
        continues,
    };
    let version = Version {
        n: n.value,
        family: family.value.to_owned(),
        account: account?,
        published_at,
        effective_at: effective.value,
        notice_period: notice_period?,
        min_age: min_age.map_or(0, |age| age.value as u8),
        permit_life,
        controller: controller?,
        domains,
        brands,
        packs: packs.into_iter().map(|p| p.value).collect(),
        categories,
        recipients,
        purposes,
        text: text?,
    };
    Some(ParsedVersion { version, spans })
}

fn read_account(root: &Table<'_, '_>, family: &At<&str>) -> Option<Slug> {
    let account = family.value.split('/').next().unwrap_or_default();
    root.reader
        .name(At {
            value: account,
            span: family.span.clone(),
        })
        .map(|at| at.value)
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

fn check_dates(
    root: &Table<'_, '_>,
    published_at: avow_model::Timestamp,
    effective: &At<avow_model::Timestamp>,
) {
    if effective.value < published_at {
        root.reader.fault_hint(
            &effective.span,
            "the version takes effect before it is published",
            "`effective` must not be earlier than `published`",
        );
    }
}

fn read_notice(root: &mut Table<'_, '_>) -> Option<SignedDuration> {
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
    notice.finish();
    period
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

fn read_controller(root: &mut Table<'_, '_>) -> Option<Controller> {
    const HINT: &str = "every mail and the policy page name who is responsible: name, post, email";
    let Some(mut table) = root.table("controller") else {
        if !root.has("controller") {
            root.missing("controller", HINT);
        }
        return None;
    };
    let name = one_line(&mut table, "name");
    let post = one_line(&mut table, "post");
    let email = table.needed_text("email", "the address for questions about privacy");
    let email = email.filter(|email| {
        let fine = email.value.parse::<avow_model::EmailAddress>();
        if let Err(why) = &fine {
            table.reader.fault(&email.span, format!("{why}"));
        }
        fine.is_ok()
    });
    let phone = table.text("phone").map(|p| p.value.to_owned());
    table.finish();
    Some(Controller {
        name: name?,
        post: post?,
        email: email?.value.to_owned(),
        phone,
    })
}

/// A needed text that goes into mail headers and footers: a line break in it would be an injection.
fn one_line(table: &mut Table<'_, '_>, key: &'static str) -> Option<String> {
    let text = table.needed_text(key, "footers need it")?;
    if text.value.chars().any(char::is_control) {
        table
            .reader
            .fault(&text.span, format!("`{key}` must be one line"));
        return None;
    }
    Some(text.value.to_owned())
}

fn read_scope(root: &mut Table<'_, '_>) -> (Vec<String>, Vec<Slug>) {
    let Some(mut scope) = root.table("scope") else {
        return (Vec::new(), Vec::new());
    };
    let domains = scope.texts("domains");
    let domains = domains.into_iter().map(|d| d.value.to_owned()).collect();
    let brands = scope.names("brands").into_iter().map(|b| b.value).collect();
    scope.finish();
    (domains, brands)
}

fn read_text(root: &mut Table<'_, '_>) -> Option<String> {
    const HINT: &str =
        "write [text.en] with markdown = \"\"\"…\"\"\": what people read on the policy page";
    let Some(mut text) = root.table("text") else {
        if !root.has("text") {
            root.missing("text", HINT);
        }
        return None;
    };
    let en = text.table("en");
    if en.is_none() {
        text.missing("en", HINT);
    }
    text.finish();
    let mut en = en?;
    let markdown = en.needed_text("markdown", HINT);
    en.finish();
    markdown.map(|m| m.value.to_owned())
}

fn read_categories(root: &mut Table<'_, '_>) -> Vec<CategoryRule> {
    let tables = root.tables("category");
    if tables.is_empty() {
        root.missing("category", "declare each kind of data: [category.email]");
    }
    limit(root, "categories", tables.len());
    let mut out = Vec::new();
    for (name, mut table) in tables {
        let title = table.needed_text("title", "how pages call this kind of data");
        table.finish();
        let id: Option<At<Category>> = root.reader.name(name);
        if let (Some(id), Some(title)) = (id, title) {
            out.push(CategoryRule {
                id: id.value,
                title: title.value.to_owned(),
            });
        }
    }
    out
}

fn read_recipients(root: &mut Table<'_, '_>) -> Vec<RecipientRule> {
    let tables = root.tables("recipient");
    limit(root, "recipients", tables.len());
    let mut out = Vec::new();
    for (name, mut table) in tables {
        let title = table.needed_text("title", "who these recipients are");
        table.finish();
        if name.value == "self" {
            let hint = "`self` is the controller and needs no declaration";
            root.reader
                .fault_hint(&name.span, "`self` cannot be declared", hint);
            continue;
        }
        let id: Option<At<RecipientClass>> = root.reader.name(name);
        if let (Some(id), Some(title)) = (id, title) {
            out.push(RecipientRule {
                id: id.value,
                title: title.value.to_owned(),
            });
        }
    }
    out
}

fn limit(root: &Table<'_, '_>, what: &str, count: usize) {
    if count > DECLARED_MAX {
        let message = format!("{count} {what}; at most {DECLARED_MAX}");
        root.reader.fault(&root.span, message);
    }
}

fn read_purposes(
    root: &mut Table<'_, '_>,
    categories: &[CategoryRule],
    recipients: &[RecipientRule],
) -> (Vec<PurposeRule>, Vec<Range<usize>>) {
    let tables = root.tables("purpose");
    if tables.is_empty() {
        root.missing("purpose", "declare each purpose: [purpose.newsletter]");
    }
    limit(root, "purposes", tables.len());
    let known = Known {
        categories: categories.iter().map(|c| c.id.as_str()).collect(),
        recipients: recipients.iter().map(|r| r.id.as_str()).collect(),
    };
    let mut measures = Vec::new();
    let mut out = Vec::new();
    let mut continues = Vec::new();
    for (name, table) in tables {
        if let Some((rule, spans)) = read_purpose(name, table, &known) {
            measures.extend(rule.measure.clone().map(|m| (m, spans.measure)));
            continues.push(spans.continues);
            out.push(rule);
        }
    }
    check_measures(root, &out, &measures);
    (out, continues)
}

struct Known<'k> {
    categories: Vec<&'k str>,
    recipients: Vec<&'k str>,
}

struct PurposeSpans {
    continues: Range<usize>,
    measure: Range<usize>,
}

fn read_purpose(
    name: At<&str>,
    mut table: Table<'_, '_>,
    known: &Known<'_>,
) -> Option<(PurposeRule, PurposeSpans)> {
    let id: Option<At<Purpose>> = table.reader.name(name);
    let kind = needed_word(&mut table, "kind", &Kind::WORDS);
    let choice = needed_word(&mut table, "choice", &ChoiceRule::WORDS);
    let verbs = read_verbs(&mut table, kind.as_ref().map(|k| k.value));
    let reads = read_reads(&mut table, known);
    let recipients = read_whom(&mut table, known);
    let title = table.needed_text("title", "how pages and forms call the purpose");
    let ask = table.text("ask");
    let why = table.text("why");
    let measure: Option<At<Purpose>> = table.name("measure");
    let continues: Option<At<Purpose>> = table.name("continues");
    let uses_max = table.number("uses", 1..2);
    let retention = read_retention(&mut table);
    let (kind, choice) = (kind?, choice?);
    check_choice(&table, &kind, &choice, uses_max.is_some());
    check_words(
        &table,
        kind.value,
        choice.value,
        (ask.is_some(), why.is_some()),
    );
    table.finish();
    let spans = PurposeSpans {
        continues: continues.as_ref().map_or(0..0, |c| c.span.clone()),
        measure: measure.as_ref().map_or(0..0, |m| m.span.clone()),
    };
    let owned = |t: At<&str>| t.value.to_owned();
    let rule = PurposeRule {
        id: id?.value,
        kind: kind.value,
        choice: choice.value,
        verbs,
        reads,
        recipients,
        title: title.map(owned)?,
        ask: ask.map(owned),
        why: why.map(owned),
        measure: measure.map(|m| m.value),
        continues: continues.map(|c| c.value),
        uses_max: uses_max.map(|u| u.value),
        retention,
    };
    Some((rule, spans))
}

fn needed_word<T: Copy>(
    table: &mut Table<'_, '_>,
    key: &'static str,
    words: &[(&str, T)],
) -> Option<At<T>> {
    if !table.has(key) {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        table.missing(key, &format!("one of: {}", known.join(", ")));
    }
    table.word(key, words)
}

/// The verbs of a purpose; each must fit its kind, so that a pack's rule on a kind covers all of it.
fn read_verbs(table: &mut Table<'_, '_>, kind: Option<Kind>) -> Vec<Verb> {
    let verbs: Vec<At<Verb>> = table.names("verbs");
    if verbs.is_empty() {
        table.missing("verbs", "for example verbs = [\"send\"]");
    }
    for verb in &verbs {
        let fits = kind.is_none_or(|kind| verb_fits(kind, verb.value.as_str()));
        if !fits {
            let known = kind.map_or("", verbs_of);
            let message = format!("\"{}\" is no verb of this kind of purpose", verb.value);
            let hint = format!("its verbs are: {known}");
            table.reader.fault_hint(&verb.span, message, &hint);
        }
    }
    verbs.into_iter().map(|v| v.value).collect()
}

const fn verbs_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Service | Kind::Marketing | Kind::Referral | Kind::Demo => "send",
        Kind::Tracking => "track.open, track.click, track.site",
        Kind::Profiling => "profile.derive, profile.use",
        Kind::Sharing => "share, forward, export",
    }
}

fn verb_fits(kind: Kind, verb: &str) -> bool {
    verbs_of(kind).split(", ").any(|known| known == verb)
}

fn read_reads(table: &mut Table<'_, '_>, known: &Known<'_>) -> Vec<Category> {
    let reads: Vec<At<Category>> = table.names("reads");
    if reads.is_empty() {
        table.missing("reads", "for example reads = [\"email\", \"name\"]");
    }
    for read in &reads {
        declared(
            table,
            "category",
            &read.span,
            (read.value.as_str(), &known.categories),
        );
    }
    reads.into_iter().map(|r| r.value).collect()
}

/// Recipients; where the file names none, only the controller itself.
fn read_whom(table: &mut Table<'_, '_>, known: &Known<'_>) -> Vec<RecipientClass> {
    let recipients: Vec<At<RecipientClass>> = table.names("recipients");
    for to in &recipients {
        if to.value.as_str() != "self" {
            declared(
                table,
                "recipient",
                &to.span,
                (to.value.as_str(), &known.recipients),
            );
        }
    }
    if recipients.is_empty() {
        return "self".parse().into_iter().collect();
    }
    recipients.into_iter().map(|r| r.value).collect()
}

fn declared(
    table: &Table<'_, '_>,
    what: &str,
    span: &Range<usize>,
    (name, known): (&str, &[&str]),
) {
    if known.contains(&name) {
        return;
    }
    let hint = match suggestion(name, known) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("declare it: [{what}.{name}]"),
    };
    let message = format!("the {what} \"{name}\" is not declared");
    table.reader.fault_hint(span, message, &hint);
}

fn read_retention(table: &mut Table<'_, '_>) -> Option<SignedDuration> {
    let span = table.span_of_time("retention")?;
    if span.value.after.is_none() {
        let hint = "write for example \"730d after last_activity\"";
        table.reader.fault_hint(
            &span.span,
            "`retention` does not say what it counts from",
            hint,
        );
    }
    Some(span.value.length)
}

/// A kind that needs no permission must be bounded in another way; the others need a choice.
fn check_choice(table: &Table<'_, '_>, kind: &At<Kind>, choice: &At<ChoiceRule>, once: bool) {
    let none = choice.value == ChoiceRule::None;
    let (message, hint) = match kind.value {
        Kind::Service if !none => (
            "service mail has no choice",
            "write choice = \"none\", or make it another kind",
        ),
        Kind::Referral | Kind::Demo if none && !once => {
            ("without a choice it may be used only once", "add uses = 1")
        }
        Kind::Marketing | Kind::Tracking | Kind::Profiling | Kind::Sharing if none => (
            "this kind of purpose needs a choice",
            "write choice = \"opt_in\"",
        ),
        _ => return,
    };
    table.reader.fault_hint(&choice.span, message, hint);
}

/// Sentences that forms and footers cannot do without.
fn check_words(table: &Table<'_, '_>, kind: Kind, choice: ChoiceRule, (ask, why): (bool, bool)) {
    if choice != ChoiceRule::None && !ask {
        table.missing(
            "ask",
            "the question that a form puts, for example \"Send me the newsletter\"",
        );
    }
    if verb_fits(kind, "send") && !why {
        table.missing(
            "why",
            "the footer's sentence: why the person gets this mail",
        );
    }
}

fn check_measures(
    root: &Table<'_, '_>,
    purposes: &[PurposeRule],
    measures: &[(Purpose, Range<usize>)],
) {
    for (id, span) in measures {
        let found = purposes.iter().find(|p| p.id == *id);
        if found.is_none_or(|p| p.kind != Kind::Tracking) {
            let message = format!("`measure` names \"{id}\", which is no purpose of kind tracking");
            let hint = format!("declare [purpose.{id}] with kind = \"tracking\"");
            root.reader.fault_hint(span, message, &hint);
        }
    }
}
