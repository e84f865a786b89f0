//! Contradictions, duties and promises that cannot be kept: each is found in a small policy, with its
//! place and what to write, and is gone once the policy says that.

mod bases;
mod contradictions;
mod duties;

use avow_policy::{Diagnostic, Severity, SourceFile, lint};

/// A policy without any finding. Rows change it.
const CLEAN: &str = include_str!("../../testdata/clean.toml");

fn file(name: &str, text: &str) -> SourceFile {
    SourceFile {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

fn packs() -> Vec<SourceFile> {
    let eu = "pack = \"eu\"\ntitle = \"Union\"\njurisdictions = [\"eu\", \"fr\"]\n[[rule]]\nkinds = [\"tracking\"]\nneeds = \"opt_in\"\nwhy = \"w\"\n";
    let hard = "pack = \"hard\"\ntitle = \"Hard\"\njurisdictions = [\"de\", \"fr\"]\n[[rule]]\nkinds = [\"referral\"]\nforbid = true\nwhy = \"no friends\"\n";
    let bill =
        "pack = \"bill\"\ntitle = \"A bill\"\nstatus = \"proposed\"\njurisdictions = [\"us\"]\n";
    vec![
        file("eu.toml", eu),
        file("hard.toml", hard),
        file("bill.toml", bill),
    ]
}

/// What is found in the clean policy after these replacements.
fn found(replacements: &[(&str, &str)]) -> Vec<Diagnostic> {
    let mut text = CLEAN.to_owned();
    for (from, to) in replacements {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let mut all = packs();
    all.push(file("v1.toml", &text));
    if let Err(faults) = avow_policy::PolicySet::compile(&all) {
        panic!("{faults:#?}\n{text}");
    }
    lint(&all)
}

fn told(found: &[Diagnostic]) -> String {
    found.iter().map(ToString::to_string).collect()
}

/// One contradiction: what makes it, the rule that finds it, where, and what mends it.
struct Row {
    rule: &'static str,
    severity: Severity,
    made: &'static [(&'static str, &'static str)],
    at: &'static str,
    mended: (&'static str, &'static str),
}

impl Row {
    fn check(&self) {
        let found_here = found(self.made);
        let rules: Vec<_> = found_here.iter().map(|d| d.lint.unwrap_or("-")).collect();
        let wrong = || format!("{}: {rules:?}\n{}", self.rule, told(&found_here));
        let hit = found_here.iter().find(|d| d.lint == Some(self.rule));
        let hit = hit.unwrap_or_else(|| panic!("{}", wrong()));
        assert_eq!(hit.severity, self.severity, "{}", wrong());
        assert!(hit.to_string().contains(self.at), "{}", wrong());
        assert!(
            hit.hint.as_ref().is_some_and(|h| !h.is_empty()),
            "{}",
            wrong()
        );
        let mut mended = self.made.to_vec();
        mended.push(self.mended);
        let left = found(&mended);
        let still: Vec<_> = left.iter().filter(|d| d.lint == Some(self.rule)).collect();
        assert!(
            still.is_empty(),
            "{} is not mended:\n{}",
            self.rule,
            told(&left)
        );
    }
}

fn error(
    rule: &'static str,
    made: &'static [(&'static str, &'static str)],
    at: &'static str,
    mended: (&'static str, &'static str),
) {
    let severity = Severity::Error;
    Row {
        rule,
        severity,
        made,
        at,
        mended,
    }
    .check();
}

fn warning(
    rule: &'static str,
    made: &'static [(&'static str, &'static str)],
    at: &'static str,
    mended: (&'static str, &'static str),
) {
    let severity = Severity::Warning;
    Row {
        rule,
        severity,
        made,
        at,
        mended,
    }
    .check();
}
