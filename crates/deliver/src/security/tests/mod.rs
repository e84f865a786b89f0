//! Policies and records over real sockets.
