//! Whom a verifier trusts: the log's key, and witnesses with a quorum (C2SP tlog-policy).
//!
//! Reading follows the specification: `log`, `witness`, `group`, `quorum` lines, comments, blank lines.
//! A checkpoint is good when one of the logs signed it and witnesses cosigned it by the quorum.

use std::collections::{BTreeMap, BTreeSet};

use avow_ledger::{Head, LogVerifier};

use crate::cosignature::WitnessKey;

/// Longest trust file in bytes: 32 logs, witnesses and groups are far below.
const TRUST_BYTES_MAX: usize = 64 * 1024;
/// Most lines with a meaning.
const LINES_MAX: usize = 256;

/// What is trusted.
#[derive(Debug, Clone)]
pub struct Trust {
    logs: Vec<LogVerifier>,
    witnesses: BTreeMap<String, WitnessKey>,
    groups: BTreeMap<String, Group>,
    /// `None` is the quorum `none`.
    quorum: Option<String>,
}

#[derive(Debug, Clone)]
struct Group {
    least: usize,
    members: Vec<String>,
}

/// Why a text is no trust file, with the number of its line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustFault {
    #[error("the trust file is longer than {TRUST_BYTES_MAX} bytes or {LINES_MAX} lines")]
    TooLong,
    #[error("line {line} of the trust file: {why}")]
    Line { line: usize, why: &'static str },
    #[error("the trust file names no log: add a line `log <key>`")]
    NoLog,
    #[error("the trust file must have one line `quorum`")]
    NoQuorum,
}

impl Trust {
    /// One log, no witnesses.
    pub fn log_alone(log: LogVerifier) -> Self {
        Self {
            logs: vec![log],
            witnesses: BTreeMap::new(),
            groups: BTreeMap::new(),
            quorum: None,
        }
    }

    /// Reads a trust file.
    pub fn parse(text: &str) -> Result<Self, TrustFault> {
        let mut trust = Self {
            logs: Vec::new(),
            witnesses: BTreeMap::new(),
            groups: BTreeMap::new(),
            quorum: None,
        };
        let (mut quorums, mut grouped) = (0, BTreeSet::new());
        if text.len() > TRUST_BYTES_MAX || text.lines().count() > LINES_MAX {
            return Err(TrustFault::TooLong);
        }
        for (number, line) in (1..).zip(text.split('\n')) {
            let words: Vec<&str> = line.split([' ', '\t']).filter(|w| !w.is_empty()).collect();
            let fault = |why| TrustFault::Line { line: number, why };
            match words.as_slice() {
                [] => {}
                [first, ..] if first.starts_with('#') => {}
                ["log", key] | ["log", key, _] => trust.add_log(key).map_err(fault)?,
                ["witness", name, key] | ["witness", name, key, _] => {
                    trust.add_witness(name, key).map_err(fault)?;
                }
                ["group", name, least, members @ ..] => {
                    trust
                        .add_group(name, least, members, &mut grouped)
                        .map_err(fault)?;
                }
                ["quorum", name] => {
                    quorums += 1;
                    trust.set_quorum(name).map_err(fault)?;
                }
                _ => return Err(fault("is none of log, witness, group, quorum")),
            }
        }
        match (trust.logs.is_empty(), quorums) {
            (true, _) => Err(TrustFault::NoLog),
            (_, 1) => Ok(trust),
            _ => Err(TrustFault::NoQuorum),
        }
    }

