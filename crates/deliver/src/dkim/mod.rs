//! DKIM signatures (RFC 6376, RFC 8463): RSA-2048 and Ed25519, relaxed/relaxed, in one pass over the message.

mod canonical;
mod files;
mod keys;
mod rotation;
mod sign;
#[cfg(test)]
mod tests;

pub use files::{DomainKeys, KeyFault, KeyFolder};
pub use keys::{DkimFault, DnsRecord, KeyPairFiles, dns_records, generate};
pub use rotation::Generation;
pub use sign::Signer;
