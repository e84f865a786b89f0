//! Proofs for third parties: what stands in a bundle, and how anybody checks it, with nothing but the file
//! and the key to trust.
//!
//! Promises: `verify` is total and pure: any bytes give a report, and the report says `Proved` only when
//! every step holds, the last of which asks the gate again and demands the same answer byte for byte.
//! Never: a file, a clock, the network; the prover's part that needs the store is in `avow`.

mod archive;
mod bundle;
mod cosignature;
mod receipt;
mod report;
mod trust;
mod verify;

pub use archive::{ArchiveFault, BUNDLE_BYTES_MAX, PART_BYTES_MAX, PARTS_MAX};
pub use bundle::{Bundle, BundleFault, Link, Statement};
pub use receipt::{Receipt, ReceiptFault, Received, verify_receipt};
pub use report::{Ended, Report, Step, StepName, Verdict};
pub use trust::{Trust, TrustFault, Trusted};
pub use verify::{Proof, verify};
