//! Delivery: the way from an audience to accounted-for outcomes.

pub mod dkim;
pub mod smtp;
pub mod tls;
