//! Policy files from disk: versions, and the rule packs that they name.

pub(crate) mod bases;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use avow_policy::founding::own_pack;
use avow_policy::{Diagnostic, PolicySet, SourceFile, lint, texts_named, with_texts_inside};

use crate::fault::Usage;

/// What was read: versions in the order of their numbers, packs with their names.
pub(crate) struct Files {
    pub(crate) versions: Vec<SourceFile>,
    pub(crate) packs: Vec<(String, String)>,
    /// The versions of other policies that these name as their bases, those that were found.
    pub(crate) bases: Vec<SourceFile>,
}

/// What of a policy file tells its kind. Everything else is for the compiler to judge.
#[derive(Debug, Default, serde::Deserialize)]
struct Head {
    policy: Option<String>,
    version: Option<i64>,
    base: Option<String>,
    pack: Option<String>,
    #[serde(default)]
    packs: Vec<String>,
}

/// Reads the files, and the packs that the versions name.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Files> {
    let mut versions = Vec::new();
    let mut packs: Vec<(String, String)> = Vec::new();
    let (mut wanted, mut bases) = (Vec::new(), Vec::new());
    for path in paths {
        let file = source(path)?;
        // A file that is no TOML is left to the compiler, which shows the place.
        let head: Head = toml::from_str(&file.text).unwrap_or_default();
        if let Some(name) = head.pack {
            packs.push((pack_key(name, head.version), file.text));
            continue;
        }
        let texts = texts_of(&file)?;
        let file = with_texts_inside(&file, &texts);
        let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
        if let Some(base) = bases::named(&file) {
            bases.extend(bases::find(&base, &folder)?);
        }
        wanted.extend(head.packs.into_iter().map(|name| (name, folder.clone())));
        versions.push((head.version.unwrap_or(0), file));
    }
    for (wanted, folder) in wanted {
        if packs.iter().any(|(known, _)| answers(known, &wanted)) {
            continue;
        }
        if let Some(text) = find_pack(&wanted, &folder)? {
            let key = pack_key(plain(&wanted).to_owned(), version_in(&text));
            packs.push((key, text));
        }
    }
    versions.sort_by_key(|(n, _)| *n);
    let versions = versions.into_iter().map(|(_, file)| file).collect();
    Ok(Files {
        versions,
        packs,
        bases,
    })
}

/// The name that a pack is kept under: first versions by name alone, so that old data stay found.
fn pack_key(name: String, version: Option<i64>) -> String {
    match version {
        None | Some(1) => name,
        Some(n) => format!("{name}@{n}"),
    }
}

/// A pack's name without the version behind it.
fn plain(pack: &str) -> &str {
    pack.split('@').next().unwrap_or(pack)
}

/// The version behind a pack's name, where one stands there.
fn pinned(pack: &str) -> Option<u32> {
    pack.split_once('@')?.1.parse().ok()
}

/// True when a pack that is kept under this name is what a policy that names `wanted` means.
fn answers(kept: &str, wanted: &str) -> bool {
    let version = pinned(kept).unwrap_or(1);
    plain(kept) == plain(wanted) && pinned(wanted).is_none_or(|n| n == version)
}

fn version_in(pack: &str) -> Option<i64> {
    let head: Head = toml::from_str(pack).unwrap_or_default();
    head.version
}

/// The packs, of those kept, in whose place newer versions come, unless one of these policy versions pinned them.
pub(crate) fn superseded(
    kept: &[(String, String)],
    coming: &[(String, String)],
    versions: &[SourceFile],
) -> Vec<String> {
    let head = |file: &SourceFile| toml::from_str::<Head>(&file.text).unwrap_or_default();
    let wanted: Vec<String> = versions.iter().flat_map(|file| head(file).packs).collect();
    let number = |key: &str| pinned(key).unwrap_or(1);
    let is_old = |key: &str| {
        let newer = |(other, _): &(String, String)| {
            plain(other) == plain(key) && number(other) > number(key)
        };
        let is_pinned = |w: &String| pinned(w).is_some() && answers(key, w);
        coming.iter().any(newer) && !wanted.iter().any(is_pinned)
    };
    let old = kept.iter().map(|(key, _)| key).filter(|key| is_old(key));
    old.cloned().collect()
}

