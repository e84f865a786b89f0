//! The demo with a few people, served, and a browser in front of it.

use std::net::TcpListener;
use std::process::Command;

use super::driver::Browser;
use crate::avow::{Avow, binary};
use crate::process::Process;

/// People in each account.
pub(super) const PEOPLE: &str = "200";

/// A served demo and a browser.
pub(super) struct Demo {
    pub(super) browser: Browser,
    _process: Process,
    log_in: serde_json::Value,
    base: String,
    _folder: Avow,
}

impl Demo {
    /// `None` where there is no Chromium.
    pub(super) async fn open() -> Option<Self> {
        let browser = Browser::start().await?;
        let folder = Avow::new();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = listener.local_addr().unwrap().to_string();
        drop(listener);
        // The demo makes its own SQLite database, whatever the rest of the suite runs on.
        let mut command = Command::new(binary());
        command.args(["demo", "--contacts", PEOPLE, "--listen", &listen]);
        command.arg("--data").arg(folder.data());
        let mut process = Process::start(&mut command);
        let log_in = process.next_line()["log_in"].clone();
        Some(Self {
            browser,
            _process: process,
            log_in,
            base: format!("http://{listen}"),
            _folder: folder,
        })
    }

    /// Opens a page by its path, or by its whole address.
    pub(super) async fn go(&self, path: &str) {
        let url = if path.starts_with('/') {
            format!("{}{path}", self.base)
        } else {
            path.to_owned()
        };
        self.browser.page.goto(url).await.unwrap();
    }

    /// The path of the page that is open, with its query.
    pub(super) async fn here(&self) -> String {
        let url = self.browser.page.current_url().await.unwrap();
        url.as_str().replacen(&self.base, "", 1)
    }

    /// Writes the owner's address and password into the log-in page and sends them.
    pub(super) async fn log_in(&self) {
        self.go("/login").await;
        let told = |key: &str| self.log_in[key].as_str().unwrap().to_owned();
        self.browser
            .type_in("input[type=email]", &told("address"))
            .await;
        self.browser
            .type_in("input[type=password]", &told("password"))
            .await;
        self.browser.follow("main button").await;
    }

    /// The address of the newest mail to somebody, in the mailbox of the account `imark`.
    pub(super) async fn newest_mail(&self, to: &str) -> String {
        loop {
            self.go(&format!("/a/imark/rehearsal?q={to}")).await;
            if self.browser.has("tr[data-row] a").await {
                let href = self.browser.attribute("tr[data-row] a", "href").await;
                return href.replacen(&self.base, "", 1);
            }
        }
    }

    /// The first link into our own pages of this kind (`/u/`, `/p/` ...) in the mail's text.
    pub(super) async fn link_in(&self, mail: &str, kind: &str) -> String {
        self.go(&format!("{mail}?view=text")).await;
        let text = self.browser.text("pre").await;
        let start = format!("{}{kind}", self.base);
        let words = text.split(|c: char| c.is_whitespace() || "()<>[]".contains(c));
        let link = words.into_iter().find(|word| word.starts_with(&start));
        link.unwrap_or_else(|| panic!("no {kind} in {text}"))
            .to_owned()
    }

    pub(super) async fn close(self) {
        self.browser.stop().await;
    }
}
