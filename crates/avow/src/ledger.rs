//! The ledgers of this installation: numbered each second, signed each minute, by whichever process serves.

mod clerk;
mod notary;

pub(crate) use clerk::{keep, settle};
pub(crate) use notary::Notary;
