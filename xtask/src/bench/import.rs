//! `bench import`: a million rows in Mailchimp's export form, with consent, dedup and facts.

use anyhow::Result;
use serde_json::Value;

use super::syncs;

const ROWS: u32 = 1_000_000;
/// Rows of the run in which flushes are counted.
const COUNTED: u32 = 100_000;

pub(super) fn run() -> Result<Value> {
    let mut result = super::example("avow-collect", "import_bench", &[ROWS.to_string()])?;
    let words = [COUNTED.to_string()];
    result["fsyncs_per_1000"] = syncs::per_thousand("import_bench", &words, COUNTED)?;
    Ok(result)
}
