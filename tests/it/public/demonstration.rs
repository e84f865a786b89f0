//! A form for a demonstration: two fields, no box, and a request that one mail may answer.

use avow_store::FormSettings;
use axum::http::StatusCode;

use super::world::{World, encode};

#[tokio::test]
async fn a_form_for_a_demonstration_takes_two_fields_and_notes_the_request() {
    let world = World::of("dynamics").await;
    let scope = world.stage.scope();
    let settings = FormSettings {
        title: "See it work".to_owned(),
        intro: String::new(),
        purposes: vec!["demo".parse().unwrap()],
        categories: ["email", "first_name"].map(|c| c.parse().unwrap()).to_vec(),
        list: None,
        button: "Show me".to_owned(),
        thanks: "It comes by mail.".to_owned(),
        face: avow_store::FormFace::default(),
    };
    scope
        .form_create(&"demonstration".parse().unwrap(), &settings)
        .await
        .unwrap();
    let page = world.get("/f/dynamics/demonstration").await.text();
    assert!(!page.contains("type=\"checkbox\""), "{page}");
    let notice = page.split("name=\"notice\" value=\"").nth(1).unwrap();
    let notice = notice.split('"').next().unwrap().to_owned();
    world.advance(10);
    let form = |email: &str| {
        let pairs = [
            ("notice", notice.as_str()),
            ("homepage", ""),
            ("email", email),
            ("first_name", "Ada"),
        ];
        pairs
            .map(|(n, v)| format!("{}={}", encode(n), encode(v)))
            .join("&")
    };
    let answer = world
        .post("/f/dynamics/demonstration", &form("ada@example.com"))
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let extra = format!("{}&company=Acme", form("eve@example.com"));
    let answer = world.post("/f/dynamics/demonstration", &extra).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);

    let contact = scope
        .contact_by_address(&"ada@example.com".parse().unwrap())
        .await
        .unwrap();
    let demo = ["demo".parse().unwrap()];
    let asked = scope
        .requests_of(&[contact.unwrap().id], &demo)
        .await
        .unwrap();
    assert_eq!(asked.len(), 1);
    let eve = scope
        .contact_by_address(&"eve@example.com".parse().unwrap())
        .await
        .unwrap();
    assert!(
        eve.is_none(),
        "a third field is refused with everything else"
    );
}
