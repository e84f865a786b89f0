//! The hosted form: bound to the notice served, confirmed by mail, the same answer for everybody.

use avow_compose::Token;
use avow_model::{ContactId, EmailAddress, FactKind};
use avow_store::{Contact, OutgoingRow};
use axum::http::StatusCode;

use super::world::{Answer, BASE, World, encode};

const FORM: &str = "/f/imark/signup";

async fn world() -> World {
    let world = World::start().await;
    world.stage.form("signup").await;
    world
}

fn notice_in(page: &str) -> String {
    let after = page
        .split("name=\"notice\" value=\"")
        .nth(1)
        .expect("a notice in the form");
    after.split('"').next().unwrap().to_owned()
}

/// Opens the form, reads it for ten seconds, sends it.
async fn sign_up(world: &World, pairs: &[(&str, &str)]) -> Answer {
    let notice = notice_in(&world.get(FORM).await.text());
    world.advance(10);
    submit(world, &notice, pairs).await
}

async fn submit(world: &World, notice: &str, pairs: &[(&str, &str)]) -> Answer {
    let own = [("notice", notice), ("homepage", "")];
    let all = own.iter().chain(pairs);
    let body: Vec<String> = all
        .map(|(n, v)| format!("{}={}", encode(n), encode(v)))
        .collect();
    world.post(FORM, &body.join("&")).await
}

const ADA: [(&str, &str); 3] = [
    ("email", "ada@example.com"),
    ("name", "Ada"),
    ("purpose", "newsletter"),
];

async fn contact(world: &World, address: &str) -> Option<Contact> {
    let address: EmailAddress = address.parse().unwrap();
    world
        .stage
        .scope()
        .contact_by_address(&address)
        .await
        .unwrap()
}

async fn outgoing(world: &World) -> Vec<OutgoingRow> {
    world.confirmations_due().await
}

/// The path of the confirmation link in a mail.
fn link_in(mail: &OutgoingRow) -> String {
    let text = String::from_utf8_lossy(&mail.body)
        .replace("=\r\n", "")
        .replace("=3D", "=");
    let after = text
        .split(&format!("{BASE}/confirm/"))
        .nth(1)
        .expect("a link in the mail");
    let end = after
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
        .unwrap_or(after.len());
    format!("/confirm/{}", &after[..end])
}

async fn confirms(world: &World, contact: ContactId) -> usize {
    let events = world.events(contact).await;
    events
        .iter()
        .filter(|f| matches!(f.kind, FactKind::Confirm { .. }))
        .count()
}

#[tokio::test]
async fn a_sign_up_is_pending_until_the_button_in_the_mail_is_pressed() {
    let world = world().await;
    let answer = sign_up(&world, &ADA).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let ada = contact(&world, "ada@example.com")
        .await
        .expect("kept before the answer");
    assert_eq!(ada.fields.get("name").map(String::as_str), Some("Ada"));
    let mails = outgoing(&world).await;
    let link = link_in(&mails[0]);
    let page = world.get(&link).await;
    assert!(page.status == StatusCode::OK && page.text().contains("Yes, this is my address"));
    assert_eq!(confirms(&world, ada.id).await, 0, "a GET confirms nothing");
    for _ in 0..2 {
        assert!(
            world
                .post(&link, "")
                .await
                .text()
                .contains("You are signed up")
        );
    }
    assert_eq!(
        confirms(&world, ada.id).await,
        1,
        "pressing twice adds nothing"
    );
}

#[tokio::test]
async fn what_is_collected_is_bound_to_the_notice_that_was_served() {
    let world = world().await;
    let notice = notice_in(&world.get(FORM).await.text());
    let source = include_str!("../../../policies/imark/v1.toml")
        .replace("version = 1", "version = 2")
        .replace("2026-01-01T00:00:00Z", "2026-05-20T00:00:00Z")
        .replace("2026-01-08T00:00:00Z", "2026-06-01T09:00:05Z");
    world.stage.publish(2, &source).await;
    world.advance(10);
    submit(&world, &notice, &ADA).await;
    let ada = contact(&world, "ada@example.com").await.unwrap();
    let facts = world.stage.scope().facts(ada.id).await.unwrap();
    assert!(
        facts.data.iter().all(|d| d.version == Some(1)),
        "{:?}",
        facts.data
    );
    let saw = facts.events.iter().find_map(|f| match &f.kind {
        FactKind::Grant { saw, .. } => *saw,
        _ => None,
    });
    assert_eq!(saw, Some(1));
    assert!(world.get(FORM).await.text().contains("(version 2)"));
}

