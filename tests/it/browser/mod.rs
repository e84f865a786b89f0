//! Chromium drives what people see. With `AVOW_IT_SCREENSHOTS` naming a folder, each page is pictured there.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod driver;
mod pages;
