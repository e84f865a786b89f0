//! A campaign's way: duplicated, scheduled, taken off, tested; the report's numbers opened and taken along.

use super::demo::Demo;

/// Types a day and an hour as the field has them, however the browser's language writes them.
async fn choose_hour(demo: &Demo, hour: &str, zone: &str) {
    let script = format!(
        "document.querySelector('#wall').value = {hour}; document.querySelector('#zone').value = '{zone}';"
    );
    demo.browser.page.execute(script, Vec::new()).await.unwrap();
}

const IN_TWO_DAYS: &str = "new Date(Date.now() + 2 * 864e5).toISOString().slice(0, 16)";
const TWO_DAYS_AGO: &str = "new Date(Date.now() - 2 * 864e5).toISOString().slice(0, 16)";

/// A draft like the newest campaign, and its address.
async fn duplicated(demo: &Demo) -> String {
    demo.go("/a/imark/campaigns?state=ended").await;
    demo.browser.follow("tr[data-row] a").await;
    demo.browser
        .follow("form[action$='/duplicate'] button")
        .await;
    let told = demo.browser.text("main").await;
    assert!(told.contains("This is a new draft"), "{told}");
    let here = demo.here().await;
    here.split("/edit").next().unwrap().to_owned()
}

#[tokio::test]
async fn a_copy_is_scheduled_shown_in_the_list_and_taken_off_again() {
    let Some(demo) = Demo::open().await else {
        return;
    };
    let browser = &demo.browser;
    demo.log_in().await;
    let draft = duplicated(&demo).await;
    demo.go(&format!("{draft}/schedule")).await;
    browser.look("schedule").await;
    assert_eq!(browser.count("a[aria-current=step]").await, 1);

    choose_hour(&demo, TWO_DAYS_AGO, "UTC").await;
    browser
        .follow("form[action$='/schedule'] button.main")
        .await;
    let told = browser.text("main").await;
    assert!(told.contains("is past"), "{told}");
    browser.look("schedule-past").await;
    choose_hour(&demo, IN_TWO_DAYS, "Europe/Atlantis").await;
    browser
        .follow("form[action$='/schedule'] button.main")
        .await;
    let told = browser.text("main").await;
    assert!(told.contains("is no time zone"), "{told}");

    choose_hour(&demo, IN_TWO_DAYS, "Europe/Berlin").await;
    browser
        .follow("form[action$='/schedule'] button.main")
        .await;
    let told = browser.text("main").await;
    assert!(told.contains("in Europe/Berlin (+0"), "{told}");
    browser.look("scheduled").await;
    demo.go("/a/imark/campaigns?state=scheduled").await;
    browser.look("campaigns-scheduled").await;
    assert_eq!(browser.count("tr[data-row]").await, 1);
    demo.go("/a/imark/campaigns?q=no-campaign-of-this-name")
        .await;
    assert_eq!(browser.count("tr[data-row]").await, 0);
    browser.look("campaigns-none").await;

    demo.go(&format!("{draft}/schedule")).await;
    browser.follow("form[action$='/unschedule'] button").await;
    let told = browser.text("main").await;
    assert!(told.contains("off the schedule"), "{told}");
    demo.go("/a/imark/campaigns?state=scheduled").await;
    assert_eq!(browser.count("tr[data-row]").await, 0);
    demo.close().await;
}

#[tokio::test]
async fn a_test_goes_to_people_of_the_account_and_to_no_stranger() {
    let Some(demo) = Demo::open().await else {
        return;
    };
    let browser = &demo.browser;
    demo.log_in().await;
    let draft = duplicated(&demo).await;
    demo.go(&format!("{draft}/check")).await;
    browser.look("check-inboxes").await;
    let own = browser.attribute("#to", "value").await;
    browser
        .page
        .execute(
            "document.querySelector('#to').value = 'stranger@example.org';",
            Vec::new(),
        )
        .await
        .unwrap();
    browser.follow("form[action$='/tests'] button").await;
    let told = browser.text("main").await;
    assert!(told.contains("a test goes to nobody else"), "{told}");
    demo.go(&format!("{draft}/check")).await;
    browser.follow("form[action$='/tests'] button").await;
    let mail = demo.newest_mail(&own).await;
    demo.go(&mail).await;
    let told = browser.text("main").await;
    assert!(told.contains("[Test]"), "{told}");
    demo.close().await;
}
