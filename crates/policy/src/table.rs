//! The decision table of one purpose over all versions: a use is a bit in a mask of versions.
//!
//! `own` has a bit for each version that declares the purpose under this very name; `line` also counts
//! what the purposes did that it continues, in versions that do not declare it. So the ratchet
//! ("every version since the collection") is one comparison of masks.

use avow_model::Purpose;
use jiff::SignedDuration;

use crate::names::Names;
use crate::version::{ChoiceRule, Kind, PurposeRule, Version};

/// One bit for each version.
pub(crate) type Mask = u128;
/// What fits in a mask: more than ten years of monthly changes.
pub(crate) const VERSIONS_MAX: usize = Mask::BITS as usize;

/// Which versions permit one use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Bits {
    pub own: Mask,
    pub line: Mask,
}

/// The bits from version index `from` to index `to`, both included.
pub(crate) fn range(from: usize, to: usize) -> Mask {
    let upto = |n: usize| {
        if n >= VERSIONS_MAX {
            Mask::MAX
        } else {
            (1 << n) - 1
        }
    };
    upto(to + 1) & !upto(from.min(to))
}

/// One verb towards one class of recipients.
#[derive(Debug, Clone)]
struct Use {
    verb: usize,
    recipient: usize,
    any: Bits,
    reads: Vec<Bits>,
}

impl Use {
    fn mark(&mut self, reads: &[usize], bit: Mask, own: bool) {
        set(&mut self.any, bit, own);
        for category in reads {
            set(&mut self.reads[*category], bit, own);
        }
    }
}

/// What a version says of a purpose beyond its uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    pub kind: Kind,
    pub choice: ChoiceRule,
    pub uses_max: Option<u32>,
    pub retention: Option<SignedDuration>,
}

/// A purpose over all versions.
#[derive(Debug, Clone)]
pub(crate) struct PurposeTable {
    /// The purpose, then those it continues, nearest first.
    pub line: Vec<Purpose>,
    /// Bit for each version that declares it under this name.
    pub declared: Mask,
    uses: Vec<Use>,
    /// What any use of the purpose reads for the controller itself: what its people may be shown.
    shown: Use,
    /// True when some version says more than uses and terms: how often, along with what, for whom.
    pub has_limits: bool,
    /// By version index, the place of the rule that counts there among the version's purposes.
    places: Vec<Option<usize>>,
    /// By version index, from the rule that counts there.
    terms: Vec<Option<Terms>>,
}

/// The names that tables are indexed by.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    pub categories: Names,
    pub verbs: Names,
    pub recipients: Names,
}

impl PurposeTable {
    pub(crate) fn build(id: &Purpose, versions: &[Version], index: &Index) -> Self {
        let mut table = Self {
            line: line_of(id, versions),
            declared: 0,
            uses: Vec::new(),
            shown: Use {
                verb: usize::MAX,
                recipient: usize::MAX,
                any: Bits::default(),
                reads: vec![Bits::default(); index.categories.len()],
            },
            has_limits: false,
            places: Vec::with_capacity(versions.len()),
            terms: Vec::with_capacity(versions.len()),
        };
        for (at, version) in versions.iter().enumerate() {
            let rule = table.line.iter().find_map(|p| version.purpose(p)).cloned();
            let place =
                |rule: &PurposeRule| version.purposes().iter().position(|p| p.id == rule.id);
            table.places.push(rule.as_ref().and_then(place));
            table.has_limits |= rule.as_ref().is_some_and(has_limits);
            let own = rule.as_ref().is_some_and(|r| r.id == *id);
            table.terms.push(rule.as_ref().map(terms));
            if own {
                table.declared |= 1 << at;
            }
            if let Some(rule) = rule {
                table.mark(&rule, 1 << at, own, index);
            }
        }
        table
    }

    fn mark(&mut self, rule: &PurposeRule, bit: Mask, own: bool, index: &Index) {
        let reads: Vec<usize> = rule
            .reads
            .iter()
            .filter_map(|c| index.categories.find(c.as_str()))
            .collect();
        for verb in rule
            .verbs
            .iter()
            .filter_map(|v| index.verbs.find(v.as_str()))
        {
            for to in &rule.recipients {
                let Some(recipient) = index.recipients.find(to.as_str()) else {
                    continue;
                };
                let found = self.use_mut(verb, recipient, index.categories.len());
                found.mark(&reads, bit, own);
                if to.as_str() == "self" {
                    self.shown.mark(&reads, bit, own);
                }
            }
        }
    }

