//! Trees against an independent implementation.
