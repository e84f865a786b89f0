//! The preference page, made from the policy, by plain forms: what each choice does, and what it leaves alone.

use avow_compose::Token;
use avow_model::{ContactId, FactKind, MailFormat, PurposeSelector};
use avow_store::ChainOf;
use axum::http::StatusCode;

use super::world::{World, encode};

async fn person(world: &World, grants: &[&str]) -> (ContactId, String) {
    let contact = world.stage.contact("ada@example.com", grants).await;
    let token = Token::Preferences {
        account: world.stage.account,
        contact,
    };
    (contact, world.path(&token))
}

fn form(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs
        .iter()
        .map(|(n, v)| format!("{}={}", encode(n), encode(v)));
    pairs.collect::<Vec<_>>().join("&")
}

async fn press(world: &World, path: &str, pairs: &[(&str, &str)]) -> String {
    world.advance(60);
    let answer = world.post(path, &form(pairs)).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.text()
}

#[tokio::test]
async fn the_page_groups_what_the_policy_lets_people_choose_and_says_how_strong_each_choice_is() {
    let world = World::start().await;
    let (_, path) = person(&world, &["newsletter"]).await;
    let page = world.get(&path).await.text();
    for there in [
        ">Mail</h2>",
        ">What is learned about you</h2>",
        "Only if you say yes.",
        "Unless you say no.",
        "Uses: E-mail address, Name, Products of interest.",
        "Works only together with \u{201c}Following a visit\u{201d}.",
        "Plain text only",
        "I no longer use this address",
    ] {
        assert!(page.contains(there), "{there}: {page}");
    }
    for purpose in [
        "newsletter",
        "measure",
        "followup",
        "visits",
        "profile",
        "identified_visit",
    ] {
        assert!(
            page.contains(&format!("name=\"on\" value=\"{purpose}\"")),
            "{purpose}"
        );
    }
    // What needs no choice has no switch.
    assert!(!page.contains("value=\"service\"") && !page.contains("value=\"referral\""));
    assert!(!page.contains("<script") && !page.contains("Stop what is sent as"));
}

#[tokio::test]
async fn sharing_and_brands_have_choices_of_their_own() {
    let world = World::of("leadgenius").await;
    let (contact, path) = person(&world, &[]).await;
    let page = world.get(&path).await.text();
    assert!(
        page.contains("Sent as nearby.") && page.contains("Stop what is sent as nearby"),
        "{page}"
    );
    press(&world, &path, &[("do", "stop:nearby")]).await;
    let events = world.events(contact).await;
    let no = events
        .iter()
        .find(|f| matches!(f.kind, FactKind::Withdraw { .. }))
        .unwrap();
    assert_eq!(
        no.kind,
        FactKind::Withdraw {
            purpose: PurposeSelector::AllMarketing
        }
    );
    assert_eq!(
        no.scope.brand.as_ref().map(ToString::to_string).as_deref(),
        Some("nearby")
    );
    let strange = world.post(&path, &form(&[("do", "stop:elsewhere")])).await;
    assert_ne!(strange.status, StatusCode::OK);
    assert_eq!(world.withdrawals(contact).await, 1);

    let sharing = World::of("strongmail").await;
    let (_, path) = person(&sharing, &[]).await;
    let page = sharing.get(&path).await.text();
    assert!(
        page.contains(">What others get</h2>") && page.contains("Goes to: "),
        "{page}"
    );
}

#[tokio::test]
async fn turning_a_profile_off_is_an_objection_and_its_step_is_in_the_ledger() {
    let world = World::start().await;
    let (contact, path) = person(&world, &["newsletter"]).await;
    let page = press(
        &world,
        &path,
        &[("version", "1"), ("shown", "profile:on"), ("do", "save")],
    )
    .await;
    assert!(
        page.contains("Saved on") && page.contains("value=\"profile:off\""),
        "{page}"
    );
    let objection = FactKind::Object {
        purpose: PurposeSelector::One("profile".parse().unwrap()),
    };
    let events = world.events(contact).await;
    assert!(events.iter().any(|f| f.kind == objection));
    let scope = world.stage.scope();
    scope.sequence(1_000).await.unwrap();
    let chain = scope
        .chain(ChainOf::Person(contact), 0, 1_000)
        .await
        .unwrap();
    let steps = chain
        .iter()
        .filter(|e| e.opening.payload.contains("\"right\":\"object\""));
    assert_eq!(steps.count(), 1);
    let page = press(
        &world,
        &path,
        &[
            ("version", "1"),
            ("shown", "profile:off"),
            ("on", "profile"),
            ("do", "save"),
        ],
    )
    .await;
    assert!(page.contains("value=\"profile:on\""), "{page}");
}

