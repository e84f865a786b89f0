//! Calls that name themselves: whatever happens to the answer, the message leaves once.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;

use serde_json::{Value, json};

use super::{Scene, news, serve};

const NAMES: [&str; 7] = ["ada", "bea", "cem", "dil", "edo", "fay", "gus"];

#[tokio::test(flavor = "multi_thread")]
async fn the_same_call_again_gets_the_same_answer_and_sends_nothing_and_another_body_is_a_conflict()
{
    let scene = Scene::set().await;
    let body = news(&["ada@example.com", "ivo@example.com"]);
    let first = scene.post_as("order-1", &body);
    assert_eq!(first.status, 202, "{}", first.body);
    assert!(!first.head.contains("idempotent-replayed"));
    for _ in 0..3 {
        let again = scene.post_as("order-1", &body);
        assert_eq!((again.status, &again.body), (202, &first.body));
        assert!(
            again.head.contains("idempotent-replayed: true"),
            "{}",
            again.head
        );
    }
    let other = scene.post_as("order-1", &news(&["bea@example.com"]));
    assert_eq!(other.status, 409, "{}", other.body);
    assert_eq!(other.problem().0, "idempotency-key");
    let batch = json!({ "messages": [news(&["ada@example.com"])] }).to_string();
    let header = "Idempotency-Key: order-1\r\n";
    assert_eq!(
        scene
            .ask("POST /api/v1/messages/batch", header, &batch)
            .status,
        409
    );
    for name in ["", " ", &"x".repeat(201)] {
        let refused = scene.post_as(name, &body);
        assert_eq!(refused.problem().1, "Idempotency-Key", "{name}");
    }
    scene.until(&first.json()["recipients"][0]["id"], "delivered");
    assert_eq!(scene.catcher.total(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_call_from_many_sides_at_once_is_done_once() {
    let scene = Scene::set().await;
    let body = news(&["ada@example.com"]);
    let bodies: Vec<String> = thread::scope(|threads| {
        let calls: Vec<_> = (0..8)
            .map(|_| threads.spawn(|| scene.post_as("at-once", &body)))
            .collect();
        let answers = calls.into_iter().map(|call| call.join().unwrap());
        answers.map(|answer| answer.body).collect()
    });
    assert!(bodies.iter().all(|b| *b == bodies[0]), "{bodies:?}");
    let told: Value = serde_json::from_str(&bodies[0]).unwrap();
    scene.until(&told["recipients"][0]["id"], "delivered");
    assert_eq!(scene.catcher.total(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_answered_message_by_message() {
    let scene = Scene::set().await;
    let batch = json!({ "messages": [news(&["ada@example.com", "x@example.org"]), news(&["bea@example.com"])] });
    let answer = scene.ask("POST /api/v1/messages/batch", "", &batch.to_string());
    assert_eq!(answer.status, 202, "{}", answer.body);
    let told = answer.json();
    let status = |m: usize, r: usize| told["messages"][m]["recipients"][r]["status"].clone();
    assert_eq!(
        [status(0, 0), status(0, 1), status(1, 0)],
        ["queued", "refused", "queued"]
    );
    scene.catcher.until(2).await;
}

/// A server that is killed somewhere between the call and its answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_server_was_killed_before_it_answered_can_be_made_again_and_sends_once() {
    let mut scene = Scene::set().await;
    for (round, name) in NAMES.iter().enumerate() {
        let body = news(&[&format!("{name}@example.com")]).to_string();
        let mut stream = TcpStream::connect(scene.address()).unwrap();
        write!(
            stream,
            "POST /api/v1/messages HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
             Idempotency-Key: {name}\r\nContent-Length: {}\r\n\r\n{body}",
            scene.key,
            body.len()
        )
        .unwrap();
        if round % 2 == 1 {
            // The answer is on its way: what it says is on the disk.
            let mut first = [0; 12];
            stream.read_exact(&mut first).unwrap();
            assert_eq!(&first, b"HTTP/1.1 202");
        }
        // The old server is dropped, and so killed, once the new one is there: first it is asked to die.
        let relay = scene.catcher.addr().to_string();
        let Scene {
            avow,
            catcher,
            server,
            key,
        } = scene;
        drop(server);
        let server = serve(&avow, &relay);
        scene = Scene {
            avow,
            catcher,
            server,
            key,
        };
    }
    let mut ids = Vec::new();
    for name in NAMES {
        let body = news(&[&format!("{name}@example.com")]);
        let again = scene.post_as(name, &body);
        assert_eq!(again.status, 202, "{}", again.body);
        ids.push(again.json()["recipients"][0]["id"].clone());
    }
    for id in &ids {
        scene.until(id, "delivered");
    }
    let caught = scene.catcher.caught();
    for name in NAMES {
        let to = format!("{name}@example.com");
        let mut copies: Vec<_> = caught.iter().filter(|c| c.rcpt_to == to).collect();
        assert!(!copies.is_empty(), "{name}");
        // Killed between the server's answer and its record, a message is sent again, the same bytes.
        copies.dedup_by(|a, b| a.raw == b.raw);
        assert_eq!(copies.len(), 1, "{name}");
    }
}
