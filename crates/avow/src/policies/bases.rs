//! The version of another policy that a policy stays within: found beside it on the disk.

use std::path::Path;

use anyhow::Result;
use avow_policy::{BaseRef, SourceFile};

use super::{Head, source};

/// A folder of versions has tens of files; more is not looked through.
const FILES_MAX: usize = 200;

/// The base that a version file names. A name of the wrong form is left to the compiler.
pub(crate) fn named(file: &SourceFile) -> Option<BaseRef> {
    let head: Head = toml::from_str(&file.text).ok()?;
    head.base?.parse().ok()
}

/// True when a source is this version of this policy.
pub(crate) fn is_version(file: &SourceFile, wanted: &BaseRef) -> bool {
    let head: Head = toml::from_str(&file.text).unwrap_or_default();
    head.policy.as_deref() == Some(wanted.family.as_str()) && head.version == Some(wanted.n.into())
}

/// The base's file: in the same folder, or in the folder beside it that is called like its account.
pub(super) fn find(wanted: &BaseRef, folder: &Path) -> Result<Option<SourceFile>> {
    let beside = folder.join("..").join(wanted.family.account().as_str());
    for place in [folder, &beside] {
        for path in files(place) {
            let file = source(&path)?;
            if is_version(&file, wanted) {
                return Ok(Some(file));
            }
        }
    }
    Ok(None)
}

/// The TOML files of a folder, in the order of their names; none where there is no such folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let toml = |path: &std::path::PathBuf| path.extension().is_some_and(|e| e == "toml");
    let mut found: Vec<_> = paths.filter(toml).take(FILES_MAX).collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_found_in_the_folder_beside_by_what_it_says_and_not_by_its_name() {
        let root = std::env::temp_dir().join(format!("avow-bases-{}", std::process::id()));
        for folder in ["stall", "platform"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        let write = |path: &str, text: &str| std::fs::write(root.join(path), text).unwrap();
        write(
            "platform/first.toml",
            "policy = \"platform/main\"\nversion = 1\n",
        );
        write(
            "platform/third.toml",
            "policy = \"platform/main\"\nversion = 3\n",
        );
        write("platform/notes.txt", "none");
        write(
            "stall/v1.toml",
            "policy = \"stall/main\"\nbase = \"platform/main@3\"\n",
        );
        let folder = root.join("stall");
        let stall = source(&folder.join("v1.toml")).unwrap();
        let wanted = named(&stall).unwrap();
        let found = find(&wanted, &folder).unwrap().unwrap();
        assert!(found.name.ends_with("third.toml"), "{}", found.name);
        let other = "platform/main@2".parse().unwrap();
        assert_eq!(find(&other, &folder).unwrap(), None);
        assert_eq!(
            find(&"nobody/main@1".parse().unwrap(), &folder).unwrap(),
            None
        );
        assert_eq!(named(&found), None);
        std::fs::remove_dir_all(&root).unwrap();
    }
}
