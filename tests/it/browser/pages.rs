//! A person's way through the demo: sign up, log in, read the report, open the mailbox.

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use thirtyfour::prelude::*;

use super::driver::Browser;
use crate::avow::{Avow, variable};
use crate::process::Process;

/// Widths that interface.md judges by, and a height that shows a screen.
const WIDTHS: [(&str, u32); 3] = [("phone", 390), ("tablet", 820), ("wide", 1440)];
const HEIGHT: u32 = 1000;

/// Saves pictures of the present page, light and dark, phone to wide, when the suite is asked to.
async fn picture(browser: &Browser, name: &str) {
    let Some(folder) = variable("AVOW_IT_SCREENSHOTS").map(PathBuf::from) else {
        return;
    };
    for scheme in ["light", "dark"] {
        browser.scheme(scheme).await;
        for (width_name, width) in WIDTHS {
            browser
                .page
                .set_window_rect(0, 0, width, HEIGHT)
                .await
                .unwrap();
            let path = folder.join(format!("{name}-{width_name}-{scheme}.png"));
            browser.page.screenshot(Path::new(&path)).await.unwrap();
        }
    }
    browser.scheme("light").await;
}

async fn text(browser: &Browser) -> String {
    browser
        .page
        .find(By::Tag("body"))
        .await
        .unwrap()
        .text()
        .await
        .unwrap()
}

/// The demo with a few people, served.
struct Demo {
    _process: Process,
    log_in: serde_json::Value,
    base: String,
    _avow: Avow,
}

fn demo() -> Demo {
    let avow = Avow::new();
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let listen = format!("127.0.0.1:{port}");
    // The demo makes its own SQLite database, whatever the rest of the suite runs on.
    let data = avow.data().display().to_string();
    let mut command = std::process::Command::new(crate::avow::binary());
    command.args([
        "demo",
        "--contacts",
        "200",
        "--listen",
        &listen,
        "--data",
        &data,
    ]);
    let mut process = Process::start(&mut command);
    let log_in = process.next_line()["log_in"].clone();
    Demo {
        _process: process,
        log_in,
        base: format!("http://{listen}"),
        _avow: avow,
    }
}

impl Demo {
    async fn log_in(&self, browser: &Browser) {
        let page = &browser.page;
        page.goto(&self.base).await.unwrap();
        let address = page.find(By::Css("input[type=email]")).await.unwrap();
        address
            .send_keys(self.log_in["address"].as_str().unwrap())
            .await
            .unwrap();
        let password = page.find(By::Css("input[type=password]")).await.unwrap();
        password
            .send_keys(self.log_in["password"].as_str().unwrap())
            .await
            .unwrap();
        picture(browser, "log-in").await;
        page.find(By::Css("main button"))
            .await
            .unwrap()
            .click()
            .await
            .unwrap();
    }

    async fn open(&self, browser: &Browser, path: &str) {
        browser
            .page
            .goto(format!("{}{path}", self.base))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_marketer_logs_in_and_reads_a_report_that_adds_up() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let demo = demo();
    demo.log_in(&browser).await;
    demo.open(&browser, "/a/imark/campaigns").await;
    picture(&browser, "campaigns").await;
    let campaign = browser
        .page
        .find(By::LinkText("November letter"))
        .await
        .unwrap();
    campaign.click().await.unwrap();
    let told = text(&browser).await;
    assert!(
        told.contains("200") && told.to_lowercase().contains("refused"),
        "{told}"
    );
    picture(&browser, "campaign").await;
    browser.stop().await;
}
