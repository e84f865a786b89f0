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

/// What is called good (web.dev, Cumulative Layout Shift); a page that renews itself moves by what it tells.
const SHIFT_MAX: f64 = 0.1;
/// What moved while the page loaded, without what somebody's hand moved: the sum that browsers call layout shift. Two
/// frames later everything that was on its way stands.
const SHIFT: &str = "const done = arguments[arguments.length - 1];
    let sum = 0;
    const add = (list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; };
    const watch = new PerformanceObserver(add);
    watch.observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => { add({ getEntries: () => watch.takeRecords() }); done(sum); }));";

impl Browser {
    /// Notes what shifted while the page that is open loaded.
    async fn shift(&self, name: &str) {
        let sum = self.page.execute_async(SHIFT, vec![]).await.unwrap();
        let sum: f64 = sum.convert().unwrap();
        if sum > SHIFT_MAX {
            let told = format!("{name}: the layout shifts by {sum:.4} while it loads");
            self.broken.lock().unwrap().push(told);
        }
    }

    /// Judges the page in both schemes, once narrow and once wide, and pictures it when asked to.
    pub(super) async fn look(&self, name: &str) {
        // Before the screen changes its size: that moves everything.
        self.shift(name).await;
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
