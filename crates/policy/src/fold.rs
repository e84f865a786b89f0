//! Facts folded one at a time: of a long history, the few that can still change an answer.
//!
//! Promises: for every question and every instant from the last `now` on, the gate answers over `events()`
//! as over the whole history (same effect, same reasons; only the place of a fact differs), whatever the
//! order in which facts come, late-recorded and future-dated ones and ties included. The state grows with
//! the number of purposes, versions and scopes that the person spoke about, not with the history.
//! Never: judges. `decide` does, over these events as over all; a property test keeps the two together.

use avow_model::{Fact, FactKind, Timestamp};

use crate::decide::restricts;

/// What stands of a person's history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fold {
    kept: Vec<Fact>,
    /// The latest `now` that was told: questions are about this instant or a later one.
    until: Option<Timestamp>,
}

impl Fold {
    /// Nothing happened yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A whole history at once, as of `now`.
    pub fn of(history: impl IntoIterator<Item = Fact>, now: Timestamp) -> Self {
        let mut fold = Self::new();
        for fact in history {
            fold.take(fact, now);
        }
        fold
    }

    /// Takes one more fact, recorded at `now` or before, or told of a time to come.
    pub fn take(&mut self, fact: Fact, now: Timestamp) {
        let until = self.until.map_or(now, |until| until.max(now));
        self.until = Some(until);
        if self.kept.iter().any(|old| covers(old, &fact, until)) {
            return;
        }
        self.kept.retain(|old| !covers(&fact, old, until));
        self.kept.push(fact);
    }

    /// The facts that stand, in no particular order: what `Facts::events` may hold in their place.
    pub fn events(&self) -> &[Fact] {
        &self.kept
    }

    /// The same, to keep.
    pub fn into_events(self) -> Vec<Fact> {
        self.kept
    }
}

/// True when `old` can change no answer beside `new`, from `until` on: they are about the same, `new` says
/// at least as much, and it counts whenever `old` does.
fn covers(new: &Fact, old: &Fact, until: Timestamp) -> bool {
    new.recorded_at <= old.recorded_at.max(until)
        && keeps_permits_stale(new, old)
        && says_as_much(new, old)
}

/// A permit is stale when a no was recorded after it: so the last one recorded must not be lost.
fn keeps_permits_stale(new: &Fact, old: &Fact) -> bool {
    !restricts(&old.kind) || new.recorded_at >= old.recorded_at
}

fn says_as_much(new: &Fact, old: &Fact) -> bool {
    let later = new.at >= old.at;
    match (&new.kind, &old.kind) {
        (FactKind::Grant { .. }, FactKind::Grant { .. }) => {
            new.scope == old.scope && outlives(new, old)
        }
        // The earliest notice is the one that every grant after it can rest on.
        (FactKind::Notice { version: a }, FactKind::Notice { version: b }) => {
            a == b && new.scope == old.scope && new.at <= old.at
        }
        // Each use counts.
        (FactKind::Used { .. }, _) => false,
        // What is about the person as a whole has no scope for the gate.
        (FactKind::Bounce, FactKind::Bounce)
        | (FactKind::ConfirmAddress, FactKind::ConfirmAddress)
        | (FactKind::Erase, FactKind::Erase)
        | (FactKind::Recollect, FactKind::Recollect)
        | (FactKind::Restrict, FactKind::Restrict)
        | (FactKind::Unrestrict, FactKind::Unrestrict) => later,
        (a, b) => a == b && new.scope == old.scope && later,
    }
}

/// A later grant, alike in all but its end, that ends no sooner. At the same instant the one that runs out
/// first has a say of its own, so both stay.
fn outlives(new: &Fact, old: &Fact) -> bool {
    let (FactKind::Grant { expires: end, .. }, FactKind::Grant { expires: older, .. }) =
        (&new.kind, &old.kind)
    else {
        return false;
    };
    let no_sooner = match (end, older) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(new), Some(old)) => new >= old,
    };
    let same_end = end == older && new.at >= old.at;
    alike(&new.kind, &old.kind) && (same_end || (no_sooner && new.at > old.at))
}

/// Equal but for the end.
fn alike(a: &FactKind, b: &FactKind) -> bool {
    let endless = |kind: &FactKind| {
        let mut kind = kind.clone();
        if let FactKind::Grant { expires, .. } = &mut kind {
            *expires = None;
        }
        kind
    };
    endless(a) == endless(b)
}
