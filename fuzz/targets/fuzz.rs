//! One program for all targets: `AVOW_FUZZ_TARGET` names the one that libFuzzer feeds.
#![no_main]

use std::sync::OnceLock;

use avow_fuzz::{Target, target};
use libfuzzer_sys::fuzz_target;

#[expect(
    clippy::disallowed_methods,
    reason = "a developer's task, not the product"
)]
fn chosen() -> &'static Target {
    static CHOSEN: OnceLock<&'static Target> = OnceLock::new();
    CHOSEN.get_or_init(|| {
        let name = std::env::var("AVOW_FUZZ_TARGET").unwrap_or_default();
        target(&name).expect("AVOW_FUZZ_TARGET names a target; `cargo xtask fuzz` sets it")
    })
}

fuzz_target!(|bytes: &[u8]| (chosen().run)(bytes));
