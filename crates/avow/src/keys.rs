//! The signing keys of sending domains, as files of the data folder.
//!
//! Promises: a key is made once, never overwritten, and readable by its owner only.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use avow_deliver::dkim::{self, DnsRecord, KeyPairFiles};
use avow_model::Entropy;
use serde::Serialize;

const FOLDER: &str = "keys";
const RSA_FILE: &str = "rsa.pk8";
const ED25519_FILE: &str = "ed25519.pk8";

/// Where the keys of all domains lie.
pub(crate) fn folder(data: &Path) -> PathBuf {
    data.join(FOLDER)
}

/// The keys of a domain; `None` when it has none yet.
pub(crate) fn read(data: &Path, domain: &str) -> Result<Option<KeyPairFiles>> {
    let folder = folder(data).join(domain);
    let (rsa, ed25519) = (part(&folder, RSA_FILE)?, part(&folder, ED25519_FILE)?);
    match (rsa, ed25519) {
        (Some(rsa_pkcs8), Some(ed25519_pkcs8)) => Ok(Some(KeyPairFiles {
            rsa_pkcs8,
            ed25519_pkcs8,
        })),
        (None, None) => Ok(None),
        _ => anyhow::bail!(
            "{} holds one key of two; restore the other from a backup, or move both away to get new ones",
            folder.display()
        ),
    }
}

fn part(folder: &Path, name: &str) -> Result<Option<Vec<u8>>> {
    let path = folder.join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// The keys of a domain, made when it has none.
pub(crate) fn ensure(data: &Path, domain: &str, entropy: &dyn Entropy) -> Result<KeyPairFiles> {
    if let Some(keys) = read(data, domain)? {
        return Ok(keys);
    }
    let keys = dkim::generate(entropy)?;
    let folder = folder(data).join(domain);
    let made = DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder);
    made.with_context(|| format!("cannot make {}", folder.display()))?;
    write(&folder.join(RSA_FILE), &keys.rsa_pkcs8)?;
    write(&folder.join(ED25519_FILE), &keys.ed25519_pkcs8)?;
    Ok(keys)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = OpenOptions::new();
    let made = options.write(true).create_new(true).mode(0o600).open(path);
    let mut file = made.with_context(|| format!("cannot make {}", path.display()))?;
    file.write_all(bytes)?;
    file.sync_all()
        .with_context(|| format!("cannot write {}", path.display()))
}

/// One DNS record that the domain's owner has to publish, and why.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Publish {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) value: String,
    pub(crate) why: &'static str,
}

/// What a domain needs in DNS before its mail is believed.
pub(crate) fn dns(domain: &str, keys: &KeyPairFiles) -> Result<Vec<Publish>> {
    let txt = |record: DnsRecord, why| Publish {
        name: record.name,
        kind: "TXT",
        value: record.value,
        why,
    };
    let [rsa, ed25519] = dkim::dns_records(domain, keys)?;
    let dmarc = DnsRecord {
        name: format!("_dmarc.{domain}"),
        value: "v=DMARC1; p=none".to_owned(),
    };
    Ok(vec![
        txt(rsa, "DKIM signature that every receiver can verify"),
        txt(ed25519, "DKIM signature for receivers that know Ed25519"),
        txt(
            dmarc,
            "DMARC: large receivers want one; raise p= when your reports are clean",
        ),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_half_a_pair_is_not_replaced() {
        let data = std::env::temp_dir().join(format!("avow-keys-{}", std::process::id()));
        let entropy = crate::system::entropy();
        assert!(read(&data, "acme.example").unwrap().is_none());
        let first = ensure(&data, "acme.example", &*entropy).unwrap();
        let again = ensure(&data, "acme.example", &*entropy).unwrap();
        assert_eq!(first.rsa_pkcs8, again.rsa_pkcs8);
        assert_eq!(dns("acme.example", &first).unwrap().len(), 3);
        std::fs::remove_file(folder(&data).join("acme.example").join(RSA_FILE)).unwrap();
        assert!(ensure(&data, "acme.example", &*entropy).is_err());
        std::fs::remove_dir_all(data).unwrap();
    }
}
