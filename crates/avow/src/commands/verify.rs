//! `avow verify`: checks a proof or a receipt with nothing but the file and the key to trust. Opens no data folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use avow_ledger::{Digest, Payload};
use avow_proof::{BUNDLE_BYTES_MAX, Ended, Proof, Received, Step, Trust, verify, verify_receipt};
use serde::Serialize;

use crate::exit::{Exit, Form, answer};
use crate::fault::Usage;
use crate::lines::Lines;

/// How a receipt begins (C2SP tlog-proof); everything else is read as a bundle.
const RECEIPT_BEGINS: &[u8] = b"c2sp.org/tlog-proof@v1\n";

/// What to check, and whom to trust.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The proof (`*.permproof`) or a person's receipt
    bundle: PathBuf,
    /// Keys to trust, as a file of lines `log KEY` and `quorum none` (c2sp.org/tlog-policy)
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// The message as it arrived or as it left, to hold against the hash in the log
    #[arg(long, value_name = "FILE")]
    message: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct Verified {
    proved: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    handed_at: Option<String>,
    /// The key of the log that signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// `own` where a trust file was given, else `bundle`.
    trust: &'static str,
    steps: Vec<Told>,
}

#[derive(Debug, Serialize)]
struct Told {
    step: &'static str,
    result: &'static str,
    meaning: &'static str,
    detail: String,
}

#[derive(Debug, Serialize)]
struct Receipt {
    proved: bool,
    origin: String,
    index: u64,
    kind: &'static str,
    payload: String,
}

/// Runs the command. `Done` only when everything holds.
pub(crate) fn run(args: &Args, form: Form) -> Result<Exit> {
    let bytes = read(&args.bundle)?;
    let trust = args.trust.as_deref().map(trusted).transpose()?;
    if bytes.starts_with(RECEIPT_BEGINS) {
        return receipt(&bytes, trust.as_ref(), form);
    }
    let proof = verify(&bytes, trust.as_ref());
    let mut told = told(&proof, trust.is_some());
    if let Some(path) = &args.message {
        told.steps.push(held_against(&read(path)?, &proof));
        told.proved &= told.steps.iter().all(|step| step.result == "ok");
    }
    answer(form, &told, text)?;
    Ok(if told.proved {
        Exit::Done
    } else {
        Exit::Refused
    })
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let length = std::fs::metadata(path).map_err(|e| Usage(format!("{}: {e}", path.display())))?;
    if length.len() > BUNDLE_BYTES_MAX as u64 {
        return Err(Usage(format!("{} is too long for a proof", path.display())).into());
    }
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn trusted(path: &Path) -> Result<Trust> {
    let text = String::from_utf8(read(path)?)
        .map_err(|_| Usage(format!("{} is not text", path.display())))?;
    Ok(Trust::parse(&text).map_err(|why| Usage(format!("{}: {why}", path.display())))?)
}

fn told(proof: &Proof, own: bool) -> Verified {
    let statement = proof.statement.as_ref();
    Verified {
        proved: proof.report.is_proved(),
        message: statement.map(|s| s.message.clone()),
        handed_at: statement.map(|s| s.handed_at.to_string()),
        key: proof.key.clone(),
        trust: if own { "own" } else { "bundle" },
        steps: proof.report.steps.iter().map(step).collect(),
    }
}

fn step(step: &Step) -> Told {
    let (result, detail) = match &step.ended {
        Ended::Holds(note) => ("ok", note.clone()),
        Ended::Failed(why) => ("failed", why.clone()),
        Ended::NotReached => ("not reached", String::new()),
    };
    Told {
        step: step.name.as_str(),
        result,
        meaning: step.name.meaning(),
        detail,
    }
}

/// One more step: the message that the verifier has is the one in the log.
fn held_against(message: &[u8], proof: &Proof) -> Told {
    let digest = Digest::of(message);
    let same = proof.statement.as_ref().is_some_and(|s| s.digest == digest);
    Told {
        step: "your message",
        result: if same { "ok" } else { "failed" },
        meaning: "the message that you have is the one that was permitted",
        detail: format!("its SHA-256 is {digest}"),
    }
}

fn text(verified: &Verified) -> String {
    let mut text = Lines::default();
    for told in &verified.steps {
        let mark = match told.result {
            "ok" => "ok     ",
            "failed" => "FAILED ",
            _ => "-      ",
        };
        text.line(format_args!("{mark} {}", told.meaning));
        if !told.detail.is_empty() {
            text.line(format_args!("        {}", told.detail));
        }
    }
    text.line("");
    match (verified.proved, &verified.message, &verified.handed_at) {
        (true, Some(message), Some(at)) => {
            text.line(format_args!(
                "PROVED: {message}, sent at {at}, was permitted when it left."
            ));
        }
        _ => text.line("NOT PROVED: the first line marked FAILED says what does not hold."),
    }
    if let (true, "bundle", Some(key)) = (verified.proved, verified.trust, &verified.key) {
        text.line("The key came with the file. Compare it with the one that the account publishes, or give --trust:");
        text.line(format_args!("  {key}"));
    }
    text.text()
}

fn receipt(bytes: &[u8], trust: Option<&Trust>, form: Form) -> Result<Exit> {
    let Some(trust) = trust else {
        return Err(Usage(
            "a receipt names no key to trust: give --trust FILE with the account's line `log KEY`"
                .into(),
        )
        .into());
    };
    let text = String::from_utf8_lossy(bytes);
    let received = verify_receipt(&text, trust).context("NOT PROVED")?;
    answer(form, &receipt_told(&received)?, |told| {
        format!(
            "PROVED: entry {} of the log {} is a {} and says\n  {}\n",
            told.index, told.origin, told.kind, told.payload
        )
    })?;
    Ok(Exit::Done)
}

fn receipt_told(received: &Received) -> Result<Receipt> {
    let payload: &Payload = &received.payload;
    Ok(Receipt {
        proved: true,
        origin: received.origin.clone(),
        index: received.index,
        kind: payload.kind().as_str(),
        payload: payload.encode()?,
    })
}
