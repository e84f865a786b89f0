//! What is wrong in a file of rules, and what in it can never match.

use std::fmt;

use super::matching::ReplyRule;
use super::{Provider, Rules, file};

/// One thing found, with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// From 1.
    pub line: usize,
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// Why a file of rules cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(.0))]
pub struct RulesFault(pub Vec<Finding>);

fn lines(findings: &[Finding]) -> String {
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    lines.join("; ")
}

impl RulesFault {
    pub(super) fn one(text: &str, at: usize, what: &str) -> Self {
        let line = line(text, at);
        let what = what.to_owned();
        Self(vec![Finding { line, what }])
    }
}

fn line(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or(text);
    before.bytes().filter(|b| *b == b'\n').count() + 1
}

/// Everything that is wrong in a file of one's own, or can never match; empty when all is well.
pub fn lint(text: &str) -> Vec<Finding> {
    match file::read(text, Some(&Rules::built_in())) {
        Ok((_, found)) => found.never,
        Err(RulesFault(faults)) => faults,
    }
}

/// What is found while a file is read.
pub(super) struct Findings {
    text: String,
    faults: Vec<Finding>,
    never: Vec<Finding>,
}

impl Findings {
    pub(super) fn of(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            faults: Vec::new(),
            never: Vec::new(),
        }
    }

    fn finding(&self, at: usize, what: &str) -> Finding {
        Finding {
            line: line(&self.text, at),
            what: what.to_owned(),
        }
    }

    /// The file cannot be used.
    pub(super) fn fault(&mut self, at: usize, what: &str) {
        let finding = self.finding(at, what);
        self.faults.push(finding);
    }

    /// It can, and this part of it does nothing.
    pub(super) fn never(&mut self, at: usize, what: &str) {
        let finding = self.finding(at, what);
        self.never.push(finding);
    }

    /// Providers whose servers all belong to one before them.
    pub(super) fn providers(&mut self, providers: &[(usize, Provider)]) {
        for (n, (at, provider)) in providers.iter().enumerate() {
            let taken = |mx: &String| providers[..n].iter().find(|(_, before)| before.has(mx));
            let before: Vec<_> = provider.mx.iter().filter_map(taken).collect();
            if let (Some((_, first)), true) = (before.first(), before.len() == provider.mx.len()) {
                let what = format!(
                    "the provider `{}` never matches: `{}` before it has all its servers",
                    provider.name, first.name
                );
                self.never(*at, &what);
            }
        }
    }

    /// Rules behind one that fits whatever they fit.
    pub(super) fn replies(&mut self, rules: &[(usize, ReplyRule)]) {
        for (n, (at, rule)) in rules.iter().enumerate() {
            let covers = |(_, before): &&(usize, ReplyRule)| before.covers(rule);
            if let Some((before, _)) = rules[..n].iter().find(covers) {
                let before = line(&self.text, *before);
                self.never(
                    *at,
                    &format!("the rule never matches: the one in line {before} fits first"),
                );
            }
        }
    }

    #[cfg(test)]
    pub(super) fn list(self) -> Vec<Finding> {
        self.never
    }

    pub(super) fn into_result(mut self) -> Result<Self, RulesFault> {
        if self.faults.is_empty() {
            return Ok(self);
        }
        self.faults.append(&mut self.never);
        self.faults.sort_by_key(|finding| finding.line);
        Err(RulesFault(self.faults))
    }
}