    fn add_log(&mut self, key: &str) -> Result<(), &'static str> {
        let log = LogVerifier::parse(key).map_err(|_| "the log's key is not well formed")?;
        if self.logs.iter().any(|held| held.as_str() == key) {
            return Err("the log is named twice");
        }
        self.logs.push(log);
        Ok(())
    }

    fn is_named(&self, name: &str) -> bool {
        self.witnesses.contains_key(name) || self.groups.contains_key(name)
    }

    fn add_witness(&mut self, name: &str, key: &str) -> Result<(), &'static str> {
        let key = WitnessKey::parse(key).ok_or("the witness' key is not well formed")?;
        if self.is_named(name) || name == "none" {
            return Err("the name is taken");
        }
        if self.witnesses.values().any(|held| held.same_key(&key)) {
            return Err("two witnesses have one key");
        }
        self.witnesses.insert(name.to_owned(), key);
        Ok(())
    }

    fn add_group(
        &mut self,
        name: &str,
        least: &str,
        members: &[&str],
        grouped: &mut BTreeSet<String>,
    ) -> Result<(), &'static str> {
        if self.is_named(name) || name == "none" {
            return Err("the name is taken");
        }
        let least = match least {
            "all" => members.len(),
            "any" => 1,
            number => number
                .parse()
                .map_err(|_| "a group needs all, any or a number")?,
        };
        if members.is_empty() || least == 0 || least > members.len() {
            return Err("the group asks for more or fewer members than it has");
        }
        for member in members {
            if !self.is_named(member) || !grouped.insert((*member).to_owned()) {
                return Err("a member is not defined above, or is in a group already");
            }
        }
        let members = members.iter().map(|m| (*m).to_owned()).collect();
        self.groups
            .insert(name.to_owned(), Group { least, members });
        Ok(())
    }

    fn set_quorum(&mut self, name: &str) -> Result<(), &'static str> {
        if name == "none" {
            return Ok(());
        }
        if !self.is_named(name) {
            return Err("the quorum is not defined above");
        }
        self.quorum = Some(name.to_owned());
        Ok(())
    }

    /// The canonical text: what a bundle carries.
    pub fn encode(&self) -> String {
        let logs = self
            .logs
            .iter()
            .map(|log| format!("log {}\n", log.as_str()));
        let witness =
            |(name, key): (&String, &WitnessKey)| format!("witness {name} {}\n", key.as_str());
        let mut out: String = logs.chain(self.witnesses.iter().map(witness)).collect();
        for (name, group) in self.ordered_groups() {
            let members = group.members.join(" ");
            out.extend([
                "group ",
                name,
                " ",
                &group.least.to_string(),
                " ",
                &members,
                "\n",
            ]);
        }
        let quorum = self.quorum.as_deref().unwrap_or("none");
        out.extend(["quorum ", quorum, "\n"]);
        out
    }

    /// Groups after those that they name.
    fn ordered_groups(&self) -> Vec<(&str, &Group)> {
        let mut done: Vec<(&str, &Group)> = Vec::new();
        while done.len() < self.groups.len() {
            for (name, group) in &self.groups {
                let known =
                    |m: &String| !self.groups.contains_key(m) || done.iter().any(|(d, _)| d == m);
                if !done.iter().any(|(d, _)| d == name) && group.members.iter().all(known) {
                    done.push((name, group));
                }
            }
        }
        done
    }

    /// The logs.
    pub fn logs(&self) -> &[LogVerifier] {
        &self.logs
    }

    /// Checks a checkpoint: signed by one of the logs, cosigned by the quorum.
    pub fn open(&self, note: &str) -> Result<Trusted<'_>, String> {
        let mut refusals = Vec::new();
        for log in &self.logs {
            match log.open(note) {
                Ok(head) if self.is_cosigned(note) => return Ok(Trusted { head, log }),
                Ok(_) => return Err("too few trusted witnesses cosigned the checkpoint".to_owned()),
                Err(fault) => refusals.push(format!("{fault} (trusted log: {})", log.origin())),
            }
        }
        Err(refusals.join("; "))
    }

    fn is_cosigned(&self, note: &str) -> bool {
        let Some(quorum) = &self.quorum else {
            return true;
        };
        let witnessed: BTreeSet<&str> = self
            .witnesses
            .iter()
            .filter(|(_, key)| key.cosigned(note).is_some())
            .map(|(name, _)| name.as_str())
            .collect();
        self.satisfied(quorum, &witnessed)
    }

    /// Groups name only what stands before them, so this ends.
    fn satisfied(&self, name: &str, witnessed: &BTreeSet<&str>) -> bool {
        match self.groups.get(name) {
            None => witnessed.contains(name),
            Some(group) => {
                let met = group
                    .members
                    .iter()
                    .filter(|m| self.satisfied(m, witnessed));
                met.count() >= group.least
            }
        }
    }
}

/// A checkpoint that is trusted.
#[derive(Debug, Clone, Copy)]
pub struct Trusted<'t> {
    pub head: Head,
    pub log: &'t LogVerifier,
}
