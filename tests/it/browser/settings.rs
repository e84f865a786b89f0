//! The owner's way through the settings: each page stands, codes are turned on and asked for, a key is made.

use super::demo::Demo;

#[tokio::test]
async fn an_owner_finds_each_page_of_the_settings_and_invites_somebody() {
    let Some(demo) = Demo::open().await else {
        return;
    };
    let browser = &demo.browser;
    demo.go("/forgot").await;
    browser.look("forgot").await;
    demo.log_in().await;
    for page in ["you", "people", "keys", "sending", "audit", "you/codes"] {
        demo.go(&format!("/a/imark/settings/{page}")).await;
        browser
            .look(&format!("settings-{}", page.replace('/', "-")))
            .await;
    }
    demo.go("/a/imark/settings/people").await;
    browser
        .type_in("input[name=address]", "grace@example.org")
        .await;
    browser.follow("main form button.main").await;
    browser.look("settings-people-invited").await;
    let told = browser.text("main").await;
    assert!(told.contains("Invited, not here yet"), "{told}");
    let mail = demo.newest_mail("grace").await;
    let link = demo.link_in(&mail, "/invite/").await;
    demo.go(&link).await;
    browser.look("invitation").await;
    demo.go("/a/imark/settings/keys").await;
    browser.type_in("input[name=name]", "shop").await;
    browser.follow("main form button.main").await;
    browser.look("settings-keys-made").await;
    let told = browser.text("main").await;
    assert!(told.contains("avow_"), "{told}");
    demo.go("/a/imark/settings/audit").await;
    let told = browser.text("main").await;
    assert!(told.contains("made the API key “shop”"), "{told}");
    demo.close().await;
}
