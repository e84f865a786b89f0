//! A campaign to a segment from the shell: who is meant, who is not, of whom it cannot be told; explained and proved.

use serde_json::Value;

use super::stage::PEOPLE;
use crate::avow::Avow;

/// Looks at a campaign before a test gives up; each takes a process.
const LOOKS_MAX: usize = 2_000;

const ACCOUNT: [&str; 2] = ["--account", "imark"];

fn segment(avow: &Avow, words: &[&str]) -> Value {
    avow.json(&[&["segment"], words, &ACCOUNT].concat())
}

fn fails(avow: &Avow, code: i32, words: &[&str]) -> String {
    avow.fails(code, &[&["segment"], words, &ACCOUNT].concat())
}

/// A draft to this segment; gives its id and what its check said.
fn draft(avow: &Avow, segment: &str) -> (String, Value) {
    avow.file(
        "body.html",
        "<p>Hello {{ first_name | fallback('friend') }}</p>",
    );
    let file = avow.file(
        "campaign.toml",
        "account = \"imark\"\nname = \"November\"\npurpose = \"newsletter\"\nsubject = \"News\"\nhtml = \"body.html\"\n",
    );
    let words = ["campaign", "create", "--from", &file, "--segment", segment];
    let created = avow.json(&words);
    let id = created["campaign"].as_str().unwrap().to_owned();
    (id, created["check"].clone())
}

fn explained(avow: &Avow, campaign: &str, address: &str) -> Value {
    let words = ["explain", "--contact", address, "--campaign", campaign];
    avow.json(&[&words[..], &ACCOUNT].concat())
}

#[test]
fn a_campaign_to_a_segment_reaches_whom_it_is_known_to_mean_and_proves_what_was_read() {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let added = segment(&avow, &["add", "not-bea", "--where", "first_name != Bea"]);
    assert_eq!(added["canonical"], "not first_name = \"Bea\"");
    assert_eq!(added["reads"], serde_json::json!(["name"]));
    let counted = segment(&avow, &["count", "not-bea", "--for", "newsletter"]);
    // Hal gave no consent, and Ivo left: their names may not be read for the newsletter.
    let numbers = ["looked_at", "meant", "outside", "untold"].map(|n| counted[n].as_u64().unwrap());
    assert_eq!(numbers, [9, 6, 1, 2], "{counted}");

    let (campaign, check) = draft(&avow, "not-bea");
    assert_eq!(check["forecast"]["allowed"], 6, "{check}");
    assert_eq!(check["forecast"]["segment"]["untold"], 2, "{check}");
    let in_use = fails(&avow, 1, &["remove", "not-bea"]);
    assert!(in_use.contains("choose another audience"), "{in_use}");

    let sink = avow.sink(&[]);
    avow.send(&campaign, &sink.said("listening"));
    assert_eq!(avow.outcomes(&campaign)["delivered"], 6);
    let report = avow.json(&["report", "campaign", &campaign]);
    assert_eq!(report["audience"], 6);
    let numbers = ["outside", "untold"].map(|n| report["segment"][n].as_u64().unwrap());
    assert_eq!(numbers, [1, 2], "{report}");

    let ada = explained(&avow, &campaign, "ada@example.com");
    assert_eq!(ada["message"]["outcome"], "delivered");
    let said = &ada["now"][0]["segment"];
    assert_eq!(
        (&said["meant"], &said["read"]),
        (&"yes".into(), &serde_json::json!(["name"]))
    );
    let bea = explained(&avow, &campaign, "bea@example.com");
    assert_eq!(bea["message"], Value::Null, "she has no row");
    assert_eq!(bea["now"][0]["segment"]["meant"], "no");
    let ivo = explained(&avow, &campaign, "ivo@example.com");
    let said = &ivo["now"][0]["segment"];
    assert_eq!(said["meant"], "unknown");
    assert_eq!(said["read"], serde_json::json!([]));
    assert_ne!(said["why_unknown"], serde_json::json!([]));

    let message = format!("{}-1", campaign.replacen("cp_", "msg_", 1));
    let file = avow.path("ada.permproof").display().to_string();
    let proved = avow.json(&["prove", &message, "--out", &file]);
    assert_eq!(proved["proved"], true, "{proved}");
    let trust = format!("log {}\nquorum none\n", proved["key"].as_str().unwrap());
    let trust = avow.file("trust", trust);
    let told = Avow::new().json(&["verify", &file, "--trust", &trust]);
    assert_eq!(told["proved"], true, "{told}");
    let bundle = std::fs::read_to_string(&file).unwrap().replace('\\', "");
    assert!(bundle.contains(r#""reads":["email","name"]"#), "{bundle}");
}

#[test]
fn a_change_of_the_segment_does_not_touch_a_campaign_on_its_way_through_a_kill() {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    segment(
        &avow,
        &["add", "who", "--where", "first_name in (Ada, Bea)"],
    );
    let (campaign, _) = draft(&avow, "who");
    // Nobody listens there: the audience is taken, nothing leaves, and the sender is stopped where it stands.
    let words = ["campaign", "send", &campaign, "--relay", "127.0.0.1:1"];
    let mut sender = avow
        .command(&[&words[..], &["--wait"]].concat())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let prepared = |_| avow.json(&["report", "campaign", &campaign])["audience"] == 2;
    assert!((0..LOOKS_MAX).any(prepared), "the audience was never taken");
    sender.kill().unwrap();
    sender.wait().unwrap();
    segment(&avow, &["change", "who", "--where", "first_name = Cem"]);
    let sink = avow.sink(&[]);
    avow.send(&campaign, &sink.said("listening"));
    assert_eq!(avow.outcomes(&campaign)["delivered"], 2);
    let report = avow.json(&["report", "campaign", &campaign]);
    assert_eq!(report["segment"]["is"], "first_name in (\"Ada\", \"Bea\")");
    assert_eq!(report["segment"]["outside"], 5);
    let removed = segment(&avow, &["remove", "who"]);
    assert_eq!(removed["removed"], "who");
    assert_eq!(
        avow.json(&["report", "campaign", &campaign])["segment"]["name"],
        "who"
    );
}

#[test]
fn words_that_are_no_segment_are_refused_with_their_place_and_what_to_write() {
    let avow = Avow::new().with_account();
    for (words, place, hint) in [
        ("first_name = ", "1:14", "a text in double quotes"),
        ("jop = cook", "1:1", "did you mean `job`?"),
        (
            "job = a and name = b or name = c",
            "1:22",
            "put parentheses",
        ),
        ("permits newsleter", "1:9", "did you mean `newsletter`?"),
    ] {
        let said = fails(&avow, 2, &["add", "x", "--where", words]);
        assert!(said.contains(&format!("segment:{place}: ")), "{said}");
        assert!(said.contains(hint), "{said}");
    }
    let said = fails(&avow, 2, &["add", "x", "--where", "on list nowhere"]);
    assert!(said.contains("there is no list `nowhere`"), "{said}");
    let said = fails(&avow, 1, &["show", "x"]);
    assert!(said.contains("avow segment list shows"), "{said}");
    segment(&avow, &["add", "x", "--where", "company is known"]);
    let said = fails(&avow, 1, &["add", "x", "--where", "job is known"]);
    assert!(said.contains("avow segment change x"), "{said}");
    assert_eq!(segment(&avow, &["list"]).as_array().unwrap().len(), 1);
    // What the purpose may not read is unknown of everybody, and said so.
    let said = draft(&avow, "x").1;
    assert_eq!(said["ready"], false, "{said}");
    assert!(
        said["warnings"]
            .to_string()
            .contains("unknown of everybody"),
        "{said}"
    );
}
