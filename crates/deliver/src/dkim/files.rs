//! Signing keys as files: `<folder>/<domain>/{rsa,ed25519}.pk8`.
//!
//! Promises: a key is made once, never overwritten, and readable by its owner only. Never: lets a private
//! key out of this room; others see the DNS records that follow from it.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use avow_model::Entropy;

use super::keys::{DkimFault, DnsRecord, KeyPairFiles, dns_records, generate};

const RSA_FILE: &str = "rsa.pk8";
const ED25519_FILE: &str = "ed25519.pk8";

/// Why a domain's keys cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    #[error(
        "{} holds one key of two; restore the other from a backup, or move both away to get new ones",
        folder.display()
    )]
    Half { folder: PathBuf },
    #[error(
        "the signing key {} cannot be {what} ({source}); check owner and rights of the keys folder",
        path.display()
    )]
    Io {
        what: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error(transparent)]
    Key(#[from] DkimFault),
}

fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> KeyFault {
    let path = path.to_owned();
    move |source| KeyFault::Io { what, path, source }
}

/// The folder with the keys of all sending domains.
#[derive(Debug, Clone, Copy)]
pub struct KeyFolder<'a>(pub &'a Path);

impl KeyFolder<'_> {
    /// The DNS records of a domain's keys; `None` when it has none.
    pub fn published(self, domain: &str) -> Result<Option<[DnsRecord; 2]>, KeyFault> {
        let keys = self.read(domain)?;
        let records = keys.map(|keys| dns_records(domain, &keys));
        Ok(records.transpose()?)
    }

    /// The same, of new keys when it has none.
    pub fn ensure(self, domain: &str, entropy: &dyn Entropy) -> Result<[DnsRecord; 2], KeyFault> {
        if let Some(records) = self.published(domain)? {
            return Ok(records);
        }
        let keys = generate(entropy)?;
        let folder = self.0.join(domain);
        let mut builder = DirBuilder::new();
        let made = builder.recursive(true).mode(0o700).create(&folder);
        made.map_err(io("put in its folder", &folder))?;
        write(&folder.join(RSA_FILE), &keys.rsa_pkcs8)?;
        write(&folder.join(ED25519_FILE), &keys.ed25519_pkcs8)?;
        Ok(dns_records(domain, &keys)?)
    }

    /// The keys of a domain; `None` when it has none.
    pub(crate) fn read(self, domain: &str) -> Result<Option<KeyPairFiles>, KeyFault> {
        let folder = self.0.join(domain);
        match (part(&folder, RSA_FILE)?, part(&folder, ED25519_FILE)?) {
            (Some(rsa_pkcs8), Some(ed25519_pkcs8)) => Ok(Some(KeyPairFiles {
                rsa_pkcs8,
                ed25519_pkcs8,
            })),
            (None, None) => Ok(None),
            _ => Err(KeyFault::Half { folder }),
        }
    }
}

fn part(folder: &Path, name: &str) -> Result<Option<Vec<u8>>, KeyFault> {
    let path = folder.join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(None),
        Err(fault) => Err(io("read", &path)(fault)),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), KeyFault> {
    let mut options = OpenOptions::new();
    let made = options.write(true).create_new(true).mode(0o600).open(path);
    let mut file = made.map_err(io("made", path))?;
    file.write_all(bytes).map_err(io("written", path))?;
    file.sync_all().map_err(io("written", path))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use avow_testkit::SeededEntropy;

    use super::*;

    #[test]
    fn keys_are_made_once_for_their_owner_only_and_half_a_pair_is_not_replaced() {
        let data = tempfile::tempdir().unwrap();
        let folder = KeyFolder(data.path());
        let entropy = SeededEntropy::new(1);
        assert_eq!(folder.published("acme.example").unwrap(), None);
        let first = folder.ensure("acme.example", &entropy).unwrap();
        let again = folder.ensure("acme.example", &entropy).unwrap();
        assert_eq!(first, again);
        let rsa = data.path().join("acme.example").join(RSA_FILE);
        let mode = std::fs::metadata(&rsa).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::remove_file(rsa).unwrap();
        let half = folder.ensure("acme.example", &entropy);
        assert!(matches!(half, Err(KeyFault::Half { .. })));
    }
}
