//! `bench pages`: server time of each Client Center page at a million contacts, a thousand campaigns and a hundred
//! million events (outcomes, opens and clicks), on both databases.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::postgres;
use crate::shell::{self, cargo, output, say, target, variable};

const PEOPLE: u64 = 1_000_000;
/// One more went to everybody, and one stays a draft.
const PAST_CAMPAIGNS: u64 = 999;
/// Each: 999 times the two, and a million outcomes of the campaign to all, are a hundred million events.
const ROWS: u64 = 70_000;
const HITS: u64 = 29_100;
const ROUNDS: u64 = 200;
/// A smaller past, where there is less room: a share of it in per mille.
const SHARE: &str = "AVOW_BENCH_PAGES_PER_MILLE";

pub(super) fn run() -> Result<Value> {
    for (package, name) in [("avow-web", "pages_bench"), ("avow-store", "history_fill")] {
        let words = ["build", "--quiet", "--release", "--package", package];
        shell::run(cargo(&words).args(["--example", name]))?;
    }
    let folder = target().join("bench-pages");
    let _gone = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("avow.db");
    let on_sqlite = measure(file.to_str().context("a path in UTF-8")?)?;
    std::fs::remove_dir_all(&folder)?;
    let database = postgres::database()?;
    let on_postgres = database.url().map(measure).transpose()?;
    Ok(json!({ "sqlite": on_sqlite, "postgres": on_postgres }))
}

fn measure(place: &str) -> Result<Value> {
    let share = variable(SHARE).and_then(|n| n.parse::<u64>().ok());
    let share = |n: u64| (n * share.unwrap_or(1_000) / 1_000).to_string();
    let drafts = (PAST_CAMPAIGNS + 1).to_string();
    say("people and the campaign that went to all of them");
    example("pages_bench", &["fill", place, &share(PEOPLE), &drafts])?;
    say("the past");
    let events = example("history_fill", &[place, &share(ROWS), &share(HITS)])?;
    say("the pages");
    let pages = example("pages_bench", &["ask", place, &ROUNDS.to_string()])?;
    Ok(json!({
        "events": events.trim().parse::<u64>()?,
        "pages": serde_json::from_str::<Value>(&pages)?,
    }))
}

fn example(name: &str, words: &[&str]) -> Result<String> {
    let program = target().join("release/examples").join(name);
    let program: &Path = &program;
    output(std::process::Command::new(program).args(words))
}
