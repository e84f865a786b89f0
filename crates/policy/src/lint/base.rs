//! P09: a policy that names a base stays within it.

use super::linter::Linter;
use crate::diagnostic::{Diagnostic, Severity};
use crate::diff::{About, ChangeItem, diff_by};
use crate::policy_file::ParsedVersion;
use crate::source::SourceFile;
use crate::version::{BaseRef, ChangeClass, PurposeRule, Version};

const RULE: &str = "P09";

pub(super) fn check(linter: &mut Linter<'_>, versions: &[(&SourceFile, ParsedVersion)]) {
    let Some(wanted) = linter.version.base() else {
        return;
    };
    let is_base = |v: &Version| v.n() == wanted.n && v.family() == wanted.family.as_str();
    match versions.iter().find(|(_, parsed)| is_base(&parsed.version)) {
        Some((file, base)) => hold(linter, file, base),
        None => missing(linter, wanted),
    }
}

fn missing(linter: &mut Linter<'_>, wanted: &BaseRef) {
    let message = format!("the base {wanted} is not there, so nothing can be held against it");
    let place = linter.place("base");
    let fault = Diagnostic::at(linter.file, place, message);
    let hint = "check it together with the file of that version";
    linter.push_made(fault.hint(hint).ruled(RULE, Severity::Error));
}

/// Everything in which the policy goes beyond its base.
fn hold(linter: &mut Linter<'_>, file: &SourceFile, base: &ParsedVersion) {
    let within = |rule: &PurposeRule| covering(&base.version, rule);
    let change = diff_by(&base.version, linter.version, within);
    for item in change.items.iter().filter(|i| goes_beyond(i)) {
        let place = linter.place(&item.path);
        let name = format!("{}@{}", base.version.family(), base.version.n());
        let message = format!("wider than {name}: {}", item.sentence);
        let fault = Diagnostic::at(linter.file, place, message)
            .aside(file, base.places.at(&item.path), "the base says this")
            .hint("say it as the base does, or permit less");
        linter.push_made(fault.ruled(RULE, Severity::Error));
    }
}

/// The purpose of the base that this one is, or is a part of: `news` covers `news.monthly`.
fn covering<'b>(base: &'b Version, rule: &PurposeRule) -> Option<&'b PurposeRule> {
    let own = base.purpose(&rule.id);
    let above = || base.purposes().iter().find(|p| p.id.covers(&rule.id));
    own.or_else(above)
}

/// Who somebody is and how they put it is theirs; safeguards are stood for by each for themselves.
fn goes_beyond(item: &ChangeItem) -> bool {
    let own = matches!(item.about, About::People | About::Words);
    let other_safeguards = item.path.starts_with("safeguard/");
    item.class == ChangeClass::Major && !own && !other_safeguards
}
