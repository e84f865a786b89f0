//! What an entry tells, as one byte that is never given a second meaning, and whom it is about.

use std::fmt;

/// The kind of an entry. The byte stands in the leaf, in the clear, for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// A policy version was published.
    Publication,
    /// A published version was taken back before its effect.
    Retraction,
    /// A notice was served with a form.
    NoticeServed,
    /// A notice was posted where everybody sees it.
    NoticePosted,
    /// A notice was mailed to a person.
    NoticeMailed,
    /// Data of a person were collected.
    Collection,
    /// A person, or somebody about a person, chose: every `model::Fact`.
    Choice,
    /// A suppression was added or lifted.
    Suppression,
    /// The gate answered.
    Decision,
    /// A permit was used, with the answer of the receiving server.
    PermitUsed,
    /// Data went to a recipient.
    Disclosure,
    /// A step of a rights request.
    RightsStep,
    /// Somebody of the staff looked at a person's data.
    StaffReveal,
    /// The account was frozen or thawed.
    Freeze,
    /// A key was changed.
    KeyRotation,
    /// The tombstone of an erasure: counts only.
    Erasure,
}

/// Whose key seals an entry, and whose chain it joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// One person.
    Person,
    /// The account's policy: a short chain, so that a proof can show all of it.
    Policy,
    /// The account's own work.
    Office,
}

impl EntryKind {
    /// All kinds, in the order of their codes.
    pub const ALL: [Self; 16] = [
        Self::Publication,
        Self::Retraction,
        Self::NoticeServed,
        Self::NoticePosted,
        Self::NoticeMailed,
        Self::Collection,
        Self::Choice,
        Self::Suppression,
        Self::Decision,
        Self::PermitUsed,
        Self::Disclosure,
        Self::RightsStep,
        Self::StaffReveal,
        Self::Freeze,
        Self::KeyRotation,
        Self::Erasure,
    ];

    /// The byte in the leaf: 1 to 16 in the order of `ALL`.
    pub const fn code(self) -> u8 {
        self as u8 + 1
    }

    /// From the byte in a leaf; a byte that no kind has is `None`.
    pub fn from_code(code: u8) -> Option<Self> {
        let at = usize::from(code.checked_sub(1)?);
        Self::ALL.get(at).copied()
    }

    /// The word that pages, JSON and the store use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Publication => "publication",
            Self::Retraction => "retraction",
            Self::NoticeServed => "notice_served",
            Self::NoticePosted => "notice_posted",
            Self::NoticeMailed => "notice_mailed",
            Self::Collection => "collection",
            Self::Choice => "choice",
            Self::Suppression => "suppression",
            Self::Decision => "decision",
            Self::PermitUsed => "permit_used",
            Self::Disclosure => "disclosure",
            Self::RightsStep => "rights_step",
            Self::StaffReveal => "staff_reveal",
            Self::Freeze => "freeze",
            Self::KeyRotation => "key_rotation",
            Self::Erasure => "erasure",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whose key and chain it takes.
    pub const fn subject(self) -> Subject {
        match self {
            Self::Publication | Self::Retraction | Self::NoticePosted => Subject::Policy,
            Self::Freeze | Self::KeyRotation | Self::Erasure => Subject::Office,
            _ => Subject::Person,
        }
    }

    /// True for what the gate folds: a proof must open each of these, for one that stays closed
    /// could be the withdrawal.
    pub const fn is_fact(self) -> bool {
        matches!(
            self,
            Self::Collection | Self::Choice | Self::Suppression | Self::NoticeMailed
        )
    }
}

impl fmt::Display for EntryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
