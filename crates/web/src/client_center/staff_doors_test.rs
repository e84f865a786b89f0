//! Coming in and being put out, through HTTP, with what attackers try; keys, and the audit log.

use std::time::Duration;

use avow_model::{Clock as _, Role};
use avow_store::{OutgoingKind, OutgoingRow};
use avow_testkit::due_mail;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{Method, StatusCode};
use axum::response::Response;

use super::walk_test::{World, text, user};

pub(super) const PASSWORD: &str = "correct horse battery";
pub(super) const NEW: &str = "another+long+password";

pub(super) fn location(answer: &Response) -> &str {
    let to = answer.headers().get(LOCATION);
    to.map_or("", |to| to.to_str().unwrap())
}

pub(super) fn cookie(answer: &Response) -> String {
    let set = answer.headers()[SET_COOKIE].to_str().unwrap();
    set.split(';').next().unwrap().to_owned()
}

/// What stands between two marks.
pub(super) fn between(page: &str, start: &str, end: &str) -> String {
    let page = page.replace("&#x2f;", "/");
    let rest = page.split(start).nth(1);
    let rest = rest.unwrap_or_else(|| panic!("no {start} in {page}"));
    rest.split(end).next().unwrap().to_owned()
}

impl World {
    pub(super) async fn post(&self, path: &str, cookie: &str, form: &str) -> Response {
        self.ask(Method::POST, path, cookie, form).await
    }

    pub(super) async fn log_in(&self, name: &str, password: &str) -> Response {
        let password = password.replace(' ', "+");
        let form = format!("address={name}%40example.org&password={password}");
        self.post("/login", "", &form).await
    }

    /// The mail to staff that waits.
    async fn mails(&self) -> Vec<OutgoingRow> {
        let now = self.clock.now();
        due_mail(&self.app.store, OutgoingKind::Staff, now).await
    }

    /// The path of the link in the newest mail.
    pub(super) async fn link(&self) -> String {
        let mail = self.mails().await.pop().expect("a mail waits");
        let text = String::from_utf8(mail.body).unwrap();
        let text = text.replace("=\r\n", "");
        let link = between(&text, "http://avow.test", "\r\n");
        link.trim().to_owned()
    }

    pub(super) async fn user_id(&self, name: &str) -> avow_model::UserId {
        let address = format!("{name}@example.org").parse().unwrap();
        let found = self.app.store.user_by_address(&address).await.unwrap();
        found.unwrap().id
    }
}

#[tokio::test]
async fn an_invitation_lets_one_person_in_once_as_what_the_owner_said() {
    let world = World::new().await;
    let form = "address=Grace%40example.org&role=analyst";
    let answer = world
        .post("/a/ours/settings/people", &world.member, form)
        .await;
    assert_eq!(location(&answer), "/a/ours/settings/people?said=invited");
    let link = world.link().await;
    assert!(link.starts_with("/invite/"), "{link}");
    for _ in 0..2 {
        let page = text(world.get(&link, "").await).await;
        assert!(page.contains("as analyst"), "looking takes nothing: {page}");
    }
    let short = world.post(&link, "", "name=Grace&password=short").await;
    assert_eq!(short.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let form = format!("name=Grace&password={NEW}");
    let answer = world.post(&link, "", &form).await;
    assert_eq!(location(&answer), "/a/ours/campaigns");
    let grace = cookie(&answer);
    let page = world.get("/a/ours/campaigns", &grace).await;
    assert_eq!(page.status(), StatusCode::OK);
    let denied = world.get("/a/ours/campaigns/new", &grace).await;
    assert_eq!(denied.status(), StatusCode::FORBIDDEN);
    assert!(
        text(denied)
            .await
            .contains("As analyst of this account you cannot write")
    );
    let again = world.post(&link, "", &form).await;
    assert_eq!(again.status(), StatusCode::GONE, "a link opens once");
    let log = text(world.get("/a/ours/settings/audit", &world.member).await).await;
    assert!(
        log.contains("invited Grace@example.org, as analyst"),
        "{log}"
    );
    assert!(log.contains("came in as analyst"), "{log}");
}

#[tokio::test]
async fn an_invitation_that_is_late_withdrawn_replaced_or_made_up_opens_nothing() {
    let world = World::new().await;
    let form = "address=grace%40example.org&role=editor";
    let people = "/a/ours/settings/people";
    world.post(people, &world.member, form).await;
    let first = world.link().await;
    world.clock.advance(Duration::from_secs(1));
    world.post(people, &world.member, form).await;
    let second = world.link().await;
    assert_eq!(world.get(&first, "").await.status(), StatusCode::GONE);
    assert_eq!(world.get(&second, "").await.status(), StatusCode::OK);
    let shown = text(world.get(people, &world.member).await).await;
    assert!(shown.contains("Invited, not here yet"), "{shown}");
    let path = format!("{people}/withdraw");
    let answer = world
        .post(&path, &world.member, "address=grace%40example.org")
        .await;
    assert_eq!(location(&answer), "/a/ours/settings/people?said=withdrawn");
    assert_eq!(world.get(&second, "").await.status(), StatusCode::GONE);
    let answer = world
        .post(&path, &world.member, "address=grace%40example.org")
        .await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);

    world.clock.advance(Duration::from_secs(1));
    world.post(people, &world.member, form).await;
    let late = world.link().await;
    world.clock.advance(Duration::from_hours(3 * 24));
    let form = format!("name=Grace&password={NEW}");
    assert_eq!(
        world.post(&late, "", &form).await.status(),
        StatusCode::GONE
    );
    let made_up = world.post("/invite/abc", "", &form).await;
    assert_eq!(made_up.status(), StatusCode::GONE);
}

