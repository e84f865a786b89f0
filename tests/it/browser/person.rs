//! A person's way: sign up, confirm from the mail, choose, leave.

use super::demo::Demo;

impl Demo {
    /// The form does not believe who is faster than people; a browser that is driven sometimes is.
    async fn press_again_if_too_fast(&self) {
        let told = "faster than people type";
        while self.browser.text("main").await.contains(told) {
            self.browser.follow("main button").await;
        }
    }
}

const ADDRESS: &str = "dora@example.org";

#[tokio::test]
async fn a_person_signs_up_confirms_from_the_mail_chooses_and_leaves() {
    let Some(demo) = Demo::open().await else {
        return;
    };
    let browser = &demo.browser;
    demo.go("/f/imark/signup").await;
    browser.look("form").await;
    browser.follow("main button").await;
    demo.press_again_if_too_fast().await;
    browser.look("form-faults").await;
    assert!(browser.has("input[aria-invalid=true]").await);
    browser.type_in("input[name=email]", ADDRESS).await;
    browser.toggle("input[name=purpose]").await;
    browser.follow("main button").await;
    demo.press_again_if_too_fast().await;
    browser.look("form-sent").await;
    assert!(browser.text("main").await.contains("mail"));

    demo.log_in().await;
    let mail = demo.newest_mail(ADDRESS).await;
    let confirm = demo.link_in(&mail, "/confirm/").await;
    demo.go(&confirm).await;
    browser.look("confirm").await;
    assert!(browser.text(".address").await.ends_with("@example.org"));
    browser.follow("main button").await;
    browser.look("confirmed").await;
    assert!(browser.text("main").await.contains("signed up"));

    demo.go("/confirm/forged").await;
    browser.look("bad-link").await;
    demo.go("/policy/imark").await;
    browser.look("public-policy").await;
    demo.close().await;
}

#[tokio::test]
async fn a_reader_asks_why_changes_a_choice_and_stops_the_mail() {
    let Some(demo) = Demo::open().await else {
        return;
    };
    let browser = &demo.browser;
    demo.log_in().await;
    let mail = demo.newest_mail("").await;
    let leave = demo.link_in(&mail, "/u/").await;
    let choose = demo.link_in(&mail, "/p/").await;

    demo.go(&leave).await;
    browser.look("unsubscribe").await;
    browser.follow("main a[href*='/why/']").await;
    browser.look("why").await;
    demo.go(&choose).await;
    browser.look("preferences").await;
    assert!(browser.has("input[value=newsletter]:checked").await);
    browser.toggle("input[value=newsletter]").await;
    browser.follow("button[value=save]").await;
    browser.look("preferences-saved").await;
    assert!(!browser.has("input[value=newsletter]:checked").await);
    browser.toggle("input[value=newsletter]").await;
    browser.follow("button[value=save]").await;
    assert!(browser.has("input[value=newsletter]:checked").await);

    demo.go(&leave).await;
    browser.follow("main form button").await;
    browser.look("unsubscribed").await;
    assert!(browser.text("main").await.contains("in effect"));
    demo.go(&choose).await;
    assert!(!browser.has("input[value=newsletter]:checked").await);
    demo.close().await;
}
