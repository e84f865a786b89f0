//! What becomes of mails, and which are not taken.

use serde_json::json;

use super::{FROM, Scene, id_of, is, news};

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_was_handed_in_is_written_by_us_signed_and_accounted_for_like_one_of_the_api() {
    let scene = Scene::set("").await;
    let mut client = scene.client("imark/newsletter").await;
    let id = id_of(&client.post(FROM, &["ADA@example.com"], &news("1")).await);
    let told = scene.until(&id, "delivered");
    assert_eq!(
        (&told["purpose"], &told["attempts"]),
        (&json!("newsletter"), &json!(1))
    );
    let caught = scene.catcher.caught();
    let [one] = &caught[..] else {
        panic!("one message left, not {}", caught.len());
    };
    assert_eq!(one.rcpt_to, "ADA@example.com");
    assert!(one.mail_from.starts_with("b+"), "{}", one.mail_from);
    let mail = String::from_utf8(one.raw.clone()).unwrap();
    assert!(mail.starts_with("DKIM-Signature:"), "{mail}");
    for wanted in [
        "\r\nFrom: \"The Shop\" <shop@imark.example>\r\n",
        "\r\nTo: \"Ada L.\" <ADA@example.com>\r\n",
        "\r\nSubject: =?utf-8?B?",
        "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        "We are open, { { email }}. Gr=C3=BC=C3=9Fe",
    ] {
        assert!(mail.contains(wanted), "{wanted:?} in {mail}");
    }
    for unwanted in [
        "boss@",
        "shop/1",
        "Bcc",
        "<1@imark.example>",
        "\r\nReceived",
        "/o/",
        "/c/",
    ] {
        assert!(!mail.contains(unwanted), "{unwanted} in {mail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_recipient_passes_the_gate_and_is_refused_with_its_reason() {
    let scene = Scene::set("purpose = \"newsletter\"").await;
    let mut client = scene.client("imark").await;
    is(&client.say("MAIL FROM:<shop@imark.example>").await, "250");
    let refused = [
        ("ivo@example.com", "D_WITHDRAWN"),
        ("hal@example.com", "D_NO_BINDING"),
        ("stranger@example.org", "D_NO_BINDING"),
    ];
    for (who, code) in refused {
        let told = client.say(&format!("RCPT TO:<{who}>")).await;
        assert!(
            told.starts_with("550 5.7.1 [") || told.starts_with("550-5.7.1 ["),
            "{told}"
        );
        assert!(told.contains(code) && told.len() > 60, "{told}");
    }
    is(&client.say("RCPT TO:<not an address>").await, "553");
    is(&client.say("RCPT TO:<postmaster>").await, "553");
    is(&client.say("DATA").await, "503");
    for to in ["ada@example.com", "bea@example.com", "Ada@Example.com"] {
        is(&client.say(&format!("RCPT TO:<{to}>")).await, "250");
    }
    is(&client.say("DATA").await, "354");
    let mail = news("3").replace('\n', "\r\n");
    let told = client.say(&format!("{mail}\r\n.")).await;
    assert!(told.contains("2 messages queued"), "{told}");
    scene.until(&id_of(&told), "delivered");
    scene.catcher.until(2).await;
    // A purpose that only the mail names is asked about at the end: then nobody is written to.
    let service = "X-Avow-Purpose: service\nX-Avow-About: account\n";
    let told = client
        .post(
            FROM,
            &["ada@example.com", "gus@example.com"],
            &format!("{service}{}", news("4")),
        )
        .await;
    assert!(
        told.contains("Nobody was written to: 2 of 2") && told.contains("D_NO_RELATIONSHIP"),
        "{told}"
    );
    let body = json!({ "email": "gus@example.com", "running": true }).to_string();
    scene.api("PUT /api/v1/relationships", &body);
    let told = client
        .post(
            FROM,
            &["ada@example.com", "gus@example.com"],
            &format!("{service}{}", news("5")),
        )
        .await;
    assert!(told.contains("1 of 2 recipients"), "{told}");
    let told = client
        .post(
            FROM,
            &["gus@example.com"],
            &format!("{service}{}", news("6")),
        )
        .await;
    scene.until(&id_of(&told), "delivered");
    assert_eq!(scene.catcher.total(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_can_write_to_nobody_by_the_permission_of_another_and_from_no_domain_but_its_own()
 {
    let scene = Scene::set("purpose = \"newsletter\"").await;
    let other = scene.second_account();
    for purpose in ["newsletter", "service", "demo", "casestudies"] {
        let mut theirs = scene.stranger().await;
        let name = format!("dynamics/{purpose}");
        is(&theirs.say(&super::plain(&name, &other)).await, "235");
        is(
            &theirs.say("MAIL FROM:<shop@imark.example>").await,
            "553 5.7.1",
        );
        is(&theirs.say("MAIL FROM:<a@dynamics.example>").await, "250");
        let told = theirs.say("RCPT TO:<ada@example.com>").await;
        assert!(told.contains("D_NO_BINDING"), "{purpose}: {told}");
    }
    let mut client = scene.client("imark").await;
    for from in [
        "ada@example.com",
        "a@x.imark.example",
        "a@imark.example.org",
        "",
    ] {
        is(
            &client.say(&format!("MAIL FROM:<{from}>")).await,
            "553 5.7.1",
        );
    }
    let forged = news("7").replace(FROM, "ceo@example.com");
    is(
        &client.post(FROM, &["ada@example.com"], &forged).await,
        "554 5.7.1",
    );
    let two = format!("From: ceo@example.com\n{}", news("8"));
    is(
        &client.post(FROM, &["ada@example.com"], &two).await,
        "554 5.6.0",
    );
    assert_eq!(scene.catcher.total(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_as_it_is_meant_is_refused_whole_and_smuggled_ends_are_too() {
    let scene = Scene::set("").await;
    let mut client = scene.client("imark").await;
    let ada = ["ada@example.com"];
    is(
        &client.post(FROM, &ada, &news("9")).await,
        "550 5.7.1 Nothing says",
    );
    let named = |purpose: &str, mail: &str| format!("X-Avow-Purpose: {purpose}\n{mail}");
    is(
        &client.post(FROM, &ada, &named("parties", &news("9"))).await,
        "550 5.7.1",
    );
    let head = named("newsletter", &format!("From: {FROM}\nSubject: x\n"));
    let file = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n--b\nContent-Type: image/png\n\nx\n--b--\n";
    let told = client.post(FROM, &ada, &format!("{head}{file}")).await;
    assert!(
        told.starts_with("554 5.6.1") && told.contains("image/png"),
        "{told}"
    );
    let long = format!("{head}\n{}\n", "x".repeat(1_100));
    is(&client.post(FROM, &ada, &long).await, "554 5.6.0");
    is(
        &client
            .say("MAIL FROM:<shop@imark.example> SIZE=99999999")
            .await,
        "552",
    );
    for end in ["\n.\n", "\n.\r\n", "\r.\r", "\r\n.\n", "\r\n.\r"] {
        let mut client = scene.client("imark/newsletter").await;
        is(&client.say("MAIL FROM:<shop@imark.example>").await, "250");
        is(&client.say("RCPT TO:<ada@example.com>").await, "250");
        is(&client.say("DATA").await, "354");
        let head = format!("From: {FROM}\r\nSubject: x\r\n\r\nx{end}");
        let inner =
            format!("MAIL FROM:<{FROM}>\r\nRCPT TO:<bea@example.com>\r\nDATA\r\n{head}\r\n.\r\n");
        client.write(format!("{head}{inner}").as_bytes()).await;
        is(&client.reply().await, "554 5.6.0");
        is(&client.say("NOOP").await, "250");
    }
    assert_eq!(scene.catcher.total(), 0);
    // In chunks, and with an address that needs SMTPUTF8 and one that lacks it.
    let mut client = scene.client("imark/newsletter").await;
    is(
        &client.say("MAIL FROM:<shop@imark.example> SMTPUTF8").await,
        "250",
    );
    is(&client.say("RCPT TO:<grün@example.com>").await, "550");
    is(&client.say("RCPT TO:<ada@example.com>").await, "250");
    let mail = format!("From: {FROM}\r\nSubject: x\r\n\r\nHello\r\n");
    let told = client
        .say(&format!("BDAT {} LAST\r\n{}", mail.len(), mail.trim_end()))
        .await;
    scene.until(&id_of(&told), "delivered");
    is(
        &client.say("MAIL FROM:<grün@imark.example>").await,
        "553 5.6.7",
    );
}