#[tokio::test]
async fn a_notice_that_is_old_forged_or_of_another_form_binds_nothing() {
    let world = world().await;
    let (other, _) = world.stage.form("whitepaper").await;
    let fresh = |form, served_at| {
        world.tokens.seal(&Token::FormNotice {
            account: world.stage.account,
            form,
            version: 1,
            served_at,
            language: 0,
        })
    };
    let now = world.stage.clock.now();
    let form = world
        .stage
        .scope()
        .form_by_slug(&"signup".parse().unwrap())
        .await
        .unwrap()
        .unwrap()
        .id;
    let day_ago = now - jiff::SignedDuration::from_hours(24);
    for notice in [
        "",
        "forged",
        &fresh(other, now),
        &fresh(form, day_ago),
        &fresh(form, now),
    ] {
        let answer = submit(&world, notice, &ADA).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{notice}");
        assert!(
            answer.text().contains("value=\"Ada\""),
            "typed text is kept"
        );
    }
    assert!(contact(&world, "ada@example.com").await.is_none());
}

#[tokio::test]
async fn known_and_unknown_addresses_get_the_same_answer() {
    let world = world().await;
    world
        .stage
        .contact("eve@example.com", &["newsletter"])
        .await;
    let known = sign_up(&world, &[("email", "eve@example.com"), ADA[2]]).await;
    let unknown = sign_up(&world, &[("email", "ada@example.com"), ADA[2]]).await;
    let same = |a: &Answer| a.text().replace("eve@", "ada@");
    assert_eq!(
        (known.status, same(&known)),
        (unknown.status, same(&unknown))
    );
    assert_eq!(
        outgoing(&world).await.len(),
        1,
        "nothing is asked of who has permitted it already"
    );
}

#[tokio::test]
async fn a_stranger_cannot_disturb_a_standing_permission_or_data() {
    let world = world().await;
    let eve = world
        .stage
        .contact("eve@example.com", &["newsletter"])
        .await;
    let before = world.events(eve).await;
    sign_up(
        &world,
        &[("email", "EVE@example.com"), ("name", "Mallory"), ADA[2]],
    )
    .await;
    assert_eq!(world.events(eve).await, before);
    let eve = contact(&world, "eve@example.com").await.unwrap();
    assert!(eve.fields.is_empty());
}

