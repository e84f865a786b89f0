//! The calls that docs/api.md shows, as somebody copies them: each is answered with yes.

use std::process::Command;

use serde_json::json;

use super::news;
use super::webhooks::Rehearsal;
use crate::avow::repository;

/// The calls of a page: blocks of shell that begin with curl.
fn calls(page: &str) -> Vec<&str> {
    let blocks = page.split("```sh\n").skip(1);
    let blocks = blocks.filter_map(|block| block.split("\n```").next());
    blocks.filter(|block| block.starts_with("curl ")).collect()
}

#[test]
fn each_call_that_the_page_shows_is_answered_with_yes() {
    if Command::new("curl").arg("--version").output().is_err() {
        println!("skipped: curl is not installed");
        return;
    }
    let scene = Rehearsal::new();
    let (_, sent) = scene.ask("POST /api/v1/messages", &news(&["ada@example.com"]));
    let id = sent["recipients"][0]["id"].as_str().unwrap();
    let search = "GET /api/v1/contacts?search=ada@example.com";
    let (_, found) = scene.ask(search, &json!(null));
    let contact = found["contacts"][0]["id"].as_str().unwrap();
    let page = std::fs::read_to_string(repository().join("docs/api.md")).unwrap();
    let calls = calls(&page);
    assert!(calls.len() >= 5, "{calls:?}");
    let base = format!("http://{}", scene.address());
    for call in calls {
        let shown = call
            .replace("https://mail.example.com", &base)
            .replace("og_0cn55dbxg2c00", id)
            // In a rehearsal a program on this machine stands in the place of a declared one.
            .replace("https://hooks.example.com", "http://127.0.0.1:9");
        let line = format!("{shown} -w '\\n%{{http_code}}'");
        let ran = Command::new("sh")
            .args(["-c", &line])
            .env("KEY", &scene.key)
            .env("CONTACT", contact)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        let code = said.lines().last().unwrap_or_default();
        assert!(code.starts_with('2'), "{line}\n{said}");
    }
    let (_, told) = scene.ask("GET /api/v1/webhooks", &json!(null));
    assert_eq!(told["webhooks"].as_array().unwrap().len(), 1, "{told}");
}
