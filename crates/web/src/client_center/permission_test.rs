//! Each route with each who: nobody, a member of another account, and each role. Then what no table of ours names.

use std::path::Path;

use avow_model::{Action, Role};
use axum::http::header::LOCATION;
use axum::http::{Method, StatusCode};

use super::account_pages;
use super::walk_test::{World, user};

/// Routes of the Client Center that no role decides about, with the reason. The list may only get shorter:
/// a page of an account belongs into `account_pages`.
const EXCEPTIONS: [(&str, &str); 11] = [
    ("/", "leads to one's accounts"),
    ("/login", "before it nobody is anybody"),
    ("/login/code", "the second half of it"),
    ("/logout", "ends one's own session"),
    ("/locked", "asks for one's own password"),
    ("/forgot", "before the log-in"),
    ("/reset/{token}", "before the log-in; the token opens it"),
    ("/invite/{token}", "before the log-in; the token opens it"),
    ("/accounts", "lists one's own accounts"),
    (
        "/accounts/new",
        "before there is an account; for whoever owns every one there is",
    ),
    (
        "/setup/{token}",
        "before there is anybody; the token opens it",
    ),
];

/// What it answers, as far as permission goes.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    /// To the log-in, and back.
    LogIn,
    NotHere,
    NotAllowed,
    /// Whatever the page has to say.
    LetIn,
}

async fn answer(world: &World, (method, path): (&Method, &str), cookie: &str) -> Answer {
    let answer = world.ask(method.clone(), path, cookie, "to=paused").await;
    let to = answer.headers().get(LOCATION);
    let to = to.map_or("", |to| to.to_str().unwrap());
    match answer.status() {
        StatusCode::SEE_OTHER if to.starts_with("/login?back=/") => Answer::LogIn,
        StatusCode::FORBIDDEN => Answer::NotAllowed,
        StatusCode::NOT_FOUND => Answer::NotHere,
        status => {
            assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{method} {path}");
            Answer::LetIn
        }
    }
}

#[tokio::test]
async fn each_route_answers_nobody_a_foreign_member_and_each_role_as_the_table_says() {
    let world = World::new().await;
    let ours = world.ours().id();
    let mut staff = Vec::new();
    for role in Role::ALL {
        let place = (ours, role);
        let name = format!("{}-of-ours", role.as_str());
        staff.push((role, user(&world.app.store, &world.app, &name, place).await));
    }
    let mut asked = 0;
    for route in account_pages() {
        for (method, action) in &route.asks {
            let path = world.fill(&route.path);
            let here = (method, path.as_str());
            let what = format!("{method} {}", route.path);
            assert_eq!(answer(&world, here, "").await, Answer::LogIn, "{what}");
            let foreign = answer(&world, here, &world.stranger).await;
            assert_eq!(foreign, Answer::NotHere, "{what}");
            for (role, cookie) in &staff {
                let refused = answer(&world, here, cookie).await == Answer::NotAllowed;
                assert_eq!(refused, !role.may(*action), "{what} as {role:?}");
                asked += 1;
            }
        }
    }
    assert!(
        asked >= 5 * 25,
        "{asked} questions: some route is not asked about"
    );
}

#[test]
fn every_action_has_a_route_that_asks_it() {
    let routes = account_pages();
    let asked = |action: Action| {
        routes
            .iter()
            .any(|r| r.asks.iter().any(|(_, a)| *a == action))
    };
    for action in Action::ALL {
        assert!(asked(action), "{action:?}");
    }
}

/// The paths of every `.route("…"` of a file, on one line or on the next.
fn plain_routes(text: &str) -> Vec<String> {
    let parts = text.split(".route(").skip(1);
    let path = |part: &str| {
        let part = part.trim_start().strip_prefix('"')?;
        Some(part.split('"').next()?.to_owned())
    };
    parts.filter_map(path).collect()
}

#[test]
fn no_route_is_made_past_the_table_but_the_exceptions() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/client_center");
    let mut found = Vec::new();
    let mut open = vec![folder];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if !path.to_string_lossy().ends_with("_test.rs") {
                found.extend(plain_routes(&std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    found.sort();
    let mut expected: Vec<_> = EXCEPTIONS
        .iter()
        .map(|(path, _)| (*path).to_owned())
        .collect();
    expected.sort();
    assert_eq!(found, expected);
}
