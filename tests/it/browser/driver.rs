//! Chromium through its own driver: started for one test, gone at its end.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, ChromiumLikeCapabilities};

/// Chromium's own traffic to the world is switched off: a test talks to this machine only.
const FLAGS: [&str; 10] = [
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
];

/// The driver is given this long to start.
const PATIENCE: Duration = Duration::from_mins(1);
/// Where Debian puts the browser and its driver.
const CHROMIUM: &str = "/usr/bin/chromium";
const CHROMEDRIVER: &str = "/usr/bin/chromedriver";

/// A browser with an empty profile.
pub(super) struct Browser {
    pub(super) page: WebDriver,
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
        Some(Self {
            page,
            driver,
            _profile: profile,
        })
    }

    /// Ends the browser, then its driver.
    pub(super) async fn stop(mut self) {
        self.page.clone().quit().await.expect("the browser quits");
        let _gone_already = self.driver.kill();
        let _reaped = self.driver.wait();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _gone_already = self.driver.kill();
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

impl Browser {
    /// Pretends that the person's system is light or dark.
    pub(super) async fn scheme(&self, scheme: &str) {
        let media = serde_json::json!({
            "features": [{ "name": "prefers-color-scheme", "value": scheme }]
        });
        let told = self
            .page
            .cdp()
            .send_raw("Emulation.setEmulatedMedia", media)
            .await;
        told.expect("Chromium takes the colour scheme");
    }
}
