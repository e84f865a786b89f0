//! Signs checkpoints: the key file, the last checkpoint of each account in a file of its own, and the
//! comparison that keeps a restored backup from signing a fork.
//!
//! Promises: the last checkpoint is compared and replaced under a lock, so that two processes never sign
//! two different trees; the file is on the disk before the checkpoint is given away. Never: signs what
//! does not go on from what was signed.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use avow_ledger::{
    AccountKey, Head, KEY_BYTES, LogKey, LogVerifier, Origin, consistency_tiles, may_sign,
    prove_consistency,
};
use avow_model::{AccountId, Entropy};
use avow_store::{AccountRow, AccountScope, Store};
use aws_lc_rs::hmac;

use crate::keys;
use crate::world::World;

/// Last checkpoints, one file an account.
const FOLDER: &str = "ledger";
const LOCK_FILE: &str = "lock";
const KEY_FILE: &str = "ledger.key";

/// Signs for all accounts of an installation.
pub(crate) struct Notary {
    store: Store,
    folder: PathBuf,
    host: String,
    secret: hmac::Key,
}

/// A checkpoint that stands.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    pub(crate) head: Head,
    /// The signed note.
    pub(crate) note: String,
    /// The log's public key, as trust files hold it.
    pub(crate) key: String,
}

impl Notary {
    /// Reads the signing key, or makes it on first use, readable by its owner only.
    pub(crate) fn open(world: &World) -> Result<Self> {
        let folder = world.config.data.join(FOLDER);
        let made = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder);
        made.with_context(|| format!("cannot make {}", folder.display()))?;
        let secret = secret(&world.config.data, &*world.entropy)?;
        Ok(Self {
            store: world.store.clone(),
            folder,
            host: host_of(&world.config.base_url).to_owned(),
            secret: hmac::Key::new(hmac::HMAC_SHA256, &secret),
        })
    }

    /// Signs the ledger as it stands, unless the last checkpoint says so already. Refused where the ledger
    /// does not go on from what was signed: the error says what to do.
    pub(crate) async fn sign(&self, account: &AccountRow) -> Result<Signed> {
        let scope = self.store.account(account.id);
        let _lock = self.lock()?;
        let file = self.file(account);
        let last = self.last(&scope, account, &file).await?;
        let head = scope.ledger_head().await?;
        let key = self.key(account, last.as_ref().map(|signed| signed.0.clone()))?;
        let verifier = key.verifier().as_str().to_owned();
        let signed = last.as_ref().map(|(_, head, _)| head);
        let proof = match signed {
            Some(signed) if 0 < signed.size && signed.size < head.size => {
                let wanted = consistency_tiles(signed.size, head.size)?;
                let tiles = scope.ledger_tiles(&wanted).await?;
                prove_consistency(signed.size, head.size, &tiles)?
            }
            _ => Vec::new(),
        };
        if let Err(refusal) = may_sign(signed, &head, &proof) {
            bail!(
                "no checkpoint is signed for `{}`: {refusal}. Nothing is lost by that; entries go on being \
                 kept. Stop avow and restore the newest backup. Only when there is none: move {} away; the \
                 log then goes on as another one, and whoever holds an earlier checkpoint can show it",
                account.slug,
                file.display()
            );
        }
        let note = match last {
            Some((_, signed, note)) if signed == head => note,
            _ => key.sign(&head),
        };
        replace(&file, &note)?;
        scope.checkpoint_keep(head.size, &note).await?;
        Ok(Signed {
            head,
            note,
            key: verifier,
        })
    }

    /// The last checkpoint, from the account's file or from the database, whichever is further.
    async fn last(
        &self,
        scope: &AccountScope,
        account: &AccountRow,
        file: &Path,
    ) -> Result<Option<(Origin, Head, String)>> {
        let in_file = match std::fs::read_to_string(file) {
            Ok(note) => Some(note),
            Err(e) if e.kind() == ErrorKind::NotFound => None,
            Err(e) => return Err(e).with_context(|| format!("cannot read {}", file.display())),
        };
        let kept = scope.checkpoint_last().await?.map(|kept| kept.note);
        let mut last: Option<(Origin, Head, String)> = None;
        for note in in_file.into_iter().chain(kept) {
            let (origin, head) = self.read(account, &note)?;
            if last
                .as_ref()
                .is_none_or(|(_, before, _)| before.size < head.size)
            {
                last = Some((origin, head, note));
            }
        }
        Ok(last)
    }

    /// A checkpoint of ours. The log keeps the name that it was first signed with.
    fn read(&self, account: &AccountRow, note: &str) -> Result<(Origin, Head)> {
        let origin = Origin::parse(note.lines().next().unwrap_or_default())?;
        let verifier: LogVerifier = self.key(account, Some(origin.clone()))?.verifier();
        let head = verifier.open(note).with_context(|| {
            format!(
                "the last checkpoint of `{}` was not signed with {KEY_FILE}, or was changed; bring the right \
                 key file back from a backup",
                account.slug
            )
        })?;
        Ok((origin, head))
    }

    fn key(&self, account: &AccountRow, origin: Option<Origin>) -> Result<LogKey> {
        let origin = match origin {
            Some(origin) => origin,
            None => Origin::new(&self.host, account.slug.as_str())?,
        };
        Ok(LogKey::from_seed(origin, &self.seed(account.id)))
    }

    fn seed(&self, account: AccountId) -> [u8; KEY_BYTES] {
        let tag = hmac::sign(&self.secret, &account.as_i64().to_be_bytes());
        let mut own = [0; KEY_BYTES];
        own.copy_from_slice(tag.as_ref());
        AccountKey::from_bytes(own).signing_seed()
    }

    fn file(&self, account: &AccountRow) -> PathBuf {
        self.folder.join(format!("{}.checkpoint", account.slug))
    }

    /// Held while a checkpoint is compared and replaced.
    fn lock(&self) -> Result<File> {
        let path = self.folder.join(LOCK_FILE);
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).mode(0o600);
        let file = file.open(&path).and_then(|file| file.lock().map(|()| file));
        file.with_context(|| format!("cannot lock {}", path.display()))
    }
}

