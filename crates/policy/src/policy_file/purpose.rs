//! The purposes of a policy file: what is done, for what, with which data, on whose word.

use std::ops::Range;

use avow_model::{Category, Purpose, RecipientClass, Verb};
use jiff::SignedDuration;

use super::limit;
use crate::reader::{At, Table, suggestion};
use crate::version::{CategoryRule, ChoiceRule, Kind, PurposeRule, RecipientRule};

/// Every `[purpose.*]`, in the order of the file, and where each `continues` stands.
pub(super) fn read_purposes(
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
