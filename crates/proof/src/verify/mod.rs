//! The verifier: from a file's bytes to a report. Each file here is a group of steps.
//!
//! Promises: total (any bytes give a report), pure, and strict: what cannot be shown counts as not so.
//! A step whose ground failed is not reached. Tests: `tests/`.

mod act;
mod chains;
mod dealings;
mod gate;
mod log;
mod policies;

use avow_ledger::Payload;

use crate::bundle::{Bundle, BundleFault, Link, Statement};
use crate::report::{Ended, Report, Step, StepName};
use crate::trust::Trust;

/// The result of a verification.
#[derive(Debug, Clone)]
pub struct Proof {
    pub report: Report,
    /// What was claimed, where the file could be read.
    pub statement: Option<Statement>,
    /// The log's key under which it was checked.
    pub key: Option<String>,
}

/// A step's result: what to go on with and a note for the reader, or why not.
type Found<T> = Result<(T, String), String>;

/// The steps taken so far.
#[derive(Default)]
struct Steps(Vec<Step>);

impl Steps {
    /// Notes how a step ended; `None` where it failed.
    fn take<T>(&mut self, name: StepName, found: Found<T>) -> Option<T> {
        let (value, ended) = match found {
            Ok((value, note)) => (Some(value), Ended::Holds(note)),
            Err(why) => (None, Ended::Failed(why)),
        };
        self.0.push(Step { name, ended });
        value
    }
}

/// A link whose payload, where it is shown, was opened and read.
struct Read<'b> {
    link: &'b Link,
    payload: Option<Payload>,
}

/// Both chains, opened.
struct Chains<'b> {
    person: Vec<Read<'b>>,
    account: Vec<Read<'b>>,
}

/// Checks a bundle. Without a trust file of the verifier's own, the keys in the bundle are taken: then the
/// report says whether the bundle holds for whoever trusts these keys.
pub fn verify(bytes: &[u8], own: Option<&Trust>) -> Proof {
    let mut steps = Steps::default();
    let parsed = Bundle::parse(bytes);
    let bundle = match parsed {
        Ok(bundle) => bundle,
        Err(fault) => return unread(&fault),
    };
    let note = format!("{} bytes", bytes.len());
    steps.take(StepName::Form, Ok(((), note)));
    let key = judge(&bundle, own, &mut steps);
    Proof {
        report: Report::of(&steps.0),
        statement: Some(bundle.statement),
        key,
    }
}

fn unread(fault: &BundleFault) -> Proof {
    let mut steps = Steps::default();
    steps.take::<()>(StepName::Form, Err(fault.to_string()));
    Proof {
        report: Report::of(&steps.0),
        statement: None,
        key: None,
    }
}

/// Takes the steps; gives the key of the log that signed.
fn judge(bundle: &Bundle, own: Option<&Trust>, steps: &mut Steps) -> Option<String> {
    let trust = steps.take(StepName::Trust, log::trust(bundle, own))?;
    let signed = steps.take(StepName::Signatures, log::signatures(bundle, &trust))?;
    let key = Some(signed.key.clone());
    judge_entries(bundle, &signed, steps);
    key
}

fn judge_entries(bundle: &Bundle, signed: &log::Signed, steps: &mut Steps) -> Option<()> {
    steps.take(StepName::Consistency, log::consistency(bundle, signed));
    steps.take(StepName::Inclusion, log::inclusion(bundle, signed))?;
    let chains = steps.take(StepName::Openings, chains::openings(bundle))?;
    let whole = steps.take(StepName::Chain, chains::complete(&chains));
    let said = steps.take(StepName::Statement, act::statement(bundle, &chains))?;
    steps.take(StepName::Message, act::message(bundle, &said));
    let set = steps.take(StepName::Policies, policies::known(bundle, &chains, &said));
    if let Some(set) = &set {
        steps.take(StepName::Notice, policies::notice(set, &chains, &said));
    }
    steps.take(StepName::Order, act::order(&said));
    whole?;
    steps.take(StepName::Withdrawals, act::withdrawals(&chains, &said));
    let facts = steps.take(StepName::Facts, gate::facts(&chains, &said))?;
    steps.take(StepName::Gate, gate::answer(&set?, &facts, &said))
}
