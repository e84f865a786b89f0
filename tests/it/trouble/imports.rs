//! SIGKILL in the middle of an import: the next one goes on where it stood, to the same end.

use std::fmt::Write as _;
use std::process::Stdio;

use serde_json::Value;

use crate::avow::Avow;

const ROWS: u64 = 30_000;
/// Each such row is no address.
const BAD: u64 = 1_000;

fn rows() -> String {
    let mut csv = "Email Address,First Name,OPTIN_TIME,OPTIN_IP\n".to_owned();
    for n in 0..ROWS {
        if n % BAD == 7 {
            writeln!(csv, "nobody{n},Ada{n},,").unwrap();
        } else {
            writeln!(
                csv,
                "person{n}@example.org,Ada{n},2026-05-01 10:00:00,192.0.2.1"
            )
            .unwrap();
        }
    }
    csv
}

fn contacts(avow: &Avow) -> u64 {
    let accounts = avow.json(&["account", "list"]);
    accounts[0]["contacts"].as_u64().unwrap()
}

/// The words of an import, and what it came to: people, counts, rejected rows.
fn end(avow: &Avow, words: &[&str], rejects: &str) -> (u64, Value, String) {
    let report = avow.json(words);
    let rejected = std::fs::read_to_string(rejects).unwrap();
    (contacts(avow), report["rejected"].clone(), rejected)
}

#[test]
fn a_killed_import_goes_on_where_it_stood_and_ends_as_if_nothing_had_happened() {
    let [whole, broken] = [(); 2].map(|()| Avow::new().with_account());
    let mut ends = Vec::new();
    for (avow, kills) in [(&whole, 0), (&broken, 3)] {
        let file = avow.file("people.csv", rows());
        let rejects = avow.path("rejects.csv").display().to_string();
        let words = [
            "import",
            &file,
            "--account",
            "imark",
            "--purpose",
            "newsletter",
        ];
        let words = [&words[..], &["--rejects", &rejects]].concat();
        for _ in 0..kills {
            let before = contacts(avow);
            let mut command = avow.command(&words);
            let import = command.stdout(Stdio::null()).stderr(Stdio::null());
            let mut import = import.spawn().unwrap();
            while contacts(avow) == before {}
            assert!(
                import.try_wait().unwrap().is_none(),
                "it ended before the kill"
            );
            import.kill().unwrap();
            import.wait().unwrap();
        }
        assert!(contacts(avow) < ROWS);
        ends.push(end(avow, &words, &rejects));
    }
    assert_eq!(ends[0].0, ROWS - ROWS / BAD);
    assert_eq!(ends[0], ends[1]);
}
