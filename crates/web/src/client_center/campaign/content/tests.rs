//! The editor over HTTP, as a browser without scripts uses it; then what it must refuse.

use avow_model::{CampaignId, SourceMode};
use avow_store::CampaignSource;
use axum::http::header::{CONTENT_SECURITY_POLICY, LOCATION};
use axum::http::{Method, StatusCode};
use axum::response::Response;

use crate::client_center::walk_test::{World, text};

struct Editor {
    world: World,
    base: String,
}

fn form(fields: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{name}={}", crate::error::encode(value));
    let pairs: Vec<String> = fields.iter().map(pair).collect();
    pairs.join("&")
}

impl Editor {
    /// A draft of blocks, empty, at revision 1.
    async fn open() -> Self {
        let world = World::new().await;
        let base = world.fill("/a/{account}/campaigns/{campaign}/content");
        let editor = Self { world, base };
        let began = editor
            .post(
                "/mode",
                &[("revision", "0"), ("to", "blocks"), ("sure", "yes")],
            )
            .await;
        assert_eq!(began.status(), StatusCode::SEE_OTHER);
        editor
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let path = format!("{}{path}", self.base);
        let form = form(fields);
        self.world
            .ask(Method::POST, &path, &self.world.member, &form)
            .await
    }

    async fn source(&self) -> CampaignSource {
        let id: CampaignId = self.world.fill("{campaign}").parse().unwrap();
        self.world
            .ours()
            .campaign_source(id)
            .await
            .unwrap()
            .unwrap()
    }

    /// A change over the revision that is kept.
    async fn change(&self, fields: &[(&str, &str)]) -> Response {
        let revision = self.source().await.revision.to_string();
        let mut all = vec![("revision", revision.as_str())];
        all.extend_from_slice(fields);
        self.post("/change", &all).await
    }

    async fn added(&self, kind: &str) {
        let answer = self
            .change(&[("do", "add"), ("kind", kind), ("place", "end")])
            .await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{kind}");
    }

    async fn page(&self, query: &str) -> String {
        let page = self
            .world
            .get(&format!("{}{query}", self.base), &self.world.member)
            .await;
        assert_eq!(page.status(), StatusCode::OK);
        text(page).await
    }
}

