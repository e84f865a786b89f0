//! The acme policies, as files, answer every case as wanted.

use std::fs;
use std::path::{Path, PathBuf};

use avow_policy::{CaseReport, Diagnostic, PolicySet, SourceFile, check_cases, lint};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) fn files(folder: &Path) -> Vec<SourceFile> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            out.extend(files(&path));
        } else if path.extension().is_some_and(|e| e == "toml") {
            let name = path.display().to_string();
            out.push(
                SourceFile::from_bytes(&name, &fs::read(&path).expect("readable"))
                    .expect("readable"),
            );
        }
    }
    out
}

pub(crate) fn acme() -> PolicySet {
    compiled(&files(&root().join("tests/fixtures/acme")))
}

pub(crate) fn compiled(files: &[SourceFile]) -> PolicySet {
    PolicySet::compile(files).unwrap_or_else(|faults| {
        let told: String = faults.iter().map(ToString::to_string).collect();
        panic!("{told}")
    })
}

fn assert_all_pass(report: &CaseReport) {
    assert!(report.faults.is_empty(), "{:#?}", report.faults);
    let failed: Vec<_> = report.results.iter().filter(|r| !r.passed).collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn every_given_case_passes() {
    let path = root().join("../../shared/data/policy-cases/cases.jsonl");
    let Ok(cases) = fs::read_to_string(&path) else {
        println!("skipped: the shared case file is not here");
        return;
    };
    let report = check_cases(&acme(), &cases);
    assert!(report.passed >= 36);
    assert_all_pass(&report);
}

#[test]
fn the_acme_policies_may_be_old_fashioned_and_contradict_nothing() {
    let found = lint(&files(&root().join("tests/fixtures/acme")));
    let told: String = found.iter().map(ToString::to_string).collect();
    assert!(!found.iter().any(Diagnostic::is_error), "{told}");
}

#[test]
fn every_further_case_passes() {
    let path = root().join("tests/fixtures/acme/more-cases.jsonl");
    let cases = fs::read_to_string(path).expect("the case file");
    let report = check_cases(&acme(), &cases);
    assert!(report.passed + report.failed >= 60);
    assert_all_pass(&report);
}

/// A policy with every limit that a purpose can have: how often, about what, to whom, by whom.
pub(crate) fn gear() -> PolicySet {
    compiled(&files(&root().join("tests/fixtures/gate")))
}

#[test]
fn every_case_of_the_limits_passes() {
    let path = root().join("tests/fixtures/gate/cases.jsonl");
    let cases = fs::read_to_string(path).expect("the case file");
    let report = check_cases(&gear(), &cases);
    assert!(report.passed + report.failed >= 100);
    assert_all_pass(&report);
}