#[tokio::test]
async fn what_cannot_be_invited_is_refused_with_its_reason_and_kept_in_the_form() {
    let world = World::new().await;
    for (form, why) in [
        ("address=nobody&role=editor", "Write the e-mail address"),
        ("address=x%40example.org&role=emperor", "Choose a role"),
        (
            "address=alan%40example.org&role=editor",
            "in this account already",
        ),
    ] {
        let answer = world
            .post("/a/ours/settings/people", &world.member, form)
            .await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        let page = text(answer).await;
        assert!(page.contains(why), "{form}: {page}");
    }
    assert!(world.mails().await.is_empty());
}

#[tokio::test]
async fn a_changed_role_holds_from_the_next_request_and_who_is_put_out_is_out_at_once() {
    let world = World::new().await;
    let new = "/a/ours/campaigns/new";
    let denied = world.get(new, &world.analyst).await;
    assert_eq!(denied.status(), StatusCode::FORBIDDEN);
    let alan = world.user_id("alan").await;
    let form = format!("member={alan}&role=editor");
    let path = "/a/ours/settings/people/role";
    assert_eq!(
        world.post(path, &world.member, &form).await.status(),
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        world.get(new, &world.analyst).await.status(),
        StatusCode::OK
    );
    let path = "/a/ours/settings/people/remove";
    let form = format!("member={alan}");
    assert_eq!(
        world.post(path, &world.member, &form).await.status(),
        StatusCode::SEE_OTHER
    );
    let gone = world.get("/a/ours/campaigns", &world.analyst).await;
    assert_eq!(location(&gone), "/login?back=/a/ours/campaigns");
    let again = world.log_in("alan", PASSWORD).await;
    assert_eq!(
        again.status(),
        StatusCode::UNAUTHORIZED,
        "no log-in is left"
    );
}

#[tokio::test]
async fn the_last_owner_can_neither_go_nor_become_less() {
    let world = World::new().await;
    let ada = world.user_id("ada").await;
    let remove = ("/a/ours/settings/people/remove", format!("member={ada}"));
    let less = (
        "/a/ours/settings/people/role",
        format!("member={ada}&role=editor"),
    );
    for (path, form) in [&remove, &less] {
        let answer = world.post(path, &world.member, form).await;
        assert_eq!(answer.status(), StatusCode::CONFLICT, "{path}");
        assert!(text(answer).await.contains("this is the last one"));
    }
    let place = (world.ours().id(), Role::Owner);
    user(&world.app.store, &world.app, "olga", place).await;
    let answer = world.post(less.0, &world.member, &less.1).await;
    assert_eq!(
        answer.status(),
        StatusCode::SEE_OTHER,
        "there is another now"
    );
    let stranger = world.user_id("eve").await;
    let form = format!("member={stranger}");
    let owner = world.log_in("olga", PASSWORD).await;
    let foreign = world.post(remove.0, &cookie(&owner), &form).await;
    assert_eq!(
        foreign.status(),
        StatusCode::NOT_FOUND,
        "of another account"
    );
}