#[tokio::test]
async fn topics_that_were_typed_narrow_a_purpose_and_go_again() {
    let world = World::start().await;
    let (contact, path) = person(&world, &["followup"]).await;
    let held = async || {
        let contact = world.stage.scope().contact(contact).await.unwrap().unwrap();
        contact.fields.get("interest").cloned()
    };
    let typed = [
        ("version", "1"),
        ("topics-shown", "interest"),
        ("topic:interest", "Garden tools,\r\nroses"),
        ("do", "save"),
    ];
    let page = press(&world, &path, &typed).await;
    assert_eq!(held().await.as_deref(), Some("Garden tools,roses"));
    assert!(page.contains("value=\"Garden tools,roses\""), "{page}");
    let facts = world.stage.scope().facts(contact).await.unwrap();
    assert!(
        facts
            .data
            .iter()
            .any(|d| d.category.as_str() == "interest" && d.version == Some(1))
    );
    // A page of another version may take away, and bind nothing.
    let stale = [
        ("version", "7"),
        ("topics-shown", "interest"),
        ("topic:interest", "boats"),
        ("do", "save"),
    ];
    assert!(
        press(&world, &path, &stale)
            .await
            .contains("policy changed")
    );
    assert_eq!(held().await.as_deref(), Some("Garden tools,roses"));
    let none = [
        ("version", "1"),
        ("topics-shown", "interest"),
        ("topic:interest", ""),
        ("do", "save"),
    ];
    press(&world, &path, &none).await;
    assert_eq!(held().await, None);
    press(
        &world,
        &path,
        &[
            ("version", "1"),
            ("topic:interest", "boats"),
            ("do", "save"),
        ],
    )
    .await;
    assert_eq!(held().await, None, "what was not shown is not changed");
}

#[tokio::test]
async fn topics_that_the_policy_lists_are_boxes_and_nothing_else_is_taken() {
    let world = World::start().await;
    let (contact, path) = person(&world, &["followup"]).await;
    let source = include_str!("../../../policies/imark/v1.toml")
        .replace("version = 1\n", "version = 2\n")
        .replace("2026-01-01T00", "2026-01-20T00")
        .replace("2026-01-08T00", "2026-01-28T00")
        .replace(
            "[category.interest]\n",
            "[category.interest]\ntopics = [\"garden\", \"garden.roses\", \"tools\"]\n",
        );
    world.stage.publish(2, &source).await;
    let page = world.get(&path).await.text();
    assert!(
        page.contains("name=\"topic:interest\" value=\"garden.roses\"> Garden: roses"),
        "{page}"
    );
    let ticked = [
        ("version", "2"),
        ("topics-shown", "interest"),
        ("topic:interest", "tools"),
        ("topic:interest", "garden.roses"),
        ("topic:interest", "elsewhere"),
        ("do", "save"),
    ];
    let page = press(&world, &path, &ticked).await;
    let held = world.stage.scope().contact(contact).await.unwrap().unwrap();
    assert_eq!(held.fields["interest"], "garden.roses, tools");
    assert!(page.contains("value=\"tools\" checked"), "{page}");
}

