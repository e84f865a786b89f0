//! Known answers: RFC 6962 trees, canonical JSON, signed notes.
