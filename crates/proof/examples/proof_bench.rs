//! Times a proof: put together from a log in memory, and verified.
//!
//! `cargo run --release -p avow-proof --example proof_bench [entries of others] [entries of the person]`.
//! Prints one JSON object.
#![expect(
    clippy::unwrap_used,
    reason = "a figure that cannot be had ends the program"
)]
#![expect(dead_code, reason = "the tests' world has more in it than this needs")]

#[path = "../tests/world.rs"]
mod world;

use std::io::Write as _;
use std::time::Instant;

use avow_proof::verify;

use crate::world::{PERSON, begun, grant, send};

/// Entries of other people in the log.
const OTHERS: usize = 100_000;
/// Earlier entries of the person: some years of clicks on a preference page.
const OWN: usize = 40;
const ROUNDS: usize = 21;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1).filter_map(|a| a.parse().ok());
    let others = arguments.next().unwrap_or(OTHERS);
    let own = arguments.next().unwrap_or(OWN);
    let (mut world, set) = begun("acme");
    world.noise(others);
    for _ in 0..own {
        let when = "2026-03-10T10:00:00Z";
        world.log(PERSON, &grant("newsletter", when), when);
    }
    let story = send(world, set);
    let trust = story.world.trust();
    let bytes = story.bundle().encode().unwrap();
    let proving = median(|| drop(story.bundle().encode().unwrap()));
    let verifying = median(|| assert!(verify(&bytes, Some(&trust)).report.is_proved()));
    writeln!(
        std::io::stdout(),
        "{{\"log_entries\":{},\"person_entries\":{},\"bundle_bytes\":{},\"prove_ms\":{proving:.2},\"verify_ms\":{verifying:.2}}}",
        story.world.size(),
        story.bundle().person.len(),
        bytes.len(),
    )
}

fn median(run: impl Fn()) -> f64 {
    let timed = |_| {
        let begun = Instant::now();
        run();
        begun.elapsed().as_secs_f64() * 1e3
    };
    let mut times: Vec<f64> = (0..ROUNDS).map(timed).collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}
