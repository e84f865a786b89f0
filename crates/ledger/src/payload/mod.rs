//! What entries tell: one type for each kind, in canonical JSON.
//!
//! Promises: what is encoded parses to the same value, and only its own canonical text parses; fields
//! that are not known here are refused. A payload is sealed under its subject's key and never stored plain.

mod choice;
mod collection;
mod decision;
mod office;
mod policy;
mod words;

use serde::Serialize;
use serde::de::DeserializeOwned;

use avow_model::Fact;

use crate::canonical::{CanonicalFault, from_canonical, to_canonical_ordered};
use crate::entry::PAYLOAD_BYTES_MAX;
use crate::kind::EntryKind;

pub use collection::{
    Collected, Disclosed, Evidence, MailState, NoticeMail, NoticeServing, SuppressionChange,
    SuppressionEntry,
};
pub use decision::{Decided, PermitUse};
pub use office::{
    Freezing, FrozenState, KeyChange, KeyPurpose, Reveal, RightsKind, RightsStage, RightsStep,
    Tombstone,
};
pub use policy::{NoticePosting, Published, Retracted};

/// The payload of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    Publication(Published),
    Retraction(Retracted),
    NoticeServed(NoticeServing),
    NoticePosted(NoticePosting),
    NoticeMailed(NoticeMail),
    Collection(Collected),
    Choice(Fact),
    Suppression(SuppressionEntry),
    Decision(Box<Decided>),
    PermitUsed(PermitUse),
    Disclosure(Disclosed),
    RightsStep(RightsStep),
    StaffReveal(Reveal),
    Freeze(Freezing),
    KeyRotation(KeyChange),
    Erasure(Tombstone),
}

impl Payload {
    /// The kind of the entry that carries it.
    pub const fn kind(&self) -> EntryKind {
        match self {
            Self::Publication(_) => EntryKind::Publication,
            Self::Retraction(_) => EntryKind::Retraction,
            Self::NoticeServed(_) => EntryKind::NoticeServed,
            Self::NoticePosted(_) => EntryKind::NoticePosted,
            Self::NoticeMailed(_) => EntryKind::NoticeMailed,
            Self::Collection(_) => EntryKind::Collection,
            Self::Choice(_) => EntryKind::Choice,
            Self::Suppression(_) => EntryKind::Suppression,
            Self::Decision(_) => EntryKind::Decision,
            Self::PermitUsed(_) => EntryKind::PermitUsed,
            Self::Disclosure(_) => EntryKind::Disclosure,
            Self::RightsStep(_) => EntryKind::RightsStep,
            Self::StaffReveal(_) => EntryKind::StaffReveal,
            Self::Freeze(_) => EntryKind::Freeze,
            Self::KeyRotation(_) => EntryKind::KeyRotation,
            Self::Erasure(_) => EntryKind::Erasure,
        }
    }

    /// The canonical text: what is committed to and sealed.
    pub fn encode(&self) -> Result<String, CanonicalFault> {
        let text = match self {
            Self::Publication(p) => to_canonical_ordered(p),
            Self::Retraction(p) => to_canonical_ordered(p),
            Self::NoticeServed(p) => to_canonical_ordered(p),
            Self::NoticePosted(p) => to_canonical_ordered(p),
            Self::NoticeMailed(p) => to_canonical_ordered(p),
            Self::Collection(p) => to_canonical_ordered(p),
            Self::Choice(p) => to_canonical_ordered(&choice::ChoiceText::from(p)),
            Self::Suppression(p) => to_canonical_ordered(p),
            Self::Decision(p) => to_canonical_ordered(p),
            Self::PermitUsed(p) => to_canonical_ordered(p),
            Self::Disclosure(p) => to_canonical_ordered(p),
            Self::RightsStep(p) => to_canonical_ordered(p),
            Self::StaffReveal(p) => to_canonical_ordered(p),
            Self::Freeze(p) => to_canonical_ordered(p),
            Self::KeyRotation(p) => to_canonical_ordered(p),
            Self::Erasure(p) => to_canonical_ordered(p),
        }?;
        check_length(&text)?;
        Ok(text)
    }

    /// Reads the payload of an entry of this kind; only the canonical text is taken.
    pub fn parse(kind: EntryKind, text: &str) -> Result<Self, CanonicalFault> {
        check_length(text)?;
        Ok(match kind {
            EntryKind::Publication => Self::Publication(from_canonical(text)?),
            EntryKind::Retraction => Self::Retraction(from_canonical(text)?),
            EntryKind::NoticeServed => Self::NoticeServed(from_canonical(text)?),
            EntryKind::NoticePosted => Self::NoticePosted(from_canonical(text)?),
            EntryKind::NoticeMailed => Self::NoticeMailed(from_canonical(text)?),
            EntryKind::Collection => Self::Collection(from_canonical(text)?),
            EntryKind::Choice => Self::Choice(choice::parse(text)?),
            EntryKind::Suppression => Self::Suppression(from_canonical(text)?),
            EntryKind::Decision => Self::Decision(boxed(text)?),
            EntryKind::PermitUsed => Self::PermitUsed(from_canonical(text)?),
            EntryKind::Disclosure => Self::Disclosure(from_canonical(text)?),
            EntryKind::RightsStep => Self::RightsStep(from_canonical(text)?),
            EntryKind::StaffReveal => Self::StaffReveal(from_canonical(text)?),
            EntryKind::Freeze => Self::Freeze(from_canonical(text)?),
            EntryKind::KeyRotation => Self::KeyRotation(from_canonical(text)?),
            EntryKind::Erasure => Self::Erasure(from_canonical(text)?),
        })
    }
}

fn boxed<T: Serialize + DeserializeOwned>(text: &str) -> Result<Box<T>, CanonicalFault> {
    from_canonical(text).map(Box::new)
}

const fn check_length(text: &str) -> Result<(), CanonicalFault> {
    if text.len() > PAYLOAD_BYTES_MAX {
        return Err(CanonicalFault::TooLong(text.len(), PAYLOAD_BYTES_MAX));
    }
    Ok(())
}
