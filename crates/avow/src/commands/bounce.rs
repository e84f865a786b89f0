//! `avow bounce classify`: what returned mails mean, per recipient. Opens no data folder, changes nothing.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use avow_bounce::{MAIL_BYTES_MAX, Outcome, Report};
use clap::Subcommand;
use serde::Serialize;

use crate::exit::{Exit, Form};
use crate::fault::Usage;

/// Returned mails.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say for every recipient of returned mails why, and whether the address is dead
    Classify(Args),
}

/// What to read.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Mails as files, or folders of them: of a folder its *.eml files, or all its files when it has none
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
}

/// One recipient's part of one mail.
#[derive(Debug, Serialize)]
struct Line {
    /// The file's name without its folder.
    file: String,
    /// As given, or the folder given with the file's name.
    path: String,
    /// The how-manyth recipient in the mail, from 1.
    index: usize,
    address: Option<String>,
    original_address: Option<String>,
    action: &'static str,
    class: &'static str,
    hard: bool,
    status: Option<String>,
    reply: Option<u16>,
    reason: &'static str,
    feedback_type: Option<String>,
    /// Of the message that came back.
    message_id: Option<String>,
}

/// Runs the command. `Refused` when a file could not be read or is no mail; the others are answered for all the same.
pub(crate) fn run(command: &Command, form: Form) -> Result<Exit> {
    let Command::Classify(args) = command;
    let files = files(&args.paths)?;
    let mut answers = Answers::begin(form)?;
    let mut exit = Exit::Done;
    for path in &files {
        match read(path) {
            Ok(report) => answers.push(lines(path, &report))?,
            Err(why) => {
                exit = Exit::Refused;
                complain(path, &why)?;
            }
        }
    }
    answers.end()?;
    Ok(exit)
}

fn complain(path: &Path, why: &anyhow::Error) -> Result<()> {
    let mut err = std::io::stderr().lock();
    Ok(writeln!(err, "avow: {}: {why:#}", path.display())?)
}

/// The files to read, folders opened and sorted by name.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let inside = inside(path).with_context(|| format!("cannot read {}", path.display()))?;
            if inside.is_empty() {
                return Err(Usage(format!(
                    "{} holds no file; name one with mails in it",
                    path.display()
                ))
                .into());
            }
            files.extend(inside);
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn inside(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    let hidden = |path: &Path| {
        path.file_name()
            .is_some_and(|n| n.to_string_lossy().starts_with('.'))
    };
    let paths = entries.into_iter().map(|entry| entry.path());
    let mut all: Vec<PathBuf> = paths.filter(|p| p.is_file() && !hidden(p)).collect();
    let is_mail = |path: &PathBuf| {
        path.extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("eml"))
    };
    if all.iter().any(is_mail) {
        all.retain(is_mail);
    }
    all.sort();
    Ok(all)
}

fn read(path: &Path) -> Result<Report> {
    let file = File::open(path).context("cannot be opened")?;
    if !file.metadata().context("cannot be read")?.is_file() {
        bail!("it is no file");
    }
    let mut bytes = Vec::new();
    let limit = MAIL_BYTES_MAX as u64 + 1;
    file.take(limit)
        .read_to_end(&mut bytes)
        .context("cannot be read")?;
    Ok(avow_bounce::read(&bytes)?)
}

fn lines(path: &Path, report: &Report) -> Vec<Line> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
    let line = |(at, outcome): (usize, &Outcome)| Line {
        file: name.clone().unwrap_or_default(),
        path: path.display().to_string(),
        index: at + 1,
        address: outcome.address.clone(),
        original_address: outcome.original_address.clone(),
        action: outcome.action.as_str(),
        class: outcome.class.as_str(),
        hard: outcome.is_hard(),
        status: outcome.status.map(|status| status.to_string()),
        reply: outcome.reply,
        reason: outcome.class.sentence(),
        feedback_type: report.feedback.as_ref().map(|f| f.kind.clone()),
        message_id: report.returned.message_id().map(str::to_owned),
    };
    report.outcomes.iter().enumerate().map(line).collect()
}

/// Answers written as they come: one JSON array with a recipient a line, or a table for people.
struct Answers {
    form: Form,
    first: bool,
}

impl Answers {
    fn begin(form: Form) -> Result<Self> {
        if form == Form::Json {
            print("[")?;
        }
        Ok(Self { form, first: true })
    }

    fn push(&mut self, lines: Vec<Line>) -> Result<()> {
        let mut text = String::new();
        for line in lines {
            match self.form {
                Form::Json => {
                    text.push_str(if self.first { "\n" } else { ",\n" });
                    text.push_str(&serde_json::to_string(&line)?);
                }
                Form::Text => table(&mut text, &line, self.first)?,
            }
            self.first = false;
        }
        print(&text)
    }

    fn end(self) -> Result<()> {
        if self.form == Form::Json {
            print("\n]\n")?;
        }
        Ok(std::io::stdout().lock().flush()?)
    }
}

fn print(text: &str) -> Result<()> {
    Ok(std::io::stdout().lock().write_all(text.as_bytes())?)
}

fn table(text: &mut String, line: &Line, first: bool) -> Result<()> {
    if first {
        writeln!(
            text,
            "{:<32} {:<36} {:<16} {:<5} {:<9} {:<5} reason",
            "file", "address", "class", "", "status", "reply"
        )?;
    }
    let weight = if line.hard { "HARD" } else { "soft" };
    let reply = line.reply.map_or_else(|| "-".to_owned(), |r| r.to_string());
    // Control characters in an address are a stranger's: they never reach the terminal.
    let address: String = line
        .address
        .as_deref()
        .unwrap_or("-")
        .chars()
        .filter(|c| !c.is_control())
        .collect();
    let status = line.status.as_deref().unwrap_or("-");
    writeln!(
        text,
        "{:<32} {address:<36} {:<16} {weight:<5} {status:<9} {reply:<5} {}",
        line.file, line.class, line.reason
    )?;
    Ok(())
}
