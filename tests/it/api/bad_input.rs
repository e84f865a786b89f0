//! Calls that cannot be used: each is told what to mend, and nothing of it is kept.

use serde_json::{Value, json};

use super::{Scene, news};

fn with(change: impl FnOnce(&mut Value)) -> String {
    let mut body = news(&["ada@example.com"]);
    change(&mut body);
    body.to_string()
}

/// A body, and what is said of it: status, type and field.
type Row = (String, (u16, &'static str, &'static str));

fn about_people() -> Vec<Row> {
    let many = |n| json!({ "email": format!("p{n}@example.com") });
    let many: Value = (0..101).map(many).collect();
    let twice = json!([{ "email": "ada@example.com" }, { "email": "ADA@example.com" }]);
    let to = |to: Value| with(|b| b["to"] = to);
    let her = |key: &str, value: Value| with(|b| b["to"][0][key] = value);
    let from = |from: Value| with(|b| b["from"] = from);
    vec![
        (her("age", json!(3)), (400, "form", "age")),
        (to(json!([])), (422, "field", "to")),
        (to(many), (422, "field", "to")),
        (to(twice), (422, "field", "to[1].email")),
        (her("email", json!("ada")), (422, "field", "to[0].email")),
        (
            her("name", json!("Ada\r\nBcc: x@example.com")),
            (422, "field", "to[0].name"),
        ),
        (
            her("fields", json!({ "n": [1] })),
            (422, "field", "to[0].fields.n"),
        ),
        (
            from(json!({ "email": "ceo@example.com" })),
            (422, "field", "from.email"),
        ),
        (
            from(json!({ "email": "a@imark.example", "name": "A\nB" })),
            (422, "field", "from.name"),
        ),
    ]
}

fn about_content() -> Vec<Row> {
    let set = |key: &str, value: Value| with(|b| b[key] = value);
    let without = with(|b| drop(b.as_object_mut().unwrap().remove("purpose")));
    vec![
        ("{".to_owned(), (400, "form", "")),
        (set("bcc", json!("x@example.com")), (400, "form", "bcc")),
        (without, (400, "form", "purpose")),
        (
            set("subject", json!("Hi\r\nBcc: x@example.com")),
            (422, "field", "subject"),
        ),
        (
            set("subject", json!("x".repeat(999))),
            (422, "field", "subject"),
        ),
        (set("subject", json!(" ")), (422, "content", "")),
        (set("purpose", json!("a b")), (422, "field", "purpose")),
        (set("purpose", json!("spam")), (422, "field", "purpose")),
        (set("purpose", json!("measure")), (422, "field", "purpose")),
        (set("mjml", json!("<mjml></mjml>")), (422, "field", "mjml")),
        (set("html", Value::Null), (422, "field", "html")),
        (set("html", json!("{% for x %}")), (422, "content", "")),
        (set("about", json!("a b")), (422, "field", "about")),
        (
            set("text", json!("x".repeat(2 * 1024 * 1024))),
            (413, "too-large", ""),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_cannot_be_used_names_the_field_and_keeps_nothing() {
    let scene = Scene::set().await;
    for (body, (status, word, field)) in about_people().iter().chain(&about_content()) {
        let answer = scene.ask("POST /api/v1/messages", "", body);
        let shown = &body[..body.len().min(300)];
        assert_eq!(answer.status, *status, "{shown}: {}", answer.body);
        let problem = answer.problem();
        assert_eq!((&*problem.0, &*problem.1), (*word, *field), "{shown}");
    }
    let mut broken = news(&["bea@example.com"]);
    broken["html"] = json!("{{ x");
    for (second, word, field) in [
        (news(&["nobody"]), "field", "messages[1].to[0].email"),
        (broken, "content", "messages[1]"),
    ] {
        let batch = json!({ "messages": [news(&["ada@example.com"]), second] });
        let answer = scene.ask("POST /api/v1/messages/batch", "", &batch.to_string());
        assert_eq!(answer.problem(), (word.to_owned(), field.to_owned()));
    }
    for (line, status) in [
        ("GET /api/v1/messages/og_0000000000000", 404),
        ("GET /api/v1/messages/x", 404),
        ("GET /api/v2/messages", 404),
        ("GET /api/v1/messages", 405),
    ] {
        assert_eq!(scene.ask(line, "", "").status, status, "{line}");
    }
    let fate = &scene.sent(&news(&["ada@example.com"]))[0];
    scene.until(&fate["id"], "delivered");
    assert_eq!(scene.catcher.total(), 1, "nothing of all that was kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_fields_end_no_header_and_run_nothing() {
    let scene = Scene::set().await;
    let mut body = news(&["ada@example.com"]);
    body["subject"] = json!("For {{ who }}");
    body["html"] = json!("<p>{{ who }}</p>");
    body["to"][0]["fields"] =
        json!({ "who": "x\r\nBcc: y@example.com\r\n\r\n<script>{{ 7*7 }}</script>" });
    let fate = &scene.sent(&body)[0];
    scene.until(&fate["id"], "delivered");
    let mail = String::from_utf8(scene.catcher.caught().remove(0).raw).unwrap();
    let (head, content) = mail.split_once("\r\n\r\n").unwrap();
    assert!(!head.contains("\r\nBcc"), "{head}");
    let (_, page) = content.split_once("text/html").unwrap();
    assert!(page.contains("&lt;script&gt;{{ 7*7 }}"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_calls_too_often_is_told_to_wait() {
    let scene = Scene::set().await;
    let refused = (0..1_300).map(|_| scene.ask("GET /api/v1/messages/x", "", ""));
    let refused = refused.into_iter().find(|answer| answer.status == 429);
    let refused = refused.expect("600 calls a minute are the share of a key");
    assert_eq!(refused.problem().0, "too-many-calls");
    assert!(
        refused.head.to_lowercase().contains("retry-after: 60"),
        "{}",
        refused.head
    );
}
