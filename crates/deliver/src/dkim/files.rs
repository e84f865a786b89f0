//! Signing keys as files: `<folder>/<domain>/{rsa,ed25519}.pk8`, a later pair in a folder of its number below,
//! and `<folder>/<domain>/rotation` with the instants from which each signs.
//!
//! Promises: a key is made once, never overwritten, and readable by its owner only. Never: lets a private
//! key out of this room; others see the DNS records that follow from it.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use avow_model::{Entropy, Timestamp};

use super::keys::{DkimFault, DnsRecord, KeyPairFiles, dns_records, generate_as};
use super::rotation::{Generation, Rotation};

const RSA_FILE: &str = "rsa.pk8";
const ED25519_FILE: &str = "ed25519.pk8";
const ROTATION_FILE: &str = "rotation";
/// Written whole and then renamed: a switch is there or it is not.
const ROTATION_DRAFT: &str = "rotation.new";

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
    #[error(
        "{} cannot be understood; restore it from a backup: it says which key signs what", path.display()
    )]
    Rotation { path: PathBuf },
    #[error("{domain} has no next keys; make them first: avow account keys rotate")]
    NotPrepared { domain: String },
    #[error("{domain} has had as many keys as a domain can have")]
    TooMany { domain: String },
    #[error(transparent)]
    Key(#[from] DkimFault),
}

/// How the keys of a domain stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainKeys {
    /// What signs now.
    pub active: Generation,
    /// Since when; `None` from the beginning.
    pub since: Option<Timestamp>,
    /// The records of what signs now.
    pub records: [DnsRecord; 2],
    /// The records of the pair that is to follow, where it is made already.
    pub next: Option<[DnsRecord; 2]>,
    /// The records of earlier pairs whose private keys are still there.
    pub earlier: Vec<[DnsRecord; 2]>,
}

fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> KeyFault {
    let path = path.to_owned();
    move |source| KeyFault::Io { what, path, source }
}

/// The folder with the keys of all sending domains.
#[derive(Debug, Clone, Copy)]
pub struct KeyFolder<'a>(pub &'a Path);

impl KeyFolder<'_> {
    /// The DNS records of what signs a domain's mail now; `None` when it has no keys.
    pub fn published(self, domain: &str) -> Result<Option<[DnsRecord; 2]>, KeyFault> {
        self.records(domain, self.rotation(domain)?.active())
    }

    /// The same, of new keys when it has none.
    pub fn ensure(self, domain: &str, entropy: &dyn Entropy) -> Result<[DnsRecord; 2], KeyFault> {
        self.made(domain, self.rotation(domain)?.active(), entropy)
    }

    /// How the keys of a domain stand; `None` when it has none.
    pub fn standing(self, domain: &str) -> Result<Option<DomainKeys>, KeyFault> {
        let rotation = self.rotation(domain)?;
        let Some(records) = self.records(domain, rotation.active())? else {
            return Ok(None);
        };
        let earlier = rotation.retirable().into_iter();
        let earlier = earlier.filter_map(|g| self.records(domain, g).transpose());
        let next = rotation.active().next();
        let next = next.map(|next| self.records(domain, next)).transpose()?;
        Ok(Some(DomainKeys {
            active: rotation.active(),
            since: rotation.since(),
            records,
            next: next.flatten(),
            earlier: earlier.collect::<Result<_, _>>()?,
        }))
    }

    /// The records of the pair that is to follow, which is made when there is none. Nothing is signed with it yet.
    pub fn prepare(self, domain: &str, entropy: &dyn Entropy) -> Result<[DnsRecord; 2], KeyFault> {
        let domain_name = || domain.to_owned();
        let next = self.rotation(domain)?.active().next();
        let next = next.ok_or_else(|| KeyFault::TooMany {
            domain: domain_name(),
        })?;
        self.made(domain, next, entropy)
    }

    /// From this instant on the prepared pair signs: what is begun later, not what is under way.
    pub fn switch(self, domain: &str, at: Timestamp) -> Result<(), KeyFault> {
        let rotation = self.rotation(domain)?;
        let prepared = match rotation.active().next() {
            Some(next) => self.pair(domain, next)?,
            None => None,
        };
        let switched = prepared.and_then(|_| rotation.switched(at));
        let switched = switched.ok_or_else(|| KeyFault::NotPrepared {
            domain: domain.to_owned(),
        })?;
        self.keep(domain, &switched)
    }

    /// Deletes the private keys of all pairs before the one that signs now. Their public keys must stay in DNS for as
    /// long as mail may be under way.
    pub fn retire(self, domain: &str) -> Result<(), KeyFault> {
        let rotation = self.rotation(domain)?;
        let old = rotation.retirable();
        // Said first: a pair of which half is gone would be a fault.
        self.keep(domain, &rotation.retired())?;
        for generation in old {
            let folder = self.folder(domain, generation);
            remove(&folder.join(RSA_FILE))?;
            remove(&folder.join(ED25519_FILE))?;
        }
        Ok(())
    }

    /// The keys that sign a domain's mail of this instant; `None` when it has none.
    pub(crate) fn signing(
        self,
        domain: &str,
        at: Timestamp,
    ) -> Result<Option<KeyPairFiles>, KeyFault> {
        self.pair(domain, self.rotation(domain)?.at(at))
    }

    fn records(
        self,
        domain: &str,
        generation: Generation,
    ) -> Result<Option<[DnsRecord; 2]>, KeyFault> {
        let keys = self.pair(domain, generation)?;
        let records = keys.map(|keys| dns_records(domain, &keys));
        Ok(records.transpose()?)
    }

    fn made(
        self,
        domain: &str,
        generation: Generation,
        entropy: &dyn Entropy,
    ) -> Result<[DnsRecord; 2], KeyFault> {
        if let Some(records) = self.records(domain, generation)? {
            return Ok(records);
        }
        let keys = generate_as(generation, entropy)?;
        let folder = self.folder(domain, generation);
        let mut builder = DirBuilder::new();
        let made = builder.recursive(true).mode(0o700).create(&folder);
        made.map_err(io("put in its folder", &folder))?;
        write(&folder.join(RSA_FILE), &keys.rsa_pkcs8)?;
        write(&folder.join(ED25519_FILE), &keys.ed25519_pkcs8)?;
        Ok(dns_records(domain, &keys)?)
    }

    fn pair(self, domain: &str, generation: Generation) -> Result<Option<KeyPairFiles>, KeyFault> {
        let folder = self.folder(domain, generation);
        match (part(&folder, RSA_FILE)?, part(&folder, ED25519_FILE)?) {
            (Some(rsa_pkcs8), Some(ed25519_pkcs8)) => Ok(Some(KeyPairFiles {
                generation,
                rsa_pkcs8,
                ed25519_pkcs8,
            })),
            (None, None) => Ok(None),
            _ => Err(KeyFault::Half { folder }),
        }
    }

    fn folder(self, domain: &str, generation: Generation) -> PathBuf {
        let folder = self.0.join(domain);
        match generation.folder() {
            Some(number) => folder.join(number),
            None => folder,
        }
    }

    fn rotation(self, domain: &str) -> Result<Rotation, KeyFault> {
        let folder = self.0.join(domain);
        let Some(bytes) = part(&folder, ROTATION_FILE)? else {
            return Ok(Rotation::default());
        };
        let read = std::str::from_utf8(&bytes).ok().and_then(Rotation::parse);
        read.ok_or_else(|| KeyFault::Rotation {
            path: folder.join(ROTATION_FILE),
        })
    }

    fn keep(self, domain: &str, rotation: &Rotation) -> Result<(), KeyFault> {
        let folder = self.0.join(domain);
        let draft = folder.join(ROTATION_DRAFT);
        remove(&draft)?;
        write(&draft, rotation.encode().as_bytes())?;
        let path = folder.join(ROTATION_FILE);
        std::fs::rename(&draft, &path).map_err(io("put in its place", &path))?;
        let synced = File::open(&folder).and_then(|folder| folder.sync_all());
        synced.map_err(io("put in its place", &path))
    }
}

