//! The log of events: what a program reads on from its last look.

use std::collections::BTreeSet;

use avow_testkit::Manner;
use serde_json::{Value, json};

use super::{LOOKS_MAX, Scene, http, key, news};

/// Everything after a cursor, page by page; gives the last page's cursor.
fn read_on(scene: &Scene, key: &str, after: &str) -> (Vec<Value>, String) {
    let (mut events, mut after) = (Vec::new(), after.to_owned());
    loop {
        let line = format!("GET /api/v1/events?limit=3&after={after}");
        let header = format!("Authorization: Bearer {key}\r\n");
        let answer = http(&scene.address(), &line, &header, "");
        assert_eq!(answer.status, 200, "{}", answer.body);
        let page = answer.json();
        events.extend(page["events"].as_array().unwrap().iter().cloned());
        page["next"].as_str().unwrap().clone_into(&mut after);
        if page["more"] == false {
            return (events, after);
        }
    }
}

fn types(events: &[Value]) -> BTreeSet<&str> {
    events.iter().map(|e| e["type"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_is_told_once_in_pages_and_by_the_command() {
    let scene = Scene::set().await;
    let reader = key(&scene.avow, "reader", &["events"]);
    scene.catcher.treat(|rcpt| match rcpt {
        "dil@example.com" => {
            Manner::RefuseRecipient("550 5.1.1 <dil@example.com> unknown".to_owned())
        }
        _ => Manner::Accept,
    });
    let fates = scene.sent(&news(&[
        "ada@example.com",
        "dil@example.com",
        "ivo@example.com",
    ]));
    scene.until(&fates[0]["id"], "delivered");
    scene.until(&fates[1]["id"], "bounced");
    let wanted: BTreeSet<&str> = [
        "address_ended",
        "bounced",
        "delivered",
        "refused",
        "unsubscribed",
    ]
    .into();
    // Numbers are given each second by the running server.
    let read = || read_on(&scene, &reader, "");
    let all = (0..LOOKS_MAX).find_map(|_| {
        scene.avow.json(&["account", "list"]);
        let (events, next) = read();
        wanted.is_subset(&types(&events)).then_some((events, next))
    });
    let (events, next) = all.unwrap_or_else(|| panic!("{:?}", read().0));
    let ids: BTreeSet<&str> = events.iter().map(|e| e["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), events.len(), "each once");
    let of = |kind: &str| events.iter().find(|e| e["type"] == kind).unwrap();
    assert_eq!(of("delivered")["message"], fates[0]["id"]);
    assert_eq!(of("bounced")["reply"], "550 5.1.1 <…> unknown");
    assert_eq!(of("bounced")["reply_code"], 550);
    assert!(
        !json!(events).to_string().contains("@example"),
        "{events:?}"
    );
    assert_eq!(
        read_on(&scene, &reader, &next).0,
        [Value::Null; 0],
        "nothing twice"
    );
    let before = of("delivered")["cursor"].as_str().unwrap();
    let rest = read_on(&scene, &reader, before).0;
    assert!(rest.len() < events.len() && !rest.contains(of("delivered")));

    let lines = scene.avow.run(&["events", "--account", "imark"]).stdout;
    let lines: Vec<Value> = String::from_utf8(lines)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let number = |events: &[Value]| {
        events
            .iter()
            .filter(|e| e["message"] == fates[0]["id"])
            .count()
    };
    assert_eq!(number(&lines), number(&events));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_cannot_be_used_says_which_word_of_it() {
    let scene = Scene::set().await;
    let reader = key(&scene.avow, "reader", &["events"]);
    let ask = |key: &str, query: &str| {
        let header = format!("Authorization: Bearer {key}\r\n");
        http(
            &scene.address(),
            &format!("GET /api/v1/events{query}"),
            &header,
            "",
        )
    };
    for (query, field) in [
        ("?after=never", "after"),
        ("?limit=0", "limit"),
        ("?limit=100000", "limit"),
        ("?types=delivered,eaten", "types"),
    ] {
        assert_eq!(
            ask(&reader, query).problem(),
            ("field".into(), field.into()),
            "{query}"
        );
    }
    assert_eq!(ask(&reader, "?since=1").problem().0, "form");
    assert_eq!(ask(&scene.key, "").problem().0, "scope");
}
