//! Checks across the files of one account: numbers, dates, packs, renamed purposes.

use avow_model::PublishedPolicies;

use crate::canonical::CanonicalFault;
use crate::diagnostic::Diagnostic;
use crate::diff::{diff, widens};
use crate::pack::Pack;
use crate::set::Loaded;
use crate::source::SourceFile;
use crate::table::VERSIONS_MAX;
use crate::version::Version;

/// Pack rules are numbered with 16 bits in reasons; people write tens.
const RULES_MAX: usize = 1_000;

/// Everything that is wrong between the files. `loaded` is in the order of version numbers.
pub(crate) fn check(loaded: &[Loaded<'_>], packs: &[Pack], faults: &mut Vec<Diagnostic>) {
    for pair in loaded.windows(2) {
        faults.extend(follows(&pair[0], &pair[1]));
    }
    for (at, version) in loaded.iter().enumerate() {
        let last = at.checked_sub(1).map(|last| &loaded[last]);
        faults.extend(supersedes(last, version));
        faults.extend(last.and_then(|last| lowered(last, version)));
        faults.extend(missing_packs(version, packs));
        faults.extend(continues(&loaded[..at], version));
    }
    let rules: usize = packs.iter().map(|p| p.rules.len()).sum();
    if let Some(last) = loaded
        .last()
        .filter(|_| loaded.len() > VERSIONS_MAX || rules > RULES_MAX)
    {
        let message = format!(
            "{} versions and {rules} pack rules; at most {VERSIONS_MAX} and {RULES_MAX}",
            loaded.len()
        );
        faults.push(last.file.fault(0..0, message));
    }
    faults.extend(double_packs(packs));
}

/// What is wrong with `next` as the version after `last`.
fn follows(last: &Loaded<'_>, next: &Loaded<'_>) -> Vec<Diagnostic> {
    let (old, new) = (&last.parsed.version, &next.parsed.version);
    let at = |path: &str| next.parsed.places.at(path);
    let mut out = Vec::new();
    if new.family != old.family {
        let message = format!(
            "this is a version of \"{}\", the others of \"{}\"",
            new.family, old.family
        );
        let fault = next.file.fault(at("policy"), message);
        out.push(fault.hint("one folder holds the versions of one policy"));
    }
    if new.n == old.n {
        let message = format!("version {} stands in {} already", new.n, last.file.name);
        out.push(
            next.file
                .fault(at("version"), message)
                .hint("give the newer one the next number"),
        );
        return out;
    }
    if new.effective_at <= old.effective_at {
        let message = format!(
            "version {} takes effect at {}, which is not after version {} ({})",
            new.n, new.effective_at, old.n, old.effective_at
        );
        let fault = next.file.fault(at("effective"), message);
        out.push(fault.hint("versions follow each other: they must not overlap"));
    } else if too_soon(old, new) {
        let hours = old.notice.period.as_hours();
        let message = format!(
            "version {} promised {hours} hours between publication and effect",
            old.n
        );
        let fault = next.file.fault(at("effective"), message);
        out.push(
            fault.hint(
                "take a later `effective`: the notice period of the version being left counts",
            ),
        );
    }
    out
}

/// A version that names the hash of the one before it must mean that one.
fn supersedes(last: Option<&Loaded<'_>>, next: &Loaded<'_>) -> Option<Diagnostic> {
    let version = &next.parsed.version;
    let named = version.supersedes?;
    let hint = match last.filter(|last| last.parsed.version.n + 1 == version.n) {
        Some(last) if last.parsed.version.hash() == named => return None,
        Some(last) => format!(
            "version {} has the hash {}",
            last.parsed.version.n,
            last.parsed.version.hash()
        ),
        None if version.n == 1 => "the first version supersedes nothing: leave it out".to_owned(),
        // The version before is not at hand, so there is nothing to hold it against.
        None => return None,
    };
    let message = format!(
        "`supersedes` of version {} is not the hash of the version before it",
        version.n
    );
    let fault = next
        .file
        .fault(next.parsed.places.at("supersedes"), message);
    Some(fault.hint(hint))
}

/// An author may call a change more than it is, never less.
fn lowered(last: &Loaded<'_>, next: &Loaded<'_>) -> Option<Diagnostic> {
    let said = next.parsed.version.raised?;
    let change = diff(&last.parsed.version, &next.parsed.version);
    if said >= change.computed {
        return None;
    }
    let place = next.parsed.places.at("class");
    let (said, computed) = (said.as_str(), change.computed.as_str());
    let message = format!("`class` says {said}, but the change is {computed}");
    let why = change.of_class(change.computed).next();
    let why = why.map_or_else(String::new, |item| format!("{} ", item.sentence));
    let fault = next.file.fault(place, message);
    Some(fault.hint(format!(
        "{why}Write class = \"{computed}\", or leave `class` out"
    )))
}

/// What `check` finds between files, found between versions that come from canonical bytes.
pub(crate) fn check_rebuilt(versions: &[Version], packs: &[Pack]) -> Result<(), CanonicalFault> {
    let rules: usize = packs.iter().map(|p| p.rules.len()).sum();
    if versions.len() > VERSIONS_MAX || rules > RULES_MAX {
        return Err(CanonicalFault::TooMany);
    }
    for pair in versions.windows(2) {
        let (old, new) = (&pair[0], &pair[1]);
        let n = new.n;
        if n <= old.n || new.family != old.family || new.effective_at <= old.effective_at {
            return Err(CanonicalFault::Order { n });
        }
        if too_soon(old, new) {
            return Err(CanonicalFault::Notice { n });
        }
        if new.supersedes.is_some_and(|hash| hash != old.hash()) {
            return Err(CanonicalFault::Supersedes { n });
        }
    }
    let mut promised = versions.iter().flat_map(|v| &v.packs);
    match promised.find(|wanted| !packs.iter().any(|p| p.answers(wanted))) {
        Some(pack) => Err(CanonicalFault::Pack {
            pack: pack.to_string(),
        }),
        None => Ok(()),
    }
}

/// True when there is less time between publication and effect than the version being left promised.
fn too_soon(old: &Version, new: &Version) -> bool {
    let earliest = new.published_at.checked_add(old.notice.period);
    earliest.map_or(true, |earliest| new.effective_at < earliest)
}

fn missing_packs(loaded: &Loaded<'_>, packs: &[Pack]) -> Vec<Diagnostic> {
    let promised = loaded.parsed.version.packs.iter();
    promised
        .filter(|wanted| !packs.iter().any(|p| p.answers(wanted)))
        .map(|wanted| {
            let span = loaded.parsed.places.at(&format!("packs/{wanted}"));
            let message = format!("the rule pack \"{wanted}\" is promised and not there");
            let fault = loaded.file.fault(span, message);
            fault.hint(match packs.iter().find(|p| p.name == wanted.name) {
                Some(other) => format!(
                    "version {} of it is there: name that one, or put the other beside it",
                    other.version
                ),
                None => format!(
                    "put a file with pack = \"{}\" beside the versions",
                    wanted.name
                ),
            })
        })
        .collect()
}

fn double_packs(packs: &[Pack]) -> Vec<Diagnostic> {
    let same = |a: &Pack, b: &Pack| a.name == b.name && a.version == b.version;
    let double = |at: usize| packs[..at].iter().any(|p| same(p, &packs[at]));
    (0..packs.len())
        .filter(|at| double(*at))
        .map(|at| {
            let file = SourceFile {
                name: format!("pack {}", packs[at].name),
                text: String::new(),
            };
            let message = format!("two packs are named \"{}\"", packs[at].key());
            file.fault(0..0, message).hint("keep one of them")
        })
        .collect()
}

/// A renamed purpose must exist before, and must not widen what the old one allowed.
fn continues(earlier: &[Loaded<'_>], loaded: &Loaded<'_>) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for rule in &loaded.parsed.version.purposes {
        let Some(old) = &rule.continues else { continue };
        let found = earlier
            .iter()
            .rev()
            .find_map(|l| l.parsed.version.purpose(old));
        let wrong = match found {
            None if earlier.is_empty() => continue,
            None => format!("no earlier version declares \"{old}\""),
            Some(before) if widens(before, rule) => {
                format!(
                    "\"{}\" allows more than \"{old}\", so it cannot go on with its permissions",
                    rule.id
                )
            }
            Some(_) => continue,
        };
        let path = format!("purpose/{}/continues", rule.id);
        let fault = loaded.file.fault(loaded.parsed.places.at(&path), wrong);
        out.push(fault.hint("leave `continues` out: then people are asked anew"));
    }
    out
}

/// The store's numbers must be those of the files, and its dates must follow each other.
pub(crate) fn check_published(
    versions: &[Version],
    published: &PublishedPolicies,
    files: &[SourceFile],
) -> Result<(), Vec<Diagnostic>> {
    let mut faults = Vec::new();
    for (at, (version, row)) in versions.iter().zip(&published.versions).enumerate() {
        let last = at.checked_sub(1).and_then(|i| published.versions.get(i));
        if version.n != row.n {
            let message = format!(
                "published as version {}, but the file says {}",
                row.n, version.n
            );
            faults.push(files[at].fault(0..0, message));
        } else if last.is_some_and(|last| row.effective_at <= last.effective_at) {
            let message = format!(
                "version {} does not take effect after the one before it",
                row.n
            );
            faults.push(files[at].fault(0..0, message));
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}
