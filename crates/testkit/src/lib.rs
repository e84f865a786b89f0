//! What tests stand on: a virtual clock, seeded randomness, temporary stores, builders, mail servers.
//!
//! Never part of a shipped binary: only tests, examples and benches depend on it. Nothing in it is a
//! mock: the store is the real one in a temporary folder, servers speak SMTP over a real socket.

mod bureau;
mod catcher;
mod clock;
mod entropy;
mod providers;
mod scripted;
mod stage;

pub use bureau::{Bureau, POLICY, People, Said, long_content, short_content};
pub use catcher::{Catcher, Caught, Manner};
pub use clock::VirtualClock;
pub use entropy::SeededEntropy;
pub use providers::{Providers, address_of};
pub use scripted::{Script, Transcript};
pub use stage::{Stage, due_mail, letter};
