//! Data are collected where the policy says, and a demonstration is not sent to an address over and over.

use avow_model::ContactId;
use avow_store::FormSettings;
use axum::http::StatusCode;

use super::world::{World, encode};

fn settings(purposes: &[&str]) -> FormSettings {
    FormSettings {
        title: "Win a bicycle".to_owned(),
        intro: String::new(),
        purposes: purposes.iter().map(|p| p.parse().unwrap()).collect(),
        categories: ["email"].map(|c| c.parse().unwrap()).to_vec(),
        list: None,
        button: "Go".to_owned(),
        thanks: String::new(),
        face: avow_store::FormFace::default(),
    }
}

async fn form(world: &World, slug: &str, purposes: &[&str]) {
    let scope = world.stage.scope();
    scope
        .form_create(&slug.parse().unwrap(), &settings(purposes))
        .await
        .unwrap();
}

async fn notice(world: &World, path: &str) -> String {
    let page = world.get(path).await.text();
    let after = page
        .split("name=\"notice\" value=\"")
        .nth(1)
        .expect("a form");
    after.split('"').next().unwrap().to_owned()
}

fn body(notice: &str, more: &[(&str, &str)]) -> String {
    let own = [
        ("notice", notice),
        ("homepage", ""),
        ("email", "ada@example.com"),
    ];
    let pairs = own.iter().chain(more);
    let pairs = pairs.map(|(n, v)| format!("{}={}", encode(n), encode(v)));
    pairs.collect::<Vec<_>>().join("&")
}

async fn ada(world: &World) -> Option<ContactId> {
    let address = "ada@example.com".parse().unwrap();
    let found = world
        .stage
        .scope()
        .contact_by_address(&address)
        .await
        .unwrap();
    found.map(|contact| contact.id)
}

#[tokio::test]
async fn a_form_that_the_policy_does_not_name_as_a_collection_point_takes_nothing() {
    let world = World::start().await;
    form(&world, "contest", &["newsletter"]).await;
    let shown = world.get("/f/imark/contest").await;
    assert_eq!(shown.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        shown.text().contains("This form is not open"),
        "{}",
        shown.text()
    );
    let sent = world
        .post("/f/imark/contest", &body("x", &[("purpose", "newsletter")]))
        .await;
    assert_eq!(sent.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ada(&world).await, None);
}

#[tokio::test]
async fn a_version_that_gives_up_a_collection_point_closes_the_form_that_is_open_already() {
    let world = World::start().await;
    form(&world, "whitepaper", &["newsletter"]).await;
    let notice = notice(&world, "/f/imark/whitepaper").await;
    let fewer = include_str!("../../../policies/imark/v1.toml")
        .replace("version = 1", "version = 2")
        .replace("2026-01-01T", "2026-02-01T")
        .replace("2026-01-08T", "2026-02-11T")
        .replace(
            "points = [\"signup\", \"whitepaper\", ",
            "points = [\"signup\", ",
        );
    world.stage.publish(2, &fewer).await;
    world.advance(10);
    let sent = world
        .post(
            "/f/imark/whitepaper",
            &body(&notice, &[("purpose", "newsletter")]),
        )
        .await;
    assert_eq!(
        sent.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "{}",
        sent.text()
    );
    assert_eq!(ada(&world).await, None);
}

#[tokio::test]
async fn a_demonstration_is_asked_for_only_so_often_for_one_address() {
    let world = World::of("dynamics").await;
    form(&world, "demonstration", &["demo"]).await;
    let path = "/f/dynamics/demonstration";
    let mut asked = Vec::new();
    for _ in 0..5 {
        let notice = notice(&world, path).await;
        world.advance(10);
        let answer = world.post(path, &body(&notice, &[])).await;
        assert_eq!(answer.status, StatusCode::OK, "the answer tells nobody");
        let id = ada(&world).await.unwrap();
        let demo = ["demo".parse().unwrap()];
        let last = world.stage.scope().requests_of(&[id], &demo).await.unwrap();
        asked.push(last[0].1);
    }
    assert!(asked[0] < asked[1] && asked[1] < asked[2], "{asked:?}");
    assert_eq!(
        (asked[3], asked[4]),
        (asked[2], asked[2]),
        "its share for the hour is spent"
    );
}
