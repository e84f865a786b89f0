//! The rehearsal mailbox: what arrived, as shown, as text, its headers, its source, and faults on demand.

use super::demo::Demo;

#[tokio::test]
async fn the_mailbox_shows_a_mail_in_all_its_forms_and_makes_the_server_misbehave() {
    let Some(demo) = Demo::open().await else {
        return;
    };
    let browser = &demo.browser;
    demo.log_in().await;
    demo.go("/a/imark/rehearsal").await;
    browser.look("mailbox").await;
    browser.follow("tr[data-row] a").await;
    let mail = demo.here().await;
    browser.look("mail-html").await;
    let frame = browser.attribute("iframe", "src").await;
    for (view, sign) in [
        ("text", "http"),
        ("headers", "DKIM-Signature"),
        ("source", "Content-Transfer-Encoding: quoted-printable"),
    ] {
        demo.go(&format!("{mail}?view={view}")).await;
        browser.look(&format!("mail-{view}")).await;
        let told = browser.text("main").await;
        assert!(told.contains(sign), "{view}: {told}");
    }
    demo.go(&frame).await;
    assert!(!browser.text("body").await.is_empty());
    let in_browser = demo.link_in(&mail, "/v/").await;
    demo.go(&in_browser).await;
    browser.show("mail-in-browser").await;

    demo.go("/a/imark/rehearsal").await;
    browser.toggle("details summary").await;
    browser.look("mailbox-faults").await;
    browser.type_in("input[name=latency_ms]", "5").await;
    browser.follow("details button.main").await;
    assert!(browser.has("details[open]").await);
    browser.look("mailbox-faults-on").await;
    demo.close().await;
}