/// The Markdown files that a policy file names, those that are there.
pub(crate) fn texts_of(file: &SourceFile) -> Result<Vec<SourceFile>> {
    let mut texts = Vec::new();
    for name in texts_named(file) {
        if Path::new(&name).is_file() {
            texts.push(source(Path::new(&name))?);
        }
    }
    Ok(texts)
}

fn source(path: &Path) -> Result<SourceFile> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path);
    let bytes =
        bytes.map_err(|fault| Usage(format!("the policy file {name} cannot be read: {fault}")))?;
    SourceFile::from_bytes(&name, &bytes).map_err(|fault| anyhow::anyhow!("{fault}"))
}

/// A pack beside the version, in `packs/` beside it or one above, or our own: of the version that is wanted.
fn find_pack(wanted: &str, folder: &Path) -> Result<Option<String>> {
    let name = plain(wanted);
    let file = format!("{name}.toml");
    let places = [
        folder.join(&file),
        folder.join("packs").join(&file),
        folder.join("../packs").join(&file),
    ];
    for place in places {
        if place.is_file() {
            let text = std::fs::read_to_string(&place)
                .with_context(|| format!("cannot read {}", place.display()))?;
            if answers(&pack_key(name.to_owned(), version_in(&text)), wanted) {
                return Ok(Some(text));
            }
        }
    }
    Ok(own_pack(wanted).map(str::to_owned))
}

/// Those of our own packs that versions among these files name, and that are not among them.
pub(crate) fn own_packs_for(files: &[SourceFile]) -> Vec<SourceFile> {
    let heads: Vec<Head> = files
        .iter()
        .map(|f| toml::from_str(&f.text).unwrap_or_default())
        .collect();
    let brought = |wanted: &str| {
        let key = |h: &Head| Some(pack_key(h.pack.clone()?, h.version));
        heads
            .iter()
            .filter_map(key)
            .any(|key| answers(&key, wanted))
    };
    let named = heads.iter().flat_map(|h| &h.packs);
    let mut wanted: Vec<&str> = named.map(String::as_str).filter(|w| !brought(w)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let pack = |name: &str| {
        Some(SourceFile {
            name: format!("pack {name}"),
            text: own_pack(name)?.to_owned(),
        })
    };
    wanted.into_iter().filter_map(pack).collect()
}

/// The files of each policy among these, with all packs and texts, in the order of the policies' names.
pub(crate) fn families(files: &[SourceFile]) -> Vec<Vec<SourceFile>> {
    let family = |file: &SourceFile| {
        let head: Head = toml::from_str(&file.text).unwrap_or_default();
        head.policy
    };
    let names: std::collections::BTreeSet<String> = files.iter().filter_map(family).collect();
    let of = |name: &String| {
        let belongs = |file: &&SourceFile| family(file).is_none_or(|other| other == *name);
        files.iter().filter(belongs).cloned().collect()
    };
    names.iter().map(of).collect()
}

/// Compiles what was read; all faults of all files are in the error, each with its place.
pub(crate) fn compile(files: &Files) -> Result<PolicySet> {
    let packs = files.packs.iter().map(|(name, text)| SourceFile {
        name: format!("pack {name}"),
        text: text.clone(),
    });
    let own = files.versions.iter().chain(&files.bases).cloned();
    let all: Vec<SourceFile> = own.chain(packs).collect();
    let set = match PolicySet::compile(&all) {
        Ok(set) => set,
        Err(faults) => bail!("the policy is not right yet:\n{}", told(&faults)),
    };
    let wrong: Vec<Diagnostic> = lint(&all)
        .into_iter()
        .filter(Diagnostic::is_error)
        .collect();
    if !wrong.is_empty() {
        bail!("the policy is not right yet:\n{}", told(&wrong));
    }
    Ok(set)
}

/// Diagnostics as lines, with a caret under each fault.
pub(crate) fn told(faults: &[Diagnostic]) -> String {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
