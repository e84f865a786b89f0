//! The installation's secret: one file of 32 random bytes, from which every key is derived.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result, bail};
use avow_model::Entropy;
use aws_lc_rs::hmac;

const FILE_NAME: &str = "secret.key";
const BYTES: usize = 32;

/// What a derived key is for. Two uses never share a key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Use {
    /// Seals the tokens in links.
    Token,
    /// Finds contacts and suppressions by address.
    Marker,
}

impl Use {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Token => b"token",
            Self::Marker => b"marker",
        }
    }
}

/// The secret itself; shown nowhere.
pub(crate) struct Secret([u8; BYTES]);

impl Secret {
    /// Reads the data folder's secret, or makes it on first use, readable by its owner only.
    pub(crate) fn open(data: &Path, entropy: &dyn Entropy) -> Result<Self> {
        let path = data.join(FILE_NAME);
        match std::fs::read(&path) {
            Ok(bytes) => match bytes.try_into() {
                Ok(secret) => Ok(Self(secret)),
                Err(_) => bail!(
                    "{} is damaged: it must hold {BYTES} bytes; restore it from a backup, without it no link in any mail opens",
                    path.display()
                ),
            },
            Err(e) if e.kind() == ErrorKind::NotFound => Self::make(&path, entropy),
            Err(e) => Err(e).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    fn make(path: &Path, entropy: &dyn Entropy) -> Result<Self> {
        let mut secret = [0; BYTES];
        entropy.fill(&mut secret);
        let made = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path);
        let mut file = made.with_context(|| format!("cannot make {}", path.display()))?;
        file.write_all(&secret)?;
        file.sync_all()?;
        Ok(Self(secret))
    }

    /// The key for one use: HMAC-SHA256 of its label under the secret.
    pub(crate) fn derive(&self, purpose: Use) -> [u8; BYTES] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let tag = hmac::sign(&key, purpose.label());
        let mut out = [0; BYTES];
        out.copy_from_slice(tag.as_ref());
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_made_once_and_a_damaged_one_is_refused() {
        let folder = std::env::temp_dir().join(format!("avow-secret-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let entropy = crate::system::entropy();
        let first = Secret::open(&folder, &*entropy).unwrap().derive(Use::Token);
        let again = Secret::open(&folder, &*entropy).unwrap();
        assert_eq!(first, again.derive(Use::Token));
        assert_ne!(first, again.derive(Use::Marker));
        std::fs::write(folder.join(FILE_NAME), b"short").unwrap();
        assert!(Secret::open(&folder, &*entropy).is_err());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