/// Gone is gone, whoever took it.
fn remove(path: &Path) -> Result<(), KeyFault> {
    match std::fs::remove_file(path) {
        Err(fault) if fault.kind() != ErrorKind::NotFound => Err(io("deleted", path)(fault)),
        _ => Ok(()),
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

    fn selector(folder: KeyFolder<'_>, second: i64) -> String {
        let at = Timestamp::from_second(second).unwrap();
        let keys = folder.signing("acme.example", at).unwrap().unwrap();
        keys.selectors()[0].clone()
    }

    #[test]
    fn a_prepared_pair_signs_what_begins_after_the_switch() {
        let data = tempfile::tempdir().unwrap();
        let folder = KeyFolder(data.path());
        let entropy = SeededEntropy::new(1);
        let first = folder.ensure("acme.example", &entropy).unwrap();
        let next = folder.prepare("acme.example", &entropy).unwrap();
        assert_eq!(folder.prepare("acme.example", &entropy).unwrap(), next);
        assert_eq!(next[0].name, "avow-rsa-2._domainkey.acme.example");
        assert_eq!(folder.published("acme.example").unwrap().unwrap(), first);
        let at = Timestamp::from_second(100).unwrap();
        folder.switch("acme.example", at).unwrap();
        assert_eq!(folder.published("acme.example").unwrap().unwrap(), next);
        assert_eq!(selector(folder, 99), "avow-rsa");
        assert_eq!(selector(folder, 100), "avow-rsa-2");
        let standing = folder.standing("acme.example").unwrap().unwrap();
        assert_eq!((standing.since, standing.next), (Some(at), None));
        assert_eq!(standing.earlier, [first]);
        folder.retire("acme.example").unwrap();
        assert!(!data.path().join("acme.example").join(RSA_FILE).exists());
        assert_eq!(selector(folder, 99), "avow-rsa-2");
    }

    #[test]
    fn no_switch_without_new_keys_and_no_guess_at_a_broken_file() {
        let data = tempfile::tempdir().unwrap();
        let folder = KeyFolder(data.path());
        let at = Timestamp::from_second(100).unwrap();
        folder
            .ensure("acme.example", &SeededEntropy::new(1))
            .unwrap();
        let early = folder.switch("acme.example", at);
        assert!(matches!(early, Err(KeyFault::NotPrepared { .. })));
        let file = data.path().join("acme.example").join(ROTATION_FILE);
        std::fs::write(file, "use 7 once\n").unwrap();
        let broken = folder.published("acme.example");
        assert!(matches!(broken, Err(KeyFault::Rotation { .. })));
    }
}
