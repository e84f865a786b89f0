//! Case files: one question with its wanted answer on each line of JSON, to test a policy with.

mod extra;
mod read;

use avow_model::{Facts, Timestamp};

use crate::decide::decide;
use crate::request::Request;
use crate::set::PolicySet;

/// One case, ready to be asked.
#[derive(Debug)]
pub(crate) struct Case {
    pub id: String,
    pub given: String,
    pub why: String,
    pub now: Timestamp,
    pub request: Request,
    pub facts: Facts,
    pub effect: String,
    pub code: String,
}

/// A line that is no case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[error("line {line}: {message}")]
pub struct CaseFault {
    /// From 1.
    pub line: usize,
    pub message: String,
}

/// What became of one case.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CaseResult {
    pub id: String,
    pub passed: bool,
    pub wanted_effect: String,
    pub wanted_code: String,
    pub effect: String,
    pub codes: Vec<String>,
    pub given: String,
    pub why: String,
}

/// What became of all.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct CaseReport {
    pub passed: usize,
    pub failed: usize,
    pub results: Vec<CaseResult>,
    /// Lines that were not understood.
    pub faults: Vec<CaseFault>,
}

impl CaseReport {
    /// True when every line is a case that holds, and there is one.
    pub const fn holds(&self) -> bool {
        self.failed == 0 && self.faults.is_empty() && self.passed > 0
    }

    fn add(&mut self, result: CaseResult) {
        if result.passed {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
        self.results.push(result);
    }
}

/// Asks every case of a JSON Lines text. A line that is no case fails the report and stops no other.
pub fn check_cases(policies: &PolicySet, json_lines: &str) -> CaseReport {
    let mut report = CaseReport::default();
    for (index, line) in json_lines.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        match read::case(line, policies) {
            Ok(case) => report.add(ask(case, policies)),
            Err(message) => report.faults.push(CaseFault {
                line: index + 1,
                message,
            }),
        }
    }
    report
}

/// One line, read.
#[cfg(test)]
pub(crate) fn read_case(line: &str, policies: &PolicySet) -> Result<Case, String> {
    read::case(line, policies)
}

fn ask(case: Case, policies: &PolicySet) -> CaseResult {
    let decision = decide(&case.request, &case.facts, case.now, policies);
    let codes: Vec<String> = decision
        .reasons()
        .iter()
        .map(|r| r.code.as_str().to_owned())
        .collect();
    CaseResult {
        passed: decision.effect() == case.effect && codes.contains(&case.code),
        id: case.id,
        wanted_effect: case.effect,
        wanted_code: case.code,
        effect: decision.effect().to_owned(),
        codes,
        given: case.given,
        why: case.why,
    }
}
