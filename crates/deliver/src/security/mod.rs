//! What a recipient's domain asks of the connection that carries its mail, and whether it is kept.
//!
//! `sts` reads MTA-STS policies (RFC 8461), `tlsa` DANE records (RFC 7672), `decide` is the pure table that says per
//! mail server how it is spoken to; `library` keeps policies, `https` fetches them, `inspector` asks for all of it.
//! Decided for each recipient domain before domains are rolled up into sites: a domain's broken policy puts off that
//! domain's mail and no other's, though they share servers.

mod decide;
pub(crate) mod https;
mod inspector;
mod library;
mod sts;
mod tlsa;
mod verify;

pub use decide::{Demand, HostWay, MxTrust, Skipped, TlsNeed, TlsaAnswer, way};
pub use https::{FetchFault, Fetcher, Place};
pub use inspector::{HostFinding, Inspector, PolicyFinding, Report};
pub use library::{InForce, Known, Library, Miss, Standing};
pub use sts::{Mode, MxPattern, Policy, PolicyFault, announced};
pub use tlsa::{Matching, Selector, Tlsa, Usage};
pub(crate) use verify::DaneVerifier;

#[cfg(test)]
mod tests;
