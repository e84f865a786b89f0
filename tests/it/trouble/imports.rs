//! SIGKILL in the middle of an import: the next one goes on where it stood, to the same end.

use std::fmt::Write as _;
use std::process::Stdio;

use crate::avow::Avow;

/// Two batches of the importer: the first is in, the second is not, when it is killed.
const ROWS: u64 = 32_000;
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

#[test]
fn a_killed_import_goes_on_where_it_stood_and_ends_as_if_nothing_had_happened() {
    let avow = Avow::new().with_account();
    let file = avow.file("people.csv", rows());
    let rejects = avow.path("rejects.csv").display().to_string();
    let words = [
        "import",
        &file,
        "--account",
        "imark",
        "--purpose",
        "newsletter",
        "--rejects",
        &rejects,
    ];
    let mut command = avow.command(&words);
    let import = command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut import = import.spawn().unwrap();
    while contacts(&avow) == 0 {}
    let early = import.try_wait().unwrap();
    assert!(early.is_none(), "it ended before the kill");
    import.kill().unwrap();
    import.wait().unwrap();
    let kept = contacts(&avow);
    assert!(kept < ROWS - ROWS / BAD, "{kept} were in before the kill");

    let report = avow.json(&words);
    assert_eq!(report["rejected"], ROWS / BAD, "{report}");
    assert_eq!(contacts(&avow), ROWS - ROWS / BAD);
    let rejected = std::fs::read_to_string(&rejects).unwrap();
    let named: Vec<&str> = rejected
        .lines()
        .filter(|line| line.contains("nobody"))
        .collect();
    assert_eq!(named.len() as u64, ROWS / BAD, "each once: {rejected}");
    assert_eq!(avow.json(&words)["was_done"], true);
}
