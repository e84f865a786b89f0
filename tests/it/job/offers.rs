//! A joint edition from the shell: offers of others, those that may stand in it, and an edition of which nothing is left.

use serde_json::Value;

use crate::avow::{Avow, repository};

const PEOPLE: &str = "Email Address,First Name,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP\n\
    ada@example.org,Ada,2026-05-01 10:00:00,192.0.2.1,2026-05-01 10:05:00,192.0.2.1\n\
    bob@example.org,Bob,2026-05-02 10:00:00,192.0.2.2,2026-05-02 10:05:00,192.0.2.2\n";

const BODY: &str = "<p>Near you:</p>{% offers %}<p><a href=\"{{ offer.url }}\">{{ offer.title }}</a> {{ offer.name }}</p>{% endoffers %}";

fn offer(advertiser: &str, business: &str, zip3: &str) -> String {
    format!(
        "[[offer]]\nadvertiser = \"{advertiser}\"\nbusiness = \"{business}\"\nregion = \"us.co.boulder\"\nzip3 = \"{zip3}\"\n\
         name = \"{advertiser} & Co\"\ntitle = \"From {advertiser}\"\nurl = \"https://{advertiser}.example/may\"\n"
    )
}

fn draft(avow: &Avow, purpose: &str, offers: &str) -> Value {
    avow.file("may.html", BODY);
    let file = format!(
        "account = \"leadgenius\"\nname = \"May\"\npurpose = \"{purpose}\"\nsubject = \"Near you\"\n\
         from_name = \"Nearby\"\nhtml = \"may.html\"\n{offers}"
    );
    let file = avow.file("may.toml", file);
    avow.json(&["campaign", "create", "--from", &file])
}

fn installation() -> Avow {
    let avow = Avow::new();
    let policy = repository().join("policies/leadgenius/v1.toml");
    let policy = policy.display().to_string();
    let words = [
        "account",
        "add",
        "EmailTrack",
        "--slug",
        "leadgenius",
        "--policy",
        &policy,
    ];
    avow.json(&[&words[..], &["--domain", "leadgenius.example"]].concat());
    let csv = avow.file("people.csv", PEOPLE);
    let words = ["import", &csv, "--account", "leadgenius"];
    let purposes = ["--purpose", "coop", "--purpose", "newsletter"];
    avow.json(&[&words[..], &purposes].concat());
    avow
}

#[test]
fn a_joint_edition_carries_the_offers_that_may_stand_in_it_and_proves_it() {
    let avow = installation();
    let offers = [
        offer("bakery", "food.bakery", "803"),
        offer("rival", "services.marketing.mail", "803"),
        offer("faraway", "food.cafe", "100"),
    ];
    let created = draft(&avow, "coop", &offers.concat());
    assert_eq!(created["check"]["ready"], true, "{created}");
    let warned = created["check"]["warnings"].to_string();
    assert!(
        warned.contains("The offer of rival is left out: A competitor's"),
        "{warned}"
    );
    assert!(
        warned.contains("The offer of faraway is left out"),
        "{warned}"
    );
    let campaign = created["campaign"].as_str().unwrap();
    let preview = avow.json(&["campaign", "preview", campaign, "--for", "ada@example.org"]);
    let body = preview["body"].as_str().unwrap().replace("=\r\n", "");
    assert!(
        body.contains("From bakery") && body.contains("bakery &amp; Co"),
        "{body}"
    );
    assert!(
        !body.contains("rival") && !body.contains("faraway"),
        "{body}"
    );

    let sink = avow.sink(&[]);
    avow.send(campaign, &sink.said("listening"));
    assert_eq!(avow.outcomes(campaign)["delivered"], 2);
    let message = format!("{}-1", campaign.replacen("cp_", "msg_", 1));
    let file = avow.path("ada.permproof").display().to_string();
    let proved = avow.json(&["prove", &message, "--out", &file]);
    assert_eq!(proved["proved"], true, "{proved}");
    let bundle = std::fs::read_to_string(&file).unwrap();
    assert!(
        bundle.contains("rival"),
        "what was asked about stands in the question"
    );
}

#[test]
fn an_edition_of_which_nothing_is_left_is_refused_with_its_reason() {
    let avow = installation();
    let created = draft(&avow, "coop", &offer("rival", "services", "803"));
    assert_eq!(created["check"]["ready"], false, "{created}");
    let why = created["check"]["reasons"].to_string();
    assert!(why.contains("A competitor's offer may not stand"), "{why}");
    let created = draft(&avow, "coop", "");
    let why = created["check"]["reasons"].to_string();
    assert!(why.contains("No offer is left for this edition"), "{why}");
}

#[test]
fn offers_in_mail_that_is_no_joint_edition_and_bad_offers_are_refused() {
    let avow = installation();
    let good = offer("bakery", "food.bakery", "803");
    let why = draft(&avow, "newsletter", &good)["check"]["reasons"].to_string();
    assert!(why.contains("is no joint edition"), "{why}");
    for (from, to, told) in [
        ("https://", "http://", "begins with https://"),
        ("From bakery", "{{ email }}", "braces"),
        ("bakery & Co", "", "a name and a title"),
    ] {
        let why = draft(&avow, "coop", &good.replacen(from, to, 1))["check"]["reasons"].to_string();
        assert!(why.contains(told), "{why}");
    }
    let file = avow.file(
        "bad.toml",
        "account = \"leadgenius\"\n[[offer]]\nprice = 3\n",
    );
    let said = avow.fails(2, &["campaign", "create", "--from", &file]);
    assert!(said.contains("price"), "{said}");
}