#[tokio::test]
async fn asking_for_a_reset_says_the_same_of_everybody_and_mails_only_who_is_there() {
    let world = World::new().await;
    let ask = async |address: &str| {
        let form = format!("address={address}");
        let answer = world.post("/forgot", "", &form).await;
        (answer.status(), text(answer).await)
    };
    let nobody = ask("nobody%40example.org").await;
    assert!(world.mails().await.is_empty());
    let known = ask("ada%40example.org").await;
    assert_eq!(nobody, known);
    assert_eq!(ask("no+address").await, known);
    let mails = world.mails().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].rcpt_to, "ada@example.org");
    assert_eq!(mails[0].mail_from, "", "no mailbox of a rehearsal shows it");
    for _ in 0..5 {
        assert_eq!(ask("ada%40example.org").await, known);
    }
    assert_eq!(world.mails().await.len(), 3, "three an hour");
}

#[tokio::test]
async fn a_reset_serves_once_for_an_hour_and_ends_every_session() {
    let world = World::new().await;
    let ask = async || {
        let form = "address=ada%40example.org";
        world.post("/forgot", "", form).await;
        world.link().await
    };
    let late = ask().await;
    world.clock.advance(Duration::from_hours(1));
    let form = format!("password={NEW}");
    assert_eq!(
        world.post(&late, "", &form).await.status(),
        StatusCode::GONE
    );
    assert_eq!(world.get(&late, "").await.status(), StatusCode::GONE);

    let world = World::new().await;
    world.post("/forgot", "", "address=ada%40example.org").await;
    let link = world.link().await;
    let short = world.post(&link, "", "password=short").await;
    assert_eq!(short.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let answer = world.post(&link, "", &form).await;
    assert_eq!(location(&answer), "/login?said=reset");
    let ended = world.get("/a/ours/campaigns", &world.member).await;
    assert_eq!(location(&ended), "/login?back=/a/ours/campaigns");
    assert_eq!(
        world.post(&link, "", &form).await.status(),
        StatusCode::GONE
    );
    let old = world.log_in("ada", PASSWORD).await;
    assert_eq!(old.status(), StatusCode::UNAUTHORIZED);
    let new = world.log_in("ada", "another long password").await;
    assert_eq!(new.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_key_is_shown_once_and_what_cannot_be_one_is_refused() {
    let world = World::new().await;
    let path = "/a/ours/settings/keys";
    for (form, why) in [
        ("name=&scope=send", "1 to 60 characters"),
        ("name=shop", "Tick at least one thing"),
    ] {
        let answer = world.post(path, &world.member, form).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text(answer).await.contains(why), "{form}");
    }
    let form = "name=shop&scope=send&scope=read";
    let made = text(world.post(path, &world.member, form).await).await;
    assert!(made.contains("<code class=\"secret-key\">avow_"), "{made}");
    let list = text(world.get(path, &world.member).await).await;
    assert!(list.contains("shop") && !list.contains("avow_"), "{list}");
    let again = world.post(path, &world.member, form).await;
    assert!(text(again).await.contains("was made before"));
    world
        .post(&format!("{path}/revoke"), &world.member, "name=shop")
        .await;
    let gone = world
        .post(&format!("{path}/revoke"), &world.member, "name=shop")
        .await;
    assert_eq!(gone.status(), StatusCode::CONFLICT);
    let log = text(world.get("/a/ours/settings/audit", &world.member).await).await;
    assert!(log.contains("revoked the API key “shop”"), "{log}");
}

#[tokio::test]
async fn the_audit_log_goes_on_by_pages_and_shows_no_other_account() {
    let world = World::new().await;
    let path = "/a/ours/settings/audit";
    for n in 0..60 {
        world.clock.advance(Duration::from_secs(1));
        let act = avow_store::NewAct {
            who: "ada@example.org".to_owned(),
            kind: avow_store::ActKind::KeyMade,
            about: format!("number {n} of sixty"),
        };
        world.ours().note_act(act).await.unwrap();
    }
    let first = text(world.get(path, &world.member).await).await;
    assert_eq!(first.matches("of sixty").count(), 50);
    assert!(first.contains("number 59 of") && !first.contains("number 9 of"));
    let next = between(&first, "rel=\"next\"", ">");
    assert!(next.is_empty(), "{next}");
    let next = between(&first, "audit?before=", "\"");
    let second = world
        .get(&format!("{path}?before={next}"), &world.member)
        .await;
    let second = text(second).await;
    assert_eq!(second.matches("of sixty").count(), 10);
    assert!(!second.contains("rel=\"next\""));
    let foreign = world.get("/a/theirs/settings/audit", &world.stranger).await;
    assert!(!text(foreign).await.contains("of sixty"));
}
