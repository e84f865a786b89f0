//! From the text of a policy file to a `Version`, or to everything that is wrong with it.

mod purpose;

use std::ops::Range;

use avow_model::{Category, RecipientClass, Slug};
use jiff::SignedDuration;

use crate::reader::{At, Reader, Table};
use crate::source::{Diagnostic, SourceFile};
use crate::version::{CategoryRule, Controller, RecipientRule, Version};
use purpose::read_purposes;

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
