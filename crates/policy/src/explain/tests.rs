//! Every code, as both audiences read it, from the case that shows it first.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Asked, Audience};
use crate::cases::{Case, read_case};
use crate::code::Code;
use crate::decide::decide;
use crate::set::PolicySet;
use crate::source::SourceFile;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures")
}

fn files(folder: &Path) -> Vec<SourceFile> {
    let mut out = Vec::new();
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            out.extend(files(&path));
        } else if path.extension().is_some_and(|e| e == "toml") {
            let name = path.display().to_string();
            out.push(SourceFile::from_bytes(&name, &fs::read(&path).unwrap()).unwrap());
        }
    }
    out
}

fn cases(folder: &str, name: &str) -> (PolicySet, Vec<Case>) {
    let folder = fixtures().join(folder);
    let set = PolicySet::compile(&files(&folder)).unwrap();
    let text = fs::read_to_string(folder.join(name)).unwrap();
    let all = text.lines().map(|line| read_case(line, &set).unwrap());
    let all = all.collect();
    (set, all)
}

/// The code's first case, and what both audiences are told there.
fn told() -> BTreeMap<&'static str, String> {
    let mut out = BTreeMap::new();
    for (folder, name) in [("acme", "more-cases.jsonl"), ("gate", "cases.jsonl")] {
        let (set, cases) = cases(folder, name);
        for case in &cases {
            tell(case, &set, &mut out);
        }
    }
    out
}

fn tell(case: &Case, set: &PolicySet, out: &mut BTreeMap<&'static str, String>) {
    let asked = Asked {
        request: &case.request,
        facts: &case.facts,
        now: case.now,
        policies: set,
    };
    let decision = decide(&case.request, &case.facts, case.now, set);
    let plain = asked.explain(&decision, Audience::Marketer);
    let exact = asked.explain(&decision, Audience::Lawyer);
    for (plain, exact) in plain.iter().zip(&exact) {
        let text = format!(
            "{} ({})\n  {}\n  {}\n  {}\n",
            plain.code, case.id, plain.text, exact.text, plain.remedy
        );
        out.entry(plain.code.as_str()).or_insert(text);
    }
}

#[test]
fn every_code_is_told_to_both_audiences_as_written_down() {
    let told: String = told().into_values().collect();
    let wanted = include_str!("codes.txt");
    // To renew it after a change that is meant: put what this prints into src/explain/codes.txt.
    assert!(told == wanted, "{told}");
}

#[test]
fn every_code_that_a_case_can_show_is_shown() {
    let told = told();
    let silent: Vec<&str> = Code::ALL
        .iter()
        .map(|code| code.as_str())
        .filter(|code| !told.contains_key(code))
        .collect();
    assert!(silent.is_empty(), "no case shows {silent:?}");
}

#[test]
fn both_are_told_the_same_and_a_lawyer_gets_the_code() {
    for (code, text) in told() {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let [_, plain, exact, remedy] = lines[..] else {
            panic!("{text}")
        };
        assert!(exact.starts_with(plain), "{text}");
        assert!(exact.ends_with(&format!("{code}]")), "{text}");
        assert!(plain.ends_with('.') && remedy.ends_with('.'), "{text}");
    }
}

#[test]
fn a_decision_is_one_sentence_with_what_to_do_next() {
    let (set, cases) = cases("gate", "cases.jsonl");
    let case = cases.iter().find(|c| c.id == "GV13").unwrap();
    let asked = Asked {
        request: &case.request,
        facts: &case.facts,
        now: case.now,
        policies: &set,
    };
    let decision = decide(&case.request, &case.facts, case.now, &set);
    assert_eq!(
        asked.summary(&decision, Audience::Marketer),
        "To send for valley is not allowed. This person withdrew on 2 February 2026 at 00:00 UTC. \
         Only the person can change that."
    );
    assert_eq!(
        asked.summary(&decision, Audience::Lawyer),
        "To send for valley is not allowed as of 1 March 2026 at 12:00:00 UTC. This person withdrew \
         on 2 February 2026 at 00:00 UTC. [policy gear/main version 1, purpose valley, clause #valley; withdrawal made \
         2 February 2026 at 00:00:00 UTC; D_WITHDRAWN] Only the person can change that."
    );
}
