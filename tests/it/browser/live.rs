//! A send as the marketer watches it: numbers move while the page stays.

use super::demo::Demo;

/// Of each answer of the rehearsal's mail server: slow enough that a send can be watched.
const LATENCY_MS: &str = "4000";
/// Looks at a page before a test gives up; each is a round trip to the browser, and the page moves each second.
const LOOKS_MAX: usize = 20_000;

const PAUSE: &str = "form[action$='/state']:has([value=paused]) button";
const RESUME: &str = "form[action$='/state']:has([value=sending]) button";

impl Demo {
    /// Writes a campaign and sends it; the receiving server answers late. Gives the campaign's path.
    async fn send_slowly(&self) -> String {
        let browser = &self.browser;
        self.go("/a/imark/rehearsal").await;
        browser.toggle("details summary").await;
        browser.type_in("#latency_ms", LATENCY_MS).await;
        browser.follow("details form button.main").await;
        self.go("/a/imark/campaigns/new").await;
        browser.type_in("input[name=name]", "December letter").await;
        browser
            .type_in("input[name=subject]", "What is new in December")
            .await;
        browser.follow("main form button.main").await;
        let here = self.here().await;
        let draft = here.split(['?', '#']).next().unwrap();
        let draft = draft.trim_end_matches("/content").to_owned();
        for _ in 0..LOOKS_MAX {
            self.go(&format!("{draft}/check")).await;
            if browser.has("form.send button.main").await {
                break;
            }
        }
        browser.follow("form.send button.main").await;
        draft
    }
}

#[tokio::test]
async fn numbers_of_a_send_move_on_a_page_that_is_not_loaded_again() {
    let Some(demo) = Demo::open().await else {
        return;
    };
    let browser = &demo.browser;
    demo.log_in().await;
    demo.go("/a/imark/delivery").await;
    let idle = browser.text("[data-say]").await;
    assert_eq!(idle, "Nothing is on its way.");
    browser.look("delivery-idle").await;

    // Paused before anything is looked at for long: the send waits for the eye then, however slow the machine is.
    let campaign = demo.send_slowly().await;
    demo.go(&campaign).await;
    browser.follow(PAUSE).await;
    let told = browser.text("main").await;
    assert!(told.contains("Paused."), "{told}");
    browser.look("campaign-live").await;
    browser.follow(RESUME).await;

    demo.go("/a/imark/delivery").await;
    let mark = "window.stays = true";
    browser.page.execute(mark, Vec::new()).await.unwrap();
    let before = browser.text("[data-say]").await;
    let mut after = before.clone();
    for _ in 0..LOOKS_MAX {
        after = browser.text("[data-say]").await;
        if after != before {
            break;
        }
    }
    assert_ne!(after, before, "nothing moved");
    let stays = "return window.stays === true";
    let stays = browser.page.execute(stays, Vec::new()).await.unwrap();
    assert_eq!(
        stays.json().as_bool(),
        Some(true),
        "the page was loaded again"
    );
    browser.look("delivery").await;
    demo.close().await;
}
