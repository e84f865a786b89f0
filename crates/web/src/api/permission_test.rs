//! Each call with each who: no key, another account's, and keys that lack its scope.

use avow_store::{ApiScope, NewApiKey};
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Request, StatusCode};
use tower::ServiceExt as _;

use super::spec::{place, places};
use super::{ApiKey, Call, calls};
use crate::client_center::World;
use crate::router;

async fn ask(world: &World, call: &Call, key: Option<&ApiKey>) -> StatusCode {
    let mut path = call.path.to_owned();
    for word in places(call.path) {
        let shape = place(word).unwrap();
        let example = shape.example();
        let text = example
            .as_str()
            .map_or_else(|| example.to_string(), str::to_owned);
        path = path.replace(&format!("{{{word}}}"), &text);
    }
    let mut request = Request::builder().method(call.method.clone()).uri(path);
    if let Some(key) = key {
        request = request.header(AUTHORIZATION, format!("Bearer {}", key.expose()));
    }
    let request = request.header(CONTENT_TYPE, "application/json");
    let request = request.body(Body::from("{}")).unwrap();
    let answer = router(world.app.clone()).oneshot(request).await.unwrap();
    answer.status()
}

#[tokio::test]
async fn a_call_is_for_keys_with_its_scope_and_for_nobody_else() {
    let world = World::new().await;
    let mut keys = Vec::new();
    for scope in ApiScope::ALL {
        let key = ApiKey::new(world.app.entropy.as_ref());
        let new = NewApiKey {
            name: scope.as_str().to_owned(),
            token_hash: key.hash(),
            scopes: vec![scope],
        };
        world.ours().api_key_add(new, "ada").await.unwrap();
        keys.push((scope, key));
    }
    for call in calls() {
        let what = format!("{} {}", call.method, call.path);
        let nobody = ask(&world, &call, None).await;
        assert_eq!(nobody, StatusCode::UNAUTHORIZED, "{what}");
        for (scope, key) in &keys {
            let status = ask(&world, &call, Some(key)).await;
            let refused = status == StatusCode::FORBIDDEN;
            assert_eq!(
                refused,
                *scope != call.scope,
                "{what} with {scope:?}: {status}"
            );
        }
    }
}

#[test]
fn no_call_is_made_past_the_table() {
    let text = include_str!("mod.rs");
    let routes = text.matches(".route(").count();
    assert_eq!(routes, 2, "one for the table, one for what is not there");
    let open = include_str!("spec/page.rs").matches(".route(").count();
    assert_eq!(
        open, 3,
        "the document, the reference and its parts need no key, nothing else"
    );
}
