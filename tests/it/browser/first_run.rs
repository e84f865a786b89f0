//! The first run, whole: from `avow serve` on an empty folder to a campaign delivered in the rehearsal, as somebody does
//! it who has never seen the program. Clicks and fields are counted: docs/first-run.md names the number.

use std::cell::Cell;
use std::net::TcpListener;

use super::driver::Browser;
use crate::avow::Avow;
use crate::process::Process;

/// Clicks from the first page to a delivered campaign; more is a step back.
const CLICKS_MAX: u32 = 13;
/// Fields and boxes that have to be filled in.
const FIELDS_MAX: u32 = 5;

/// A new installation, and a hand that counts.
struct Newcomer {
    browser: Browser,
    process: Process,
    base: String,
    clicks: Cell<u32>,
    fields: Cell<u32>,
    _avow: Avow,
}

impl Newcomer {
    /// `None` where there is no Chromium.
    async fn arrive() -> Option<Self> {
        let browser = Browser::start().await?;
        let avow = Avow::new();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = listener.local_addr().unwrap().to_string();
        drop(listener);
        let process = Process::start(&mut avow.command(&["serve", "--listen", &listen]));
        Some(Self {
            browser,
            process,
            base: format!("http://{listen}"),
            clicks: Cell::new(0),
            fields: Cell::new(0),
            _avow: avow,
        })
    }

    async fn go(&self, path: &str) {
        let url = path.replacen(&self.base, "", 1);
        let url = format!("{}{url}", self.base);
        self.browser.page.goto(url).await.unwrap();
    }

    async fn here(&self) -> String {
        let url = self.browser.page.current_url().await.unwrap();
        url.as_str().replacen(&self.base, "", 1)
    }

    async fn click(&self, css: &str) {
        self.clicks.set(self.clicks.get() + 1);
        self.browser.follow(css).await;
    }

    async fn fill(&self, css: &str, text: &str) {
        self.fields.set(self.fields.get() + 1);
        self.browser.type_in(css, text).await;
    }

    async fn tick(&self, css: &str) {
        self.clicks.set(self.clicks.get() + 1);
        self.browser.toggle(css).await;
    }

    /// Waits until a page that renews itself shows this. Nobody clicks for it.
    async fn wait_for(&self, css: &str) {
        for _ in 0..LOOKS_MAX {
            if self.browser.has(css).await {
                return;
            }
        }
        panic!("{css} never came at {}", self.here().await);
    }
}

/// Looks at a page that renews itself; each is a round trip to the browser.
const LOOKS_MAX: usize = 20_000;

/// Steps 1 to 4.
async fn log_in_to_domain(new: &Newcomer) {
    let browser = &new.browser;
    // 1. A log-in.
    new.go(&new.process.said("setup")).await;
    browser.look("setup-1-log-in").await;
    new.fill("#address", "ada@example.org").await;
    new.fill("#password", "correct horse battery").await;
    new.click("main form button.main").await;

    // 2. An account.
    assert_eq!(new.here().await, "/accounts/new");
    browser.look("setup-2-account").await;
    new.fill("#name", "Tea & Sons").await;
    new.fill("#domain", "tea.example").await;
    new.fill("#post", "1 Quay, Bristol").await;
    new.click("main form button.main").await;

    // 3. A policy: the answers that stand there are good ones.
    browser.look("setup-3-questions").await;
    new.click("main form button.main").await;
    browser.look("setup-3-policy").await;
    let told = browser.text("main").await;
    assert!(told.contains("How Tea & Sons treats your data"), "{told}");
    new.click("form.send button.main").await;

    // 4. The domain's records: they can wait.
    assert_eq!(new.here().await, "/a/tea-sons/setup/domain");
    browser.look("setup-4-domain").await;
    let told = browser.text("#records").await;
    assert!(told.contains("avow-rsa._domainkey.tea.example"), "{told}");
    new.click(".send button.main").await;
}

/// Step 5.
async fn join(new: &Newcomer) {
    let browser = &new.browser;
    // 5. Oneself, as everybody: a box, a mail, its link, its button.
    browser.look("setup-5-people").await;
    new.tick("input[value=newsletter]").await;
    new.click("#you form button.main").await;
    new.wait_for("#you a.button[href*='/rehearsal/']").await;
    browser.look("setup-5-waiting").await;
    new.click("#you a.button[href*='/rehearsal/']").await;
    browser.look("setup-5-mail").await;
    new.click("main a[href*='/confirm/']").await;
    new.click("main form button").await;
    browser.look("setup-5-confirmed").await;
    new.click("aside a[href='/']").await;
}

#[tokio::test]
async fn a_newcomer_gets_from_an_empty_folder_to_a_delivered_campaign() {
    let Some(new) = Newcomer::arrive().await else {
        return;
    };
    let browser = &new.browser;
    new.go("/login").await;
    let told = browser.text("main").await;
    assert!(told.contains("Nobody has set this up yet"), "{told}");

    log_in_to_domain(&new).await;
    join(&new).await;

    // 6. A letter.
    assert_eq!(new.here().await, "/a/tea-sons/setup/campaign");
    browser.look("setup-6-letter").await;
    new.click("main form button.main").await;
    browser.look("setup-6-check").await;
    let told = browser.text("form.send").await;
    assert!(told.contains("Send to 1 person"), "{told}");
    new.click("form.send button.main").await;
    new.wait_for(".badge.good").await;
    browser.look("setup-6-delivered").await;
    let (clicks, fields) = (new.clicks.get(), new.fields.get());
    assert!(
        clicks <= CLICKS_MAX && fields <= FIELDS_MAX,
        "{clicks} clicks, {fields} fields"
    );

    // The mail is there, and the set-up knows.
    new.go("/a/tea-sons/rehearsal").await;
    let told = browser.text("main").await;
    assert!(told.contains("The first letter from Tea & Sons"), "{told}");
    new.go("/").await;
    assert_eq!(new.here().await, "/a/tea-sons/setup/live");
    new.go("/a/tea-sons/setup/campaign").await;
    browser.look("setup-6-through").await;
    new.click("main a[href$='/setup/live']").await;
    browser.look("setup-7-live").await;
    let told = browser.text("main").await;
    assert!(told.contains("Links in mail would lead to"), "{told}");
    new.click(".send form:first-of-type button").await;
    let told = browser.text("main").await;
    assert!(told.contains("The account is set up"), "{told}");
    browser.look("setup-ended").await;
    new.go("/accounts/new").await;
    browser.look("setup-further-account").await;

    // Nobody takes it a second time.
    new.go(&new.process.said("setup")).await;
    let told = browser.text("main").await;
    assert!(told.contains("opens nothing any more"), "{told}");
    new.browser.stop().await;
    new.process.end();
}
