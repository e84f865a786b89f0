//! A marketer's way: log in, read the report, open the people behind a number, write and check a campaign.

use super::demo::{Demo, PEOPLE};

#[tokio::test]
async fn a_marketer_reads_a_report_whose_numbers_open_their_people() {
    let Some(demo) = Demo::open().await else {
        return;
    };
    let browser = &demo.browser;
    demo.go("/login").await;
    browser.look("log-in").await;
    demo.log_in().await;
    demo.go("/accounts").await;
    browser.look("accounts").await;
    demo.go("/a/imark/campaigns").await;
    browser.look("campaigns").await;
    browser.follow("tr[data-row] a").await;
    browser.look("campaign").await;
    let campaign = demo.here().await;

    demo.go(&format!("{campaign}/report")).await;
    browser.look("report").await;
    let told = browser.text("main").await;
    assert!(told.contains(PEOPLE), "{told}");
    let refused = "ul.key a[href$='state=refused'] .n";
    let number: usize = browser.text(refused).await.parse().unwrap();
    browser.follow(refused).await;
    browser.look("people").await;
    let people = browser.count("tr[data-row]").await;
    assert_eq!(people, number.min(50), "the number opens its people");
    let reason = browser.text("tr[data-row] td[data-label=Why]").await;
    assert!(!reason.is_empty());
    browser.follow("tr[data-row] a").await;
    browser.look("message").await;
    let told = browser.text("main").await.to_lowercase();
    assert!(told.contains("refused"), "{told}");
    demo.close().await;
}

#[tokio::test]
async fn a_marketer_writes_a_draft_and_is_told_who_will_get_it() {
    let Some(demo) = Demo::open().await else {
        return;
    };
    let browser = &demo.browser;
    demo.log_in().await;
    demo.go("/a/imark/campaigns/new").await;
    browser.look("new-campaign").await;
    browser.type_in("input[name=name]", "December letter").await;
    browser
        .type_in("input[name=subject]", "What is new in December")
        .await;
    browser.follow("main form button.main").await;
    browser.find("ol.reports-steps a[href$='/check']").await;
    let here = demo.here().await;
    let draft = here.split(['?', '#']).next().unwrap();
    let draft = draft.trim_end_matches("/content");
    for view in ["edit", "preview", "check"] {
        demo.go(&format!("{draft}/{view}")).await;
        browser.look(view).await;
    }
    let told = browser.text("main").await;
    assert!(
        told.contains("will get this") && told.contains("withdrew"),
        "{told}"
    );
    demo.close().await;
}

#[tokio::test]
async fn every_other_page_of_the_client_center_stands() {
    let Some(demo) = Demo::open().await else {
        return;
    };
    let browser = &demo.browser;
    demo.log_in().await;
    for page in ["contacts", "imports", "policy", "policy/1"] {
        demo.go(&format!("/a/imark/{page}")).await;
        browser.look(&page.replace('/', "-")).await;
    }
    demo.go("/a/imark/contacts").await;
    browser.follow("tr[data-row] a").await;
    browser.look("contact").await;
    demo.go("/a/imark/contacts?q=nobody-of-this-name").await;
    browser.look("contacts-none").await;
    demo.go("/a/imark/nothing-here").await;
    browser.look("not-here").await;
    demo.close().await;
}
