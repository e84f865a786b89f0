//! Delivery: the way from an audience to accounted-for outcomes.

mod audience;
pub mod check;
mod choosing;
mod counting;
pub mod dkim;
pub mod dns;
pub mod engine;
pub mod events;
mod forecast;
pub mod hooks;
pub mod inject;
mod mix;
mod notice;
mod outbound;
mod post;
mod ready;
mod reasons;
pub mod receive;
pub mod route;
pub mod security;
mod server;
pub mod shape;
mod single;
pub mod sink;
pub mod smtp;
pub mod standing;
pub mod submit;
pub mod tls;
pub mod tls_report;
pub mod trouble;
mod uses;

pub use avow_bounce::session as classify;
pub use check::host_fix;
pub use choosing::{Candidate, read_segment, segment_words};
pub use counting::{
    Glance, Placed, Seek, SegmentQuestion, Sought, count_segment, glance_segment, judge_segment,
    seek_segment,
};
pub use engine::brief::category_of;
pub use engine::known::topics as topics_in;
pub use notice::notice_of;
pub use ready::Ready;
pub use reasons::explain_code;
pub use server::{Heard, Taken, TrialDoor, converse};
pub use uses::{ContentUses, content_uses};
