//! The purposes of a policy file: what is done, for what, with which data, on whose word.

mod check;
mod extra;

use std::ops::Range;

use avow_model::{Category, Purpose, RecipientClass, Verb};
use jiff::SignedDuration;

use super::limit;
use crate::reader::{At, Table, suggestion};
use crate::span_text::After;
use crate::version::{CategoryRule, ChoiceRule, Kind, PurposeRule, RecipientRule};
use check::check_rule;
use extra::Extra;

/// What the file declares that purposes name.
pub(super) struct Known {
    categories: Vec<String>,
    recipients: Vec<String>,
}

impl Known {
    pub(super) fn new(categories: &[CategoryRule], recipients: &[RecipientRule]) -> Self {
        Self {
            categories: categories.iter().map(|c| c.id.to_string()).collect(),
            recipients: recipients.iter().map(|r| r.id.to_string()).collect(),
        }
    }

    pub(super) fn category(&self, table: &Table<'_, '_>, at: &At<Category>) {
        let known: Vec<&str> = self.categories.iter().map(String::as_str).collect();
        declared(table, "category", &at.span, (at.value.as_str(), &known));
    }

    /// `self` is always known.
    pub(super) fn recipient(&self, table: &Table<'_, '_>, at: &At<RecipientClass>) {
        if at.value.as_str() != "self" {
            let known: Vec<&str> = self.recipients.iter().map(String::as_str).collect();
            declared(table, "recipient", &at.span, (at.value.as_str(), &known));
        }
    }
}

/// Every `[purpose.*]`, in the order of the file.
pub(super) fn read_purposes(root: &mut Table<'_, '_>, known: &Known) -> Vec<PurposeRule> {
    let tables = root.tables("purpose");
    if tables.is_empty() {
        root.missing("purpose", "declare each purpose: [purpose.newsletter]");
    }
    limit(root, "purposes", tables.len());
    let mut names = Vec::new();
    let mut out = Vec::new();
    for (name, table) in tables {
        out.extend(read_purpose(name, table, known, &mut names));
    }
    check_named(root, &out, &names);
    out
}

/// A purpose that another one names, by which key and where.
struct Named {
    key: &'static str,
    purpose: At<Purpose>,
}

fn read_purpose(
    name: At<&str>,
    mut table: Table<'_, '_>,
    known: &Known,
    names: &mut Vec<Named>,
) -> Option<PurposeRule> {
    let id: Option<At<Purpose>> = table.reader.name(name);
    let kind = table.needed_word("kind", &Kind::WORDS);
    let choice = table.needed_word("choice", &ChoiceRule::WORDS);
    let verbs = read_verbs(&mut table, kind.as_ref().map(|k| k.value));
    let reads = read_reads(&mut table, known);
    let recipients = read_whom(&mut table, known);
    let title = table.needed_spoken("title", "how pages and forms call the purpose");
    let ask = table.spoken("ask");
    let why = table.spoken("why");
    let measure: Option<At<Purpose>> = table.name("measure");
    let continues: Option<At<Purpose>> = table.name("continues");
    let uses_max = table.number("uses", 1..2);
    let retention = read_retention(&mut table);
    let extra = Extra::read(&mut table, known);
    if let (Some(kind), Some(choice)) = (&kind, &choice) {
        let said = check::Words {
            once: uses_max.is_some(),
            ask: ask.is_some(),
            why: why.is_some(),
        };
        check_rule(&table, kind, choice, said);
    }
    if let Some(kind) = &kind {
        extra.check(&table, kind.value);
    }
    table.finish();
    names.extend(measure.clone().map(|purpose| Named {
        key: "measure",
        purpose,
    }));
    names.extend(extra.requires.iter().cloned().map(|purpose| Named {
        key: "requires",
        purpose,
    }));
    let owned = |t: At<&str>| t.value.to_owned();
    Some(PurposeRule {
        id: id?.value,
        kind: kind?.value,
        choice: choice?.value,
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
        basis: extra.basis,
        channels: extra.channels,
        frequency: extra.frequency,
        unsubscribable: extra.unsubscribable,
        clause: extra.clause,
        purge: extra.purge,
        marker_ttl: extra.marker_ttl,
        requires: extra.requires.into_iter().map(|r| r.value).collect(),
        interest: extra.interest.map(|i| i.value),
        unrelated: extra.unrelated,
        messages: extra.messages,
        send_as: extra.send_as,
        coop: extra.coop,
        traits: extra.traits,
        identified_by: extra.identified_by,
    })
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

fn read_reads(table: &mut Table<'_, '_>, known: &Known) -> Vec<Category> {
    let reads: Vec<At<Category>> = table.names("reads");
    if reads.is_empty() {
        table.missing("reads", "for example reads = [\"email\", \"name\"]");
    }
    for read in &reads {
        known.category(table, read);
    }
    reads.into_iter().map(|r| r.value).collect()
}

/// Recipients; where the file names none, only the controller itself.
fn read_whom(table: &mut Table<'_, '_>, known: &Known) -> Vec<RecipientClass> {
    let recipients: Vec<At<RecipientClass>> = table.names("recipients");
    for to in &recipients {
        known.recipient(table, to);
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
    if span.value.after != Some(After::LastActivity) {
        let hint = "write for example \"730d after last_activity\"";
        table.reader.fault_hint(
            &span.span,
            "the `retention` of a purpose counts from the last activity, and must say so",
            hint,
        );
    }
    Some(span.value.length)
}

/// Purposes that others name must be there, and measuring is for purposes of kind tracking.
fn check_named(root: &Table<'_, '_>, purposes: &[PurposeRule], names: &[Named]) {
    for Named { key, purpose } in names {
        let found = purposes.iter().find(|p| p.id == purpose.value);
        let tracks = found.is_some_and(|p| p.kind == Kind::Tracking);
        let id = &purpose.value;
        let (message, hint) = match *key {
            "measure" if !tracks => (
                format!("`measure` names \"{id}\", which is no purpose of kind tracking"),
                format!("declare [purpose.{id}] with kind = \"tracking\""),
            ),
            _ if found.is_none() => {
                let known: Vec<&str> = purposes.iter().map(|p| p.id.as_str()).collect();
                let hint = suggestion(id.as_str(), &known).map_or_else(
                    || format!("declare it: [purpose.{id}]"),
                    |near| format!("did you mean \"{near}\"?"),
                );
                (format!("the purpose \"{id}\" is not declared"), hint)
            }
            _ => continue,
        };
        root.reader.fault_hint(&purpose.span, message, &hint);
    }
}
