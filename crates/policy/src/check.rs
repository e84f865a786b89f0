//! Checking one file by itself, before its neighbours exist.

use avow_model::Timestamp;

use crate::diagnostic::Diagnostic;
use crate::diff::{Change, diff};
use crate::hash::PolicyHash;
use crate::pack;
use crate::policy_file;
use crate::source::SourceFile;

/// What a file that is in order turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    Version {
        family: String,
        n: u32,
        effective_at: Timestamp,
        purposes: usize,
    },
    Pack {
        name: String,
        rules: usize,
    },
}

/// Checks what can be known from one file: not whether the packs it promises exist, nor whether it
/// follows the version before it. `PolicySet::compile` checks those.
///
/// `texts` are the Markdown files that the file may name.
pub fn check_file(file: &SourceFile, texts: &[SourceFile]) -> Result<Checked, Vec<Diagnostic>> {
    if pack::is_pack(file) {
        let pack = pack::parse(file)?;
        return Ok(Checked::Pack {
            name: pack.name.to_string(),
            rules: pack.rules.len(),
        });
    }
    let version = policy_file::parse(file, texts)?.version;
    Ok(Checked::Version {
        family: version.family().to_owned(),
        n: version.n(),
        effective_at: version.effective_at(),
        purposes: version.purposes().len(),
    })
}

/// The hash of one file by itself: of a version, or of a pack.
pub fn hash_file(file: &SourceFile, texts: &[SourceFile]) -> Result<PolicyHash, Vec<Diagnostic>> {
    if pack::is_pack(file) {
        return Ok(pack::parse(file)?.hash());
    }
    Ok(policy_file::parse(file, texts)?.version.hash())
}

/// The canonical bytes of one file by itself: of a version, or of a pack.
pub fn canonical_file(file: &SourceFile, texts: &[SourceFile]) -> Result<Vec<u8>, Vec<Diagnostic>> {
    if pack::is_pack(file) {
        return Ok(pack::parse(file)?.canonical());
    }
    Ok(policy_file::parse(file, texts)?.version.canonical())
}

/// What changes from one version file to another.
pub fn diff_files(
    old: &SourceFile,
    new: &SourceFile,
    texts: &[SourceFile],
) -> Result<Change, Vec<Diagnostic>> {
    let old = policy_file::parse(old, texts)?.version;
    let new = policy_file::parse(new, texts)?.version;
    Ok(diff(&old, &new))
}
