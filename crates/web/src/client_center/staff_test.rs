//! The pages under the claim `need_to_know`, through HTTP.

use std::time::Duration;

use avow_model::{Clock as _, ContactId, How};
use avow_store::{ChainOf, ContactFlags, NewCollection, NewContact, NewPolicyVersion, Role};
use axum::http::{Method, StatusCode};

use super::Veil;
use crate::client_center::walk_test::{World, text, user};

const ADDRESS: &str = "grace@example.net";

impl World {
    /// One person, and a policy that claims what it says of its staff.
    async fn claim(&self) -> ContactId {
        self.claim_with("").await
    }

    /// The same, with more in the policy.
    async fn claim_with(&self, more: &str) -> ContactId {
        let instant = |text: &str| text.parse().unwrap();
        let source = avow_testkit::POLICY
            .replace("acme/main", "ours/main")
            .replace(
                "\n[controller]",
                "claims = [\"need_to_know\"]\n\n[controller]",
            )
            + more;
        let version = NewPolicyVersion {
            n: 1,
            source,
            published_at: instant("2025-01-01T00:00:00Z"),
            effective_at: instant("2025-01-08T00:00:00Z"),
        };
        let account = self.ours();
        account.publish_policy(version).await.unwrap();
        let new = NewContact {
            address: ADDRESS.parse().unwrap(),
            fields: [
                ("first_name".to_owned(), "Grace".to_owned()),
                ("salary".to_owned(), "9000".to_owned()),
            ]
            .into(),
            flags: ContactFlags::default(),
            jurisdiction: None,
            age: None,
            soft_opt_in: false,
            collection: Some(NewCollection {
                categories: ["email", "name", "salary"]
                    .map(|c| c.parse().unwrap())
                    .to_vec(),
                version: Some(1),
                how: How::Direct,
                evidence: None,
                at: self.clock.now(),
            }),
            facts: Vec::new(),
            subscribe: None,
        };
        account.contact_save(new).await.unwrap().0
    }

    async fn page(&self, contact: ContactId, cookie: &str) -> (StatusCode, String) {
        let answer = self
            .get(&format!("/a/ours/contacts/{contact}"), cookie)
            .await;
        (answer.status(), text(answer).await)
    }

    async fn trained(&self, cookie: &str, address: &str) {
        let user = self
            .app
            .store
            .user_by_address(&address.parse().unwrap())
            .await
            .unwrap()
            .unwrap();
        let now = self.clock.now();
        self.app
            .store
            .member_trained(self.ours().id(), user.id, now)
            .await
            .unwrap();
        let answer = self
            .ask(Method::POST, "/a/ours/policy/1/acknowledge", cookie, "")
            .await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    }

    /// The categories of each look that the ledger has.
    async fn looks(&self, contact: ContactId) -> Vec<String> {
        let account = self.ours();
        account.sequence(1_000).await.unwrap();
        let chain = account
            .chain(ChainOf::Person(contact), 0, 1_000)
            .await
            .unwrap();
        let looks = chain
            .iter()
            .filter(|e| format!("{:?}", e.kind) == "StaffReveal");
        let told = looks.map(|e| e.opening.payload.clone());
        told.map(|t| t.split(['[', ']']).nth(1).unwrap().replace('"', ""))
            .collect()
    }
}

#[tokio::test]
async fn who_has_not_read_the_policy_or_was_not_trained_sees_nobody_and_is_told_what_to_do() {
    let world = World::new().await;
    let contact = world.claim().await;
    let (status, page) = world.page(contact, &world.member).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(
        page.contains("The policy in force was not acknowledged yet")
            && page.contains("policy page"),
        "{page}"
    );
    assert!(!page.contains("Grace") && !page.contains("grace@"));

    let policy = text(world.get("/a/ours/policy", &world.member).await).await;
    assert!(policy.contains("I have read version 1"));
    let answer = world
        .ask(
            Method::POST,
            "/a/ours/policy/1/acknowledge",
            &world.member,
            "",
        )
        .await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let policy = text(world.get("/a/ours/policy", &world.member).await).await;
    assert!(!policy.contains("I have read version"));
    let (status, page) = world.page(contact, &world.member).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(page.contains("The privacy training is overdue"), "{page}");
    assert_eq!(
        world.looks(contact).await,
        [""; 0],
        "what was not shown is no look"
    );

    world.trained(&world.member, "ada@example.org").await;
    let (status, page) = world.page(contact, &world.member).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains(ADDRESS) && page.contains("Grace"), "{page}");
    assert!(
        !page.contains("9000") && page.contains("not shown to your role"),
        "no purpose reads it"
    );
    assert_eq!(world.looks(contact).await, ["email,name"]);
}

