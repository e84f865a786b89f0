//! All versions and packs of an account, checked against each other and compiled for `decide`.

use avow_model::{
    Category, Jurisdiction, PublishedPolicies, Purpose, RecipientClass, Timestamp, Verb,
};

use crate::canonical::CanonicalFault;
use crate::diagnostic::Diagnostic;
use crate::diff::{Change, diff_by};
use crate::names::Names;
use crate::pack::{self, Pack, Rule};
use crate::policy_file::{self, ParsedVersion};
use crate::reach::Reach;
use crate::set_check;
use crate::source::SourceFile;
use crate::table::{Index, PurposeTable};
use crate::version::{BaseRef, PackStatus, PurposeRule, Version};

/// Every version of an account's policy and its rule packs. Immutable; share it in an `Arc`.
#[derive(Debug)]
pub struct PolicySet {
    versions: Vec<Version>,
    /// Number and effective instant of each version, side by side: what `decide` searches.
    marks: Vec<(u32, Timestamp)>,
    packs: Vec<Pack>,
    pub(crate) rules: Vec<Rule>,
    reach: Reach,
    /// The same for packs that are only proposed and that no version promises: they bar nothing.
    proposed_reach: Reach,
    pub(crate) index: Index,
    purposes: Names,
    tables: Vec<PurposeTable>,
    /// Versions that were taken back before they took effect.
    retracted: Vec<u32>,
}

/// Why a version cannot be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RetractionFault {
    #[error("nothing is published")]
    Nothing,
    #[error("version {n} is the only one: publish another that permits less")]
    Only { n: u32 },
    #[error("version {n} is in force since {since}: publish the next one instead")]
    InForce { n: u32, since: Timestamp },
}

/// A version with the file it came from.
#[derive(Debug)]
pub(crate) struct Loaded<'f> {
    pub file: &'f SourceFile,
    pub parsed: ParsedVersion,
}

