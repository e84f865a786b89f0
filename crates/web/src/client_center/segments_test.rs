//! A segment as an audience in the Client Center, through HTTP: chosen on the form, told on the check page.

use avow_model::{Act, Clock as _, FactKind, Grantor, How, Method as By, PurposeSelector};
use avow_store::{ContactFlags, NewCollection, NewContact, NewFact, NewPolicyVersion, SegmentText};
use axum::http::{Method, StatusCode};

use super::walk_test::{World, text};

impl World {
    /// A policy, and one person for each name: all said yes to the newsletter; who has no name gave none.
    pub(super) async fn readers(&self, names: &[Option<&str>]) {
        let instant = |text: &str| text.parse().unwrap();
        let version = NewPolicyVersion {
            n: 1,
            source: avow_testkit::POLICY.replace("acme/main", "ours/main"),
            published_at: instant("2025-01-01T00:00:00Z"),
            effective_at: instant("2025-01-08T00:00:00Z"),
        };
        self.ours().publish_policy(version).await.unwrap();
        let now = self.clock.now();
        for (n, name) in names.iter().enumerate() {
            let grant = FactKind::Grant {
                purpose: PurposeSelector::One("newsletter".parse().unwrap()),
                saw: Some(1),
                method: By::Click,
                by: Grantor::Person,
                asked: Act::Fair,
                double_opt_in: false,
                confirmed: true,
                expires: None,
            };
            let given = ["email", "name"]
                .into_iter()
                .take(1 + usize::from(name.is_some()));
            let new = NewContact {
                address: format!("reader{n}@example.org").parse().unwrap(),
                fields: name
                    .iter()
                    .map(|name| ("first_name".to_owned(), (*name).to_owned()))
                    .collect(),
                flags: ContactFlags::default(),
                jurisdiction: None,
                age: None,
                soft_opt_in: false,
                collection: Some(NewCollection {
                    categories: given.map(|c| c.parse().unwrap()).collect(),
                    version: Some(1),
                    how: How::Direct,
                    evidence: None,
                    at: now,
                }),
                facts: vec![NewFact::new(grant, now)],
                subscribe: None,
            };
            self.ours().contact_save(new).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_segment_is_chosen_on_the_form_and_the_check_page_says_whom_it_means() {
    let world = World::new().await;
    world
        .readers(&[Some("Ada"), Some("Bea"), Some("Ada"), None])
        .await;
    let words = SegmentText {
        text: "first_name = Ada".to_owned(),
        canonical: "first_name = \"Ada\"".to_owned(),
    };
    let slug = "adas".parse().unwrap();
    let segment = world.ours().segment_create(&slug, &words).await.unwrap();

    let page = text(world.get("/a/ours/campaigns/new", &world.member).await).await;
    assert!(
        page.contains("adas: first_name = &quot;Ada&quot;"),
        "{page}"
    );
    let form = format!(
        "name=Summer&purpose=newsletter&list=&segment={segment}&from_name=Ours&from_address=news%40ours.example&subject=Hi&body=%3Cp%3EHi%3C/p%3E&body_kind=html"
    );
    let answer = world
        .ask(Method::POST, "/a/ours/campaigns", &world.member, &form)
        .await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let campaign = world.ours().campaigns().await.unwrap().remove(0);
    let base = format!("/a/ours/campaigns/{}", campaign.id);

    let page = text(world.get(&format!("{base}/check"), &world.member).await).await;
    for there in [
        "Of 4 people, the segment adas means 2; 1 are not in it, and of 1 it cannot be told.",
        "2 of 2 people will get this.",
        "What the segment asks about is not held of them",
        "It reads name of each person",
        "Send to 2 people",
    ] {
        assert!(page.contains(there), "{there}: {page}");
    }
    let edit = text(world.get(&format!("{base}/edit"), &world.member).await).await;
    assert!(
        edit.contains(&format!("value=\"{segment}\" selected")),
        "{edit}"
    );
    let bad = form.replace(&segment.to_string(), "everybody");
    let answer = world
        .ask(Method::POST, "/a/ours/campaigns", &world.member, &bad)
        .await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(answer).await.contains("Choose a segment, or none."));

    // Words that the policy in force does not know stop it, and the page says where to mend it.
    let lost = SegmentText {
        text: "salary > 9".to_owned(),
        canonical: "salary > 9".to_owned(),
    };
    world.ours().segment_change(segment, &lost).await.unwrap();
    let page = text(world.get(&format!("{base}/check"), &world.member).await).await;
    assert!(page.contains("no category of data for `salary`"), "{page}");
    assert!(page.contains("Cannot send yet"), "{page}");
}
