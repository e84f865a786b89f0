//! Beacons and clicks: the gate at hit time, the same bytes, no open redirect.

use avow_compose::Token;
use avow_model::{FactKind, PurposeSelector, Verdict};
use avow_store::NewFact;
use axum::http::{Method, StatusCode};

use super::world::{LINKS, World};

const MEASURED: [&str; 2] = ["newsletter", "measure"];

async fn hits(world: &World, message: &avow_compose::MessageRef) -> Vec<(Verdict, Option<u16>)> {
    let lines = world
        .stage
        .scope()
        .hits_of(message.contact, 100)
        .await
        .unwrap();
    lines
        .iter()
        .rev()
        .map(|h| (h.verdict, h.kind.link()))
        .collect()
}

#[tokio::test]
async fn an_open_and_a_click_are_kept_before_the_answer_where_permitted() {
    let world = World::start().await;
    let message = world.mailed("ada@example.com", &MEASURED).await;
    let pixel = world.get(&world.path(&Token::Open(message))).await;
    assert_eq!(
        (pixel.status, pixel.header("content-type")),
        (StatusCode::OK, "image/gif")
    );
    assert!(pixel.body.starts_with(b"GIF89a") && pixel.header("cache-control") == "no-store");
    let click = world
        .get(&world.path(&Token::Click { message, link: 1 }))
        .await;
    assert_eq!(
        (click.status, click.header("location")),
        (StatusCode::FOUND, LINKS[1])
    );
    assert_eq!(click.header("referrer-policy"), "no-referrer");
    assert_eq!(
        hits(&world, &message).await,
        [(Verdict::Human, None), (Verdict::Human, Some(1))]
    );
}

#[tokio::test]
async fn a_withdrawal_wins_for_mail_already_delivered_and_the_bytes_stay_the_same() {
    let world = World::start().await;
    let message = world.mailed("ada@example.com", &MEASURED).await;
    let (open, click) = (
        world.path(&Token::Open(message)),
        world.path(&Token::Click { message, link: 0 }),
    );
    let before = (world.get(&open).await, world.get(&click).await);
    let purpose = PurposeSelector::One("measure".parse().unwrap());
    let no = NewFact::new(FactKind::Withdraw { purpose }, world.stage.clock.now());
    world
        .stage
        .scope()
        .record_fact(message.contact, no)
        .await
        .unwrap();
    let after = (world.get(&open).await, world.get(&click).await);
    assert_eq!(
        (before.0.body, before.0.headers),
        (after.0.body, after.0.headers)
    );
    assert_eq!(
        (before.1.status, before.1.headers),
        (after.1.status, after.1.headers)
    );
    assert_eq!(hits(&world, &message).await.len(), 2);
}

#[tokio::test]
async fn a_no_that_another_process_recorded_counts_within_a_second() {
    let world = World::start().await;
    let message = world.mailed("ada@example.com", &MEASURED).await;
    let open = world.path(&Token::Open(message));
    world.get(&open).await;
    let other = world.stage.second_store().await;
    let other = other.account(world.stage.account);
    let no = FactKind::Withdraw {
        purpose: PurposeSelector::AllMarketing,
    };
    let no = NewFact::new(no, world.stage.clock.now());
    other.record_fact(message.contact, no).await.unwrap();
    world.advance(1);
    world.get(&open).await;
    assert_eq!(hits(&world, &message).await.len(), 1);
}

#[tokio::test]
async fn without_permission_to_measure_nothing_is_stored() {
    let world = World::start().await;
    let message = world.mailed("ada@example.com", &["newsletter"]).await;
    assert_eq!(
        world.get(&world.path(&Token::Open(message))).await.status,
        StatusCode::OK
    );
    let click = world
        .get(&world.path(&Token::Click { message, link: 0 }))
        .await;
    assert_eq!(click.header("location"), LINKS[0]);
    assert!(hits(&world, &message).await.is_empty());
}