#[tokio::test]
async fn plain_text_is_a_switch_and_an_address_can_be_given_up() {
    let world = World::start().await;
    let (contact, path) = person(&world, &["newsletter"]).await;
    let format = async || world.stage.scope().facts(contact).await.unwrap().format;
    let on = [
        ("version", "1"),
        ("format-shown", "any"),
        ("format", "text"),
        ("do", "save"),
    ];
    assert!(press(&world, &path, &on).await.contains("Saved on"));
    assert_eq!(format().await, MailFormat::TextOnly);
    let nothing = [("version", "1"), ("do", "save")];
    assert!(
        press(&world, &path, &nothing)
            .await
            .contains("Nothing changed")
    );
    assert_eq!(format().await, MailFormat::TextOnly);
    let off = [("version", "1"), ("format-shown", "text"), ("do", "save")];
    press(&world, &path, &off).await;
    assert_eq!(format().await, MailFormat::Any);

    let page = press(&world, &path, &[("do", "leave")]).await;
    assert!(
        page.contains("nothing is sent to this address")
            && page.contains("You gave this address up on"),
        "{page}"
    );
    let facts = world.stage.scope().facts(contact).await.unwrap();
    assert!(facts.retired.is_some());
}

#[tokio::test]
async fn the_no_to_one_brand_does_not_stand_in_for_the_no_to_everything() {
    let world = World::of("leadgenius").await;
    let (contact, path) = person(&world, &[]).await;
    press(&world, &path, &[("do", "stop:nearby")]).await;
    press(&world, &path, &[("do", "stop")]).await;
    let events = world.events(contact).await;
    let whole = |f: &&avow_model::Fact| {
        matches!(f.kind, FactKind::Withdraw { .. }) && f.scope.brand.is_none()
    };
    assert_eq!(events.iter().filter(whole).count(), 1);
    // Now it stands, and is not repeated.
    press(&world, &path, &[("do", "stop")]).await;
    assert_eq!(world.withdrawals(contact).await, 2);
}

#[tokio::test]
async fn two_lists_of_topics_go_at_once_and_each_is_asked_for_once() {
    let world = World::start().await;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies");
    let source = std::fs::read_to_string(folder.join("imark/v1.toml")).unwrap();
    let source = source
        .replace("version = 1\n", "version = 2\n")
        .replace("2026-01-01T", "2026-01-09T")
        .replace("2026-01-08T", "2026-01-16T")
        .replace(
            "interest = \"interest\"\nchannels",
            "interest = \"job\"\nchannels",
        )
        .replace(
            "[purpose.visits]\n",
            "[purpose.hints]\nkind = \"marketing\"\nchoice = \"opt_in\"\nverbs = [\"send\"]\nreads = [\"email\", \"interest\"]\nretention = \"730d after last_activity\"\ntitle = \"Hints\"\nask = \"Send me hints.\"\nwhy = \"You asked for hints.\"\nbasis = { eu = \"consent\", us = \"permission\" }\nclause = \"#register\"\ninterest = \"interest\"\n\n[purpose.tips]\nkind = \"marketing\"\nchoice = \"opt_in\"\nverbs = [\"send\"]\nreads = [\"email\", \"interest\"]\nretention = \"730d after last_activity\"\ntitle = \"Tips\"\nask = \"Send me tips.\"\nwhy = \"You asked for tips.\"\nbasis = { eu = \"consent\", us = \"permission\" }\nclause = \"#register\"\ninterest = \"interest\"\n\n[purpose.visits]\n",
        );
    world.stage.publish(2, &source).await;
    let (contact, path) = person(&world, &["followup"]).await;
    let scope = world.stage.scope();
    let fields = ["interest", "job"].map(|f| (f.to_owned(), "boats".to_owned()));
    scope
        .contact_fields_set(contact, &fields.into())
        .await
        .unwrap();
    let page = world.get(&path).await.text();
    assert_eq!(page.matches("name=\"topic:interest\"").count(), 1, "{page}");
    let none = [
        ("version", "2"),
        ("topics-shown", "interest"),
        ("topics-shown", "job"),
        ("topic:interest", ""),
        ("topic:job", ""),
        ("do", "save"),
    ];
    press(&world, &path, &none).await;
    let held = scope.contact(contact).await.unwrap().unwrap();
    assert_eq!(held.fields, std::collections::BTreeMap::new());
}
