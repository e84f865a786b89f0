//! The delivery page and its stream, as a browser asks for them.

use avow_model::CampaignState;
use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_TYPE, COOKIE};
use axum::http::{Request, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::client_center::walk_test::{World, draft, text};
use crate::router;

async fn stream(world: &World, path: &str) -> Response {
    let request = Request::get(path)
        .header("host", "avow.test")
        .header(COOKIE, &world.member)
        .header(ACCEPT, "text/event-stream")
        .body(Body::empty())
        .unwrap();
    router(world.app.clone()).oneshot(request).await.unwrap()
}

/// The first event of a stream.
async fn first(answer: Response) -> String {
    let frame = answer.into_body().frame().await.unwrap().unwrap();
    String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn the_page_and_its_stream_say_the_same_of_a_campaign_under_way() {
    let world = World::new().await;
    let idle = text(world.get("/a/ours/delivery", &world.member).await).await;
    assert!(idle.contains("Nothing is on its way."), "{idle}");
    let id = world.ours().campaign_create(draft()).await.unwrap();
    let ours = world.ours();
    let begun = ours.campaign_move(id, &[CampaignState::Draft], CampaignState::Preparing);
    begun.await.unwrap();
    let page = text(world.get("/a/ours/delivery", &world.member).await).await;
    let told = "One campaign is under way, with 0 people to go.";
    assert!(page.contains(told) && page.contains("avow queue"), "{page}");
    let answer = stream(&world, "/a/ours/delivery/events").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()[CONTENT_TYPE], "text/event-stream");
    let event = first(answer).await;
    assert!(event.starts_with("event: part\n"), "{event}");
    assert!(event.contains(told) && !event.contains("<html"), "{event}");
    let own = format!("/a/ours/campaigns/{id}/events");
    let event = first(stream(&world, &own).await).await;
    assert!(event.contains("Judging the audience"), "{event}");
}

#[tokio::test]
async fn a_page_that_renews_itself_does_not_keep_a_screen_unlocked_that_was_left_alone() {
    let world = World::new().await;
    let active = async || {
        let token = world.member.split_once('=').unwrap().1;
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes());
        let hash = hash.as_ref().try_into().unwrap();
        let session = world.app.store.session_find(hash, world.app.now());
        session.await.unwrap().unwrap().active_at
    };
    let began = active().await;
    world.clock.advance(std::time::Duration::from_mins(5));
    drop(stream(&world, "/a/ours/delivery/events").await);
    assert_eq!(active().await, began);
    world.get("/a/ours/delivery", &world.member).await;
    assert!(active().await > began);
}
