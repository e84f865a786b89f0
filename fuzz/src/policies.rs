//! Policy files and rule packs.

use avow_policy::{SourceFile, canonical_file, check_file, hash_file};

/// The compiler never panics; what it takes has one canonical form and one hash, twice the same; what it
/// refuses is refused with at least one place in the file.
pub(crate) fn run(bytes: &[u8]) {
    let Ok(file) = SourceFile::from_bytes("fuzzed.toml", bytes) else {
        return;
    };
    match check_file(&file, &[]) {
        Ok(_) => {
            let canonical = canonical_file(&file, &[]);
            assert!(canonical.is_ok());
            assert_eq!(canonical.ok(), canonical_file(&file, &[]).ok());
            assert_eq!(hash_file(&file, &[]).ok(), hash_file(&file, &[]).ok());
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            assert!(faults.iter().all(|fault| !fault.message.is_empty()));
        }
    }
}
