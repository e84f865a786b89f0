//! Files of people through the pages: sent, counted, taken in, stopped, gone on with, written out.

use std::sync::Arc;
use std::time::Duration;

use avow_store::{ActKind, JobKind, JobRow, JobState};
use axum::body::to_bytes;
use axum::http::header::LOCATION;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use tokio::sync::watch;

use super::*;
use crate::client_center::World;

/// A world with a policy in force.
async fn world() -> World {
    let world = World::new().await;
    world.publish().await;
    world
}

async fn text(answer: Response) -> String {
    let bytes = to_bytes(answer.into_body(), 1 << 24).await.unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Does all jobs there are.
async fn work(app: &Arc<App>) {
    let (_order, leaving) = watch::channel(false);
    while next(app, "here", &leaving).await.unwrap() {}
}

async fn sent(world: &World, name: &str, content: impl AsRef<[u8]>) -> Response {
    let head = format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
    );
    let body = [head.as_bytes(), content.as_ref(), b"\r\n--b--\r\n"].concat();
    world.send_file("/a/ours/imports/upload", body).await
}

fn place(answer: &Response) -> String {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    answer.headers()[LOCATION].to_str().unwrap().to_owned()
}

async fn newest(world: &World, kind: JobKind) -> JobRow {
    let jobs = world.ours().jobs(kind, None, 9).await.unwrap();
    jobs.into_iter().next().unwrap()
}

async fn page(world: &World, path: &str) -> String {
    text(world.ask(Method::GET, path, &world.member, "").await).await
}

async fn post(world: &World, path: &str, body: &str) -> Response {
    world.ask(Method::POST, path, &world.member, body).await
}

const FILE: &str = "Email,First name,Shoe size,OPTIN_TIME,OPTIN_IP\n\
    ada@example.org,Ada,38,2026-01-02 10:00:00,192.0.2.1\n\
    bea@example.org,=1+1,40,,\n\
    nobody,x,1,,\n";

#[tokio::test]
async fn a_file_is_counted_first_and_taken_in_after_a_press_of_the_button() {
    let world = world().await;
    let at = place(&sent(&world, "people.csv", FILE).await);
    assert!(page(&world, &at).await.contains("data-events"), "it waits");
    work(&world.app).await;
    assert_eq!(newest(&world, JobKind::Import).await.state, JobState::Draft);
    assert_eq!(world.ours().contact_count().await.unwrap(), 0);
    let html = page(&world, &at).await;
    assert!(html.contains("Take in 2 people"), "{html}");
    assert!(html.contains("Your policy declares no such data"), "{html}");
    assert!(html.contains("The address is none"), "{html}");
    place(&post(&world, &at, "do=run&attested=no&everyone=subscribed").await);
    work(&world.app).await;
    let job = newest(&world, JobKind::Import).await;
    assert_eq!(job.state, JobState::Finished, "{job:?}");
    assert_eq!(world.ours().contact_count().await.unwrap(), 2);
    let html = page(&world, &at).await;
    assert!(html.contains("2 people new"), "{html}");
    // The file that was sent is gone; the rejected row is there, and no formula.
    let files = std::fs::read_dir(world.files().join("contacts")).unwrap();
    assert_eq!(files.count(), 0);
    let rejects = page(&world, &format!("{at}/rejects")).await;
    assert!(rejects.contains("nobody,x,1"), "{rejects}");
    let acts = world.ours().acts(None, 9).await.unwrap();
    let begun = acts.iter().filter(|a| a.kind == ActKind::ImportStarted);
    assert_eq!(begun.count(), 1, "{acts:?}");
}

