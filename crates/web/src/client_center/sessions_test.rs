//! Sessions, the idle lock and codes, through HTTP, with what attackers try.

use std::time::Duration;

use avow_model::Clock as _;
use axum::body::Body;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{Method, Request, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::code::code_key;
use super::staff_doors_test::{NEW, PASSWORD, between, cookie, location};
use super::walk_test::{World, text};
use crate::router;

/// Ten minutes and a bit.
const IDLE: Duration = Duration::from_secs(601);

impl World {
    /// The code of the moment of somebody's log-in.
    async fn code(&self, name: &str) -> String {
        let user = self.user_id(name).await;
        let factor = self.app.store.second_factor(user).await.unwrap().unwrap();
        code_key(&self.app, &factor).code_now(self.clock.now())
    }

    /// Turns codes on for the owner; gives the recovery codes.
    async fn codes_on(&self) -> Vec<String> {
        let path = "/a/ours/settings/you/codes";
        let page = text(self.get(path, &self.member).await).await;
        assert!(page.contains("<path d=\"M4 4h1v1h-1z"), "{page}");
        let code = self.code("ada").await;
        let answer = self.post(path, &self.member, &format!("code={code}")).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let page = text(answer).await;
        let codes = page.split("<li><code>").skip(1);
        codes
            .map(|c| c.split('<').next().unwrap().to_owned())
            .collect()
    }

    /// Logs the owner in up to the question for the code; gives the door.
    async fn door(&self) -> String {
        let page = self.log_in("ada", PASSWORD).await;
        assert_eq!(page.status(), StatusCode::OK);
        assert!(page.headers().get(SET_COOKIE).is_none(), "no session yet");
        between(&text(page).await, "name=\"door\" value=\"", "\"")
    }

    async fn enter_code(&self, door: &str, code: &str) -> Response {
        let form = format!("door={door}&code={code}&back=/a/ours/campaigns");
        self.post("/login/code", "", &form).await
    }
}

#[tokio::test]
async fn a_log_in_takes_no_token_that_the_browser_brought_and_ends_the_one_it_had() {
    let world = World::new().await;
    let planted = "avow=cGxhbnRlZC1ieS1zb21lYm9keS1lbHNlLXRvLWZpeGF0ZQ";
    let form = format!(
        "address=ada%40example.org&password={}",
        PASSWORD.replace(' ', "+")
    );
    let answer = world.post("/login", planted, &form).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let first = cookie(&answer);
    assert_ne!(first, planted);
    let fixed = world.get("/accounts", planted).await;
    assert_eq!(location(&fixed), "/login?back=/accounts");
    let second = cookie(&world.post("/login", &first, &form).await);
    assert_ne!(first, second);
    let old = world.get("/accounts", &first).await;
    assert_eq!(location(&old), "/login?back=/accounts");
    assert_eq!(
        world.get("/accounts", &second).await.status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn every_form_of_the_staff_refuses_what_another_site_sent() {
    let world = World::new().await;
    let routes = super::account_pages();
    let posts = routes
        .iter()
        .filter(|r| r.asks.iter().any(|(m, _)| m == Method::POST));
    let mut paths: Vec<String> = posts.map(|r| world.fill(&r.path)).collect();
    assert!(paths.len() >= 15);
    for plain in [
        "/login",
        "/login/code",
        "/logout",
        "/locked",
        "/forgot",
        "/reset/x",
        "/invite/x",
    ] {
        paths.push(plain.to_owned());
    }
    for locked in [false, true] {
        for path in &paths {
            let request = Request::post(path)
                .header("host", "avow.test")
                .header("sec-fetch-site", "cross-site")
                .header("origin", "https://evil.test")
                .header(COOKIE, &world.member)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Body::from("address=x%40example.org&to=cancelled"))
                .unwrap();
            let answer = router(world.app.clone()).oneshot(request).await.unwrap();
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path} {locked}");
        }
        world.clock.advance(IDLE);
    }
}

#[tokio::test]
async fn a_screen_left_alone_asks_for_the_password_and_the_session_goes_on_under_a_new_token() {
    let world = World::new().await;
    world.clock.advance(IDLE);
    let asked = world.get("/a/ours/contacts?q=x", &world.member).await;
    assert_eq!(location(&asked), "/locked?back=/a/ours/contacts%3Fq%3Dx");
    let page = text(world.get(location(&asked), &world.member).await).await;
    assert!(page.contains("Are you still there?") && page.contains("ada@example.org"));
    let wrong = world
        .post("/locked", &world.member, "password=wrong&back=/")
        .await;
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
    let form = "password=correct+horse+battery&back=/a/ours/contacts?q%3Dx";
    let open = world.post("/locked", &world.member, form).await;
    assert_eq!(location(&open), "/a/ours/contacts?q=x");
    let fresh = cookie(&open);
    assert_eq!(
        world.get("/a/ours/contacts?q=x", &fresh).await.status(),
        StatusCode::OK
    );
    let old = world.get("/a/ours/contacts", &world.member).await;
    assert!(
        location(&old).starts_with("/login"),
        "the old token is gone"
    );
    world.clock.advance(IDLE);
    let away = world
        .post(
            "/locked",
            &fresh,
            "password=correct+horse+battery&back=//evil.test",
        )
        .await;
    assert_eq!(location(&away), "/");
}

#[tokio::test]
async fn a_form_sent_to_a_locked_screen_is_kept_and_sent_on_by_one_press() {
    let world = World::new().await;
    world.clock.advance(IDLE);
    let form = "name=Summer&subject=A+%22quoted%22+%3Cline%3E&body=x";
    let asked = world.post("/a/ours/campaigns", &world.member, form).await;
    assert_eq!(asked.status(), StatusCode::UNAUTHORIZED);
    let page = text(asked).await;
    assert!(
        page.contains("name=\"kept.name\" value=\"Summer\""),
        "{page}"
    );
    assert!(page.contains("&lt;line&gt;") && !page.contains("<line>"));
    let kept = "kept.name=Summer&kept.subject=%3Cline%3E&back=/a/ours/campaigns";
    let wrong = world
        .post("/locked", &world.member, &format!("password=wrong&{kept}"))
        .await;
    assert!(
        text(wrong).await.contains("name=\"kept.name\""),
        "still kept"
    );
    let form = format!("password=correct+horse+battery&{kept}");
    let back = world.post("/locked", &world.member, &form).await;
    assert_eq!(back.status(), StatusCode::OK);
    let page = text(back).await.replace("&#x2f;", "/");
    assert!(page.contains("action=\"/a/ours/campaigns\""), "{page}");
    assert!(page.contains("name=\"name\" value=\"Summer\""), "{page}");

    world.clock.advance(IDLE);
    let secret = "old_password=correct+horse+battery&new_password=x";
    let path = "/a/ours/settings/you/password";
    let answer = world.log_in("ada", PASSWORD).await;
    let fresh = cookie(&answer);
    world.clock.advance(IDLE);
    let page = text(world.post(path, &fresh, secret).await).await;
    assert!(
        page.contains("Are you still there?") && !page.contains("horse"),
        "{page}"
    );
}

#[tokio::test]
async fn what_a_page_fetches_by_itself_keeps_no_screen_open() {
    let world = World::new().await;
    for _ in 0..3 {
        world.clock.advance(Duration::from_mins(4));
        let request = Request::get("/a/ours/campaigns")
            .header("host", "avow.test")
            .header("sec-fetch-dest", "empty")
            .header(COOKIE, &world.member)
            .body(Body::empty())
            .unwrap();
        router(world.app.clone()).oneshot(request).await.unwrap();
    }
    let locked = world.get("/a/ours/campaigns", &world.member).await;
    assert!(location(&locked).starts_with("/locked"));
}

#[tokio::test]
async fn a_log_in_with_codes_opens_only_with_the_code_of_the_moment_and_only_once() {
    let world = World::new().await;
    assert_eq!(world.codes_on().await.len(), 10);
    let door = world.door().await;
    let used = world.code("ada").await;
    let again = world.enter_code(&door, &used).await;
    assert_eq!(
        again.status(),
        StatusCode::UNAUTHORIZED,
        "taken at the set-up"
    );
    world.clock.advance(Duration::from_secs(30));
    let code = world.code("ada").await;
    let open = world.enter_code(&door, &code).await;
    assert_eq!(location(&open), "/a/ours/campaigns");
    assert_eq!(
        world.get("/accounts", &cookie(&open)).await.status(),
        StatusCode::OK
    );
    let twice = world.enter_code(&door, &code).await;
    assert_eq!(location(&twice), "/login?said=ended", "the door is shut");
    let door = world.door().await;
    let replayed = world.enter_code(&door, &code).await;
    assert_eq!(replayed.status(), StatusCode::UNAUTHORIZED, "a replay");
    world.clock.advance(Duration::from_mins(5));
    let late = world.enter_code(&door, &world.code("ada").await).await;
    assert_eq!(location(&late), "/login?said=ended");
}

#[tokio::test]
async fn a_recovery_code_opens_once_and_five_wrong_codes_close_the_door_for_a_quarter_of_an_hour() {
    let world = World::new().await;
    let recovery = world.codes_on().await;
    let door = world.door().await;
    let open = world.enter_code(&door, &recovery[0].to_uppercase()).await;
    assert_eq!(open.status(), StatusCode::SEE_OTHER);
    let door = world.door().await;
    let again = world.enter_code(&door, &recovery[0]).await;
    assert_eq!(again.status(), StatusCode::UNAUTHORIZED);
    for n in 0..4 {
        let wrong = world.enter_code(&door, &format!("00000{n}")).await;
        assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
    }
    let right = world.enter_code(&door, &recovery[1]).await;
    assert_eq!(right.status(), StatusCode::TOO_MANY_REQUESTS);
    world.clock.advance(Duration::from_mins(15));
    let door = world.door().await;
    let right = world.enter_code(&door, &recovery[1]).await;
    assert_eq!(right.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn codes_are_turned_off_only_with_the_password_and_a_reset_leaves_them_on() {
    let world = World::new().await;
    world.codes_on().await;
    let off = "/a/ours/settings/you/codes/off";
    let wrong = world.post(off, &world.member, "password=wrong").await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    world.post("/forgot", "", "address=ada%40example.org").await;
    let link = world.link().await;
    world.post(&link, "", &format!("password={NEW}")).await;
    let page = world.log_in("ada", "another long password").await;
    assert!(text(page).await.contains("Enter the code"));
}

#[tokio::test]
async fn a_device_is_signed_out_by_its_user_and_by_nobody_else() {
    let world = World::new().await;
    let other = cookie(&world.log_in("ada", PASSWORD).await);
    let you = "/a/ours/settings/you";
    let page = text(world.get(you, &world.member).await).await;
    let device = between(&page, "name=\"device\" value=\"", "\"");
    let path = format!("{you}/sessions");
    let form = format!("device={device}");
    let foreign = world.post(&path, &world.analyst, &form).await;
    assert_eq!(foreign.status(), StatusCode::NOT_FOUND);
    assert_eq!(world.get(you, &other).await.status(), StatusCode::OK);
    assert_eq!(
        world.post(&path, &world.member, &form).await.status(),
        StatusCode::SEE_OTHER
    );
    assert!(location(&world.get(you, &other).await).starts_with("/login"));
    let third = cookie(&world.log_in("ada", PASSWORD).await);
    world.post(&path, &world.member, "device=").await;
    assert!(location(&world.get(you, &third).await).starts_with("/login"));
    assert_eq!(world.get(you, &world.member).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_new_password_needs_the_old_one_and_signs_every_other_device_out() {
    let world = World::new().await;
    let other = cookie(&world.log_in("ada", PASSWORD).await);
    let path = "/a/ours/settings/you/password";
    for form in [
        format!("old_password=wrong&new_password={NEW}"),
        "old_password=correct+horse+battery&new_password=short".to_owned(),
    ] {
        let answer = world.post(path, &world.member, &form).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    let form = format!("old_password=correct+horse+battery&new_password={NEW}");
    let answer = world.post(path, &world.member, &form).await;
    assert_eq!(location(&answer), "/a/ours/settings/you?said=password");
    let ended = world.get("/accounts", &other).await;
    assert!(location(&ended).starts_with("/login"));
    assert_eq!(
        world.get("/accounts", &world.member).await.status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_stream_that_is_open_ends_when_its_reader_is_put_out() {
    let world = World::new().await;
    let request = Request::get("/a/ours/delivery/events")
        .header("host", "avow.test")
        .header("accept", "text/event-stream")
        .header(COOKIE, &world.analyst)
        .body(Body::empty())
        .unwrap();
    let answer = router(world.app.clone()).oneshot(request).await.unwrap();
    let mut body = answer.into_body();
    let frame = body.frame().await.unwrap().unwrap();
    assert!(frame.into_data().unwrap().starts_with(b"event: part"));
    let form = format!("member={}", world.user_id("alan").await);
    let path = "/a/ours/settings/people/remove";
    world.post(path, &world.member, &form).await;
    // The next look comes in no time; what keeps the connection alive meanwhile begins with a colon.
    tokio::time::pause();
    let told = loop {
        let frame = body.frame().await.unwrap().unwrap();
        let data = frame.into_data().unwrap();
        if !data.starts_with(b":") {
            break data;
        }
    };
    assert!(told.starts_with(b"event: over"));
}

#[tokio::test]
async fn codes_that_are_tried_all_at_once_are_counted_as_those_that_come_one_by_one() {
    let world = World::new().await;
    world.codes_on().await;
    let door = world.door().await;
    let tries: Vec<String> = (0..20).map(|n| format!("0000{n:02}")).collect();
    let tries = tries.iter().map(|code| world.enter_code(&door, code));
    let answers = futures_util::future::join_all(tries).await;
    let is_wrong = |a: &&Response| a.status() == StatusCode::UNAUTHORIZED;
    assert_eq!(answers.iter().filter(is_wrong).count(), 5);
}
