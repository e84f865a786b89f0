//! The answer of the gate. Only `decide` makes a `Permit`.

use avow_model::{Purpose, Slug, Timestamp, Verb};

use crate::code::Code;
use crate::obligation::Obligations;
use crate::reason::{Reason, Reasons};

/// Allow, Hold or Deny, with every reason that was found.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    /// Act, with this permit, once.
    Allow(Permit),
    /// Do not act; ask again later.
    Hold(Refusal),
    /// Do not act.
    Deny(Refusal),
}

impl Decision {
    /// All reasons, whichever the answer.
    pub fn reasons(&self) -> &[Reason] {
        match self {
            Self::Allow(permit) => permit.reasons(),
            Self::Hold(refusal) | Self::Deny(refusal) => refusal.reasons(),
        }
    }

    /// `ALLOW`, `HOLD` or `DENY`.
    pub const fn effect(&self) -> &'static str {
        match self {
            Self::Allow(_) => "ALLOW",
            Self::Hold(_) => "HOLD",
            Self::Deny(_) => "DENY",
        }
    }

    /// True when one of the reasons has this code.
    pub fn has(&self, code: Code) -> bool {
        self.reasons().iter().any(|r| r.code == code)
    }

    /// True for Allow.
    pub const fn is_allowed(&self) -> bool {
        matches!(self, Self::Allow(_))
    }
}

/// Which of a request's `fallbacks` must be left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Redactions(pub(crate) u64);

impl Redactions {
    /// Nothing is left out.
    pub const NONE: Self = Self(0);
    /// Everything is left out that has a fallback.
    pub const ALL: Self = Self(u64::MAX);

    /// As many as have a place here; a request's further fallbacks are judged as what must be read.
    pub(crate) const MAX: usize = u64::BITS as usize;

    /// True when the fallback at this place must be left out.
    pub const fn has(self, place: usize) -> bool {
        place < Self::MAX && self.0 & (1 << place) != 0
    }

    /// Their places among the request's `fallbacks`.
    pub fn places(self) -> impl Iterator<Item = usize> {
        (0..Self::MAX).filter(move |place| self.has(*place))
    }
}

/// Which of a request's `offers` must be left out of this person's edition.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut(pub(crate) u64);

impl LeftOut {
    /// As many offers as have a place here; an edition with more is refused.
    pub const MAX: usize = u64::BITS as usize;

    pub(crate) fn set(&mut self, place: usize) {
        if place < Self::MAX {
            self.0 |= 1 << place;
        }
    }

    /// True when the offer at this place must be left out.
    pub const fn has(self, place: usize) -> bool {
        place < Self::MAX && self.0 & (1 << place) != 0
    }

    /// Their places among the request's `offers`.
    pub fn places(self) -> impl Iterator<Item = usize> {
        (0..Self::MAX).filter(move |place| self.has(*place))
    }
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub(crate) Reasons);

impl Refusal {
    pub(crate) fn for_code(code: Code) -> Self {
        let mut reasons = Reasons::none();
        reasons.add(code);
        Self(reasons)
    }

    /// Every reason that was found, at least one.
    pub fn reasons(&self) -> &[Reason] {
        &self.0
    }

    /// The codes, joined by commas: the form that stores and reports keep.
    pub fn codes(&self) -> String {
        let codes: Vec<_> = self.0.iter().map(|r| r.code.as_str()).collect();
        codes.join(",")
    }
}

/// Leave for one act on one person. No other crate can make or copy one.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct Permit {
    pub(crate) reasons: Reasons,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) account: Slug,
    pub(crate) purpose: Purpose,
    pub(crate) verb: Verb,
    pub(crate) version: Option<u32>,
    pub(crate) redactions: Redactions,
    pub(crate) left_out: LeftOut,
    pub(crate) obligations: Obligations,
}

impl Permit {
    /// The grounds.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// When the gate gave it.
    pub const fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// The last instant at which it may be used, this instant included.
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// For whom.
    pub const fn account(&self) -> &Slug {
        &self.account
    }

    /// For what.
    pub const fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// For which act.
    pub const fn verb(&self) -> &Verb {
        &self.verb
    }

    /// What whoever acts must do besides.
    pub const fn obligations(&self) -> Obligations {
        self.obligations
    }

    /// The offers that this person's edition does without.
    pub const fn left_out(&self) -> LeftOut {
        self.left_out
    }

    /// What the act must do without: a message shows its fallback text there.
    pub const fn redactions(&self) -> Redactions {
        self.redactions
    }

    /// The policy version in force when it was given; `None` for a rights reply without any.
    pub const fn version(&self) -> Option<u32> {
        self.version
    }
}
