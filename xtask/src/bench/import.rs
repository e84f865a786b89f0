//! `bench import`: a million rows in Mailchimp's export form, with consent, dedup and facts.

use anyhow::Result;
use serde_json::Value;

const ROWS: u32 = 1_000_000;

pub(super) fn run() -> Result<Value> {
    super::example("avow-collect", "import_bench", &[ROWS.to_string()])
}
