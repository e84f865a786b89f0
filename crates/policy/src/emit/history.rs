//! All versions of an account's policy with their dates, and how the text of one became another's.

use avow_model::Timestamp;

use crate::set::PolicySet;
use crate::version::Version;

/// Longest text, in lines, that is compared line by line: the comparison costs the product of both.
const LINES_MAX: usize = 2_000;

/// How a version stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Published, not in effect yet.
    Announced,
    /// It governs.
    Governs,
    /// It governed until this instant, which is not included. Data collected under it stay bound to it.
    Past { until: Timestamp },
}

/// One version in the history.
#[derive(Debug, Clone, Copy)]
pub struct HistoryEntry<'s> {
    pub version: &'s Version,
    pub standing: Standing,
}

/// Every version, newest first.
pub fn history(policies: &PolicySet, now: Timestamp) -> Vec<HistoryEntry<'_>> {
    let all: Vec<&Version> = policies.versions().collect();
    let mut entries: Vec<HistoryEntry<'_>> = Vec::with_capacity(all.len());
    for (at, version) in all.iter().enumerate() {
        let next = all.get(at + 1).map(|v| v.effective_at());
        let standing = standing(version, next, now);
        entries.push(HistoryEntry { version, standing });
    }
    entries.reverse();
    entries
}

/// The version that is published and not in effect yet, if there is one: what a banner tells of.
pub fn announced(policies: &PolicySet, now: Timestamp) -> Option<&Version> {
    policies.versions().find(|v| v.effective_at() > now)
}

fn standing(version: &Version, next: Option<Timestamp>, now: Timestamp) -> Standing {
    match next {
        _ if version.effective_at() > now => Standing::Announced,
        Some(until) if until <= now => Standing::Past { until },
        _ => Standing::Governs,
    }
}

/// A line of a text that was compared with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextLine<'t> {
    Same(&'t str),
    Gone(&'t str),
    New(&'t str),
}

/// How a text became another, line by line, empty lines left out. Texts of more than 2,000 lines are
/// told as one gone and one new.
pub fn text_changes<'t>(old: &'t str, new: &'t str) -> Vec<TextLine<'t>> {
    let (old, new) = (lines(old), lines(new));
    if old.len().max(new.len()) > LINES_MAX {
        let gone = old.into_iter().map(TextLine::Gone);
        return gone.chain(new.into_iter().map(TextLine::New)).collect();
    }
    walk(&old, &new, &common(&old, &new))
}

fn lines(text: &str) -> Vec<&str> {
    let full = |l: &&str| !l.is_empty();
    text.lines().map(str::trim).filter(full).collect()
}

/// The longest common run of lines (not next to each other) from each pair of places on, one row a line
/// of the old text.
fn common(old: &[&str], new: &[&str]) -> Vec<Vec<u16>> {
    let mut table = vec![vec![0u16; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            table[i][j] = if old[i] == new[j] {
                table[i + 1][j + 1] + 1
            } else {
                table[i + 1][j].max(table[i][j + 1])
            };
        }
    }
    table
}

fn walk<'t>(old: &[&'t str], new: &[&'t str], common: &[Vec<u16>]) -> Vec<TextLine<'t>> {
    let (mut i, mut j) = (0, 0);
    let mut out = Vec::new();
    while i < old.len() || j < new.len() {
        let both = i < old.len() && j < new.len();
        if both && old[i] == new[j] {
            out.push(TextLine::Same(old[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (both && common[i + 1][j] >= common[i][j + 1]) {
            out.push(TextLine::Gone(old[i]));
            i += 1;
        } else {
            out.push(TextLine::New(new[j]));
            j += 1;
        }
    }
    out
}
