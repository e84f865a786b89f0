//! Each example policy keeps the promises of the system it stands for: its own cases say which.

use std::fs;

use avow_policy::{CaseReport, PolicySet, check_cases};

use crate::fixture::{compiled, files, root};

const POLICIES: [&str; 5] = [
    "dynamics",
    "exacttarget",
    "imark",
    "leadgenius",
    "strongmail",
];
/// Fewer would leave whole chapters of a policy unasked.
const CASES_MIN: usize = 12;

fn set(name: &str) -> PolicySet {
    let mut all = files(&root().join("policies").join(name));
    all.extend(files(&root().join("policies/packs")));
    compiled(&all)
}

fn report(name: &str) -> CaseReport {
    let path = root().join("policies").join(name).join("cases.jsonl");
    let cases = fs::read_to_string(path).expect("each policy has its cases");
    check_cases(&set(name), &cases)
}

#[test]
fn every_example_policy_keeps_what_its_cases_promise() {
    for name in POLICIES {
        let report = report(name);
        assert!(report.faults.is_empty(), "{name}: {:#?}", report.faults);
        let failed: Vec<_> = report.results.iter().filter(|r| !r.passed).collect();
        assert!(failed.is_empty(), "{name}: {failed:#?}");
        assert!(
            report.passed >= CASES_MIN,
            "{name}: {} cases",
            report.passed
        );
    }
}

#[test]
fn the_cases_allow_as_well_as_refuse() {
    for name in POLICIES {
        let report = report(name);
        let allowed = report
            .results
            .iter()
            .filter(|r| r.effect == "ALLOW")
            .count();
        assert!(allowed >= 2, "{name} allows {allowed}");
        assert!(report.passed - allowed >= 5, "{name} refuses too little");
    }
}
