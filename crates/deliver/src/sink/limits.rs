//! What the sink takes at most. Each limit is an option, so that a test reaches it quickly.

use std::time::Duration;

const MIB: u64 = 1024 * 1024;

/// The sink's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SinkLimits {
    /// What Gmail and Microsoft take is half of it or less.
    pub message_bytes: u64,
    /// RFC 5321 4.5.3.1.8 asks for 100.
    pub recipients: usize,
    pub connections: usize,
    pub idle: Duration,
    /// How long a session that fell silent on demand is kept: longer than any client waits.
    pub silence: Duration,
    /// When the kept mail exceeds this, the oldest segment goes.
    pub kept_bytes: u64,
    /// The index needs about 300 bytes of memory for each.
    pub kept_mails: usize,
    pub segment_bytes: u64,
    /// Message-IDs remembered; beyond, `unique` is a lower bound. 16 bytes of memory each.
    pub remembered_ids: usize,
}

impl Default for SinkLimits {
    fn default() -> Self {
        Self {
            message_bytes: 50 * MIB,
            recipients: 100,
            connections: 1024,
            idle: Duration::from_mins(5),
            silence: Duration::from_mins(15),
            kept_bytes: 2048 * MIB,
            kept_mails: 200_000,
            segment_bytes: 64 * MIB,
            remembered_ids: 2_000_000,
        }
    }
}
