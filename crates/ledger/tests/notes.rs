//! Checkpoints: signed, read, refused.
