//! Purchases, inquiries and accounts from the shell: what service mail rests on.

use serde_json::Value;

use crate::avow::Avow;

/// Each on a column of the page where they signed up; a purchase, none, an account that was closed.
const PEOPLE: &str = "\
email,OPTIN_TIME,OPTIN_IP,customer since,last purchase,account_closed_time
buyer@example.com,2026-03-01 10:00:00,192.0.2.1,,2026-05-01 10:00:00,
reader@example.com,2026-03-01 10:00:00,192.0.2.2,,,
gone@example.com,2026-03-01 10:00:00,192.0.2.3,2026-03-02 10:00:00,,2026-04-01 10:00:00
owner@example.com,2026-03-01 10:00:00,192.0.2.4,2026-03-02 10:00:00,,
";

fn customers() -> Avow {
    let avow = Avow::new().with_account();
    let file = avow.file("people.csv", PEOPLE);
    avow.json(&["import", &file, "--account", "imark"]);
    // The same people in another file: what was told of them is not told twice.
    let more = format!("{PEOPLE}plain@example.com,,,,,\n");
    let file = avow.file("more.csv", more);
    avow.json(&["import", &file, "--account", "imark"]);
    avow
}

fn service_mail(avow: &Avow) -> String {
    avow.file("body.html", "<p>Your invoice is ready.</p>");
    let campaign = avow.file(
        "campaign.toml",
        "account = \"imark\"\nname = \"Invoice\"\npurpose = \"service\"\nabout = \"account\"\n\
         subject = \"Your invoice\"\nhtml = \"body.html\"\n",
    );
    let created = avow.json(&["campaign", "create", "--from", &campaign]);
    created["campaign"].as_str().unwrap().to_owned()
}

/// What the gate says of service mail to this person now.
fn service(avow: &Avow, address: &str) -> (String, Vec<String>) {
    let told = avow.json(&["explain", "--account", "imark", "--contact", address]);
    let now = told["now"].as_array().unwrap();
    let answer = now.iter().find(|a| a["purpose"] == "service").unwrap();
    let codes = answer["reasons"].as_array().unwrap().iter();
    let code = |r: &Value| r["code"].as_str().unwrap().to_owned();
    (
        answer["effect"].as_str().unwrap().to_owned(),
        codes.map(code).collect(),
    )
}

fn note(avow: &Avow, words: &[&str]) -> Value {
    let call = ["contact", "note"];
    let from = ["--account", "imark", "--source", "order 17"];
    avow.json(&[&call[..], words, &from[..]].concat())
}

#[test]
fn service_mail_reaches_customers_alone_and_ends_with_the_account() {
    let avow = customers();
    let sink = avow.sink(&[]);
    let campaign = service_mail(&avow);
    avow.send(&campaign, &sink.said("listening"));
    let outcomes = avow.outcomes(&campaign);
    assert_eq!(
        (&outcomes["delivered"], &outcomes["refused"]),
        (&2.into(), &3.into())
    );
    let told = avow.run(&["report", "campaign", &campaign, "--people", "refused"]);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(
        told.contains("reader@example.com") && told.contains("gone@example.com"),
        "{told}"
    );

    for address in ["buyer@example.com", "owner@example.com"] {
        note(&avow, &[address, "account-closed"]);
        let (_, codes) = service(&avow, address);
        assert!(codes.contains(&"D_NO_RELATIONSHIP".to_owned()), "{codes:?}");
    }
    note(&avow, &["reader@example.com", "purchase"]);
    let second = service_mail(&avow);
    avow.send(&second, &sink.said("listening"));
    let outcomes = avow.outcomes(&second);
    assert_eq!(
        (&outcomes["delivered"], &outcomes["refused"]),
        (&1.into(), &4.into())
    );
    avow.json(&["ledger", "verify", "--account", "imark"]);
}

#[test]
fn what_is_noted_stands_once_with_its_origin_and_never_ahead_of_time() {
    let avow = customers();
    let words = [
        "reader@example.com",
        "purchase",
        "--on",
        "2026-06-01T00:00:00Z",
    ];
    assert_eq!(note(&avow, &words)["added"], true);
    assert_eq!(note(&avow, &words)["added"], false);
    assert_eq!(service(&avow, "reader@example.com").0, "ALLOW");
    let base = ["contact", "note", "--account", "imark", "--source", "x"];
    let wrong = |words: &[&str]| avow.fails(2, &[&base[..], words].concat());
    let told = wrong(&[
        "reader@example.com",
        "purchase",
        "--on",
        "2999-01-01T00:00:00Z",
    ]);
    assert!(told.contains("yet to come"), "{told}");
    wrong(&["reader@example.com", "present"]);
    wrong(&["no address", "purchase"]);
    let told = avow.fails(
        1,
        &[&base[..], &["nobody@example.com", "purchase"]].concat(),
    );
    assert!(
        told.contains("there is no contact nobody@example.com"),
        "{told}"
    );
}
