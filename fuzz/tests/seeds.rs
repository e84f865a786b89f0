//! Every seed, and small changes of each, on every ordinary test run.

use std::fs;
use std::path::Path;

use avow_fuzz::{TARGETS, Target};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Changes tried on each seed: all targets together stay within seconds.
const CHANGES_EACH: u32 = 40;

fn seeds(target: &Target) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = target.folders().into_iter();
    let entries = folders.flat_map(|folder| fs::read_dir(root.join(folder)).expect("a folder"));
    let paths = entries.map(|entry| entry.expect("readable").path());
    let mut files: Vec<_> = paths.filter(|path| path.is_file()).collect();
    files.sort();
    files
        .iter()
        .map(|path| fs::read(path).expect("readable"))
        .collect()
}

#[test]
fn every_target_has_seeds_and_holds_on_each() {
    for target in &TARGETS {
        let seeds = seeds(target);
        assert!(!seeds.is_empty(), "{} has no seed", target.name);
        for seed in &seeds {
            (target.run)(seed);
        }
        (target.run)(&[]);
    }
}

#[test]
fn every_target_holds_on_seeds_with_some_bytes_changed() {
    let config = Config {
        cases: CHANGES_EACH,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[9; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let changes = prop::collection::vec((any::<Index>(), any::<u8>(), any::<Index>()), 1..6);
    for target in &TARGETS {
        for seed in seeds(target) {
            let tried = runner.run(&changes, |changes| {
                let mut bytes = seed.clone();
                for (place, byte, cut) in changes {
                    if bytes.is_empty() {
                        break;
                    }
                    let at = place.index(bytes.len());
                    bytes[at] = byte;
                    if byte % 16 == 0 {
                        bytes.truncate(cut.index(bytes.len() + 1));
                    }
                }
                (target.run)(&bytes);
                Ok(())
            });
            tried.expect("no panic");
        }
    }
}
