//! Each example policy keeps the promises of the system it stands for: its own cases say which.

use std::fs;

use avow_model::Purpose;
use avow_policy::{
    CaseReport, ChoiceRule, Diagnostic, PolicySet, SourceFile, check_cases, lint, policy_page_html,
};

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

fn sources(name: &str) -> Vec<SourceFile> {
    let mut all = files(&root().join("policies").join(name));
    all.extend(files(&root().join("policies/packs")));
    all
}

fn set(name: &str) -> PolicySet {
    compiled(&sources(name))
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

#[test]
fn every_seed_policy_checks_clean_and_can_send_and_measure() {
    for account in POLICIES {
        let set = set(account);
        let version = set.version(1).expect("the first version");
        let newsletter = version.purpose(&"newsletter".parse().expect("a name"));
        let newsletter = newsletter.expect("a newsletter");
        assert_eq!(newsletter.choice, ChoiceRule::OptIn, "{account}");
        let measure: Purpose = "measure".parse().expect("a name");
        assert_eq!(version.measuring_purpose(), Some(&measure), "{account}");
        assert_eq!(newsletter.measure, Some(measure));
        assert!(policy_page_html(version).contains("id=\"purposes\""));
    }
}

#[test]
fn no_seed_policy_contradicts_itself() {
    for account in POLICIES {
        let found = lint(&sources(account));
        let told: String = found.iter().map(ToString::to_string).collect();
        assert!(!found.iter().any(Diagnostic::is_error), "{told}");
        // StrongMail's text says that going on means agreeing: the warning is deserved.
        let deserved = usize::from(account == "strongmail");
        assert_eq!(found.len(), deserved, "{told}");
    }
}
