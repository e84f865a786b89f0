//! Files stay small, SQL stays in the store, the environment in `avow`, mail servers with `deliver`.

use super::sources;

/// A file longer than this is two ideas.
const LINES_MAX: usize = 500;
/// Half of all files are shorter than this.
const LINES_MEDIAN_MAX: usize = 150;
/// Functions over 70 lines, each with its reason. This number only falls.
const LONG_FUNCTIONS_MAX: usize = 6;

fn product() -> Vec<(String, String)> {
    sources::files("crates", "rs")
}

/// The part of a file before its unit tests.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text)
}

/// False for tests, examples and what only tests use.
fn is_product(name: &str) -> bool {
    let aside = [
        "/examples/",
        "/tests/",
        "/tests.rs",
        "_test.rs",
        "_tests.rs",
        "test_support.rs",
    ];
    !name.starts_with("crates/testkit/") && !aside.iter().any(|part| name.contains(part))
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    for (name, text) in product() {
        let lines = code(&text).lines().count();
        assert!(
            lines <= LINES_MAX,
            "{name} has {lines} lines: split it by idea"
        );
    }
}

#[test]
fn the_median_file_is_short() {
    let mut lines: Vec<usize> = product()
        .iter()
        .map(|(_, t)| code(t).lines().count())
        .collect();
    lines.sort_unstable();
    assert!(
        lines[lines.len() / 2] <= LINES_MEDIAN_MAX,
        "median {}",
        lines[lines.len() / 2]
    );
}

#[test]
fn every_file_says_what_it_is() {
    for (name, text) in product() {
        assert!(text.starts_with("//!"), "{name} has no module comment");
    }
}

#[test]
fn only_the_store_speaks_sql() {
    let words = [
        "SELECT ",
        "INSERT INTO ",
        "UPDATE ",
        "DELETE FROM ",
        "CREATE TABLE ",
    ];
    for (name, text) in product() {
        if name.starts_with("crates/store/") {
            continue;
        }
        for line in code(&text)
            .lines()
            .filter(|l| !l.trim_start().starts_with("//"))
        {
            let quoted =
                line.contains('"') && words.iter().any(|w| line.contains(&format!("\"{w}")));
            assert!(!quoted, "{name} holds SQL: {line}");
        }
    }
}

#[test]
fn only_avow_reads_the_environment() {
    for (name, text) in product() {
        let reads = ["env::var", "env::vars", "env::var_os"]
            .iter()
            .any(|w| code(&text).contains(w));
        let may = name.starts_with("crates/avow/") || !is_product(&name);
        assert!(!reads || may, "{name} reads the environment");
    }
}

/// Asks the web server of this installation what it does; speaks no SMTP.
const ASKS_OUR_OWN_SERVER: &str = "crates/avow/src/commands/queue.rs";

#[test]
fn only_deliver_connects_to_mail_servers() {
    for (name, text) in product() {
        let connects = code(&text).contains("TcpStream::connect");
        let may = name.starts_with("crates/deliver/")
            || name == ASKS_OUR_OWN_SERVER
            || !is_product(&name);
        assert!(!connects || may, "{name} opens a connection");
    }
}

#[test]
fn only_deliver_holds_a_signing_key() {
    let deliver = |name: &String| name.starts_with("crates/deliver/");
    for (name, text) in product().into_iter().filter(|(name, _)| !deliver(name)) {
        let code = code(&text);
        for word in ["pk8", "KeyPairFiles", "dkim::generate", "dkim::Signer"] {
            let holds = code.contains(word) && is_product(&name);
            assert!(!holds, "{name} says {word}");
        }
    }
}

#[test]
fn tests_never_sleep_and_none_is_ignored() {
    let this = "tests/it/tidy/files.rs";
    let all = product().into_iter().chain(sources::files("tests", "rs"));
    for (name, text) in all.filter(|(name, _)| name != this) {
        assert!(!text.contains("#[ignore"), "{name} ignores a test");
        assert!(!text.contains("thread::sleep("), "{name} sleeps");
    }
}

#[test]
fn long_functions_are_few_and_reasoned() {
    let count: usize = product()
        .iter()
        .map(|(_, t)| t.matches("clippy::too_many_lines").count())
        .sum();
    assert!(
        count <= LONG_FUNCTIONS_MAX,
        "{count} functions are over 70 lines"
    );
}

#[test]
fn nothing_says_where_it_was_built() {
    let this = "tests/it/tidy/files.rs";
    let kinds = ["rs", "md", "toml", "html", "css", "js", "sql", "mjml"];
    let paths = ["/work/", "/root/", "C:\\Users"];
    for folder in ["crates", "docs", "xtask", "tests", "policies"] {
        for (name, text) in kinds.iter().flat_map(|kind| sources::files(folder, kind)) {
            if name == this {
                continue;
            }
            for path in paths {
                assert!(
                    !text.contains(path),
                    "{name} names a machine's path ({path})"
                );
            }
        }
    }
}

#[test]
fn every_invariant_of_architecture_names_a_test_or_a_type_that_keeps_it() {
    let text = std::fs::read_to_string(sources::root().join("ARCHITECTURE.md")).unwrap();
    let section = text
        .split("## Invariants")
        .nth(1)
        .expect("a section of invariants");
    let section = section.split("\n## ").next().unwrap();
    let tree: String = sources::files("tests", "rs")
        .into_iter()
        .chain(product())
        .map(|(_, text)| text)
        .collect();
    let lines: Vec<&str> = section
        .lines()
        .filter(|l| l.starts_with("| "))
        .skip(1)
        .collect();
    assert!(lines.len() >= 8, "the table of invariants is gone");
    for line in lines {
        let keeper = line.rsplit('|').nth(1).unwrap().trim().trim_matches('`');
        assert!(
            tree.contains(keeper),
            "ARCHITECTURE.md names `{keeper}`, which does not exist"
        );
    }
}
