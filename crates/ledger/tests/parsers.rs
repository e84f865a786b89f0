//! Foreign bytes: every parser refuses, none panics.
