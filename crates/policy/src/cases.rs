//! Case files: one question with its wanted answer on each line of JSON, to test a policy with.

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
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
}

/// Asks every case of a JSON Lines text. A line that is no case ends it: a test that was misread proves nothing.
pub fn check_cases(policies: &PolicySet, json_lines: &str) -> Result<CaseReport, CaseFault> {
    let mut report = CaseReport::default();
    for (index, line) in json_lines.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let case = read::case(line, policies).map_err(|message| CaseFault {
            line: index + 1,
            message,
        })?;
        let result = ask(case, policies);
        if result.passed {
            report.passed += 1;
        } else {
            report.failed += 1;
        }
        report.results.push(result);
    }
    Ok(report)
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
