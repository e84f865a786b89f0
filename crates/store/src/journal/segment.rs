//! One file of the journal.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::JournalError;

const SUFFIX: &str = ".journal";

/// A segment on the disk; the newest one also has its file open.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) number: u64,
    /// How many attempts have a record here and are not settled.
    pub(super) unsettled: i64,
    path: PathBuf,
    file: Option<File>,
    bytes: u64,
    broken: bool,
}

fn io(what: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> JournalError {
    let path = path.to_owned();
    move |source| JournalError::Io { what, path, source }
}

/// Makes the folder and takes its lock: one process at a time.
pub(super) fn lock(folder: &Path) -> Result<File, JournalError> {
    std::fs::create_dir_all(folder).map_err(io("make the folder", folder))?;
    let path = folder.join("lock");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(&path).map_err(io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(JournalError::InUse {
            folder: folder.to_owned(),
        }),
        Err(std::fs::TryLockError::Error(fault)) => Err(io("lock", &path)(fault)),
    }
}

/// The segments in the folder, oldest first. Other files are left alone.
pub(super) fn list(folder: &Path) -> Result<Vec<Segment>, JournalError> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io("list", folder))? {
        let path = entry.map_err(io("list", folder))?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let number = name.and_then(|name| name.strip_suffix(SUFFIX)?.parse().ok());
        if let Some(number) = number {
            found.push(Segment::closed(number, path));
        }
    }
    found.sort_unstable_by_key(|segment| segment.number);
    Ok(found)
}

impl Segment {
    fn closed(number: u64, path: PathBuf) -> Self {
        Self {
            number,
            unsettled: 0,
            path,
            file: None,
            bytes: 0,
            broken: true,
        }
    }

    /// A new one to append to.
    pub(super) fn create(folder: &Path, number: u64) -> Result<Self, JournalError> {
        let path = folder.join(format!("{number:012}{SUFFIX}"));
        let mut options = OpenOptions::new();
        options.append(true).create_new(true).mode(0o600);
        let file = options.open(&path).map_err(io("make", &path))?;
        Ok(Self {
            file: Some(file),
            broken: false,
            ..Self::closed(number, path)
        })
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// True when nothing may be appended any more: it is from an earlier run, or a write failed half way.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// One write(2). What came half way before a failure is cut off again, so that a full disk costs no
    /// new segment at each try; where it cannot be, the segment is closed and ends in a torn tail.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), JournalError> {
        let written = match &mut self.file {
            Some(file) => file.write_all(bytes),
            None => Err(std::io::ErrorKind::NotFound.into()),
        };
        match (&written, &self.file) {
            (Ok(()), _) => self.bytes += bytes.len() as u64,
            (Err(_), Some(file)) => self.broken = file.set_len(self.bytes).is_err(),
            (Err(_), None) => self.broken = true,
        }
        written.map_err(io("write to", &self.path))
    }

    pub(super) fn read(&self) -> Result<Vec<u8>, JournalError> {
        std::fs::read(&self.path).map_err(io("read", &self.path))
    }

    /// Removes the file; one that is gone already is as good.
    pub(super) fn remove(self) -> Result<(), JournalError> {
        match std::fs::remove_file(&self.path) {
            Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => {
                Err(io("remove", &self.path)(fault))
            }
            _ => Ok(()),
        }
    }
}