impl PolicySet {
    /// Compiles policy versions and packs, in any order; Markdown files (`*.md`) are the texts that
    /// versions name, and a version that another names as its base is left out. All faults of all files are in the error.
    pub fn compile(files: &[SourceFile]) -> Result<Self, Vec<Diagnostic>> {
        let mut faults = Vec::new();
        let mut loaded = Vec::new();
        let mut packs = Vec::new();
        for file in files {
            if file.is_markdown() {
                continue;
            }
            if pack::is_pack(file) {
                keep(pack::parse(file), &mut packs, &mut faults);
            } else {
                let parsed = policy_file::parse(file, files).map(|parsed| Loaded { file, parsed });
                keep(parsed, &mut loaded, &mut faults);
            }
        }
        drop_bases(&mut loaded);
        loaded.sort_by_key(|l: &Loaded<'_>| l.parsed.version.n());
        set_check::check(&loaded, &packs, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let versions: Vec<Version> = loaded.into_iter().map(|l| l.parsed.version).collect();
        Ok(Self::build(versions, packs))
    }

    /// Compiles what an account has published. The dates of the publication count, not those in the file.
    pub fn from_published(published: &PublishedPolicies) -> Result<Self, Vec<Diagnostic>> {
        let version = |v: &avow_model::PublishedVersion| SourceFile {
            name: format!("version {}", v.n),
            text: v.source.clone(),
        };
        let pack = |(name, text): &(String, String)| SourceFile {
            name: format!("pack {name}"),
            text: text.clone(),
        };
        let files: Vec<SourceFile> = published
            .versions
            .iter()
            .map(version)
            .chain(published.packs.iter().map(pack))
            .collect();
        let mut set = Self::compile(&files)?;
        set_check::check_published(&set.versions, published, &files)?;
        for (version, row) in set.versions.iter_mut().zip(&published.versions) {
            version.published_at = row.published_at;
            version.effective_at = row.effective_at;
        }
        set.retracted.clone_from(&published.retracted);
        set.marks = marks(&set.versions);
        Ok(set)
    }

    /// From versions and packs of canonical form, oldest first, held to what `compile` holds files to.
    pub(crate) fn rebuilt(
        versions: Vec<Version>,
        packs: Vec<Pack>,
    ) -> Result<Self, CanonicalFault> {
        set_check::check_rebuilt(&versions, &packs)?;
        Ok(Self::build(versions, packs))
    }

    fn build(versions: Vec<Version>, packs: Vec<Pack>) -> Self {
        let (mut packs, proposed): (Vec<_>, Vec<_>) =
            packs.into_iter().partition(|pack| binds(pack, &versions));
        let all = || versions.iter().flat_map(Version::purposes);
        let purposes = Names::collect(all().map(|p| p.id.as_str()));
        let index = Index {
            categories: Names::collect(all().flat_map(|p| &p.reads).map(Category::as_str)),
            verbs: Names::collect(all().flat_map(|p| &p.verbs).map(Verb::as_str)),
            recipients: Names::collect(
                all()
                    .flat_map(|p| &p.recipients)
                    .map(RecipientClass::as_str),
            ),
        };
        let mut ids: Vec<&Purpose> = all().map(|p| &p.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let tables = ids
            .into_iter()
            .map(|id| PurposeTable::build(id, &versions, &index))
            .collect();
        let binding: usize = packs.iter().map(|p| p.rules.len()).sum();
        let reach = Reach::of(&packs, 0);
        let proposed_reach = Reach::of(&proposed, binding as u16);
        packs.extend(proposed);
        let rules: Vec<Rule> = packs.iter().flat_map(|p| p.rules.clone()).collect();
        Self {
            reach,
            proposed_reach,
            marks: marks(&versions),
            versions,
            packs,
            rules,
            index,
            purposes,
            tables,
            retracted: Vec::new(),
        }
    }

    /// The version that governs at this instant.
    pub fn in_force(&self, at: Timestamp) -> Option<&Version> {
        self.versions.get(self.in_force_index(at)?)
    }

    pub(crate) fn in_force_index(&self, at: Timestamp) -> Option<usize> {
        self.marks.iter().rposition(|(_, from)| *from <= at)
    }

    /// The version of this number.
    pub fn version(&self, n: u32) -> Option<&Version> {
        self.versions.get(self.version_index(n)?)
    }

    pub(crate) fn version_index(&self, n: u32) -> Option<usize> {
        self.marks.iter().position(|(m, _)| *m == n)
    }

    /// Oldest first.
    pub fn versions(&self) -> impl Iterator<Item = &Version> {
        self.versions.iter()
    }

    pub(crate) fn version_at(&self, index: usize) -> &Version {
        &self.versions[index]
    }

    /// The packs that bind, then those that are only proposed and that no version promises.
    pub fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// The purpose under which mail is measured by the version in force.
    pub fn measuring_purpose(&self, now: Timestamp) -> Option<&Purpose> {
        self.in_force(now)?.measuring_purpose()
    }

    /// The policies without their last version, taken back at this instant. Allowed only before it takes
    /// effect; choices that people made on its wording then count for nothing ([`Self::is_retracted`]).
    pub fn without_last(&self, at: Timestamp) -> Result<Self, RetractionFault> {
        let (last, rest) = self.versions.split_last().ok_or(RetractionFault::Nothing)?;
        if rest.is_empty() {
            return Err(RetractionFault::Only { n: last.n });
        }
        if last.effective_at <= at {
            return Err(RetractionFault::InForce {
                n: last.n,
                since: last.effective_at,
            });
        }
        let mut set = Self::build(rest.to_vec(), self.packs.clone());
        set.retracted.clone_from(&self.retracted);
        set.retracted.push(last.n);
        Ok(set)
    }

    /// True for a version that was taken back before it took effect.
    pub fn is_retracted(&self, n: u32) -> bool {
        self.retracted.contains(&n)
    }

    /// What changes from one version to another, whatever lies between them: a purpose is followed through
    /// all its names. `None`: there is no version of one of the numbers.
    pub fn change(&self, from: u32, to: u32) -> Option<Change> {
        let (old, new) = (self.version(from)?, self.version(to)?);
        let before = |rule: &PurposeRule| {
            let line = self.table(&rule.id).map_or(&[][..], |t| &t.line);
            line.iter().find_map(|name| old.purpose(name))
        };
        Some(diff_by(old, new, before))
    }

    pub(crate) fn table(&self, purpose: &Purpose) -> Option<&PurposeTable> {
        self.tables.get(self.purposes.find(purpose.as_str())?)
    }

    pub(crate) fn tables(&self) -> &[PurposeTable] {
        &self.tables
    }

    /// The numbers of the pack rules that protect people of this jurisdiction.
    pub(crate) fn rules_for(&self, jurisdiction: Jurisdiction) -> &[u16] {
        self.reach.rules_for(jurisdiction)
    }

    /// The numbers of the rules that are only proposed for people of this jurisdiction.
    pub(crate) fn proposed_for(&self, jurisdiction: Jurisdiction) -> &[u16] {
        self.proposed_reach.rules_for(jurisdiction)
    }
}

/// Versions of other policies that these name as their base are not versions of this one. They are what
/// `lint` holds it against.
fn drop_bases(loaded: &mut Vec<Loaded<'_>>) {
    let bases: Vec<BaseRef> = loaded
        .iter()
        .filter_map(|l| l.parsed.version.base.clone())
        .collect();
    loaded.retain(|l| {
        let version = &l.parsed.version;
        let is_base = |b: &BaseRef| b.n == version.n && b.family == version.family;
        !bases.iter().any(is_base)
    });
}

/// Law binds; a proposal binds those who promised to keep it.
fn binds(pack: &Pack, versions: &[Version]) -> bool {
    let promised = || {
        versions
            .iter()
            .flat_map(Version::packs)
            .any(|p| pack.answers(p))
    };
    pack.status == PackStatus::InForce || promised()
}

fn keep<T>(result: Result<T, Vec<Diagnostic>>, into: &mut Vec<T>, faults: &mut Vec<Diagnostic>) {
    match result {
        Ok(value) => into.push(value),
        Err(found) => faults.extend(found),
    }
}

fn marks(versions: &[Version]) -> Vec<(u32, Timestamp)> {
    versions.iter().map(|v| (v.n, v.effective_at)).collect()
}
