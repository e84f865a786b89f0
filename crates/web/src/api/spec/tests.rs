//! The reference says what the routes do: no call without an operation, no operation without a call, no example that
//! breaks its schema.

use std::collections::BTreeSet;

use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt as _;

use super::{Area, Shape, document, fault_of, place, places};
use crate::api::calls;
use crate::client_center::World;
use crate::router;

const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];

#[test]
fn each_call_is_an_operation_and_each_operation_a_call() {
    let told = document(&calls());
    let mut told_of = BTreeSet::new();
    for (path, item) in told["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            assert!(METHODS.contains(&method.as_str()), "{method} {path}");
            told_of.insert((method.to_uppercase(), path.clone()));
        }
    }
    let made = calls().into_iter();
    let made: BTreeSet<_> = made
        .map(|call| (call.method.to_string(), call.path.to_owned()))
        .collect();
    assert_eq!(told_of, made);
    assert_eq!(made.len(), calls().len(), "a call is twice in the table");
}

#[test]
fn each_call_has_words_an_answer_and_a_name_of_its_own() {
    let mut ids = BTreeSet::new();
    for call in calls() {
        let what = format!("{} {}", call.method, call.path);
        assert!(ids.insert(call.doc.id), "{what}: {} is taken", call.doc.id);
        assert!(call.doc.title.len() > 10, "{what}");
        assert!(!call.doc.answers.is_empty(), "{what}");
        for word in places(call.path) {
            assert!(
                place(word).is_some(),
                "{what}: nothing says what {{{word}}} is"
            );
        }
        let of_area = calls().iter().any(|c| c.doc.area == call.doc.area);
        assert!(of_area && Area::ALL.contains(&call.doc.area));
    }
}

#[test]
fn each_example_keeps_to_its_schema() {
    let keeps = |what: &str, shape: &Shape| {
        let fault = fault_of(shape.example(), &shape.schema());
        assert_eq!(fault, None, "{what}");
    };
    for call in calls() {
        let what = format!("{} {}", call.method, call.path);
        if let Some(shape) = &call.doc.body {
            keeps(&what, shape);
        }
        for answer in &call.doc.answers {
            answer.shape.iter().for_each(|shape| keeps(&what, shape));
        }
        for field in &call.doc.query {
            keeps(&what, &field.shape);
        }
        for shape in places(call.path).filter_map(place) {
            keeps(&what, &shape);
        }
    }
}

/// Every schema that is named, wherever it stands.
fn named(value: &Value, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(map) => {
            if let Some(name) = map.get("title").and_then(Value::as_str) {
                found.push((name.to_owned(), value.clone()));
            }
            map.values().for_each(|one| named(one, found));
        }
        Value::Array(all) => all.iter().for_each(|one| named(one, found)),
        _ => {}
    }
}

#[test]
fn a_name_is_given_to_one_schema_only() {
    let mut found = Vec::new();
    for call in calls() {
        let answers = call.doc.answers.iter().filter_map(|a| a.shape.as_ref());
        for shape in answers.chain(call.doc.body.iter()) {
            named(&shape.schema(), &mut found);
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    for pair in found.windows(2) {
        assert!(
            pair[0].0 != pair[1].0 || pair[0].1 == pair[1].1,
            "{}",
            pair[0].0
        );
    }
}

#[test]
fn every_reference_within_the_document_leads_somewhere() {
    let told = document(&calls());
    let text = told.to_string();
    for at in text.split("\"$ref\":\"#").skip(1) {
        let at = at.split('"').next().unwrap();
        assert!(told.pointer(at).is_some(), "{at}");
    }
}

#[test]
fn a_schema_is_kept_to_or_the_place_is_named() {
    use super::{between, form, may, must, short};
    let shape = form([
        must("name", short("Ada", 3)),
        may("age", between(1, 120, 36)),
    ]);
    let fault = |text: &str| fault_of(&serde_json::from_str(text).unwrap(), &shape.schema());
    assert_eq!(fault(r#"{"name":"Ada"}"#), None);
    for (text, place) in [
        (r#"{"age":1}"#, "name is missing"),
        (r#"{"name":"Adas"}"#, "$.name: too long"),
        (r#"{"name":""}"#, "$.name: too short"),
        (r#"{"name":"Ada","age":0}"#, "$.age: too small"),
        (r#"{"name":"Ada","x":0}"#, "$.x is not described"),
        ("[]", "$: wrong type"),
    ] {
        let fault = fault(text).unwrap();
        assert!(fault.contains(place), "{fault}");
    }
}

async fn get(world: &World, path: &str) -> (StatusCode, String, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let answer = router(world.app.clone()).oneshot(request).await.unwrap();
    let header = |name| {
        let value = answer.headers().get(name);
        value.map_or("", |value| value.to_str().unwrap()).to_owned()
    };
    let kind = header(CONTENT_TYPE);
    if kind.starts_with("text/html") {
        let policy = header(CONTENT_SECURITY_POLICY);
        assert!(policy.contains("script-src 'self'"), "{policy}");
    }
    let status = answer.status();
    let body = to_bytes(answer.into_body(), 1 << 22).await.unwrap();
    (status, kind, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn the_document_and_the_pages_are_there_without_a_key() {
    let world = World::new().await;
    let (status, kind, text) = get(&world, "/api/v1/openapi.json").await;
    assert_eq!(
        (status, kind.as_str()),
        (StatusCode::OK, "application/json")
    );
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(told["openapi"], "3.1.0");
    let (status, kind, start) = get(&world, "/api/docs").await;
    assert_eq!(status, StatusCode::OK);
    assert!(kind.starts_with("text/html"), "{kind}");
    let has_calls = |area: &Area| calls().iter().any(|call| call.doc.area == *area);
    for area in Area::ALL.into_iter().filter(has_calls) {
        let path = format!("/api/docs/{}", area.word());
        assert!(start.contains(&path), "{path}");
        let (status, _, page) = get(&world, &path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(
            !page.contains("<script>") && !page.contains(" style="),
            "{path}"
        );
        for call in calls().iter().filter(|call| call.doc.area == area) {
            assert!(page.contains(&format!("id=\"{}\"", call.doc.id)), "{path}");
            assert!(page.contains(call.scope.as_str()), "{path}: {}", call.path);
        }
    }
    assert_eq!(
        get(&world, "/api/docs/nothing").await.0,
        StatusCode::NOT_FOUND
    );
}
