//! `bench decide`: ten categories, five versions, twenty choice events.

use anyhow::Result;
use serde_json::Value;

pub(super) fn run() -> Result<Value> {
    super::example("avow-policy", "decide", &[])
}