#[tokio::test]
async fn each_role_sees_what_its_work_needs() {
    let world = World::new().await;
    let contact = world.claim().await;
    world.trained(&world.analyst, "alan@example.org").await;
    // The measuring purpose reads the address, and nothing else of hers.
    let (status, page) = world.page(contact, &world.analyst).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains(ADDRESS) && !page.contains("Grace"), "{page}");
    assert_eq!(world.looks(contact).await, ["email"]);

    let place = (world.ours().id(), Role::Support);
    let support = user(&world.app.store, &world.app, "sue", place).await;
    world.trained(&support, "sue@example.org").await;
    let (status, _) = world.page(contact, &support).await;
    assert_eq!(
        status,
        StatusCode::OK,
        "service mail reads address and name"
    );
}

#[tokio::test]
async fn the_policy_says_which_purposes_a_role_needs() {
    let world = World::new().await;
    let more = "\n[staff.analyst]\nneeds = [\"newsletter\"]\n[staff.support]\nneeds = []\n";
    let contact = world.claim_with(more).await;
    world.trained(&world.analyst, "alan@example.org").await;
    let (_, page) = world.page(contact, &world.analyst).await;
    assert!(page.contains(ADDRESS) && page.contains("Grace"), "{page}");
    assert_eq!(world.looks(contact).await, ["email,name"]);

    let place = (world.ours().id(), Role::Support);
    let support = user(&world.app.store, &world.app, "sue", place).await;
    world.trained(&support, "sue@example.org").await;
    let (status, page) = world.page(contact, &support).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(
        !page.contains("Grace") && !page.contains("grace@"),
        "{page}"
    );
}

#[test]
fn every_role_of_a_member_is_one_that_policies_speak_of() {
    use avow_policy::StaffRole;
    for (word, _) in StaffRole::WORDS {
        assert!(Role::parse(word).is_some(), "{word}");
    }
    let all = [
        Role::Owner,
        Role::Editor,
        Role::Analyst,
        Role::PrivacyOfficer,
        Role::Support,
    ];
    for role in all {
        assert!(StaffRole::parse(role.as_str()).is_some(), "{role:?}");
    }
}

#[tokio::test]
async fn a_screen_left_alone_for_ten_minutes_asks_for_the_password_and_comes_back() {
    let world = World::new().await;
    let contact = world.claim().await;
    world.trained(&world.member, "ada@example.org").await;
    for _ in 0..3 {
        world.clock.advance(Duration::from_mins(9));
        assert_eq!(world.page(contact, &world.member).await.0, StatusCode::OK);
    }
    world.clock.advance(Duration::from_mins(11));
    for _ in 0..2 {
        let path = format!("/a/ours/contacts/{contact}");
        let answer = world.get(&path, &world.member).await;
        assert_eq!(
            answer.status(),
            StatusCode::SEE_OTHER,
            "looking again opens nothing"
        );
        let to = answer.headers()["location"].to_str().unwrap();
        assert_eq!(to, format!("/locked?back={path}"));
    }
}

#[tokio::test]
async fn lists_mask_addresses_under_the_claim_and_show_them_without_it() {
    let world = World::new().await;
    let contact = world.claim().await;
    let list = text(world.get("/a/ours/contacts", &world.member).await).await;
    assert!(
        list.contains("g\u{2026}@example.net") && !list.contains(ADDRESS),
        "{list}"
    );
    let found = text(
        world
            .get(&format!("/a/ours/contacts?q={ADDRESS}"), &world.member)
            .await,
    )
    .await;
    assert!(found.contains(&contact.to_string()) && !found.contains("Grace"));
}

#[tokio::test]
async fn the_check_names_each_host_that_the_policy_does_not() {
    let world = World::new().await;
    world.claim().await;
    let mut draft = crate::client_center::walk_test::draft();
    draft.content.body = "<img src=\"https://far.example/a.png\" alt=\"\">x".to_owned();
    let id = world.ours().campaign_create(draft).await.unwrap();
    let page = text(
        world
            .get(&format!("/a/ours/campaigns/{id}/check"), &world.member)
            .await,
    )
    .await;
    assert!(page.contains("It loads from far.example"), "{page}");
}

#[test]
fn a_reply_that_repeats_the_address_is_shown_without_it() {
    let reply =
        "550 5.1.1 <ada@example.com>: no such user, see https://example.com/x (ada@example.com)";
    assert_eq!(Veil::Off.reply(reply), reply);
    let shown = "550 5.1.1 <…>: no such user, see https://example.com/x (…)";
    assert_eq!(Veil::On.reply(reply), shown);
}
