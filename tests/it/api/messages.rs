//! What becomes of messages, from the call to the mailbox and back.

use avow_testkit::Manner;
use serde_json::{Value, json};

use super::{Scene, http, news};

/// The address behind a header or link, without scheme and host.
fn path<'a>(mail: &'a str, kind: &str) -> &'a str {
    let at = mail
        .find(kind)
        .unwrap_or_else(|| panic!("no {kind} in {mail}"));
    let rest = &mail[at..];
    rest.split(['>', '"', '\r', ' ']).next().unwrap()
}

fn code(fate: &Value) -> &str {
    fate["code"].as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_permits_it_gets_the_message_and_everybody_else_is_refused_with_the_reason() {
    let scene = Scene::set().await;
    let mut body = news(&[
        "ada@example.com",
        "ivo@example.com",
        "hal@example.com",
        "stranger@example.org",
    ]);
    body["to"][0]["name"] = json!("Ada L.");
    let fates = scene.sent(&body);
    let ids: Vec<&Value> = fates.iter().map(|f| &f["id"]).collect();
    assert_eq!(
        fates[0],
        json!({"email": "ada@example.com", "id": ids[0], "status": "queued"})
    );
    for (fate, wanted) in fates[1..]
        .iter()
        .zip(["D_WITHDRAWN", "D_NO_BINDING", "D_NO_BINDING"])
    {
        assert_eq!(fate["status"], "refused", "{fate}");
        assert!(fate["codes"].to_string().contains(wanted), "{fate}");
        assert!(fate["sentence"].as_str().unwrap().len() > 20, "{fate}");
    }
    let told = scene.until(ids[0], "delivered");
    assert_eq!(
        (&told["purpose"], &told["attempts"]),
        (&json!("newsletter"), &json!(1))
    );
    let refused = scene.status(ids[1]);
    assert_eq!(refused["status"], "refused");
    assert!(!code(&fates[1]).is_empty() && !refused["sentence"].as_str().unwrap().is_empty());
    let caught = scene.catcher.caught();
    assert_eq!(caught.len(), 1, "nobody else was written to");
    let mail = String::from_utf8(caught[0].raw.clone()).unwrap();
    assert_eq!(caught[0].rcpt_to, "ada@example.com");
    assert!(
        mail.contains("\r\nTo: \"Ada L.\" <ada@example.com>\r\n"),
        "{mail}"
    );
    assert!(mail.contains("\r\nSubject: For Ada\r\n"), "{mail}");
    assert!(
        mail.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"),
        "{mail}"
    );
    assert!(mail.starts_with("DKIM-Signature:"), "{mail}");
    assert!(
        !mail.contains("/o/") && !mail.contains("/c/"),
        "nothing in it measures: {mail}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_links_of_a_message_show_it_say_why_it_came_and_end_it() {
    let scene = Scene::set().await;
    let id = scene.sent(&news(&["bea@example.com"]))[0]["id"].clone();
    scene.until(&id, "delivered");
    let raw = scene.catcher.caught().remove(0).raw;
    let mail = String::from_utf8(raw).unwrap().replace("=\r\n", "");
    let address = scene.address();
    let get = |path: &str| http(&address, &format!("GET {path}"), "", "");
    let why = get(path(&mail, "/why/"));
    assert_eq!(why.status, 200, "{}", why.body);
    assert!(
        why.body.contains("For Bea") && why.body.contains("Your address came"),
        "{}",
        why.body
    );
    let view = get(path(&mail, "/v/"));
    assert!(view.body.contains("Hello Bea"), "{}", view.body);
    let leave = path(&mail, "/u/");
    assert_eq!(get(leave).status, 200);
    assert_eq!(
        scene.sent(&news(&["bea@example.com"]))[0]["status"],
        "queued",
        "GET ends nothing"
    );
    let line = format!("POST {leave}");
    let left = http(&address, &line, "", "List-Unsubscribe=One-Click");
    assert_eq!(left.status, 200, "{}", left.body);
    let next = &scene.sent(&news(&["bea@example.com"]))[0];
    assert_eq!(
        (&next["status"], code(next)),
        (&json!("refused"), "D_WITHDRAWN")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn service_mail_goes_to_those_alone_whose_relationship_somebody_attests() {
    let scene = Scene::set().await;
    let body = json!({
        "to": [{ "email": "gus@example.com", "fields": { "order": 4711 } }],
        "from": { "email": "shop@imark.example", "name": "The shop" },
        "purpose": "service",
        "subject": "Your order {{ order }}",
        "text": "Thank you <3\n\nYour order {{ order }} is on its way.",
        "about": "account",
    });
    let refused = &scene.sent(&body)[0];
    assert!(
        refused["codes"].to_string().contains("D_NO_RELATIONSHIP"),
        "{refused}"
    );
    let attest = |email: &str, running: bool| {
        let body = json!({ "email": email, "running": running }).to_string();
        scene.ask("PUT /api/v1/relationships", "", &body)
    };
    assert_eq!(
        attest("stranger@example.org", true).problem(),
        ("not-found".into(), "email".into())
    );
    let set = attest("gus@example.com", true);
    assert_eq!(set.json()["running"], true, "{}", set.body);
    let fate = &scene.sent(&body)[0];
    assert_eq!(fate["status"], "queued", "{fate}");
    scene.until(&fate["id"], "delivered");
    let mail = String::from_utf8(scene.catcher.caught().remove(0).raw).unwrap();
    assert!(
        mail.contains("From: \"The shop\" <shop@imark.example>")
            || mail.contains("From: The shop <shop@imark.example>"),
        "{mail}"
    );
    assert!(mail.contains("Subject: Your order 4711\r\n"), "{mail}");
    assert!(
        mail.contains("Thank you &lt;3") && mail.contains("is on its way"),
        "{mail}"
    );
    assert!(!mail.contains("List-Unsubscribe"), "{mail}");
    assert_eq!(attest("gus@example.com", false).status, 200);
    assert_eq!(scene.sent(&body)[0]["status"], "refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_put_off_or_bounces_says_so_and_a_dead_address_is_not_tried_again() {
    let scene = Scene::set().await;
    scene.catcher.treat(|rcpt| match rcpt {
        "cem@example.com" => Manner::RefuseRecipient("451 4.7.1 Try again later".to_owned()),
        "dil@example.com" => Manner::RefuseRecipient("550 5.1.1 No such user".to_owned()),
        _ => Manner::Accept,
    });
    let fates = scene.sent(&news(&["cem@example.com", "dil@example.com"]));
    let later = scene.until(&fates[0]["id"], "deferred");
    assert!(
        later["next_attempt_at"].is_string() && later["reply_code"] == 451,
        "{later}"
    );
    let dead = scene.until(&fates[1]["id"], "bounced");
    assert_eq!(
        (&dead["class"], &dead["reply_code"]),
        (&json!("user_unknown"), &json!(550))
    );
    let next = &scene.sent(&news(&["dil@example.com"]))[0];
    assert!(next["codes"].to_string().contains("D_BOUNCED"), "{next}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_has_its_decision_and_its_permit_in_the_ledger_and_can_be_proved() {
    let scene = Scene::set().await;
    let fates = scene.sent(&news(&["edo@example.com", "ivo@example.com"]));
    let id = fates[0]["id"].as_str().unwrap();
    scene.until(&fates[0]["id"], "delivered");
    let Scene { avow, server, .. } = scene;
    server.end();
    let out = avow.path("edo.proof").display().to_string();
    let proved = avow.json(&["prove", id, "--out", &out]);
    assert_eq!(proved["proved"], true, "{proved}");
    let verified = avow.run(&["ledger", "verify", "--account", "imark"]);
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stderr)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_attempt_at_a_single_message_is_told_with_its_time_and_what_was_said() {
    let scene = Scene::set().await;
    scene.catcher.treat(|rcpt| match rcpt {
        "cem@example.com" => Manner::RefuseRecipient("451 4.7.1 Try again later".to_owned()),
        _ => Manner::Accept,
    });
    let fates = scene.sent(&news(&["cem@example.com", "ivo@example.com"]));
    scene.until(&fates[0]["id"], "deferred");
    let explain = |address: &str, more: &[&str]| {
        let words = ["explain", "--account", "imark", "--contact", address];
        scene.avow.json(&[&words[..], more].concat())
    };
    let listed = explain("cem@example.com", &[]);
    let first = &listed["messages"][0];
    assert_eq!(
        (&first["id"], &first["what"], &first["outcome"]),
        (&fates[0]["id"], &json!("newsletter"), &json!("deferred"))
    );
    let id = fates[0]["id"].as_str().unwrap();
    let one = explain("cem@example.com", &["--message", id]);
    let attempt = &one["message"]["put_off"][0];
    assert_eq!(
        (&attempt["n"], &attempt["reply_code"]),
        (&json!(1), &json!(451))
    );
    assert!(one["message"]["next_at"].is_string(), "{one}");
    let refused = fates[1]["id"].as_str().unwrap();
    let no = explain("ivo@example.com", &["--message", refused]);
    assert!(
        no["message"]["reasons"].to_string().contains("D_WITHDRAWN"),
        "{no}"
    );
    let words = [
        "explain",
        "--account",
        "imark",
        "--contact",
        "cem@example.com",
    ];
    let other = scene
        .avow
        .fails(1, &[&words[..], &["--message", refused]].concat());
    assert!(other.contains("there is no message"), "{other}");
}
