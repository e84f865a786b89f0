//! `bench pages`: server time of each Client Center page at a million contacts.

use anyhow::Result;
use serde_json::Value;

const PEOPLE: u32 = 1_000_000;

pub(super) fn run() -> Result<Value> {
    let words = ["--people".to_owned(), PEOPLE.to_string()];
    super::example("avow-web", "pages_bench", &words)
}
