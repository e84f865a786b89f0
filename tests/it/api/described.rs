//! The calls keep to their description: schemathesis makes calls of the served document, right and wrong ones, against a
//! running server, and holds each answer against it.

use std::process::Command;

use serde_json::json;

use super::webhooks::Rehearsal;
use super::{http, key};
use crate::avow::{Avow, repository, variable};

/// Where the program is; `cargo xtask test` and `cargo xtask schemathesis` say it.
const PROGRAM_VARIABLE: &str = "AVOW_TEST_SCHEMATHESIS";
/// How many calls are made up for each operation.
const EXAMPLES_VARIABLE: &str = "AVOW_IT_EXAMPLES";
/// Of each operation, in the suite: a minute in all.
const EXAMPLES: &str = "8";
/// Keys that take turns: some thousand calls a minute, of which each key may make 600.
const KEYS: usize = 24;
/// What every answer is held against. Not whether a call that keeps to its schema is taken: which purposes, lists and
/// columns there are, the account says and no schema can.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,negative_data_rejection,unsupported_method,\
    allow_header_conformance,ignored_auth";

/// Every scope that a key may have.
pub(super) fn scopes(avow: &Avow) -> Vec<String> {
    let told = avow.json(&["account", "api-key", "scopes"]);
    let all = told.as_array().unwrap().iter();
    all.map(|one| one["scope"].as_str().unwrap().to_owned())
        .collect()
}

/// Keys with every scope.
fn keys(avow: &Avow) -> Vec<String> {
    let scopes = scopes(avow);
    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
    (0..KEYS)
        .map(|n| key(avow, &format!("all-{n}"), &scopes))
        .collect()
}

/// Some of everything, so that calls find something.
fn seed(address: &str, key: &str) {
    let header = format!("Authorization: Bearer {key}\r\n");
    for (path, body) in [
        ("lists", json!({ "slug": "readers", "name": "Readers" })),
        (
            "segments",
            json!({ "slug": "berliners", "where": "on list readers" }),
        ),
    ] {
        let line = format!("POST /api/v1/{path}");
        let made = http(address, &line, &header, &body.to_string());
        assert_eq!(made.status, 201, "{}", made.body);
    }
}

#[test]
fn calls_made_of_the_description_are_answered_as_it_says() {
    let Some(program) = variable(PROGRAM_VARIABLE) else {
        println!(
            "skipped: {PROGRAM_VARIABLE} names no schemathesis (cargo xtask schemathesis installs it)"
        );
        return;
    };
    let scene = Rehearsal::new();
    let keys = keys(&scene.avow);
    seed(&scene.address(), &keys[0]);
    let document = format!("http://{}/api/v1/openapi.json", scene.address());
    let examples = variable(EXAMPLES_VARIABLE).unwrap_or_else(|| EXAMPLES.to_owned());
    let words = [
        "run",
        &document,
        "--checks",
        CHECKS,
        "--max-examples",
        &examples,
    ];
    let more = [
        "--seed",
        "4711",
        "--phases",
        "examples,coverage,fuzzing",
        "--workers",
        "1",
    ];
    let quiet = ["--no-color", "--warnings", "off", "--no-shrink"];
    let hooks = repository().join("tests/it/api");
    let ran = Command::new(program)
        .args([&words[..], &more, &quiet].concat())
        .current_dir(scene.avow.path(""))
        .env("PYTHONPATH", hooks)
        .env("SCHEMATHESIS_HOOKS", "keys_in_turn")
        .env("AVOW_KEYS", keys.join(","))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    assert!(
        said.contains("No issues found") || said.contains("passed"),
        "{said}"
    );
}
