//! Data handed to a recipient from the shell: only what the gate lets go, told to each person, harmless to open.

use std::path::Path;

use serde_json::Value;

use crate::avow::Avow;

const PEOPLE: &str = "\
email,name,company,OPTIN_TIME,OPTIN_IP
ada@example.com,=cmd|' /C calc'!A0,Acme,2026-03-01 10:00:00,192.0.2.1
bea@example.com,Bea,,2026-03-01 10:00:00,192.0.2.2
";
const OTHERS: &str = "\
email,name,OPTIN_TIME,OPTIN_IP
cem@example.com,Cem,2026-03-01 10:00:00,192.0.2.3
";

/// Two who said yes to being introduced to partners, and one who was never asked.
fn people() -> Avow {
    let avow = Avow::new();
    let policy = include_str!("../../../policies/exacttarget/v1.toml");
    let policy = avow.file("policy.toml", policy);
    let account = [
        "account",
        "add",
        "Target",
        "--slug",
        "exacttarget",
        "--domain",
        "exacttarget.example",
    ];
    avow.json(&[&account[..], &["--policy", &policy]].concat());
    let yes = avow.file("yes.csv", PEOPLE);
    avow.json(&[
        "import",
        &yes,
        "--account",
        "exacttarget",
        "--purpose",
        "introduction",
    ]);
    let others = avow.file("others.csv", OTHERS);
    avow.json(&["import", &others, "--account", "exacttarget"]);
    avow
}

fn call<'a>(purpose: &'a str, to: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let base = [
        "contact",
        "export",
        "--account",
        "exacttarget",
        "--purpose",
        purpose,
        "--to",
        to,
    ];
    [&base[..], more].concat()
}

fn disclosed(avow: &Avow, address: &str) -> Vec<Value> {
    let told = avow.json(&["explain", "--account", "exacttarget", "--contact", address]);
    told["disclosed"].as_array().unwrap().clone()
}

#[test]
fn a_partner_gets_those_who_said_yes_and_each_of_them_is_told() {
    let avow = people();
    let file = avow.path("partner.csv");
    let name = file.to_str().unwrap();
    let told = avow.json(&call("introduction", "partner", &[name]));
    assert_eq!(
        (&told["people"], &told["handed"]),
        (&3.into(), &2.into()),
        "{told}"
    );
    assert_eq!(told["refused"][0]["people"], 1, "{told}");
    assert_eq!(told["refused"][0]["code"], "D_NO_CHOICE", "{told}");
    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "email,name,company",
            "ada@example.com,'=cmd|' /C calc'!A0,Acme",
            "bea@example.com,Bea,",
        ]
    );
    assert!(!Path::new(&format!("{name}.part")).exists());
    let ada = disclosed(&avow, "ada@example.com");
    assert_eq!(ada.len(), 1);
    assert_eq!(ada[0]["recipient"], "partner");
    assert_eq!(
        ada[0]["categories"],
        serde_json::json!(["email", "name", "company"])
    );
    assert_eq!(
        disclosed(&avow, "bea@example.com")[0]["categories"],
        serde_json::json!(["email", "name"])
    );
    assert!(disclosed(&avow, "cem@example.com").is_empty());
    avow.json(&["ledger", "verify", "--account", "exacttarget"]);
    // For programs: nothing is changed, and the same people are told again.
    let lines = avow.path("partner.jsonl");
    avow.json(&call(
        "introduction",
        "partner",
        &["--format", "jsonl", lines.to_str().unwrap()],
    ));
    let first: Value = serde_json::from_str(
        std::fs::read_to_string(lines)
            .unwrap()
            .lines()
            .next()
            .unwrap(),
    )
    .unwrap();
    assert_eq!(first["name"], "=cmd|' /C calc'!A0");
    assert_eq!(disclosed(&avow, "ada@example.com").len(), 2);
}

#[test]
fn what_the_policy_does_not_declare_is_handed_to_nobody() {
    let avow = people();
    let file = avow.path("out.csv");
    let name = file.to_str().unwrap();
    for (purpose, to, wanted) in [
        ("introduction", "broker", "its recipients are: partner"),
        ("introduction", "self", "its recipients are: partner"),
        ("gossip", "partner", "declares no purpose “gossip”"),
    ] {
        let told = avow.fails(1, &call(purpose, to, &[name]));
        assert!(told.contains(wanted), "{told}");
        assert!(!file.exists() && disclosed(&avow, "ada@example.com").is_empty());
    }
    std::fs::write(&file, "mine").unwrap();
    let told = avow.fails(2, &call("introduction", "partner", &[name]));
    assert!(told.contains("is there already"), "{told}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    let nowhere = avow.path("no/such/folder.csv");
    avow.fails(
        1,
        &call("introduction", "partner", &[nowhere.to_str().unwrap()]),
    );
    assert!(disclosed(&avow, "ada@example.com").is_empty());
}

#[test]
fn a_person_gets_everything_with_whom_it_went_to() {
    let avow = people();
    let out = avow.path("partner.csv");
    avow.json(&call("introduction", "partner", &[out.to_str().unwrap()]));
    let file = avow.path("ada.json");
    let name = file.to_str().unwrap();
    avow.json(&[
        "contact",
        "access",
        "ada@example.com",
        "--account",
        "exacttarget",
        name,
    ]);
    let held: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(held["format"], "avow-access/1");
    assert_eq!(held["person"]["address"], "ada@example.com");
    assert_eq!(held["person"]["fields"]["company"], "Acme");
    assert_eq!(held["disclosed"][0]["recipient"], "partner");
    assert_eq!(held["given"][0]["network_address"], "192.0.2.1");
    let all = held.to_string();
    assert!(
        all.contains("introduction") && !all.contains("bea@example.com"),
        "{all}"
    );
    avow.fails(
        1,
        &[
            "contact",
            "access",
            "nobody@example.com",
            "--account",
            "exacttarget",
            "x.json",
        ],
    );
    avow.fails(
        2,
        &[
            "contact",
            "access",
            "ada@example.com",
            "--account",
            "exacttarget",
            name,
        ],
    );
}
