//! What is wrong with a policy though it can be read: promises that contradict each other or cannot be
//! kept, duties that nobody has taken, more than the base allows.
//!
//! Promises: each finding names one rule, its place, the place it contradicts, and what to write
//! instead; ambiguous text is read in the way that protects the person. Never: judges what is published
//! already (a later rule must not stop an account); changes what the gate answers.

mod base;
mod form;
mod linter;
mod mail;
mod people;
mod sharing;
mod site;
mod words;

pub use form::{FormFault, FormShape, check_form};

use crate::diagnostic::Diagnostic;
use crate::pack;
use crate::policy_file::{self, ParsedVersion};
use crate::source::SourceFile;
use linter::Linter;

/// Everything found in the versions among these files that can be read. Packs, Markdown texts and bases
/// among them are what the versions are held against; what is unreadable is for `PolicySet::compile` to say.
pub fn lint(files: &[SourceFile]) -> Vec<Diagnostic> {
    let sources = || files.iter().filter(|f| !f.is_markdown());
    let packs: Vec<pack::Pack> = sources()
        .filter(|f| pack::is_pack(f))
        .filter_map(|f| pack::parse(f).ok())
        .collect();
    let read = |file| Some((file, policy_file::parse(file, files).ok()?));
    let versions: Vec<(&SourceFile, ParsedVersion)> = sources()
        .filter(|f| !pack::is_pack(f))
        .filter_map(read)
        .collect();
    let mut out = Vec::new();
    for (file, parsed) in &versions {
        let mut linter = Linter::new(file, parsed, &packs);
        site::check(&mut linter);
        sharing::check(&mut linter);
        mail::check(&mut linter);
        people::check(&mut linter);
        base::check(&mut linter, &versions);
        words::check(&mut linter);
        out.extend(linter.into_found());
    }
    out
}
