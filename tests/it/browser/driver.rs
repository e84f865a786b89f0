//! Chromium through its own driver: started for one test, gone at its end.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, ChromiumLikeCapabilities};

/// Chromium's own traffic to the world is switched off: a test talks to this machine only.
const FLAGS: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    // A colour on its way from light to dark has the contrast of neither.
    "--force-prefers-reduced-motion",
];

/// The driver is given this long to start.
const PATIENCE: Duration = Duration::from_mins(1);
/// Looks at a document before a test gives up on it; each is a round trip to the browser.
const LOOKS_MAX: usize = 20_000;
/// Where Debian puts the browser and its driver.
const CHROMIUM: &str = "/usr/bin/chromium";
const CHROMEDRIVER: &str = "/usr/bin/chromedriver";

/// A browser with an empty profile.
pub(super) struct Browser {
    pub(super) page: WebDriver,
    /// axe-core's script, where it is installed.
    pub(super) axe: Option<String>,
    /// The rules of accessibility that pages broke.
    pub(super) broken: Mutex<Vec<String>>,
    driver: Child,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// `None`, with a line that says so, where Chromium is not installed.
    pub(super) async fn start() -> Option<Self> {
        if !Path::new(CHROMIUM).exists() || !Path::new(CHROMEDRIVER).exists() {
            println!("skipped: Chromium and its driver are not installed (cargo xtask needs)");
            return None;
        }
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let driver = Command::new(CHROMEDRIVER)
            .arg(format!("--port={}", address.port()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("chromedriver starts");
        wait_for(address);
        let profile = tempfile::tempdir().unwrap();
        let mut wants = ChromeCapabilities::new();
        wants.set_binary(CHROMIUM).unwrap();
        for flag in FLAGS {
            wants.add_arg(flag).unwrap();
        }
        wants
            .add_arg(&format!("--user-data-dir={}", profile.path().display()))
            .unwrap();
        let page = WebDriver::new(format!("http://{address}"), wants)
            .await
            .expect("Chromium starts");
        // On a machine that does other things as well, a page's rules take their time.
        page.set_script_timeout(PATIENCE * 3).await.unwrap();
        Some(Self {
            page,
            axe: super::axe::script(),
            broken: Mutex::default(),
            driver,
            _profile: profile,
        })
    }

    /// Ends the browser, then its driver. Fails when a page broke a rule of accessibility.
    pub(super) async fn stop(mut self) {
        self.page.clone().quit().await.expect("the browser quits");
        let broken = self.broken.get_mut().unwrap();
        assert!(broken.is_empty(), "{}", broken.join("\n"));
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver's whole group: a test that failed leaves its browser running otherwise.
        let group = format!("-{}", self.driver.id());
        let _gone_already = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _reaped = self.driver.wait();
    }
}

fn wait_for(address: SocketAddr) {
    let began = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(began.elapsed() < PATIENCE, "chromedriver never listened");
        std::thread::yield_now();
    }
}

/// What a hand and an eye do.
impl Browser {
    pub(super) async fn find(&self, css: &str) -> WebElement {
        let found = self.page.find(By::Css(css)).await;
        match found {
            Ok(found) => found,
            Err(fault) => panic!("no {css} at {:?}: {fault}", self.page.current_url().await),
        }
    }

    /// Clicks what changes this document only: a box to tick, a fold to open. What leads to another
    /// document is followed instead, or the next step races it.
    pub(super) async fn toggle(&self, css: &str) {
        self.press(css).await;
    }

    async fn press(&self, css: &str) {
        let element = self.find(css).await;
        element.scroll_into_view().await.unwrap();
        element.click().await.unwrap();
    }

    /// Clicks what leads to another document, and waits until that one is there: a look at the old one
    /// would see what the hand just did, and not what the server made of it.
    pub(super) async fn follow(&self, css: &str) {
        let mark = "window.left = true";
        self.page.execute(mark, Vec::new()).await.unwrap();
        self.press(css).await;
        let arrived = "return !window.left && document.readyState === 'complete'";
        for _ in 0..LOOKS_MAX {
            // While the document changes there is none to ask.
            let answer = self.page.execute(arrived, Vec::new()).await;
            if answer.is_ok_and(|a| a.json().as_bool() == Some(true)) {
                return;
            }
        }
        panic!("{css} led to no other document");
    }

    /// Types into a field, in the place of what it held.
    pub(super) async fn type_in(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses a file in a field of a form.
    pub(super) async fn choose_file(&self, css: &str, path: &std::path::Path) {
        let path = path.to_str().expect("a temporary folder has a plain name");
        self.find(css).await.send_keys(path).await.unwrap();
    }

    /// What an element says, in one step: on a page that renews itself, one that was found may be gone when it is asked.
    pub(super) async fn text(&self, css: &str) -> String {
        let ask = "const e = document.querySelector(arguments[0]); return e && e.innerText.trim()";
        let said = self.page.execute(ask, vec![css.into()]).await.unwrap();
        match said.json().as_str() {
            Some(text) => text.to_owned(),
            None => panic!("no {css} at {:?}", self.page.current_url().await),
        }
    }

    pub(super) async fn attribute(&self, css: &str, name: &str) -> String {
        let value = self.find(css).await.attr(name).await.unwrap();
        value.unwrap_or_else(|| panic!("{css} has no {name}"))
    }

    pub(super) async fn count(&self, css: &str) -> usize {
        self.page.find_all(By::Css(css)).await.unwrap().len()
    }

    pub(super) async fn has(&self, css: &str) -> bool {
        self.count(css).await > 0
    }
}
