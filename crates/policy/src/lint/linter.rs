//! One version being held against the rules.

use crate::diagnostic::{Diagnostic, Severity};
use crate::pack::Pack;
use crate::places::Places;
use crate::policy_file::ParsedVersion;
use crate::source::SourceFile;
use crate::version::{CategoryRule, Claim, Cookie, Identifies, PurposeRule, Source, Version};

/// What a rule has found.
pub(super) struct Note {
    /// Where: `purpose/newsletter/choice`.
    pub at: String,
    /// One sentence: what is wrong.
    pub says: String,
    /// The place that it contradicts, and what stands there.
    pub against: Option<(String, String)>,
    /// What to write.
    pub instead: String,
}

pub(super) struct Linter<'f> {
    pub file: &'f SourceFile,
    pub version: &'f Version,
    pub packs: &'f [Pack],
    places: &'f Places,
    found: Vec<Diagnostic>,
}

impl<'f> Linter<'f> {
    pub(super) fn new(file: &'f SourceFile, parsed: &'f ParsedVersion, packs: &'f [Pack]) -> Self {
        Self {
            file,
            version: &parsed.version,
            packs,
            places: &parsed.places,
            found: Vec::new(),
        }
    }

    pub(super) fn error(&mut self, rule: &'static str, note: Note) {
        self.push(rule, Severity::Error, note);
    }

    pub(super) fn warning(&mut self, rule: &'static str, note: Note) {
        self.push(rule, Severity::Warning, note);
    }

    fn push(&mut self, rule: &'static str, severity: Severity, note: Note) {
        let place = self.places.at(&note.at);
        let mut diagnostic = Diagnostic::at(self.file, place, note.says).hint(note.instead);
        if let Some((path, message)) = note.against {
            diagnostic = diagnostic.aside(self.file, self.places.at(&path), message);
        }
        self.found.push(diagnostic.ruled(rule, severity));
    }

    /// A finding made outside, at a place of this file.
    pub(super) fn push_made(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    pub(super) fn place(&self, path: &str) -> std::ops::Range<usize> {
        self.places.at(path)
    }

    pub(super) fn into_found(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|d| (d.line, d.col));
        self.found
    }

    pub(super) fn claims(&self, claim: Claim) -> bool {
        self.version.claims_that(claim)
    }

    /// The purposes that do any of these verbs.
    pub(super) fn doing(&self, verbs: &[&str]) -> Vec<&'f PurposeRule> {
        let does = |p: &&PurposeRule| p.verbs.iter().any(|v| verbs.contains(&v.as_str()));
        self.version.purposes().iter().filter(does).collect()
    }

    /// The first category that a purpose reads and that points at a person.
    pub(super) fn names_person(&self, rule: &PurposeRule) -> Option<&'f CategoryRule> {
        let read = |c: &&CategoryRule| rule.reads.contains(&c.id) && points_at_person(c);
        self.version.categories().iter().find(read)
    }

    /// The first cookie that serves a purpose.
    pub(super) fn cookie_of(&self, rule: &PurposeRule) -> Option<&'f Cookie> {
        let serves = |c: &&Cookie| c.purpose.as_ref() == Some(&rule.id);
        self.version.cookies().iter().find(serves)
    }
}

/// A place in a purpose.
pub(super) fn at(rule: &PurposeRule, key: &str) -> String {
    format!("purpose/{}/{key}", rule.id)
}

/// The place where a promise stands, and what it says there.
pub(super) fn promise(claim: Claim) -> (String, String) {
    let word = claim.as_str();
    (
        format!("claims/{word}"),
        format!("the promise `{word}` stands here"),
    )
}

/// Kinds of data that point at a person whatever a file says, by their usual names.
const NAMING: [&str; 10] = [
    "email",
    "name",
    "first_name",
    "last_name",
    "phone",
    "fax",
    "address",
    "company",
    "account",
    "customer",
];
/// Kinds of data that point at a device.
const STABLE: [&str; 8] = [
    "ip",
    "ip_address",
    "cookie_id",
    "visitor_id",
    "device_id",
    "session_id",
    "user_agent",
    "fingerprint",
];

pub(super) fn points_at_person(category: &CategoryRule) -> bool {
    match category.identifies {
        Some(whom) => whom == Identifies::Person,
        None => is_named(category, &NAMING) || category.source.contains(&Source::Person),
    }
}

/// True for an address of a connection or a lasting mark of a browser.
pub(super) fn points_at_device(category: &CategoryRule) -> bool {
    match category.identifies {
        Some(whom) => whom == Identifies::Device,
        None => is_named(category, &STABLE),
    }
}

/// True when the usual name of a category says that it points at somebody.
pub(super) fn is_stable_by_name(category: &CategoryRule) -> bool {
    is_named(category, &NAMING) || is_named(category, &STABLE)
}

fn is_named(category: &CategoryRule, names: &[&str]) -> bool {
    names.contains(&category.id.as_str())
}
