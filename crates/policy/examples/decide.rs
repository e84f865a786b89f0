//! Times `decide` on the bench fixture and counts its allocations. Prints one JSON object.
//!
//! `cargo run --release -p avow-policy --example decide`; `cargo xtask bench decide` calls it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use avow_policy::{BenchFixture, bench_fixture, decide};

/// Enough samples for a steady p99, in well under a second.
const SAMPLES: usize = 20_000;
/// Decisions in one sample, so that the clock's own cost does not count.
const DECISIONS_PER_SAMPLE: u32 = 20;

struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

#[expect(
    unsafe_code,
    reason = "an allocator that counts can be written in no other way"
)]
// SAFETY: every call is handed to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn main() -> std::io::Result<()> {
    let fixture = bench_fixture();
    let allocations = allocations_of_one(&fixture);
    let mut nanos: Vec<f64> = (0..SAMPLES).map(|_| sample(&fixture)).collect();
    nanos.sort_by(f64::total_cmp);
    let at = |share: f64| nanos[((SAMPLES - 1) as f64 * share) as usize];
    writeln!(
        std::io::stdout(),
        "{{\"median_ns\":{:.0},\"p99_ns\":{:.0},\"allocations_on_allow\":{allocations}}}",
        at(0.5),
        at(0.99),
    )
}

fn once(fixture: &BenchFixture) -> bool {
    let BenchFixture {
        policies,
        request,
        facts,
        now,
    } = black_box(fixture);
    black_box(decide(request, facts, *now, policies)).is_allowed()
}

fn allocations_of_one(fixture: &BenchFixture) -> u64 {
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    let allowed = once(fixture);
    let after = ALLOCATIONS.load(Ordering::Relaxed);
    assert!(allowed, "the fixture's answer is Allow");
    after - before
}

fn sample(fixture: &BenchFixture) -> f64 {
    let begun = Instant::now();
    for _ in 0..DECISIONS_PER_SAMPLE {
        once(fixture);
    }
    begun.elapsed().as_nanos() as f64 / f64::from(DECISIONS_PER_SAMPLE)
}
