//! A look at the page that is open: in light and in dark, from a phone's width to a wide screen.

use std::path::PathBuf;

use serde_json::json;

use super::driver::Browser;
use crate::avow::variable;

/// Widths that interface.md judges by.
const WIDTHS: [(&str, u32); 3] = [("phone", 390), ("tablet", 820), ("wide", 1440)];
/// The last one stays.
const SCHEMES: [&str; 2] = ["dark", "light"];
/// A screen, and the most that a picture shows of a longer page.
const HEIGHT: u32 = 1000;
const HEIGHT_MAX: u64 = 3200;

fn folder() -> Option<PathBuf> {
    variable("AVOW_IT_SCREENSHOTS").map(PathBuf::from)
}

impl Browser {
    /// Judges the page in both schemes, once narrow and once wide, and pictures it when asked to.
    pub(super) async fn look(&self, name: &str) {
        for (scheme, width) in [("light", 1440), ("dark", 390)] {
            self.scheme(scheme).await;
            self.screen(width, HEIGHT).await;
            self.judge(&format!("{name}, {scheme}, {width} px")).await;
        }
        self.show(name).await;
    }

    /// Pictures the page when asked to. For a page that runs no script, not even that of the rules: mail.
    pub(super) async fn show(&self, name: &str) {
        for scheme in SCHEMES {
            self.scheme(scheme).await;
            let Some(folder) = folder() else { continue };
            for (width_name, width) in WIDTHS {
                self.screen(width, HEIGHT).await;
                let file = folder.join(format!("{name}-{width_name}-{scheme}.png"));
                self.picture(width, &file).await;
            }
        }
        self.screen(1440, HEIGHT).await;
    }

    /// The whole page, as far as a picture goes.
    async fn picture(&self, width: u32, file: &std::path::Path) {
        let height = "return document.documentElement.scrollHeight";
        let height = self.page.execute(height, vec![]).await.unwrap();
        let height: u64 = height.convert().unwrap();
        let height = height.clamp(HEIGHT.into(), HEIGHT_MAX);
        self.screen(width, height as u32).await;
        self.page.screenshot(file).await.unwrap();
    }

    async fn screen(&self, width: u32, height: u32) {
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false
        });
        self.tell("Emulation.setDeviceMetricsOverride", metrics)
            .await;
    }

    /// Pretends that the person's system is light or dark.
    async fn scheme(&self, scheme: &str) {
        let media = json!({
            "features": [{ "name": "prefers-color-scheme", "value": scheme }]
        });
        self.tell("Emulation.setEmulatedMedia", media).await;
    }

    async fn tell(&self, command: &str, words: serde_json::Value) {
        let told = self.page.cdp().send_raw(command, words).await;
        told.expect("Chromium takes the command");
    }
}
