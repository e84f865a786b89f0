//! DKIM signatures (RFC 6376, RFC 8463): RSA-2048 and Ed25519, relaxed/relaxed, in one pass over the message.

mod canonical;
mod files;
mod keys;
mod sign;
#[cfg(test)]
mod tests;

pub use files::{KeyFault, KeyFolder};
pub use keys::{DkimFault, DnsRecord, KeyPairFiles, dns_records, generate};
pub use sign::Signer;
