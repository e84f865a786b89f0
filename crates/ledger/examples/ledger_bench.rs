//! Times the ledger: append and sequence entries of a campaign (by processor time), grow a tree of ten million leaves, sign it.
//!
//! `cargo run --release -p avow-ledger --example ledger_bench [entries] [leaves]`. Prints one JSON object.

use std::hint::black_box;
use std::io::Write as _;
use std::time::Instant;

use avow_ledger::{
    AccountKey, ChainHead, Decided, Digest, Edge, Hour, LogKey, Origin, Payload, Pending,
    PermitUse, Seed, append, leaf_hash, record_hash, sequence, tree_tiles,
};
use avow_model::{EntryId, Timestamp};

/// Entries of the first figure: half decisions, half permit uses, one person each pair.
const ENTRIES: u64 = 200_000;
const LEAVES: u64 = 10_000_000;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1).filter_map(|a| a.parse().ok());
    let entries = arguments.next().unwrap_or(ENTRIES);
    let leaves = arguments.next().unwrap_or(LEAVES);
    // The tree first: its line tells how much memory it took.
    let tree = grown(leaves);
    let (appended, sequenced, bytes) = entries_a_second(entries);
    writeln!(
        std::io::stdout(),
        "{{\"entries\":{entries},\"append_per_cpu_s\":{appended:.0},\"sequence_per_cpu_s\":{sequenced:.0},\
         \"append_and_sequence_per_cpu_s\":{:.0},\"sealed_bytes_mean\":{bytes},\"leaves\":{leaves},{tree}}}",
        1.0 / (1.0 / appended + 1.0 / sequenced),
    )
}

fn decision(n: u64) -> Payload {
    Payload::Decision(Box::new(Decided {
        at: Timestamp::UNIX_EPOCH,
        message: format!("msg_0000000000001-{n}"),
        request: "{\"account\":\"acme\",\"brand\":\"acme\",\"format\":\"avow-request/1\",\"purpose\":\"newsletter\",\
                  \"reads\":[\"email\",\"name\",\"job\"],\"recipient\":\"self\",\"verb\":\"send\"}"
            .into(),
        contact: "{\"format\":\"avow-facts/1\",\"jurisdiction\":\"us\"}".into(),
        inputs: Digest::of(&n.to_be_bytes()),
        answer: "{\"effect\":\"ALLOW\",\"engine\":\"avow-gate/1\",\"format\":\"avow-decision/1\",\"permit\":{\
                 \"account\":\"acme\",\"expires_at\":1772323800000000,\"issued_at\":1772323200000000,\
                 \"purpose\":\"newsletter\",\"verb\":\"send\",\"version\":3},\"reasons\":[{\"code\":\"A_GRANT\",\
                 \"fact\":0,\"version\":3}]}"
            .into(),
        engine: "avow-gate/1".into(),
        policies: vec![Digest::of(b"1"), Digest::of(b"2"), Digest::of(b"3")],
        packs: vec![Digest::of(b"eu")],
    }))
}

fn used(n: u64) -> Payload {
    Payload::PermitUsed(PermitUse {
        decision: EntryId::from_i64(n as i64),
        digest: Digest::of(&n.to_be_bytes()),
        message: format!("msg_0000000000001-{n}"),
        code: Some(250),
        reply: "2.0.0 Ok: queued as 4Z1x2y3z".into(),
        attempts: 1,
        at: Timestamp::UNIX_EPOCH,
    })
}

/// Appended a second, sequenced into the tree a second, mean length of a sealed payload.
fn entries_a_second(count: u64) -> (f64, f64, usize) {
    let account = AccountKey::from_bytes([1; 32]);
    let subject = |n: u64| {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&(n / 2).to_be_bytes());
        account.subject(&Seed::from_bytes(seed))
    };
    let begun = cpu_s();
    let made: Vec<_> = (0..count)
        .map(|n| {
            let payload = if n.is_multiple_of(2) {
                decision(n)
            } else {
                used(n)
            };
            append(EntryId::from_i64(n as i64), &payload, &subject(n))
                .expect("invariant: the payloads above are sound")
        })
        .collect();
    let appended = count as f64 / (cpu_s() - begun);
    let bytes: usize = made.iter().map(|e| e.sealed.as_bytes().len()).sum();
    let begun = cpu_s();
    let mut edge = Edge::default();
    let mut head = ChainHead::START;
    for (n, entry) in (0..).zip(&made) {
        let pending = Pending {
            id: entry.id,
            kind: entry.kind,
            hour: Hour::from_u32(1),
            policy: Digest::ZERO,
            commitment: entry.commitment,
        };
        if u64::is_multiple_of(n, 2) {
            head = ChainHead::START;
        }
        let (leaf, next) = sequence(head, &pending, &subject(n));
        head = next;
        edge.push(&leaf_hash(&leaf))
            .expect("invariant: the tree is small");
    }
    black_box(edge.take_tiles());
    let sequenced = count as f64 / (cpu_s() - begun);
    (appended, sequenced, bytes / made.len())
}

/// A tree of `leaves` entries, its tiles written to nowhere; then a restart and a checkpoint.
fn grown(leaves: u64) -> String {
    let (mut edge, mut kept) = (Edge::default(), avow_ledger::TileSet::default());
    let begun = Instant::now();
    for n in 0..leaves {
        edge.push(&record_hash(&n.to_be_bytes()))
            .expect("invariant: below 2^48");
        if n % 65_536 == 65_535 {
            black_box(edge.take_tiles());
        }
    }
    let grow_s = begun.elapsed().as_secs_f64();
    for tile in edge.take_tiles() {
        kept.insert(tile).expect("invariant: our own tile");
    }
    let held = tree_tiles(leaves);
    let edge_bytes: usize = held
        .iter()
        .filter_map(|id| kept.get(*id))
        .map(<[u8]>::len)
        .sum();
    let origin = Origin::new("mail.example.com", "acme").expect("invariant: an origin");
    let key = LogKey::from_seed(origin, &[1; 32]);
    let begun = Instant::now();
    let edge = Edge::restore(leaves, &kept).unwrap_or(edge);
    let note = key.sign(&edge.head());
    let sign_us = begun.elapsed().as_secs_f64() * 1e6;
    format!(
        "\"grow_s\":{grow_s:.2},\"leaves_per_s\":{:.0},\"edge_tiles\":{},\"edge_bytes\":{edge_bytes},\
         \"restore_and_checkpoint_us\":{sign_us:.0},\"checkpoint_bytes\":{},\"resident_mb_max\":{}",
        leaves as f64 / grow_s,
        held.len(),
        note.len(),
        resident_mb_max(),
    )
}

/// Processor time of this process so far: other work on the machine does not count. 10 ms exact.
fn cpu_s() -> f64 {
    const TICKS_PER_S: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_ascii_whitespace().skip(11).take(2);
    let ticks: f64 = ticks.filter_map(|t| t.parse::<f64>().ok()).sum();
    ticks / TICKS_PER_S
}

/// The most memory that this process had, from the kernel; 0 where it does not say.
fn resident_mb_max() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kb = line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kb.unwrap_or(0) / 1024
}
