//! Trees, proofs and checkpoints against Go's `golang.org/x/mod/sumdb` (Debian: golang-go,
//! golang-golang-x-mod-dev). Where Go is absent the test says that it skips.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use avow_ledger::{
    Digest, Edge, LogKey, Origin, TileSet, prove_consistency, prove_inclusion, record_hash,
};

/// Where Debian puts Go packages.
const GOPATH: &str = "/usr/share/gocode";

/// The checker, compiled once a run; `None` where Go or its package is missing.
fn checker() -> Option<std::path::PathBuf> {
    if !Path::new(GOPATH)
        .join("src/golang.org/x/mod/sumdb/tlog")
        .exists()
    {
        return None;
    }
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tlog_check");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools/tlog_check.go");
    let built = Command::new("go")
        .args(["build", "-o"])
        .arg(&out)
        .arg(source)
        .env("GO111MODULE", "off")
        .env("GOPATH", GOPATH)
        .env("GOCACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("go"))
        .status();
    built.ok()?.success().then_some(out)
}

fn hexadecimal(path: &[Digest]) -> Vec<String> {
    path.iter().map(Digest::to_string).collect()
}

fn question(size: u64, index: u64, old: u64) -> serde_json::Value {
    let (mut edge, mut tiles) = (Edge::default(), TileSet::default());
    for n in 0..size {
        edge.push(&record_hash(&n.to_be_bytes())).unwrap();
    }
    for tile in edge.take_tiles() {
        tiles.insert(tile).unwrap();
    }
    let log = LogKey::from_seed(Origin::new("mail.example.com", "acme").unwrap(), &[5; 32]);
    serde_json::json!({
        "Size": size,
        "Index": index,
        "Old": old,
        "Inclusion": hexadecimal(&prove_inclusion(size, index, &tiles).unwrap()),
        "Consistency": hexadecimal(&prove_consistency(old, size, &tiles).unwrap()),
        "Checkpoint": log.sign(&edge.head()),
        "Key": log.verifier().as_str(),
    })
}

fn ask(checker: &Path, question: &serde_json::Value) -> String {
    let mut child = Command::new(checker)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(question.to_string().as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn go_accepts_our_trees_proofs_and_checkpoints_and_refuses_changed_ones() {
    let Some(checker) = checker() else {
        println!("skipped: Go with golang.org/x/mod is not installed here");
        return;
    };
    for (size, index, old) in [
        (1, 0, 1),
        (2, 1, 1),
        (255, 9, 100),
        (256, 255, 255),
        (70_000, 65_536, 257),
    ] {
        assert_eq!(
            ask(&checker, &question(size, index, old)),
            "ok",
            "{size} {index} {old}"
        );
    }
    let mut wrong = question(300, 7, 20);
    wrong["Inclusion"][0] = Digest::of(b"x").to_string().into();
    assert_ne!(ask(&checker, &wrong), "ok");
    let mut wrong = question(300, 7, 20);
    let note = wrong["Checkpoint"]
        .as_str()
        .unwrap()
        .replacen("300", "301", 1);
    wrong["Checkpoint"] = note.into();
    assert_ne!(ask(&checker, &wrong), "ok");
}
