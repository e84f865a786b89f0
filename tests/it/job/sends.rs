//! Sending from the shell, with the rehearsal sink in good and bad moods.

use serde_json::Value;

use super::stage::{AUDIENCE, PEOPLE, PERMITTED};
use crate::avow::Avow;

#[test]
fn the_whole_job_runs_from_the_shell_and_adds_up_to_the_unit() {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let sink = avow.sink(&[]);
    let campaign = avow.draft();
    avow.send(&campaign, &sink.said("listening"));
    let outcomes = avow.outcomes(&campaign);
    assert_eq!(outcomes["delivered"], PERMITTED);
    assert_eq!(outcomes["refused"], AUDIENCE - PERMITTED);
    let counts: Value = serde_json::from_str(sink.end().trim()).unwrap();
    assert_eq!(
        (&counts["total"], &counts["unique_messages"]),
        (&PERMITTED.into(), &PERMITTED.into())
    );
}

#[test]
fn each_refused_person_is_listed_with_the_reason_and_explained_in_sentences() {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let sink = avow.sink(&[]);
    let campaign = avow.draft();
    avow.send(&campaign, &sink.said("listening"));
    let told = avow.run(&["report", "campaign", &campaign, "--people", "refused"]);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(
        told.contains("hal@example.com") && told.contains("ivo@example.com"),
        "{told}"
    );
    let words = [
        "explain",
        "--account",
        "imark",
        "--contact",
        "ivo@example.com",
    ];
    let why = avow.run(&[&words[..], &["--campaign", &campaign]].concat());
    let why = String::from_utf8(why.stdout).unwrap();
    assert!(
        why.contains("withdrew") || why.contains("unsubscribed"),
        "{why}"
    );
}

#[test]
fn a_relay_that_is_down_at_the_start_skips_nobody() {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let sink = avow.sink(&["--down-seconds", "3"]);
    let campaign = avow.draft();
    avow.send(&campaign, &sink.said("listening"));
    assert_eq!(avow.outcomes(&campaign)["delivered"], PERMITTED);
}

#[test]
fn a_certain_user_unknown_bounces_and_is_never_written_to_again() {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let dead = avow.sink(&["--share-user-unknown", "1"]);
    let first = avow.draft();
    avow.send(&first, &dead.said("listening"));
    assert_eq!(avow.outcomes(&first)["bounced"], PERMITTED);
    let second = avow.draft();
    let said = avow.fails(1, &["campaign", "send", &second, "--wait"]);
    assert!(said.contains("does not exist"), "{said}");
}

#[test]
fn a_refusal_of_the_message_bounces_and_does_not_suppress_the_person() {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let strict = avow.sink(&["--share-5xx", "1"]);
    let first = avow.draft();
    avow.send(&first, &strict.said("listening"));
    assert_eq!(avow.outcomes(&first)["bounced"], PERMITTED);
    let second = avow.draft();
    avow.send(&second, &avow.sink(&[]).said("listening"));
    assert_eq!(avow.outcomes(&second)["delivered"], PERMITTED);
}

#[test]
fn a_cancelled_campaign_refuses_whoever_had_not_been_written_to() {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let campaign = avow.draft();
    avow.json(&["campaign", "cancel", &campaign]);
    let said = avow.fails(1, &["campaign", "send", &campaign, "--wait"]);
    assert!(
        said.contains("cancelled") || said.contains("elsewhere"),
        "{said}"
    );
}
