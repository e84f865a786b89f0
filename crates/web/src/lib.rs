//! Every page people see: the Client Center, the public pages, and the rehearsal mailbox; and the API for programs.
//!
//! Promises: each page works without JavaScript and from its address alone; a page of an account is shown
//! to that account's members only; a fault answers with what to do, never with what went wrong inside.
//! Never: reads the environment, opens a connection to a mail server, writes SQL.

#[macro_use]
mod language;

mod api;
mod app;
mod assets;
mod client_center;
mod codes;
mod design;
mod error;
mod export;
mod founding;
mod headers;
pub mod jobs;
mod live;
mod metrics;
pub mod password;
pub mod public;
mod second_factor;
mod session;
mod templates;
mod throttle;
mod upload;

pub use api::{ApiKey, KeyNameFault};
pub use app::{App, AppParts, DomainDesk, Edition, RecordsDesk, WebSettings, router};
pub use client_center::{ClaimLink, ResetLink};
pub use error::PageFault;
pub use founding::{log_key_change, slug_of, stated};
pub use session::{COOKIES, CookieFor, CookieSet};
pub use templates::{Page, Templates};