#[tokio::test]
async fn only_an_exact_one_in_sec_gpc_is_an_objection() {
    let world = World::start().await;
    let message = world.mailed("ada@example.com", &MEASURED).await;
    let open = world.path(&Token::Open(message));
    for value in ["1", "0", "1,1", "true"] {
        world.asks(Method::GET, &open, &[("sec-gpc", value)]).await;
    }
    assert_eq!(hits(&world, &message).await.len(), 3);
}

#[tokio::test]
async fn machines_are_kept_and_told_apart() {
    use Verdict::{Bot, Human, Prefetch, Scanner};
    let world = World::start().await;
    let message = world.mailed("ada@example.com", &MEASURED).await;
    let open = world.path(&Token::Open(message));
    let link = |n| world.path(&Token::Click { message, link: n });
    world
        .asks(Method::GET, &open, &[("user-agent", "Mozilla/5.0")])
        .await;
    world.asks(Method::HEAD, &link(0), &[]).await;
    world
        .asks(Method::GET, &link(0), &[("user-agent", "curl/8.5.0")])
        .await;
    world.advance(60);
    for n in 0..3 {
        world.asks(Method::GET, &link(n), &[]).await;
    }
    let verdicts: Vec<Verdict> = hits(&world, &message)
        .await
        .into_iter()
        .map(|(v, _)| v)
        .collect();
    assert_eq!(verdicts, [Prefetch, Scanner, Bot, Human, Human, Scanner]);
}

#[tokio::test]
async fn a_click_right_after_delivery_is_a_scanners() {
    let world = World::start().await;
    let contact = world.stage.contact("ada@example.com", &MEASURED).await;
    let campaign = world.campaign(&[contact]).await;
    let message = avow_compose::MessageRef {
        account: world.stage.account,
        campaign,
        seq: 1,
        contact,
    };
    world.advance(4);
    world
        .get(&world.path(&Token::Click { message, link: 0 }))
        .await;
    world.advance(1);
    world
        .get(&world.path(&Token::Click { message, link: 0 }))
        .await;
    let verdicts: Vec<Verdict> = hits(&world, &message)
        .await
        .into_iter()
        .map(|(v, _)| v)
        .collect();
    assert_eq!(verdicts, [Verdict::Scanner, Verdict::Human]);
}

#[tokio::test]
async fn nothing_in_the_request_decides_where_a_click_leads() {
    let world = World::start().await;
    let message = world.mailed("ada@example.com", &MEASURED).await;
    let good = world.path(&Token::Click { message, link: 0 });
    for tail in [
        "?url=https://evil.example/",
        "?u=//evil.example",
        "#https://evil.example",
    ] {
        let answer = world.get(&format!("{good}{tail}")).await;
        assert_eq!(answer.header("location"), LINKS[0], "{tail}");
    }
    for path in [
        "/c/https://evil.example",
        "/c/%2F%2Fevil.example",
        "/c/",
        &good[..good.len() - 1],
        &format!("{good}A"),
    ] {
        let answer = world.get(path).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (StatusCode::NOT_FOUND, ""),
            "{path}"
        );
    }
    let missing = world.path(&Token::Click { message, link: 99 });
    assert_eq!(world.get(&missing).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_link_that_is_not_of_the_web_never_becomes_a_redirect() {
    let world = World::start().await;
    let contact = world.stage.contact("ada@example.com", &MEASURED).await;
    let links = [
        "javascript:alert(1)",
        "//evil.example",
        "https://www.example.com/a\r\nSet-Cookie: x=1",
    ];
    let campaign = world
        .stage
        .delivered(avow_testkit::letter(), &links, &[contact])
        .await;
    let message = avow_compose::MessageRef {
        account: world.stage.account,
        campaign,
        seq: 1,
        contact,
    };
    for link in 0..3 {
        let answer = world
            .get(&world.path(&Token::Click { message, link }))
            .await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (StatusCode::NOT_FOUND, ""),
            "{link}"
        );
    }
}
