//! What is wrong with a form that was sent, in words for the person, with what to do.

use avow_collect::forms::{FIELD_CHARS_MAX, NoticeFault, Wrong};
use avow_model::AddressFault;

/// The sentence.
pub(crate) fn told(wrong: &Wrong) -> String {
    match wrong {
        Wrong::Stranger => say!("wrong-stranger"),
        Wrong::Decoy => say!("wrong-decoy"),
        Wrong::NoAddressField => say!("wrong-no-address-field"),
        Wrong::AddressMissing => say!("wrong-address-missing"),
        Wrong::Address(fault) => address(*fault),
        Wrong::Twice(label) => say!("wrong-twice", label = label),
        Wrong::Missing(label) => say!("wrong-missing", label = label),
        Wrong::Sign(label) => say!("wrong-sign", label = label),
        Wrong::TooLong(label) => say!("wrong-long", label = label, n = FIELD_CHARS_MAX),
        Wrong::NotListed(label) => say!("wrong-not-listed", label = label),
        Wrong::UnknownChoice => say!("wrong-unknown-choice"),
        Wrong::NoTick => say!("wrong-no-tick"),
        Wrong::Stale => say!("wrong-stale"),
        Wrong::Notice(NoticeFault::Expired) => say!("wrong-expired"),
        Wrong::Notice(NoticeFault::TooFast) => say!("wrong-fast"),
    }
}

fn address(fault: AddressFault) -> String {
    match fault {
        AddressFault::Empty => say!("wrong-address-missing"),
        AddressFault::NoAt => say!("wrong-address-at"),
        AddressFault::NoLocalPart => say!("wrong-address-before"),
        AddressFault::LocalTooLong | AddressFault::TooLong => say!("wrong-address-long"),
        AddressFault::BadLocalPart => say!("wrong-address-sign"),
        AddressFault::BadDomain => say!("wrong-address-domain"),
    }
}
