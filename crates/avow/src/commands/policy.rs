//! `avow policy check` and `avow policy test`: for authors of policies, without any database.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use avow_policy::{
    CaseReport, CaseResult, Checked, Diagnostic, PolicySet, SOURCE_BYTES_MAX, SourceFile,
    check_cases, check_file, hash_file, lint,
};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::{notices, policy_emit, policy_new, publish, retract};
use crate::exit::{Exit, Form, answer};
use crate::policies;

/// A folder of policies has some tens of files; more is the wrong folder.
const FILES_MAX: usize = 1_000;
/// A folder of policies is flat, or has one folder for packs.
const DEPTH_MAX: usize = 4;
/// Hundreds of thousands of cases; more is the wrong file.
const CASE_BYTES_MAX: u64 = 256 << 20;

/// Check and test policy files.
#[derive(Debug, Args)]
pub(crate) struct PolicyArgs {
    #[command(subcommand)]
    pub(crate) command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Find every fault in policy files and rule packs.
    Check {
        /// A file by itself, or a folder whose files are also checked against each other.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Say what changes from one version file to another, and how much that is.
    Diff {
        /// The older version.
        old: PathBuf,
        /// The newer version.
        new: PathBuf,
    },
    /// Give the hash of each policy version and rule pack: what `supersedes` names.
    Hash {
        /// Files, or folders of them.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Ask the gate every case of a file and compare the answers.
    Test {
        /// The folder (or file) of policy versions and rule packs. May be given more than once.
        #[arg(long = "policies", required = true)]
        policies: Vec<PathBuf>,
        /// One case on each line of JSON; docs/policy.md describes the fields.
        cases: PathBuf,
    },
    /// Five questions, one good policy; each question has a flag.
    New(policy_new::Args),
    /// Print what a policy makes of itself: page, form, cookies, headers, registers, files.
    Emit(policy_emit::Args),
    /// Publish the next version of an account's policy.
    Publish(publish::Args),
    /// Say who was told of each version by mail, and who was not.
    Notices(notices::Args),
    /// Take the last version back before it takes effect.
    Retract(retract::Args),
}

/// Checks files. `Done` only when every one is in order.
pub(crate) fn check(paths: &[PathBuf], form: Form) -> Result<Exit> {
    let (files, mut faults) = load(paths)?;
    let mut found = Vec::new();
    for file in files.iter().filter(|f| !f.is_markdown()) {
        match check_file(file, &files) {
            Ok(checked) => found.push(told(file, &checked)),
            Err(wrong) => faults.extend(wrong),
        }
    }
    let all = with_packs(&files);
    if found.len() > 1 && faults.is_empty() {
        for family in policies::families(&all) {
            faults.extend(PolicySet::compile(&family).err().unwrap_or_default());
        }
    }
    faults.extend(lint(&all));
    let result = CheckAnswer {
        ok: !faults.iter().any(Diagnostic::is_error),
        files: files.into_iter().map(|f| f.name).collect(),
        found,
        faults: faults.into_iter().map(Fault::from).collect(),
    };
    answer(form, &result, check_text)?;
    Ok(exit(result.ok))
}

/// The files, and those of our own packs that they name and do not bring: what versions are held against.
fn with_packs(files: &[SourceFile]) -> Vec<SourceFile> {
    let mut all = files.to_vec();
    all.extend(policies::own_packs_for(files));
    all
}

#[derive(Serialize)]
struct Fault {
    file: String,
    line: usize,
    col: usize,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    lint: Option<&'static str>,
    message: String,
    hint: Option<String>,
    #[serde(skip)]
    shown: String,
}

impl From<Diagnostic> for Fault {
    fn from(d: Diagnostic) -> Self {
        Self {
            shown: d.to_string(),
            file: d.file,
            line: d.line,
            col: d.col,
            severity: d.severity.as_str(),
            lint: d.lint,
            message: d.message,
            hint: d.hint,
        }
    }
}

#[derive(Serialize)]
struct CheckAnswer {
    ok: bool,
    files: Vec<String>,
    found: Vec<String>,
    faults: Vec<Fault>,
}

const fn exit(ok: bool) -> Exit {
    if ok { Exit::Done } else { Exit::Refused }
}

fn told(file: &SourceFile, checked: &Checked) -> String {
    match checked {
        Checked::Version {
            family,
            n,
            effective_at,
            purposes,
        } => format!(
            "{}: {family} version {n}, in force from {effective_at}, {purposes} purposes",
            file.name
        ),
        Checked::Pack { name, rules } => format!("{}: rule pack {name}, {rules} rules", file.name),
    }
}

fn check_text(result: &CheckAnswer) -> String {
    let mut text = String::new();
    for fault in &result.faults {
        let _ = writeln!(text, "{}", fault.shown);
    }
    if result.ok {
        text += &result.found.join("\n");
        text += "\nIn order.\n";
    } else {
        let errors = result.faults.iter().filter(|f| f.severity == "error");
        let _ = writeln!(text, "Faults: {}.", errors.count());
    }
    let warnings = result
        .faults
        .iter()
        .filter(|f| f.severity == "warning")
        .count();
    if warnings > 0 {
        let _ = writeln!(text, "Warnings: {warnings}.");
    }
    text
}

#[derive(Serialize)]
struct HashAnswer {
    hashes: Vec<FileHash>,
}

#[derive(Serialize)]
struct FileHash {
    file: String,
    hash: String,
}

/// The hash of each file by itself.
pub(crate) fn hash(paths: &[PathBuf], form: Form) -> Result<Exit> {
    let (files, mut faults) = load(paths)?;
    let mut hashes = Vec::new();
    for file in files.iter().filter(|f| !f.is_markdown()) {
        match hash_file(file, &files) {
            Ok(hash) => hashes.push(FileHash {
                file: file.name.clone(),
                hash: hash.to_string(),
            }),
            Err(wrong) => faults.extend(wrong),
        }
    }
    if !faults.is_empty() {
        return refuse(faults, form);
    }
    answer(form, &HashAnswer { hashes }, |all| {
        let lines = all
            .hashes
            .iter()
            .map(|h| format!("{}  {}\n", h.hash, h.file));
        lines.collect()
    })?;
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct TestAnswer {
    ok: bool,
    #[serde(flatten)]
    report: CaseReport,
}

/// Asks the cases. `Done` only when every one holds.
pub(crate) fn test(policies: &[PathBuf], cases: &Path, form: Form) -> Result<Exit> {
    let (files, mut faults) = load(policies)?;
    let set = match PolicySet::compile(&files) {
        Ok(set) if faults.is_empty() => set,
        Ok(_) => return refuse(faults, form),
        Err(wrong) => {
            faults.extend(wrong);
            return refuse(faults, form);
        }
    };
    let text = read_cases(cases)?;
    let report = check_cases(&set, &text);
    let ok = report.holds();
    answer(form, &TestAnswer { ok, report }, test_text)?;
    Ok(exit(ok))
}

pub(super) fn refuse(faults: Vec<Diagnostic>, form: Form) -> Result<Exit> {
    let result = CheckAnswer {
        ok: false,
        files: Vec::new(),
        found: Vec::new(),
        faults: faults.into_iter().map(Fault::from).collect(),
    };
    answer(form, &result, check_text)?;
    Ok(Exit::Refused)
}

fn test_text(result: &TestAnswer) -> String {
    let mut text = String::new();
    for case in result.report.results.iter().filter(|r| !r.passed) {
        case_text(&mut text, case);
    }
    for fault in &result.report.faults {
        let _ = writeln!(text, "{fault}");
    }
    let CaseReport { passed, failed, .. } = result.report;
    let _ = match passed + failed {
        0 => writeln!(text, "The file has no case."),
        all => writeln!(text, "{passed} of {all} cases hold."),
    };
    text
}

fn case_text(text: &mut String, case: &CaseResult) {
    let _ = writeln!(
        text,
        "{}: wanted {} {}, got {} {}\n  given: {}\n  because: {}\n",
        case.id,
        case.wanted_effect,
        case.wanted_code,
        case.effect,
        case.codes.join(", "),
        case.given,
        case.why,
    );
}

fn read_cases(path: &Path) -> Result<String> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut text = String::new();
    file.take(CASE_BYTES_MAX + 1)
        .read_to_string(&mut text)
        .with_context(|| format!("cannot read {} as text", path.display()))?;
    if text.len() as u64 > CASE_BYTES_MAX {
        bail!("{} is larger than {CASE_BYTES_MAX} bytes", path.display());
    }
    Ok(text)
}

/// The TOML files of these files and folders, in the order of their names, and those that are no text.
pub(super) fn load(paths: &[PathBuf]) -> Result<(Vec<SourceFile>, Vec<Diagnostic>)> {
    let mut found = Vec::new();
    for path in paths {
        collect(path, 0, &mut found)?;
    }
    if found.is_empty() {
        bail!("no .toml file in {}", paths[0].display());
    }
    let (mut files, mut faults) = (Vec::new(), Vec::new());
    for path in found {
        match read_source(&path)? {
            Ok(file) => files.push(file),
            Err(fault) => faults.push(fault),
        }
    }
    let mut texts = Vec::new();
    for file in &files {
        texts.extend(policies::texts_of(file)?);
    }
    files.extend(texts);
    Ok((files, faults))
}

fn collect(path: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<()> {
    if !path.is_dir() {
        found.push(path.to_owned());
        return Ok(());
    }
    let entries = std::fs::read_dir(path);
    let entries = entries.with_context(|| format!("cannot read {}", path.display()))?;
    let mut inside: Vec<PathBuf> = Vec::new();
    for entry in entries {
        inside.push(entry?.path());
    }
    inside.sort();
    for path in inside {
        let toml = path.extension().is_some_and(|e| e == "toml");
        if toml || (path.is_dir() && depth < DEPTH_MAX) {
            collect(&path, depth + 1, found)?;
        }
        if found.len() > FILES_MAX {
            bail!("more than {FILES_MAX} policy files: is this the right folder?");
        }
    }
    Ok(())
}

fn read_source(path: &Path) -> Result<Result<SourceFile, Diagnostic>> {
    let name = path.display().to_string();
    let file = File::open(path).with_context(|| format!("cannot read {name}"))?;
    let mut bytes = Vec::new();
    // One byte more than allowed, so that too large is seen without reading all of it.
    file.take(SOURCE_BYTES_MAX as u64 + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read {name}"))?;
    Ok(SourceFile::from_bytes(&name, &bytes))
}
