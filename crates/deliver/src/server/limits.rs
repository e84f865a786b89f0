//! What every SMTP server of ours takes at most in one session.

/// Longest command line: RFC 5321's 512 and room for the parameters of extensions.
pub(super) const COMMAND_BYTES_MAX: usize = 2048;
/// A longer one is refused, and the session goes on; one of this length has no end in sight.
pub(super) const ENDLESS_BYTES: usize = COMMAND_BYTES_MAX + 1024;
/// RFC 5321 4.5.3.1.3, brackets taken off.
pub(super) const PATH_BYTES_MAX: usize = 254;
/// Wrong commands in one session before it is closed.
pub(super) const MISTAKES_MAX: u32 = 20;
/// Wrong passwords in one session before it is closed: a program has one, and it is right or it is not.
pub(super) const LOGINS_MAX: u32 = 3;
/// A connection's buffer goes back to this size after a large message.
pub(super) const BUFFER_BYTES: usize = 32 * 1024;