#[tokio::test]
async fn undeclared_fields_and_headers_in_fields_are_refused() {
    let world = world().await;
    for extra in [
        ("shoe_size", "42"),
        ("name", "Ada\r\nBcc: eve@example.org"),
        ("email", "eve@example.org"),
    ] {
        let answer = sign_up(&world, &[ADA[0], ADA[2], extra]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{extra:?}");
    }
    let injected = sign_up(
        &world,
        &[("email", "ada@example.com\r\nBcc: eve@example.org"), ADA[2]],
    )
    .await;
    assert_eq!(injected.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(contact(&world, "ada@example.com").await.is_none());
    assert!(outgoing(&world).await.is_empty());
}

#[tokio::test]
async fn errors_stand_beside_the_field_and_in_a_summary_and_typed_text_is_kept() {
    let world = world().await;
    let answer = sign_up(
        &world,
        &[
            ("email", "ada@"),
            ("name", "Ada <b>"),
            ("purpose", "measure"),
        ],
    )
    .await;
    let text = answer.text();
    assert!(
        text.contains("role=\"alert\"") && text.contains("href=\"#email\""),
        "{text}"
    );
    assert!(text.contains("id=\"email-error\"") && text.contains("aria-invalid=\"true\""));
    assert!(text.contains("Ada &lt;b&gt;") && text.contains("value=\"measure\" checked"));
}

#[tokio::test]
async fn boxes_come_unticked_and_in_the_policys_words() {
    let world = world().await;
    let text = world.get(FORM).await.text();
    assert!(!text.contains(" checked"));
    assert!(
        text.contains("Send me the IMark newsletter about connected marketing."),
        "{text}"
    );
    assert_eq!(text.matches("type=\"checkbox\"").count(), 2);
}

#[tokio::test]
async fn programs_that_fill_in_everything_or_type_too_fast_get_nowhere() {
    let world = world().await;
    let notice = notice_in(&world.get(FORM).await.text());
    assert_eq!(
        submit(&world, &notice, &ADA).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    world.advance(10);
    let body = format!(
        "notice={notice}&email=ada%40example.com&purpose=newsletter&homepage=http%3A%2F%2Fx.example"
    );
    assert_eq!(
        world.post(FORM, &body).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert!(contact(&world, "ada@example.com").await.is_none());
    assert_eq!(
        submit(&world, &notice, &ADA).await.status,
        StatusCode::OK,
        "a person presses once more"
    );
}

#[tokio::test]
async fn a_form_cannot_flood_a_mailbox_and_a_network_cannot_flood_a_form() {
    let world = world().await;
    let notice = notice_in(&world.get(FORM).await.text());
    world.advance(10);
    let mut statuses = Vec::new();
    for _ in 0..61 {
        statuses.push(submit(&world, &notice, &ADA).await.status);
    }
    assert_eq!(outgoing(&world).await.len(), 3);
    assert_eq!(
        statuses.iter().filter(|s| **s == StatusCode::OK).count(),
        60
    );
    assert_eq!(statuses[60], StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_confirmation_that_comes_too_late_records_nothing() {
    let world = world().await;
    sign_up(&world, &ADA).await;
    let link = link_in(&outgoing(&world).await[0]);
    let ada = contact(&world, "ada@example.com").await.unwrap();
    world.advance(7 * 24 * 3_600);
    assert_eq!(world.post(&link, "").await.status, StatusCode::GONE);
    assert_eq!(confirms(&world, ada.id).await, 0);
}

#[tokio::test]
async fn an_old_confirmation_link_never_lifts_a_later_no() {
    let world = world().await;
    sign_up(&world, &ADA).await;
    let link = link_in(&outgoing(&world).await[0]);
    world.post(&link, "").await;
    let ada = contact(&world, "ada@example.com").await.unwrap();
    let token = Token::Preferences {
        account: world.stage.account,
        contact: ada.id,
    };
    world.advance(60);
    world.post(&world.path(&token), "do=stop").await;
    let before = world.events(ada.id).await;
    world.advance(60);
    world.post(&link, "").await;
    assert_eq!(world.events(ada.id).await, before);
}

#[tokio::test]
async fn who_said_no_or_was_erased_may_sign_up_again() {
    let world = world().await;
    let eve = world
        .stage
        .contact("eve@example.com", &["newsletter"])
        .await;
    let token = Token::Preferences {
        account: world.stage.account,
        contact: eve,
    };
    world.post(&world.path(&token), "do=stop").await;
    world.advance(60);
    sign_up(&world, &[("email", "eve@example.com"), ADA[2]]).await;
    world.post(&link_in(&outgoing(&world).await[0]), "").await;
    let page = world.get(&world.path(&token)).await.text();
    assert!(page.contains("value=\"newsletter\" checked"), "{page}");
    let erase = avow_store::NewFact::new(FactKind::Erase, world.stage.clock.now());
    world.stage.scope().record_fact(eve, erase).await.unwrap();
    world.advance(60);
    sign_up(&world, &[("email", "eve@example.com"), ADA[2]]).await;
    let again = contact(&world, "eve@example.com")
        .await
        .expect("taken in again");
    assert!(
        world
            .events(again.id)
            .await
            .iter()
            .any(|f| f.kind == FactKind::Recollect)
    );
}

#[tokio::test]
async fn an_address_that_was_given_up_is_good_again_once_a_new_sign_up_is_confirmed() {
    let world = world().await;
    sign_up(&world, &ADA).await;
    world.post(&link_in(&outgoing(&world).await[0]), "").await;
    let ada = contact(&world, "ada@example.com").await.unwrap();
    let scope = world.stage.scope();
    scope
        .contact_retire(ada.id, world.stage.clock.now())
        .await
        .unwrap();
    world.advance(3_600);
    sign_up(&world, &[ADA[0], ADA[1], ("purpose", "measure")]).await;
    let mails = outgoing(&world).await;
    world.post(&link_in(&mails[mails.len() - 1]), "").await;
    let events = world.events(ada.id).await;
    assert!(events.iter().any(|f| f.kind == FactKind::ConfirmAddress));
}
