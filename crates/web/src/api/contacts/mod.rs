//! `/api/v1/contacts`: people, what is held of them and from where, what may be done and why, and their no.
//!
//! Promises: a no that a program tells of is on the disk before the answer, and the gate knows it from then on. Never:
//! gives a permission that nobody attests; lifts a no; shows people where the policy keeps them to roles.

mod add;
mod explain;
mod history;
mod no;
mod read;

pub(super) use read::{page, summary};

use super::Call;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let mut calls = read::calls();
    calls.extend(add::calls());
    calls.extend(explain::calls());
    calls.extend(history::calls());
    calls.extend(no::calls());
    calls
}
