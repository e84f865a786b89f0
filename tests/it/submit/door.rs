//! Who gets in, and who never sends anything.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{FROM, Scene, is, news, plain};
use crate::api::key;
use crate::client::Client;

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_has_not_signed_in_can_send_anything() {
    let scene = Scene::set("purpose = \"newsletter\"").await;
    let mut clear = Client::connect(&scene.address()).await;
    let offered = clear.hello().await;
    assert!(
        offered.contains("STARTTLS") && !offered.contains("AUTH"),
        "{offered}"
    );
    is(&clear.say(&plain("imark", &scene.key)).await, "538 5.7.11");
    is(&clear.say("AUTH LOGIN").await, "538 5.7.11");
    is(
        &clear.say("MAIL FROM:<shop@imark.example>").await,
        "530 5.7.0",
    );
    let mut under_tls = scene.stranger().await;
    let offered = under_tls.hello().await;
    assert!(offered.contains("250-AUTH PLAIN LOGIN\r\n"), "{offered}");
    for client in [&mut clear, &mut under_tls] {
        for from in [FROM, "", "ada@example.com", "postmaster"] {
            is(
                &client.say(&format!("MAIL FROM:<{from}>")).await,
                "530 5.7.0",
            );
        }
        is(&client.say("RCPT TO:<ada@example.com>").await, "503");
        is(&client.say("DATA").await, "503");
        is(&client.say("BDAT 5 LAST\r\nabc").await, "503");
        is(&client.say("NOOP").await, "250");
        // A flight that does not wait for the refusals.
        let mail = news("stranger").replace('\n', "\r\n");
        let flight = format!("MAIL FROM:<{FROM}>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\n");
        client.write(flight.as_bytes()).await;
        for code in ["530", "503", "503"] {
            is(&client.reply().await, code);
        }
        client.write(format!("{mail}\r\n.\r\n").as_bytes()).await;
        is(&client.reply().await, "500");
    }
    // A session that signs in proves that the door was open, and that nothing of all this was kept.
    let mut client = scene.client("imark").await;
    is(
        &client.post(FROM, &["ada@example.com"], &news("1")).await,
        "250",
    );
    scene.catcher.until(1).await;
    assert_eq!(scene.catcher.total(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_lets_in_under_the_name_of_its_account_alone_and_only_to_send() {
    let scene = Scene::set("").await;
    let reader = key(&scene.avow, "reader", &["read"]);
    let other = scene.second_account();
    let changed = format!("{}x", &scene.key[..scene.key.len() - 1]);
    for (name, key) in [
        ("imark", &*changed),
        ("imark", &*other),
        ("dynamics", &*scene.key),
        ("imark", ""),
        ("", &*scene.key),
        ("imark/No Purpose", &*scene.key),
    ] {
        let mut client = scene.stranger().await;
        is(&client.say(&plain(name, key)).await, "535 5.7.8 The name");
        is(&client.say("MAIL FROM:<shop@imark.example>").await, "530");
    }
    let mut client = scene.stranger().await;
    let told = client.say(&plain("imark", &reader)).await;
    assert!(
        told.starts_with("535 5.7.8") && told.contains("`send`"),
        "{told}"
    );
    is(&client.say("AUTH CRAM-MD5").await, "504");
    is(&client.say("AUTH PLAIN").await, "334 ");
    is(&client.say("*").await, "501");
    is(&client.say("AUTH PLAIN %%%").await, "501");
    is(&client.say("AUTH LOGIN").await, "334 VXNlcm5hbWU6");
    is(
        &client.say(&STANDARD.encode("IMARK/newsletter")).await,
        "334 UGFzc3dvcmQ6",
    );
    is(&client.say(&STANDARD.encode(&scene.key)).await, "235 2.7.0");
    is(&client.say(&plain("imark", &scene.key)).await, "503");
    let mail = "MAIL FROM:<shop@imark.example> SIZE=1000 BODY=8BITMIME AUTH=<>";
    is(&client.say(mail).await, "250");
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_ends_the_session_and_then_the_network_waits() {
    let scene = Scene::set("").await;
    let mut tried = 0;
    'guessing: loop {
        let mut client = scene.stranger().await;
        for _ in 0..3 {
            let told = client.say(&plain("imark", "avow_guess")).await;
            if told.starts_with("454 4.7.0") {
                break 'guessing;
            }
            is(&told, "535 5.7.8");
            tried += 1;
        }
        is(&client.reply().await, "421 4.7.0");
        assert_eq!(client.say("NOOP").await, "", "it hung up");
        assert!(tried < 100, "it never has to wait");
    }
    assert_eq!(tried, 20);
    // The right key has to wait as well, or guessing would go on behind it.
    let mut client = scene.stranger().await;
    is(&client.say(&plain("imark", &scene.key)).await, "454 4.7.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_revoked_in_the_middle_of_a_session_hands_nothing_in_any_more() {
    let scene = Scene::set("purpose = \"newsletter\"").await;
    let mut client = scene.client("imark").await;
    is(&client.say("MAIL FROM:<shop@imark.example>").await, "250");
    is(&client.say("RCPT TO:<ada@example.com>").await, "250");
    let words = [
        "account",
        "api-key",
        "revoke",
        "--account",
        "imark",
        "--name",
        "shop",
    ];
    scene.avow.json(&words);
    is(
        &client.say("RCPT TO:<bea@example.com>").await,
        "550 5.7.1 The key",
    );
    is(&client.say("DATA").await, "354");
    let mail = news("late").replace('\n', "\r\n");
    is(
        &client.say(&format!("{mail}\r\n.")).await,
        "550 5.7.1 The key",
    );
    is(
        &scene
            .stranger()
            .await
            .say(&plain("imark", &scene.key))
            .await,
        "535",
    );
    assert_eq!(scene.catcher.total(), 0);
}
