//! `cargo xtask fuzz [TARGET ...] [--minutes N]`: libFuzzer on the parsers of foreign bytes.
//!
//! Promises: runs on the stable toolchain; what it finds is kept between runs below the target folder; an input
//! that fails stays as a file whose name it prints. Never: part of `test`, where `fuzz/tests/seeds.rs` stands.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::shell::{self, cargo, output, root, say, target};

/// Each target's time when none is given: long enough to leave the beaten paths of the seeds.
const MINUTES_EACH: u64 = 2;
/// One input may take this long; more is a fault of its own kind (quadratic work).
const SECONDS_AN_INPUT_MAX: u64 = 10;
/// Memory that one input may cost, in MiB.
const MEMORY_MIB_MAX: u64 = 1024;

/// Coverage in the way libFuzzer reads it. `cargo fuzz` sets the same, and a sanitizer besides, which only the
/// nightly compiler has; without unsafe code of ours it would find little.
const FLAGS: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
];

/// A target as `fuzz/src/lib.rs` has it.
struct Target {
    name: String,
    bytes_max: u64,
    seeds: Vec<PathBuf>,
}

pub(crate) fn run(words: &[String]) -> Result<()> {
    let (wanted, minutes) = wishes(words)?;
    let targets = targets()?;
    for name in &wanted {
        if !targets.iter().any(|target| target.name == *name) {
            let known: Vec<_> = targets.iter().map(|t| t.name.as_str()).collect();
            bail!("no fuzz target `{name}`; there are {}", known.join(", "));
        }
    }
    let program = build()?;
    let chosen = |target: &&Target| wanted.is_empty() || wanted.contains(&target.name);
    for target in targets.iter().filter(chosen) {
        fuzz(&program, target, minutes)?;
    }
    Ok(())
}

fn wishes(words: &[String]) -> Result<(Vec<String>, u64)> {
    let mut wanted = Vec::new();
    let mut minutes = MINUTES_EACH;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--minutes" {
            let number = words.next().context("--minutes needs a number")?;
            minutes = number.parse().context("--minutes needs a whole number")?;
        } else {
            wanted.push(word.clone());
        }
    }
    Ok((wanted, minutes))
}

/// Asks the package itself, so that no list is kept twice.
fn targets() -> Result<Vec<Target>> {
    let words = [
        "run",
        "--quiet",
        "--package",
        "avow-fuzz",
        "--bin",
        "targets",
    ];
    let listed = output(&mut cargo(&words))?;
    listed.lines().map(target_of).collect()
}

/// From `name bytes_max folder folder ...`.
fn target_of(line: &str) -> Result<Target> {
    let mut words = line.split(' ');
    let name = words.next().context("a target has a name")?;
    let bytes_max = words.next().context("a target has a size")?;
    Ok(Target {
        name: name.to_owned(),
        bytes_max: bytes_max.parse()?,
        seeds: words.map(|folder| root().join(folder)).collect(),
    })
}

fn build() -> Result<PathBuf> {
    let host = host()?;
    let folder = target().join("fuzz");
    let words = [
        "build",
        "--package",
        "avow-fuzz",
        "--bin",
        "fuzz",
        "--features",
        "libfuzzer",
        "--profile",
        "fuzz",
        "--target",
        &host,
    ];
    let flags = [FLAGS.as_slice(), &["--cfg", "fuzzing"]].concat();
    let mut build = cargo(&words);
    build.env("CARGO_TARGET_DIR", &folder);
    build.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    shell::run(&mut build)?;
    Ok(folder.join(host).join("fuzz/fuzz"))
}

/// Naming the host as a target keeps build scripts and macros free of coverage.
fn host() -> Result<String> {
    let told = output(Command::new("rustc").arg("-vV"))?;
    let line = told.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(line.context("rustc names its host")?.to_owned())
}

fn fuzz(program: &Path, wanted: &Target, minutes: u64) -> Result<()> {
    let kept = target().join("fuzz-corpus").join(&wanted.name);
    let failed = target().join("fuzz-failed").join(&wanted.name);
    std::fs::create_dir_all(&kept)?;
    std::fs::create_dir_all(&failed)?;
    say(&format!("{}: {minutes} minutes", wanted.name));
    let mut command = Command::new(program);
    command.env("AVOW_FUZZ_TARGET", &wanted.name);
    command.arg(format!("-max_total_time={}", minutes * 60));
    command.arg(format!("-max_len={}", wanted.bytes_max));
    command.arg(format!("-timeout={SECONDS_AN_INPUT_MAX}"));
    command.arg(format!("-rss_limit_mb={MEMORY_MIB_MAX}"));
    command.arg(format!("-artifact_prefix={}/", failed.display()));
    command.args(["-print_final_stats=1", "-verbosity=0"]);
    command.arg(&kept).args(&wanted.seeds);
    shell::run(&mut command).with_context(|| {
        format!(
            "{} failed; the input lies in {}: mend the fault and keep the input in fuzz/seeds/{}",
            wanted.name,
            failed.display(),
            wanted.name
        )
    })
}