/// Replaces a file in one step, on the disk when it returns.
fn replace(file: &Path, text: &str) -> Result<()> {
    let new = file.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut out = File::create(&new)?;
        out.write_all(text.as_bytes())?;
        out.sync_all()?;
        std::fs::rename(&new, file)?;
        match file.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    };
    write().with_context(|| format!("cannot write {}", file.display()))
}

/// The key file's bytes.
fn secret(data: &Path, entropy: &dyn Entropy) -> Result<[u8; KEY_BYTES]> {
    let folder = keys::folder(data);
    let path = folder.join(KEY_FILE);
    match std::fs::read(&path) {
        Ok(bytes) => match bytes.try_into() {
            Ok(secret) => Ok(secret),
            Err(_) => bail!(
                "{} is damaged: it must hold {KEY_BYTES} bytes; restore it from a backup, without it no \
                 checkpoint can be signed",
                path.display()
            ),
        },
        Err(e) if e.kind() == ErrorKind::NotFound => make(&folder, &path, entropy),
        Err(e) => Err(e).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn make(folder: &Path, path: &Path, entropy: &dyn Entropy) -> Result<[u8; KEY_BYTES]> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("cannot make {}", folder.display()))?;
    let mut secret = [0; KEY_BYTES];
    entropy.fill(&mut secret);
    let mut options = OpenOptions::new();
    let made = options.write(true).create_new(true).mode(0o600).open(path);
    let mut file = made.with_context(|| format!("cannot make {}", path.display()))?;
    file.write_all(&secret)?;
    file.sync_all()?;
    Ok(secret)
}

/// The host of an address of ours.
fn host_of(base_url: &str) -> &str {
    let rest = base_url
        .split_once("://")
        .map_or(base_url, |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or_default();
    if host.is_empty() { "localhost" } else { host }
}
