//! The same mail again: whatever happened to the answer, each person gets it once.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::{FROM, Scene, id_of, is, news};

#[tokio::test(flavor = "multi_thread")]
async fn the_same_mail_again_reaches_only_those_who_do_not_have_it_yet() {
    let scene = Scene::set("purpose = \"newsletter\"").await;
    let mut client = scene.client("imark").await;
    let to = ["ada@example.com", "bea@example.com"];
    is(
        &client.post(FROM, &to, &news("1")).await,
        "250 2.0.0 Ok: 2 messages",
    );
    for to in [&to[..], &to[..1], &["BEA@example.com"]] {
        let told = client.post(FROM, to, &news("1")).await;
        assert!(
            told.starts_with("250") && told.contains("nothing was done again"),
            "{told}"
        );
    }
    // Written anew by the program around the same words.
    let anew = news("1")
        .replace("=b\n", "=other\n")
        .replace("--b", "--other");
    let told = client
        .post(FROM, &[&to[..], &["cem@example.com"]].concat(), &anew)
        .await;
    scene.until(&id_of(&told), "delivered");
    let other = news("1").replace("We are", "We were");
    is(&client.post(FROM, &to, &other).await, "554 5.6.0");
    let unnamed = news("1").replace("Message-ID", "X-Nothing");
    for _ in 0..2 {
        let told = client.post(FROM, &["dil@example.com"], &unnamed).await;
        scene.until(&id_of(&told), "delivered");
    }
    scene.catcher.until(5).await;
    let mut got: Vec<String> = scene
        .catcher
        .caught()
        .into_iter()
        .map(|m| m.rcpt_to)
        .collect();
    got.sort();
    let once = ["ada@", "bea@", "cem@", "dil@", "dil@"].map(|name| format!("{name}example.com"));
    assert_eq!(got, once);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_mail_from_many_sides_at_once_leaves_once() {
    let scene = Arc::new(Scene::set("purpose = \"newsletter\"").await);
    let mut sides = JoinSet::new();
    for _ in 0..6 {
        let scene = Arc::clone(&scene);
        sides.spawn(async move {
            let mut client = scene.client("imark").await;
            client.post(FROM, &["ada@example.com"], &news("1")).await
        });
    }
    let told = sides.join_all().await;
    let new: Vec<&String> = told.iter().filter(|t| t.contains("queued as")).collect();
    assert_eq!(new.len(), 1, "{told:?}");
    assert!(told.iter().all(|t| t.starts_with("250")), "{told:?}");
    scene.until(&id_of(new[0]), "delivered");
    assert_eq!(scene.catcher.total(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_was_acknowledged_leaves_though_the_server_is_killed_then() {
    let scene = Scene::set("purpose = \"newsletter\"").await;
    let mut client = scene.client("imark").await;
    is(
        &client.post(FROM, &["ada@example.com"], &news("1")).await,
        "250 2.0.0 Ok: queued",
    );
    let scene = scene.killed_and_restarted();
    let mut client = scene.client("imark").await;
    let told = client.post(FROM, &["ada@example.com"], &news("1")).await;
    assert!(told.contains("nothing was done again"), "{told}");
    scene.catcher.until(1).await;
    let copies = scene.catcher.caught();
    assert!(copies.iter().all(|copy| copy.raw == copies[0].raw));
}
