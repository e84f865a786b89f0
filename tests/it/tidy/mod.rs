//! The rules of the house that a compiler does not keep.

mod dependencies;
mod files;
mod sources;
