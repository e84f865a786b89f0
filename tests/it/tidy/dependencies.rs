//! Dependencies go one way: model <- {policy, compose, profile, ledger, store, bounce} <- {collect, deliver, track} <- web <- avow.

use super::sources;

/// Each room and the rooms it may use.
const EDGES: [(&str, &[&str]); 14] = [
    ("model", &[]),
    ("policy", &["model"]),
    ("compose", &["model"]),
    ("profile", &["model"]),
    ("ledger", &["model"]),
    ("bounce", &[]),
    ("proof", &["model", "policy", "ledger"]),
    ("store", &["model", "ledger"]),
    (
        "collect",
        &["model", "policy", "compose", "ledger", "store"],
    ),
    (
        "deliver",
        &["model", "policy", "compose", "ledger", "store", "bounce"],
    ),
    ("track", &["model", "policy", "compose", "ledger", "store"]),
    (
        "web",
        &[
            "model", "policy", "compose", "profile", "ledger", "proof", "store", "collect",
            "deliver", "track",
        ],
    ),
    (
        "testkit",
        &["model", "policy", "compose", "ledger", "store"],
    ),
    (
        "avow",
        &[
            "model", "policy", "compose", "profile", "ledger", "proof", "store", "bounce",
            "collect", "deliver", "track", "web",
        ],
    ),
];

/// What the pure rooms must never link: a clock, a network, SQL, async, randomness.
const IMPURE: [&str; 9] = [
    "tokio",
    "axum",
    "hyper",
    "rusqlite",
    "tokio-postgres",
    "rand",
    "reqwest",
    "async-nats",
    "hickory-resolver",
];
const PURE: [&str; 7] = [
    "model", "policy", "compose", "profile", "ledger", "proof", "bounce",
];

/// The names under `[dependencies]` of one manifest.
fn dependencies(room: &str) -> Vec<String> {
    let path = sources::root().join("crates").join(room).join("Cargo.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().map(str::trim);
    let section = lines.skip_while(|l| *l != "[dependencies]").skip(1);
    section
        .take_while(|l| !l.starts_with('['))
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
        .map(|l| l.split(['.', ' ', '=']).next().unwrap().to_owned())
        .collect()
}

#[test]
fn every_room_stands_in_the_table_of_edges() {
    let crates = std::fs::read_dir(sources::root().join("crates")).unwrap();
    for room in crates.map(|e| e.unwrap().file_name().into_string().unwrap()) {
        assert!(
            EDGES.iter().any(|(name, _)| *name == room),
            "{room} has no row in EDGES"
        );
    }
}

#[test]
fn no_room_uses_a_room_above_or_beside_it() {
    for (room, allowed) in EDGES {
        for dependency in dependencies(room) {
            if let Some(other) = dependency.strip_prefix("avow-") {
                assert!(allowed.contains(&other), "{room} must not use {other}");
            }
        }
    }
}

#[test]
fn pure_rooms_link_nothing_that_does_io() {
    for room in PURE {
        for dependency in dependencies(room) {
            assert!(
                !IMPURE.contains(&dependency.as_str()),
                "{room} must not use {dependency}"
            );
        }
    }
}
