//! Recall on real crawlers and false positives on real browsers; skipped where the data is absent.

use std::fs;
use std::path::PathBuf;

use avow_track::{AgentClass, classify_agent};

fn data(name: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(name);
    fs::read_to_string(path).ok()
}

/// Families of `ua/test_ua.yaml` that people browse or read mail with.
const BROWSERS: &[&str] = &[
    "Chrome",
    "Chrome Mobile",
    "Chrome Mobile WebView",
    "Chrome Mobile iOS",
    "Chromium",
    "Firefox",
    "Firefox Mobile",
    "Firefox iOS",
    "Safari",
    "Mobile Safari",
    "Mobile Safari UI/WKWebView",
    "Edge",
    "Edge Mobile",
    "IE",
    "IE Mobile",
    "Opera",
    "Opera Mobile",
    "Opera Mini",
    "Opera Tablet",
    "Samsung Internet",
    "Android",
    "UC Browser",
    "Vivaldi",
    "Yandex Browser",
    "Thunderbird",
    "Outlook",
    "Windows Live Mail",
    "Apple Mail",
    "Brave",
    "Maxthon",
    "QQ Browser",
    "QQ Browser Mobile",
    "MIUI Browser",
    "Konqueror",
    "SeaMonkey",
    "Epiphany",
    "Iceweasel",
    "Whale",
    "DuckDuckGo Mobile",
    "Puffin",
    "Amazon Silk",
    "BlackBerry",
    "BlackBerry WebKit",
    "Camino",
    "Pale Moon",
    "Waterfox",
    "Iron",
    "Coc Coc",
    "Instagram",
    "Facebook",
    "Airmail",
    "Lotus Notes",
    "Postbox",
    "Barca",
    "Lynx",
    "Links",
    "Netscape",
    "Dolphin",
    "Basilisk",
    "K-Meleon",
    "Midori",
    "Falkon",
    "HuaweiBrowser",
];

fn strings_of<'a>(entry: &'a serde_json::Value, key: &str) -> Vec<&'a str> {
    let list = entry[key].as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|v| v.as_str()).collect()
}

#[test]
fn nearly_every_known_crawler_is_told_from_a_reader() {
    let Some(text) = data("bots/crawler-user-agents.even.json") else {
        eprintln!("skipped: the shared test data is not here");
        return;
    };
    let entries: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let agents: Vec<&str> = entries
        .iter()
        .flat_map(|e| strings_of(e, "instances"))
        .collect();
    let missed: Vec<&&str> = agents
        .iter()
        .filter(|a| classify_agent(a) == AgentClass::Reader)
        .collect();
    eprintln!(
        "crawlers: {} of {} taken for readers: {missed:#?}",
        missed.len(),
        agents.len()
    );
    assert!(
        agents.len() > 1_000 && missed.len() * 100 <= agents.len(),
        "more than 1 % missed"
    );
}

#[test]
fn hardly_any_browser_is_taken_for_a_machine() {
    let Some(text) = data("ua/test_ua.yaml") else {
        eprintln!("skipped: the shared test data is not here");
        return;
    };
    let quoted = |line: &str, key: &str| {
        let value = line
            .trim_start_matches("- ")
            .trim()
            .strip_prefix(key)?
            .trim();
        Some(value.trim_matches('\'').trim_matches('"').to_owned())
    };
    let mut agent = String::new();
    let mut browsers = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(value) = quoted(line, "user_agent_string:") {
            agent = value;
        } else if let Some(family) = quoted(line, "family:")
            && BROWSERS.contains(&family.as_str())
        {
            browsers.push(std::mem::take(&mut agent));
        }
    }
    let wrong: Vec<&String> = browsers
        .iter()
        .filter(|a| classify_agent(a) != AgentClass::Reader)
        .collect();
    eprintln!(
        "browsers: {} of {} taken for machines: {wrong:#?}",
        wrong.len(),
        browsers.len()
    );
    assert!(
        browsers.len() > 200 && wrong.len() * 100 <= browsers.len() * 2,
        "more than 2 % wrong"
    );
}
