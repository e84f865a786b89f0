//! Delivery: the way from an audience to accounted-for outcomes.

pub mod classify;
pub mod dkim;
pub mod dns;
mod mix;
pub mod route;
pub mod smtp;
pub mod tls;
pub mod trouble;