    fn use_mut(&mut self, verb: usize, recipient: usize, categories: usize) -> &mut Use {
        let same = |u: &Use| u.verb == verb && u.recipient == recipient;
        let place = self.uses.iter().position(same).unwrap_or_else(|| {
            self.uses.push(Use {
                verb,
                recipient,
                any: Bits::default(),
                reads: vec![Bits::default(); categories],
            });
            self.uses.len() - 1
        });
        &mut self.uses[place]
    }

    /// The versions in which this verb to this recipient reads nothing, and a row for its categories.
    pub(crate) fn uses(&self, verb: Option<usize>, recipient: Option<usize>) -> Row<'_> {
        let same = |u: &&Use| Some(u.verb) == verb && Some(u.recipient) == recipient;
        self.uses
            .iter()
            .find(same)
            .map_or(Row::NOTHING, |found| Row {
                any: found.any,
                reads: &found.reads,
            })
    }

    /// What any use reads for the controller itself.
    pub(crate) fn shown(&self) -> Row<'_> {
        Row {
            any: self.shown.any,
            reads: &self.shown.reads,
        }
    }

    /// Where the rule of the version at this index stands among its purposes.
    pub(crate) fn rule_place(&self, at: usize) -> Option<usize> {
        self.places.get(at).copied().flatten()
    }

    pub(crate) fn terms(&self, at: usize) -> Option<Terms> {
        self.terms.get(at).copied().flatten()
    }

    /// The terms of the version at `current`; where it has none, of the nearest that has some.
    pub(crate) fn nearest_terms(&self, current: usize) -> Option<Terms> {
        let before = self.terms.iter().take(current + 1).rev().flatten().next();
        before
            .or_else(|| self.terms.iter().flatten().next())
            .copied()
    }
}

/// The uses of one verb and recipient.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'t> {
    pub any: Bits,
    reads: &'t [Bits],
}

impl Row<'_> {
    pub(crate) const NOTHING: Self = Self {
        any: Bits { own: 0, line: 0 },
        reads: &[],
    };

    pub(crate) fn category(&self, category: Option<usize>) -> Bits {
        category
            .and_then(|c| self.reads.get(c))
            .copied()
            .unwrap_or_default()
    }
}

fn set(bits: &mut Bits, bit: Mask, own: bool) {
    bits.line |= bit;
    if own {
        bits.own |= bit;
    }
}

fn has_limits(rule: &PurposeRule) -> bool {
    rule.frequency.is_some()
        || rule.interest.is_some()
        || rule.send_as.is_some()
        || rule.uses_max.is_some()
        || !rule.messages.is_empty()
        || !rule.requires.is_empty()
}

const fn terms(rule: &PurposeRule) -> Terms {
    Terms {
        kind: rule.kind,
        choice: rule.choice,
        uses_max: rule.uses_max,
        retention: rule.retention,
    }
}

/// The purpose and, newest first, everything it continues. Each name once, so a ring ends.
fn line_of(id: &Purpose, versions: &[Version]) -> Vec<Purpose> {
    let mut line = vec![id.clone()];
    let mut at = 0;
    while at < line.len() {
        let older: Vec<Purpose> = versions
            .iter()
            .rev()
            .filter_map(|v| v.purpose(&line[at])?.continues.clone())
            .collect();
        for purpose in older {
            if !line.contains(&purpose) {
                line.push(purpose);
            }
        }
        at += 1;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_both_ends_and_survives_the_widest_mask() {
        assert_eq!(range(0, 0), 0b1);
        assert_eq!(range(1, 3), 0b1110);
        assert_eq!(range(0, VERSIONS_MAX - 1), Mask::MAX);
        assert_eq!(
            range(VERSIONS_MAX - 1, VERSIONS_MAX - 1),
            1 << (VERSIONS_MAX - 1)
        );
    }
}
