//! Reasons, and the inline list of them: no heap on the hot path.

use std::fmt;
use std::ops::Deref;

use crate::code::Code;

/// More reasons than one question can have; beyond it further ones are dropped, the effect never changes.
const REASONS_MAX: usize = 24;

/// One reason with what it rests on. Indices point into the question's own request, facts and policy set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    pub code: Code,
    /// Which of `facts.events` (for suppression codes: of `facts.suppressions`).
    pub fact: Option<u16>,
    /// Which of `request.reads`, and after those of `request.fallbacks`.
    pub category: Option<u16>,
    /// The policy version's number.
    pub version: Option<u32>,
    /// Which pack rule of the set.
    pub rule: Option<u16>,
}

impl Reason {
    /// A reason that rests on nothing more than its code.
    pub const fn new(code: Code) -> Self {
        Self {
            code,
            fact: None,
            category: None,
            version: None,
            rule: None,
        }
    }

    pub(crate) const fn fact(mut self, fact: Option<u16>) -> Self {
        self.fact = fact;
        self
    }

    pub(crate) const fn category(mut self, category: u16) -> Self {
        self.category = Some(category);
        self
    }

    pub(crate) const fn version(mut self, n: u32) -> Self {
        self.version = Some(n);
        self
    }

    pub(crate) const fn rule(mut self, rule: u16) -> Self {
        self.rule = Some(rule);
        self
    }
}

/// Up to 24 reasons, in place. Reads as a slice.
#[derive(Clone, PartialEq, Eq)]
pub struct Reasons {
    len: u8,
    items: [Reason; REASONS_MAX],
}

impl Reasons {
    pub(crate) const fn none() -> Self {
        Self {
            len: 0,
            items: [Reason::new(Code::AOptIn); REASONS_MAX],
        }
    }

    /// Adds it, unless one with this code and category is there already.
    pub(crate) fn push(&mut self, reason: Reason) {
        let same = |r: &Reason| r.code == reason.code && r.category == reason.category;
        let len = usize::from(self.len);
        if len < REASONS_MAX && !self.iter().any(same) {
            self.items[len] = reason;
            self.len += 1;
        }
    }

    pub(crate) fn add(&mut self, code: Code) {
        self.push(Reason::new(code));
    }

    /// The reason that says most to a person comes first; equals stay as they were found.
    pub(crate) fn telling_first(mut self) -> Self {
        self.items[..usize::from(self.len)].sort_by_key(|reason| reason.code.rank());
        self
    }

    /// True when one of the reasons has this code.
    pub fn has(&self, code: Code) -> bool {
        self.iter().any(|r| r.code == code)
    }
}

impl Deref for Reasons {
    type Target = [Reason];
    fn deref(&self) -> &[Reason] {
        &self.items[..usize::from(self.len)]
    }
}

impl fmt::Debug for Reasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