#[tokio::test]
async fn who_changes_something_sees_the_counts_of_that_before_anything_is_written() {
    let world = world().await;
    let at = place(&sent(&world, "people.csv", FILE).await);
    work(&world.app).await;
    place(&post(&world, &at, "do=run&attested=no&everyone=unsubscribed").await);
    work(&world.app).await;
    assert_eq!(world.ours().contact_count().await.unwrap(), 0);
    assert!(page(&world, &at).await.contains("say no or are dead"));
    let faulty = post(&world, &at, "do=run&attested=yes").await;
    assert_eq!(faulty.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let html = text(faulty).await;
    assert!(html.contains("Say where they said yes"), "{html}");
}

#[tokio::test]
async fn a_file_of_another_type_is_refused_beside_the_field() {
    let world = world().await;
    for (name, content) in [
        ("people.csv", "MZ\u{90}\0"),
        ("people.csv", ""),
        ("x.csv", "<html>"),
    ] {
        let answer = sent(&world, name, content).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert!(
        world
            .ours()
            .jobs(JobKind::Import, None, 9)
            .await
            .unwrap()
            .is_empty()
    );
    let at = place(&sent(&world, "x.csv", "who,what\n1,2\n").await);
    work(&world.app).await;
    let html = page(&world, &at).await;
    assert!(
        html.contains("No column looks like the e-mail address."),
        "{html}"
    );
    assert!(
        html.contains("column.0"),
        "the columns can still be chosen: {html}"
    );
}

/// Many people, so that the work takes more than one step.
fn many(n: usize) -> String {
    let row = |i| format!("p{i}@example.org,Ada\n");
    let rows: String = (0..n).map(row).collect();
    format!("email,first_name\n{rows}")
}

async fn begun(world: &World, n: usize) -> String {
    let at = place(&sent(world, "many.csv", &many(n)).await);
    work(&world.app).await;
    place(&post(world, &at, "do=run&attested=no&everyone=subscribed").await);
    at
}

#[tokio::test]
async fn an_import_that_is_told_to_stop_stops_and_goes_on_where_it_was() {
    let world = world().await;
    let at = begun(&world, 50).await;
    post(&world, &format!("{at}/stop"), "").await;
    work(&world.app).await;
    let job = newest(&world, JobKind::Import).await;
    assert_eq!(job.state, JobState::Stopped);
    assert!(page(&world, &at).await.contains("Go on"));
    place(&post(&world, &at, "do=go-on").await);
    work(&world.app).await;
    assert_eq!(
        newest(&world, JobKind::Import).await.state,
        JobState::Finished
    );
    assert_eq!(world.ours().contact_count().await.unwrap(), 50);
}

#[tokio::test]
async fn a_process_that_dies_in_mid_import_is_followed_by_one_that_goes_on() {
    let world = world().await;
    begun(&world, 40_000).await;
    // The first process takes the job, gets some of it in and is gone.
    let job = world
        .app
        .store
        .job_take(&hold(&world.app, "first"))
        .await
        .unwrap()
        .unwrap();
    let (told, mut progress) = watch::channel(JobProgress::default());
    tokio::select! {
        _ = import::run(&world.app, &job, told) => panic!("it was done before it could die"),
        moved = progress.changed() => moved.unwrap(),
    }
    assert!(world.ours().contact_count().await.unwrap() >= 16_384);
    let second = hold(&world.app, "second");
    assert!(world.app.store.job_take(&second).await.unwrap().is_none());
    world.clock.advance(HELD_FOR + Duration::from_secs(1));
    work(&world.app).await;
    let job = newest(&world, JobKind::Import).await;
    assert_eq!(job.state, JobState::Finished, "{job:?}");
    assert_eq!(world.ours().contact_count().await.unwrap(), 40_000);
    let runs = world.ours().imports().await.unwrap();
    assert_eq!((runs.len(), runs[0].counts.created), (1, 40_000));
}

#[tokio::test]
async fn contacts_are_written_to_a_file_that_holds_no_formula_and_goes_after_a_day() {
    let world = world().await;
    let at = place(&sent(&world, "people.csv", FILE).await);
    work(&world.app).await;
    place(&post(&world, &at, "do=run&attested=no&everyone=subscribed").await);
    work(&world.app).await;
    for (format, begins) in [("csv", "email,first_name,country"), ("xlsx", "PK")] {
        let at = place(&post(&world, "/a/ours/exports", &format!("format={format}&q=b")).await);
        work(&world.app).await;
        let html = page(&world, &at).await;
        assert!(html.contains("Download the file"), "{html}");
        let file = page(&world, &format!("{at}/file")).await;
        assert!(file.starts_with(begins), "{file}");
        if format == "csv" {
            assert!(file.contains("bea@example.org,'=1+1,"), "{file}");
            assert!(!file.contains("ada@"), "the filter holds: {file}");
        }
    }
    world.clock.advance(Duration::from_hours(25));
    work(&world.app).await;
    let files = std::fs::read_dir(world.files().join("exports")).unwrap();
    assert_eq!(files.count(), 0);
    assert_eq!(newest(&world, JobKind::Export).await.file, "");
}
