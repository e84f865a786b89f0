//! One engine for one data folder and one store: a file lock, and a lease row that other machines see.
//!
//! The file lock ends with the process, however it ends, so that a restart on the same folder takes over
//! at once: the owner's name in the lease row is kept in the folder. Another machine waits until the
//! lease runs out. Whoever cannot renew stops sending before the lease ends (it fences itself).

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use avow_model::{Entropy, Timestamp};
use avow_store::{LeaseWish, Store, StoreError};

use super::crew::Crew;

/// How long a lease runs without being renewed.
const LEASE: Duration = Duration::from_mins(1);
/// Sending stops ten seconds before the lease ends: clocks differ and messages take time.
const FENCE: Duration = Duration::from_secs(50);
/// How often it is renewed.
const RENEW: Duration = Duration::from_secs(20);
/// The lease's name in the store: one engine an installation.
const NAME: &str = "engine";

/// The file whose lock means "a process sends from this folder".
const LOCK_FILE: &str = "engine.lock";

/// Why the engine may not run here.
#[derive(Debug, thiserror::Error)]
pub enum LeaseFault {
    #[error(
        "another avow process sends from this data folder; let it do the work, or stop it first"
    )]
    Busy,
    #[error(
        "the engine's lock file cannot be used: {0}; check owner and rights of the data folder"
    )]
    Io(#[from] io::Error),
}

/// Held while this process may send from this folder.
#[derive(Debug)]
pub(crate) struct FolderLock {
    _file: File,
    pub(crate) owner: String,
}

impl FolderLock {
    /// Takes the folder, or says that somebody else has it. Never waits.
    pub(crate) fn take(dir: &Path, entropy: &dyn Entropy) -> Result<Self, LeaseFault> {
        std::fs::create_dir_all(dir)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(dir.join(LOCK_FILE))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LeaseFault::Busy),
            Err(TryLockError::Error(e)) => return Err(e.into()),
        }
        let mut owner = String::new();
        file.read_to_string(&mut owner)?;
        if owner.is_empty() {
            owner = new_owner(entropy);
            file.write_all(owner.as_bytes())?;
        }
        Ok(Self { _file: file, owner })
    }
}

/// True while another process holds the folder: it sends, and this one need not.
pub fn is_busy(dir: &Path) -> Result<bool, LeaseFault> {
    let file = match File::open(dir.join(LOCK_FILE)) {
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(false),
        other => other?,
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(e)) => Err(e.into()),
    }
}

fn new_owner(entropy: &dyn Entropy) -> String {
    use std::fmt::Write as _;
    let mut bytes = [0; 8];
    entropy.fill(&mut bytes);
    bytes.iter().fold(String::new(), |mut text, b| {
        let _ = write!(text, "{b:02x}");
        text
    })
}

/// Until when this process may start messages, kept true by `keep`.
#[derive(Debug, Default)]
pub(crate) struct Fence(AtomicI64);

impl Fence {
    /// True while the lease certainly holds.
    pub(crate) fn holds(&self, now: Timestamp) -> bool {
        now.as_microsecond() < self.0.load(Ordering::Acquire)
    }

    fn set(&self, until: Option<Timestamp>) {
        let until = until.map_or(i64::MIN, Timestamp::as_microsecond);
        self.0.store(until, Ordering::Release);
    }
}

/// Renews the lease for as long as it is polled.
pub(crate) async fn keep(crew: &Crew, owner: &str) {
    let (store, fence) = (&crew.store, &crew.fence);
    let mut pace = crew.pace();
    loop {
        let now = pace.now();
        let before = fence.holds(now);
        let wish = LeaseWish {
            name: NAME.to_owned(),
            owner: owner.to_owned(),
            now,
            until: after(now, LEASE),
        };
        match store.lease_take(wish).await {
            Ok(Some(_epoch)) => fence.set(Some(after(now, FENCE))),
            Ok(None) => {
                fence.set(None);
                if before {
                    crew.bell.ring();
                }
                tracing::warn!("another machine holds the engine's lease; waiting");
            }
            Err(fault) => tracing::warn!(%fault, "the engine's lease cannot be renewed"),
        }
        if fence.holds(pace.now()) {
            if !before {
                crew.bell.ring();
            }
            pace.until(after(now, RENEW)).await;
        } else {
            pace.look().await;
        }
    }
}

/// Gives the lease back, so that another machine need not wait.
pub(crate) async fn release(store: &Store, owner: &str) -> Result<(), StoreError> {
    store.lease_release(NAME, owner).await
}

fn after(now: Timestamp, wait: Duration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}