fn to(answer: &Response) -> String {
    answer.headers()[LOCATION].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn without_a_script_blocks_are_added_written_moved_copied_and_removed_by_forms() {
    let editor = Editor::open().await;
    editor.added("heading").await;
    editor.added("text").await;
    let set = editor
        .change(&[
            ("do", "set"),
            ("id", "1"),
            ("text", "Spring"),
            ("level", "title"),
            ("align", "center"),
            ("ground", "accent"),
        ])
        .await;
    assert!(to(&set).ends_with("?open=1#b1"), "{}", to(&set));
    editor
        .change(&[
            ("do", "set"),
            ("id", "2"),
            ("text", "**Hello** {{ name | fallback(\"you\") }}"),
        ])
        .await;
    editor.change(&[("do", "up"), ("id", "2")]).await;
    editor.change(&[("do", "copy"), ("id", "2")]).await;
    let source = editor.source().await;
    assert_eq!(source.mode(), SourceMode::Blocks);
    let body = &source.content.body;
    let at = |words: &str| {
        body.find(words)
            .unwrap_or_else(|| panic!("{words}: {body}"))
    };
    assert!(at("<strong>Hello</strong>") < at(">Spring</h1>"));
    assert_eq!(body.matches("<strong>Hello</strong>").count(), 2);
    assert!(source.content.text.unwrap().contains("Spring\n======"));
    editor.change(&[("do", "remove"), ("id", "2")]).await;
    let page = editor.page("?open=1").await;
    assert!(
        page.contains("value=\"Spring\"") && page.contains("place 2 of 2"),
        "{page}"
    );
    let frame = editor
        .world
        .get(&format!("{}/frame", editor.base), &editor.world.member)
        .await;
    let policy = frame.headers()[CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.starts_with("sandbox allow-same-origin;")
            && !policy.contains("allow-scripts")
            && policy.contains("default-src 'none'")
    );
    let frame = text(frame).await;
    assert!(
        frame.contains("Hello</strong> you") && frame.contains("Here your policy says why"),
        "{frame}"
    );
}

#[tokio::test]
async fn a_script_that_somebody_types_is_shown_as_text_and_a_javascript_link_is_refused_and_stays_typed()
 {
    let editor = Editor::open().await;
    editor.added("text").await;
    editor
        .change(&[
            ("do", "set"),
            ("id", "1"),
            ("text", "<script>alert(1)</script>"),
        ])
        .await;
    let body = editor.source().await.content.body;
    assert!(
        body.contains("&lt;script&gt;") && !body.contains("<script"),
        "{body}"
    );
    let frame = editor
        .world
        .get(&format!("{}/frame", editor.base), &editor.world.member)
        .await;
    assert!(!text(frame).await.contains("<script"));
    let bad = editor
        .change(&[
            ("do", "set"),
            ("id", "1"),
            ("text", "[win](javascript:alert(1))"),
        ])
        .await;
    assert_eq!(bad.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = text(bad).await;
    assert!(
        page.contains("cannot stand in a mail: begin it with https:&#x2f;&#x2f;"),
        "{page}"
    );
    assert!(
        page.contains("[win](javascript:alert(1))"),
        "what was typed is gone"
    );
    assert!(
        editor
            .source()
            .await
            .content
            .body
            .contains("&lt;script&gt;"),
        "the old text is kept"
    );
}

#[tokio::test]
async fn two_windows_do_not_overwrite_each_other() {
    let editor = Editor::open().await;
    editor.added("text").await;
    let mine = [
        ("revision", "2"),
        ("do", "set"),
        ("id", "1"),
        ("text", "mine"),
    ];
    assert_eq!(
        editor.post("/change", &mine).await.status(),
        StatusCode::SEE_OTHER
    );
    let theirs = [
        ("revision", "2"),
        ("do", "set"),
        ("id", "1"),
        ("text", "theirs"),
    ];
    let late = editor.post("/change", &theirs).await;
    assert_eq!(late.status(), StatusCode::CONFLICT);
    assert!(text(late).await.contains("changed this draft meanwhile"));
    let source = editor.source().await;
    assert!(source.content.body.contains(">mine</p>"));
    for path in ["/source", "/mode", "/document"] {
        let fields = [
            ("revision", "1"),
            ("to", "html"),
            ("sure", "yes"),
            ("document", "{}"),
        ];
        assert_eq!(
            editor.post(path, &fields).await.status(),
            StatusCode::CONFLICT,
            "{path}"
        );
    }
}

#[tokio::test]
async fn what_no_page_of_ours_sends_changes_nothing() {
    let editor = Editor::open().await;
    editor.added("text").await;
    let before = editor.source().await;
    for fields in [
        vec![("do", "add"), ("kind", "html"), ("place", "end")],
        vec![("do", "add"), ("kind", "text"), ("place", "before:77")],
        vec![("do", "put"), ("id", "1"), ("place", "column:1:0")],
        vec![("do", "up"), ("id", "1")],
        vec![("do", "explode"), ("id", "1")],
        vec![("do", "set"), ("id", "9"), ("text", "x")],
        vec![("do", "text"), ("made", "no"), ("text", "  ")],
        vec![("do", "theme"), ("accent", "red; background: url(x)")],
    ] {
        let answer = editor.change(&fields).await;
        assert!(
            answer.status().is_client_error(),
            "{fields:?}: {}",
            answer.status()
        );
    }
    let many: Vec<String> = (0..101)
        .map(|n| format!("{{\"id\":{n},\"type\":\"divider\"}}"))
        .collect();
    let many = format!("{{\"blocks\":[{}]}}", many.join(","));
    for document in [
        "",
        "{}",
        "[]",
        "{\"blocks\":[{\"id\":1,\"type\":\"html\"}]}",
        many.as_str(),
    ] {
        let fields = [("revision", "2"), ("document", document)];
        let answer = editor.post("/document", &fields).await;
        assert_eq!(
            answer.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{document:.80}"
        );
    }
    assert_eq!(editor.source().await, before);
}

#[tokio::test]
async fn mjml_goes_on_from_the_blocks_says_its_faults_at_their_lines_and_nothing_leads_back() {
    let editor = Editor::open().await;
    editor.added("heading").await;
    editor
        .change(&[("do", "set"), ("id", "1"), ("text", "Spring")])
        .await;
    let unsure = editor
        .post("/mode", &[("revision", "3"), ("to", "mjml")])
        .await;
    assert_eq!(unsure.status(), StatusCode::UNPROCESSABLE_ENTITY);
    editor
        .post(
            "/mode",
            &[("revision", "3"), ("to", "mjml"), ("sure", "yes")],
        )
        .await;
    let source = editor.source().await;
    assert_eq!((source.mode(), source.revision), (SourceMode::Mjml, 4));
    assert!(source.content.body.contains(">Spring</h2>"));
    let broken =
        "<mjml>\n<mj-body>\n<mj-section>\n{{ first_name | shout }}\n</mj-section></mj-body></mjml>";
    let saved = editor
        .post(
            "/source",
            &[("revision", "4"), ("body", broken), ("text", "")],
        )
        .await;
    assert_eq!(saved.status(), StatusCode::SEE_OTHER);
    let page = editor.page("").await;
    assert!(
        page.contains("data-line-number=\"4\"") && page.contains("there is no filter `shout`"),
        "{page}"
    );
    assert!(
        page.contains("<code>{{ first_name | shout }}</code>"),
        "{page}"
    );
    let late = editor
        .post(
            "/change",
            &[("revision", "5"), ("do", "remove"), ("id", "1")],
        )
        .await;
    assert_eq!(late.status(), StatusCode::CONFLICT);
}

#[tokio::test]
async fn the_envelope_is_changed_without_what_the_message_says() {
    let editor = Editor::open().await;
    editor.added("divider").await;
    let body = editor.source().await.content.body;
    let fields = [
        ("name", "Spring"),
        ("purpose", "newsletter"),
        ("from_name", "Ours"),
        ("from_address", "news@ours.example"),
        ("subject", "Another"),
    ];
    let path = editor.base.replace("/content", "/edit");
    let answer = editor
        .world
        .ask(Method::POST, &path, &editor.world.member, &form(&fields))
        .await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let source = editor.source().await;
    assert_eq!(
        (source.content.subject.as_str(), source.mode()),
        ("Another", SourceMode::Blocks)
    );
    assert_eq!(source.content.body, body);
}
