//! Being built: see ARCHITECTURE.md.
pub mod dkim;
