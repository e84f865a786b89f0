//! From the text of a policy file to a `Version`, or to everything that is wrong with it.

mod data;
mod head;
mod people;
mod purpose;
mod rewrite;
mod surface;
mod text;

use crate::diagnostic::Diagnostic;
use crate::places::Places;
use crate::reader::{Reader, Table};
use crate::source::SourceFile;
use crate::version::{Claim, CookieMode, Version};

pub use rewrite::{texts_named, with_published, with_texts_inside};

/// Each kind of declaration is a short list that people read.
const DECLARED_MAX: usize = 200;

/// A version and where its parts stand, for checks that come later.
#[derive(Debug)]
pub(crate) struct ParsedVersion {
    pub version: Version,
    pub places: Places,
}

/// Reads one policy file; `texts` are the Markdown files that it may name. Never panics, whatever the text.
pub(crate) fn parse(
    file: &SourceFile,
    texts: &[SourceFile],
) -> Result<ParsedVersion, Vec<Diagnostic>> {
    let reader = Reader::new(file);
    let parsed = reader.parse().and_then(|table| {
        let mut root = Table::root(&reader, &table);
        let version = read_version(&mut root, texts);
        root.finish();
        let places = Places::of(table.get_ref());
        version.map(|version| ParsedVersion { version, places })
    });
    if let Some(parsed) = &parsed {
        text::check_clauses(&reader, parsed);
    }
    let faults = reader.into_faults();
    match parsed {
        Some(parsed) if faults.is_empty() => Ok(parsed),
        _ => Err(faults),
    }
}

fn read_version(root: &mut Table<'_, '_>, texts: &[SourceFile]) -> Option<Version> {
    let head = head::read(root);
    let texts = text::read_texts(root, texts);
    let locales = texts.iter().flatten().map(|t| t.locale.clone());
    root.reader.speak(locales.collect());
    let controller = people::read_controller(root);
    let business = people::read_business(root);
    let contacts = people::read_contacts(root);
    let scope = people::read_scope(root);
    let claims = root.words("claims", &Claim::WORDS);
    let cookies = root.word("cookies", &CookieMode::WORDS);
    let categories = data::read_categories(root);
    let recipients = data::read_recipients(root);
    let known = purpose::Known::new(&categories, &recipients);
    let purposes = purpose::read_purposes(root, &known);
    let surface = surface::read(root, &purposes, &known);
    let staff = people::read_staff(root, &purposes);
    let head = head?;
    Some(Version {
        family: head.family,
        n: head.n,
        supersedes: head.supersedes,
        published_at: head.published_at,
        effective_at: head.effective_at,
        raised: head.raised,
        base: head.base,
        notice: head.notice,
        min_age: head.min_age,
        child_directed: head.child_directed,
        permit_life: head.permit_life,
        cookies: cookies.map(|c| c.value),
        controller: controller?,
        business,
        contacts,
        scope,
        packs: head.packs,
        claims,
        categories,
        recipients,
        purposes,
        cookie_list: surface.cookies,
        hosts: surface.hosts,
        rights: surface.rights,
        safeguards: surface.safeguards,
        texts: texts?,
        staff,
        translations: root.reader.take_translations(),
    })
}

fn limit(root: &Table<'_, '_>, what: &str, count: usize) {
    if count > DECLARED_MAX {
        let message = format!("{count} {what}; at most {DECLARED_MAX}");
        root.reader.fault(&root.span, message);
    }
}
