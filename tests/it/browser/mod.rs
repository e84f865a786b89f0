//! Chromium drives what people see, and axe-core looks at each page.
//!
//! With `AVOW_IT_SCREENSHOTS` naming a folder, each page is pictured there: `cargo xtask browser --shots`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod axe;
mod contacts;
mod demo;
mod driver;
mod live;
mod look;
mod mailbox;
mod marketer;
mod person;
mod settings;
