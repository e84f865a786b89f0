//! A proof bundle (`*.permproof`): everything that a third party needs to judge one message.
//!
//! | Part | What it holds |
//! |---|---|
//! | `statement.json` | what is claimed: which message, when, under which entries |
//! | `person/NNNNNN.json`, `.tlog-proof` | the person's chain: each entry's leaf and opening, and its place in the log |
//! | `account/NNNNNN.json`, `.tlog-proof` | the account's policy chain, the same way |
//! | `policies/`, `packs/` | canonical bytes of each policy version and rule pack that the gate knew |
//! | `checkpoint-first.txt`, `checkpoint.txt`, `consistency.json` | signed tree heads and the step between them |
//! | `trust.policy` | the keys that the prover says to trust; a verifier brings its own |
//! | `message.eml` | the message as sent, where the prover adds it |
//!
//! Promises: written deterministically; read only when every byte is as it would be written.

mod link;
mod statement;

use avow_ledger::{Digest, Path, from_canonical, to_canonical};

use crate::archive::{self, ArchiveFault, Part};

pub use link::Link;
pub use statement::Statement;

/// What a prover gathered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    pub statement: Statement,
    /// The person's chain from its first entry to the use of the permit.
    pub person: Vec<Link>,
    /// The account's policy chain from its first entry on.
    pub account: Vec<Link>,
    /// Canonical bytes, in the order of the versions.
    pub policies: Vec<Vec<u8>>,
    /// Canonical bytes, in the order in which the decision names them.
    pub packs: Vec<Vec<u8>>,
    /// The first checkpoint that covers the decision.
    pub checkpoint_first: String,
    /// The checkpoint that all proofs of inclusion lead to.
    pub checkpoint: String,
    /// From the first to the other; empty where they are one.
    pub consistency: Path,
    /// A trust file.
    pub trust: String,
    pub message: Option<Vec<u8>>,
}

/// Why bytes are no bundle, or parts make none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleFault {
    #[error("{0}")]
    Archive(#[from] ArchiveFault),
    #[error("the part `{0}` is missing")]
    Missing(String),
    #[error("the part `{part}` {why}")]
    Part { part: String, why: String },
    #[error("the part `{0}` is not one that a bundle has")]
    Unknown(String),
    #[error("the bundle is not as `avow prove` writes it")]
    Form,
}

impl BundleFault {
    fn part(part: &str, why: impl ToString) -> Self {
        Self::Part {
            part: part.to_owned(),
            why: why.to_string(),
        }
    }
}

const STATEMENT: &str = "statement.json";
const FIRST: &str = "checkpoint-first.txt";
const LATEST: &str = "checkpoint.txt";
const CONSISTENCY: &str = "consistency.json";
const TRUST: &str = "trust.policy";
const MESSAGE: &str = "message.eml";

fn numbered(folder: &str, at: usize, ending: &str) -> String {
    format!("{folder}/{:06}.{ending}", at + 1)
}

impl Bundle {
    /// The file.
    pub fn encode(&self) -> Result<Vec<u8>, BundleFault> {
        let mut parts: Vec<Part> = vec![
            (STATEMENT.into(), self.statement.encode()?.into_bytes()),
            (FIRST.into(), self.checkpoint_first.clone().into_bytes()),
            (LATEST.into(), self.checkpoint.clone().into_bytes()),
            (TRUST.into(), self.trust.clone().into_bytes()),
        ];
        let steps = to_canonical(&self.consistency);
        let steps = steps.map_err(|why| BundleFault::part(CONSISTENCY, why))?;
        parts.push((CONSISTENCY.into(), steps.into_bytes()));
        parts.extend(self.message.clone().map(|m| (MESSAGE.to_owned(), m)));
        for (folder, texts) in [("policies", &self.policies), ("packs", &self.packs)] {
            let texts = texts.iter().enumerate();
            parts.extend(texts.map(|(at, t)| (numbered(folder, at, "json"), t.clone())));
        }
        for (folder, links) in [("person", &self.person), ("account", &self.account)] {
            for (at, link) in links.iter().enumerate() {
                let name = numbered(folder, at, "json");
                parts.push((name, link.encode()?.into_bytes()));
                let proof = link.proof(&self.checkpoint).into_bytes();
                parts.push((numbered(folder, at, "tlog-proof"), proof));
            }
        }
        parts.sort();
        Ok(archive::write(&parts)?)
    }

    /// Reads a file. What it says is not judged here: `verify` does that.
    pub fn parse(bytes: &[u8]) -> Result<Self, BundleFault> {
        let mut parts = Parts(archive::read(bytes)?);
        let checkpoint = parts.text(LATEST)?;
        let steps = parts.text(CONSISTENCY)?;
        let bundle = Self {
            statement: Statement::parse(&parts.text(STATEMENT)?)?,
            person: parts.links("person")?,
            account: parts.links("account")?,
            policies: parts.texts("policies"),
            packs: parts.texts("packs"),
            checkpoint_first: parts.text(FIRST)?,
            checkpoint,
            consistency: from_canonical::<Vec<Digest>>(&steps)
                .map_err(|why| BundleFault::part(CONSISTENCY, why))?,
            trust: parts.text(TRUST)?,
            message: parts.take(MESSAGE),
        };
        if let Some((name, _)) = parts.0.pop() {
            return Err(BundleFault::Unknown(name));
        }
        if bundle.encode()? == bytes {
            Ok(bundle)
        } else {
            Err(BundleFault::Form)
        }
    }
}

/// Parts that were not read yet.
struct Parts(Vec<Part>);

impl Parts {
    fn take(&mut self, name: &str) -> Option<Vec<u8>> {
        let at = self.0.iter().position(|(held, _)| held == name)?;
        Some(self.0.remove(at).1)
    }

    fn text(&mut self, name: &str) -> Result<String, BundleFault> {
        let bytes = self.take(name);
        let bytes = bytes.ok_or_else(|| BundleFault::Missing(name.to_owned()))?;
        String::from_utf8(bytes).map_err(|_| BundleFault::part(name, "is not text"))
    }

    /// The parts of a folder with this ending, in their order.
    fn folder(&mut self, folder: &str, ending: &str) -> Vec<Part> {
        let begins = format!("{folder}/");
        let ends = format!(".{ending}");
        let (taken, left) = std::mem::take(&mut self.0)
            .into_iter()
            .partition(|(name, _)| name.starts_with(&begins) && name.ends_with(&ends));
        self.0 = left;
        taken
    }

    fn texts(&mut self, folder: &str) -> Vec<Vec<u8>> {
        let parts = self.folder(folder, "json").into_iter();
        parts.map(|(_, bytes)| bytes).collect()
    }

    /// Re-encoding the bundle finds whatever is numbered in another way.
    fn links(&mut self, folder: &str) -> Result<Vec<Link>, BundleFault> {
        let openings = self.folder(folder, "json");
        let proofs = self.folder(folder, "tlog-proof");
        if openings.len() != proofs.len() {
            return Err(BundleFault::Missing(format!("{folder}/…")));
        }
        let pairs = openings.iter().zip(&proofs);
        pairs
            .map(|(opening, proof)| Link::parse(opening, proof))
            .collect()
    }
}
