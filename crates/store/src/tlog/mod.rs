//! The ledger as the store keeps it: entries appended with the change they tell of, numbered later, proved
//! whenever somebody asks.
//!
//! Promises: an entry is on the disk in the transaction of its change, or neither is; numbering reads no
//! leaf again, whatever the length of the log; once a person's seed is deleted, nothing about the person
//! opens any more, and every proof of inclusion still holds.
//! Never: decides, signs, or keeps a payload in the clear. docs/ledger.md has the picture.

pub(crate) mod append;
pub(crate) mod backfill;
mod block;
pub(crate) mod checkpoints;
pub(crate) mod erase;
pub(crate) mod keys;
pub(crate) mod log;
mod number;
mod pen;
pub(crate) mod policy_hash;
pub(crate) mod read;
pub(crate) mod sequence;
pub(crate) mod told;
mod verify;

pub use append::NewEntry;
pub use checkpoints::KeptCheckpoint;
pub use log::{LogEntry, LogPage};
pub use read::{ChainEntry, ChainOf, LedgerStanding};
pub use sequence::Sequenced;
pub use verify::LedgerChecked;

pub(crate) use keys::Keyring;
pub(crate) use policy_hash::PolicyHashes;
pub(crate) use told::{Teller, Told};
