//! What the words of a refusal mean: patterns over comparable text, grouped by what they are about.
//!
//! Written from public documentation by meaning: somebody or something (`{who}`), and what is said of it.
//! The first rule that fits decides, so the rules that speak of a passing or foreign trouble stand before
//! those that would end an address. No rule looks at a product or at a file.

mod gone;
mod mailbox;
mod message;
mod sender;
mod way;
mod words;

use std::sync::LazyLock;

use regex::{RegexSet, RegexSetBuilder};

use crate::Class;

/// A meaning and the pattern that tells it.
type Rule = (Class, &'static str);

/// The rules in the order in which they are asked.
const REASONS: [&[Rule]; 14] = [
    message::PLAIN,
    mailbox::FULL,
    message::SIZE,
    sender::STANDING,
    sender::PACE,
    sender::PLACE,
    message::THREAT,
    gone::MOVED,
    mailbox::SUSPENDED,
    sender::REFUSED,
    gone::NO_MAIL,
    gone::HOST,
    mailbox::REFUSED,
    message::FORM,
];

/// Room for a set's automaton: with the usual 2 MiB it is thrown away and built anew on every long text.
const DFA_BYTES_MAX: usize = 32 * 1024 * 1024;

struct Rules {
    set: RegexSet,
    classes: Vec<Class>,
}

impl Rules {
    fn of(groups: &[&[Rule]]) -> Self {
        let rules = || groups.iter().copied().flatten();
        Self {
            set: set(rules().map(|(_, pattern)| *pattern)),
            classes: rules().map(|(class, _)| *class).collect(),
        }
    }

    /// The class of the first rule that fits.
    fn first(&self, text: &str) -> Option<Class> {
        let first = self.set.matches(text).into_iter().next()?;
        self.classes.get(first).copied()
    }
}

static REASON: LazyLock<Rules> = LazyLock::new(|| Rules::of(&REASONS));
static TROUBLE: LazyLock<Rules> = LazyLock::new(|| Rules::of(&[way::TROUBLE]));
static UNKNOWN: LazyLock<RegexSet> = LazyLock::new(|| set(gone::UNKNOWN.iter().copied()));
static NAMED: LazyLock<RegexSet> = LazyLock::new(|| set(gone::NAMED.iter().copied()));
static SENTENCE: LazyLock<RegexSet> = LazyLock::new(|| set(gone::SENTENCE.iter().copied()));
static CERTAIN: LazyLock<RegexSet> = LazyLock::new(|| set(gone::CERTAIN.iter().copied()));
static SENDERS: LazyLock<RegexSet> = LazyLock::new(|| set(gone::SENDERS.iter().copied()));
static PASSING: LazyLock<RegexSet> = LazyLock::new(|| set(way::PASSING.iter().copied()));

fn set<'a>(patterns: impl Iterator<Item = &'a str>) -> RegexSet {
    let set = RegexSetBuilder::new(patterns.map(words::fill))
        .dfa_size_limit(DFA_BYTES_MAX)
        .build();
    set.expect("invariant: fixed patterns")
}

/// How sure a text is that the mailbox does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unknown {
    /// It does not say so.
    No,
    /// "User unknown": what filters of living recipients say as well.
    Said,
    /// The same of an address that it names.
    Named,
    /// A whole sentence that means nothing else, when it stands in a refusing reply.
    Sentence,
    /// The reporting system says so of its own directory.
    Certain,
}

/// The reason that a comparable text gives, user unknown and vague troubles aside.
pub(crate) fn reason(text: &str) -> Option<Class> {
    REASON.first(text)
}

/// The trouble that a comparable text speaks of.
pub(crate) fn trouble(text: &str) -> Option<Class> {
    TROUBLE.first(text)
}

/// True when a comparable text says anything that the rules know.
pub(crate) fn speaks(text: &str) -> bool {
    reason(text).is_some() || unknown(text) > Unknown::No || trouble(text).is_some()
}

/// Whether a comparable text says that the mailbox does not exist.
pub(crate) fn unknown(text: &str) -> Unknown {
    if CERTAIN.is_match(text) {
        Unknown::Certain
    } else if SENTENCE.is_match(text) {
        Unknown::Sentence
    } else if NAMED.is_match(text) {
        Unknown::Named
    } else if UNKNOWN.is_match(text) {
        Unknown::Said
    } else {
        Unknown::No
    }
}

/// True when a comparable text speaks of the sender's side.
pub(crate) fn is_of_sender(text: &str) -> bool {
    SENDERS.is_match(text)
}

/// True when a comparable text says that the trouble will pass.
pub(crate) fn passes(text: &str) -> bool {
    PASSING.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles_and_none_fits_an_empty_text() {
        assert!(!speaks(""));
        assert!(!passes(""));
    }

    #[test]
    fn certainty_has_degrees() {
        assert_eq!(unknown("550 : user unknown"), Unknown::Said);
        assert_eq!(unknown("550 @ : user unknown"), Unknown::Named);
        assert_eq!(
            unknown("the email account that you tried to reach does not exist"),
            Unknown::Sentence
        );
        assert_eq!(unknown("the group may not exist"), Unknown::No);
    }
}
