//! Pages in the reader's language: right to left, by keyboard alone; the archive; and the user's own setting.

use std::net::SocketAddr;

use avow_web::public::{Entry, serve};
use thirtyfour::{Key, TypingData};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::demo::Demo;
use super::driver::Browser;
use crate::public::languages;
use crate::public::world::World;

/// Steps of the tab key after which a page is given up on.
const TABS_MAX: usize = 60;
/// Looks at a page before a test gives up on it.
const LOOKS_MAX: usize = 2_000;

/// The public pages of one person, served to a browser.
struct Served {
    browser: Browser,
    world: World,
    paths: Vec<String>,
    at: SocketAddr,
    _server: JoinSet<()>,
}

impl Served {
    async fn open() -> Option<Self> {
        let browser = Browser::start().await?;
        let (world, paths) = languages::world().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let entry = Entry::new(world.app.clone(), world.router.clone());
        let mut server = JoinSet::new();
        server.spawn(serve(listener, entry, std::future::pending()));
        Some(Self {
            browser,
            world,
            paths,
            at,
            _server: server,
        })
    }

    async fn go(&self, path: &str) {
        let url = format!("http://{}{path}", self.at);
        self.browser.page.goto(url).await.unwrap();
    }

    async fn press(&self, keys: impl Into<TypingData>) {
        let keys = self.browser.page.action_chain().send_keys(keys);
        keys.perform().await.unwrap();
    }

    async fn is_at(&self, css: &str) -> bool {
        let ask = "return document.activeElement.matches(arguments[0])";
        let said = self.browser.page.execute(ask, vec![css.into()]).await;
        said.unwrap().json().as_bool() == Some(true)
    }

    /// Goes on by the tab key alone until the element has the focus.
    async fn tab_to(&self, css: &str) {
        for _ in 0..TABS_MAX {
            self.press(Key::Tab + "").await;
            if self.is_at(css).await {
                return;
            }
        }
        panic!("the tab key never came to {css}");
    }

    /// Waits for what the next page has.
    async fn wait_for(&self, css: &str) {
        for _ in 0..LOOKS_MAX {
            if self.browser.has(css).await {
                return;
            }
        }
        panic!("no {css}");
    }
}

#[tokio::test]
async fn every_public_page_stands_in_german_and_from_right_to_left() {
    let Some(served) = Served::open().await else {
        return;
    };
    for path in &served.paths {
        let name = path.trim_start_matches('/').split('/').next().unwrap();
        let name = if path.ends_with("receipts") {
            "receipts"
        } else {
            name
        };
        let name = path
            .strip_prefix("/policy/imark/")
            .map_or(name, |rest| rest.trim_start_matches("2/"));
        for tag in ["de", "ar"] {
            served.go(&format!("{path}?lang={tag}")).await;
            assert_eq!(served.browser.attribute("html", "lang").await, tag);
            served.browser.look(&format!("{tag}-{name}")).await;
        }
    }
    served.browser.stop().await;
}

#[tokio::test]
async fn a_person_signs_up_and_chooses_by_the_keyboard_alone() {
    let Some(served) = Served::open().await else {
        return;
    };
    let browser = &served.browser;
    served.go("/f/imark/signup").await;
    served.world.advance(10);
    served.press(Key::Tab + "").await;
    assert!(
        served.is_at(".skip").await,
        "the first way leads past the head"
    );
    served.tab_to("input[name=email]").await;
    served.press("dora@example.org").await;
    served.tab_to("input[name=purpose]").await;
    served.press(" ").await;
    served.tab_to("main button").await;
    served.press(Key::Enter + "").await;
    served.wait_for("main a.button.plain").await;
    assert!(browser.text("main").await.contains("dora@example.org"));

    let preferences = served
        .paths
        .iter()
        .find(|p| p.starts_with("/p/") && !p.ends_with("receipts"));
    served.go(preferences.unwrap()).await;
    served.world.advance(60);
    assert!(browser.has("input[value=newsletter]:checked").await);
    served.tab_to("input[value=newsletter]").await;
    served.press(" ").await;
    served.tab_to("button[value=save]").await;
    served.press(Key::Enter + "").await;
    served.wait_for(".done").await;
    assert!(!browser.has("input[value=newsletter]:checked").await);
    served.tab_to("input[value=newsletter]").await;
    served.press(" ").await;
    served.tab_to("button[value=save]").await;
    served.world.advance(60);
    served.press(Key::Enter + "").await;
    served.wait_for("input[value=newsletter]:checked").await;
    served.browser.stop().await;
}

#[tokio::test]
async fn a_user_reads_the_client_center_in_another_language() {
    let Some(demo) = Demo::open().await else {
        return;
    };
    let browser = &demo.browser;
    demo.log_in().await;
    for (tag, dir) in [("de", "ltr"), ("ar", "rtl"), ("en", "ltr")] {
        demo.go("/a/imark/settings/you").await;
        let choose = format!("#language option[value={tag}]");
        browser.toggle(&choose).await;
        browser.follow("form[action$='/language'] button").await;
        assert_eq!(browser.attribute("html", "lang").await, tag);
        assert_eq!(browser.attribute("html", "dir").await, dir);
        browser.look(&format!("center-you-{tag}")).await;
        if tag == "en" {
            break;
        }
        for page in ["campaigns", "contacts", "delivery", "policy", "rehearsal"] {
            demo.go(&format!("/a/imark/{page}")).await;
            browser.look(&format!("center-{page}-{tag}")).await;
        }
    }
    demo.close().await;
}

#[tokio::test]
async fn a_sent_campaign_is_shown_in_the_archive_and_taken_out_again() {
    let Some(demo) = Demo::open().await else {
        return;
    };
    let browser = &demo.browser;
    demo.log_in().await;
    demo.go("/a/imark/campaigns").await;
    browser.follow("tr[data-row] a").await;
    let campaign = demo.here().await;
    let id = campaign
        .split('?')
        .next()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    browser.follow("form[action$='/archive'] button").await;
    browser.look("campaign-in-archive").await;
    demo.go("/archive/imark").await;
    browser.look("archive").await;
    browser.follow("ul.archive a").await;
    assert!(demo.here().await.ends_with(&id));
    demo.go(&campaign).await;
    browser.follow("form[action$='/archive'] button").await;
    demo.go("/archive/imark").await;
    assert!(!browser.has("ul.archive a").await);
    demo.close().await;
}
