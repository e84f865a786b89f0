//! The list of erasures beside the database: what a restored backup has to do again before it serves.
//!
//! Promises: a line is on the disk before the erasure it tells of is answered; a line that was changed or
//! taken out of the middle is found. Never: holds an address, a name or a key; forgets a line.
//! A line names a contact by number and its key by a fingerprint, so that a person who came back later
//! is not erased again.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use avow_model::{AccountId, ContactId, Timestamp};
use aws_lc_rs::hmac;

use crate::error::StoreError;

/// Bytes of the authenticator at the end of each line: half of an HMAC-SHA256 (RFC 2104, 5).
const MAC_BYTES: usize = 16;
/// What each line begins with.
const FORMAT: &str = "avow-erasure/1";

type Mac = [u8; MAC_BYTES];

/// Which key was destroyed, without the key: HMAC of the seed, cut to 16 bytes.
pub(crate) type Fingerprint = [u8; MAC_BYTES];

/// One erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Erased {
    pub(crate) account: AccountId,
    pub(crate) contact: ContactId,
    pub(crate) key: Fingerprint,
    pub(crate) at: Timestamp,
}

/// The open list.
#[derive(Debug, Clone)]
pub(crate) struct ErasureLog(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    key: hmac::Key,
    end: Mutex<End>,
}

/// Where the list ends; every line's authenticator covers the one before.
#[derive(Debug)]
struct End {
    file: File,
    mac: Mac,
    /// A write that failed half-way: nothing is added behind it.
    torn: bool,
}

impl ErasureLog {
    /// Opens or makes the list and reads it through. A line that was cut off by a crash is dropped: its
    /// erasure was never answered.
    pub(crate) fn open(path: &Path, key: hmac::Key) -> Result<(Self, Vec<Erased>), StoreError> {
        let mut file = open(path).map_err(|fault| denied(path, &fault))?;
        let mut text = String::new();
        file.read_to_string(&mut text)
            .map_err(|fault| denied(path, &fault))?;
        let (lines, whole, mac) = read(&text, &key).ok_or_else(|| damaged(path))?;
        let trimmed = file
            .set_len(whole as u64)
            .and_then(|()| file.seek(SeekFrom::Start(whole as u64)));
        trimmed.map_err(|fault| denied(path, &fault))?;
        let end = End {
            file,
            mac,
            torn: false,
        };
        let inner = Inner {
            path: path.to_owned(),
            key,
            end: Mutex::new(end),
        };
        Ok((Self(Arc::new(inner)), lines))
    }

    /// Adds a line; on the disk when it returns. Blocks: call it away from the async threads.
    pub(crate) fn add(&self, erased: &Erased) -> Result<(), StoreError> {
        let Inner { path, key, end } = &*self.0;
        let mut end = end.lock().unwrap_or_else(PoisonError::into_inner);
        if end.torn {
            return Err(denied(path, &ErrorKind::BrokenPipe.into()));
        }
        let body = body(erased);
        let mac = authenticate(key, end.mac, &body);
        let line = format!("{body} {}\n", hex(&mac));
        let written = end
            .file
            .write_all(line.as_bytes())
            .and_then(|()| end.file.sync_data());
        if let Err(fault) = written {
            end.torn = true;
            return Err(denied(path, &fault));
        }
        end.mac = mac;
        Ok(())
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    let file = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    if let Some(folder) = path.parent() {
        // The name of a new file is on the disk only once its folder is.
        File::open(folder)?.sync_all()?;
    }
    Ok(file)
}

/// The lines, how many bytes they take, and the last authenticator; `None` where one is not ours.
fn read(text: &str, key: &hmac::Key) -> Option<(Vec<Erased>, usize, Mac)> {
    let (mut lines, mut whole, mut mac) = (Vec::new(), 0, Mac::default());
    for line in text.split_inclusive('\n') {
        let Some(line) = line.strip_suffix('\n') else {
            break;
        };
        let (body, tag) = line.rsplit_once(' ')?;
        mac = authenticate(key, mac, body);
        if hex(&mac) != tag {
            return None;
        }
        lines.push(parse(body)?);
        whole += line.len() + 1;
    }
    Some((lines, whole, mac))
}

fn body(erased: &Erased) -> String {
    let (account, contact, at) = (erased.account, erased.contact, erased.at.as_microsecond());
    format!("{FORMAT} {account} {contact} {} {at}", hex(&erased.key))
}

fn parse(body: &str) -> Option<Erased> {
    let mut words = body.split(' ');
    if words.next()? != FORMAT {
        return None;
    }
    Some(Erased {
        account: words.next()?.parse().ok()?,
        contact: words.next()?.parse().ok()?,
        key: unhex(words.next()?)?,
        at: Timestamp::from_microsecond(words.next()?.parse().ok()?).ok()?,
    })
}

fn authenticate(key: &hmac::Key, before: Mac, body: &str) -> Mac {
    let mut text = hmac::Context::with_key(key);
    text.update(&before);
    text.update(body.as_bytes());
    cut(text.sign())
}

/// The first half of a tag.
pub(crate) fn cut(tag: hmac::Tag) -> Mac {
    let mut mac = Mac::default();
    mac.copy_from_slice(&tag.as_ref()[..MAC_BYTES]);
    mac
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

fn unhex(text: &str) -> Option<Fingerprint> {
    let mut out = Fingerprint::default();
    if text.len() != 2 * MAC_BYTES || !text.is_ascii() {
        return None;
    }
    for (at, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(out)
}

fn denied(path: &Path, fault: &std::io::Error) -> StoreError {
    match fault.kind() {
        ErrorKind::StorageFull => StoreError::DiskFull,
        _ => StoreError::Denied {
            detail: format!("the list of erasures {}: {fault}", path.display()),
        },
    }
}

fn damaged(path: &Path) -> StoreError {
    StoreError::Damaged {
        detail: format!(
            "the list of erasures {} was changed, or belongs to another installation's secret.key",
            path.display()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &[3; 32])
    }

    fn erased(n: i64) -> Erased {
        Erased {
            account: AccountId::from_i64(1),
            contact: ContactId::from_i64(n),
            key: [n as u8; MAC_BYTES],
            at: Timestamp::from_microsecond(n).unwrap(),
        }
    }

    fn three() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("erasures.log");
        let (log, found) = ErasureLog::open(&path, key()).unwrap();
        assert!(found.is_empty());
        (1..=3).for_each(|n| log.add(&erased(n)).unwrap());
        (folder, path)
    }

    #[test]
    fn what_was_added_is_found_again_and_goes_on() {
        let (_folder, path) = three();
        let (log, found) = ErasureLog::open(&path, key()).unwrap();
        assert_eq!(found, [erased(1), erased(2), erased(3)]);
        log.add(&erased(4)).unwrap();
        assert_eq!(ErasureLog::open(&path, key()).unwrap().1.len(), 4);
    }

    #[test]
    fn a_line_that_a_crash_cut_off_is_dropped_and_the_list_goes_on() {
        let (_folder, path) = three();
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 5]).unwrap();
        let (log, found) = ErasureLog::open(&path, key()).unwrap();
        assert_eq!(found, [erased(1), erased(2)]);
        log.add(&erased(3)).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), whole);
    }

    #[test]
    fn a_changed_or_missing_line_and_another_key_are_refused() {
        let (_folder, path) = three();
        let whole = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = whole.split_inclusive('\n').collect();
        for broken in [
            [lines[0], lines[2]].concat(),
            whole.replacen("avow-erasure/1 ", "avow-erasure/2 ", 1),
            "nonsense\n".to_owned(),
        ] {
            std::fs::write(&path, broken).unwrap();
            let refused = ErasureLog::open(&path, key());
            assert!(matches!(refused, Err(StoreError::Damaged { .. })));
        }
        std::fs::write(&path, whole).unwrap();
        let other = hmac::Key::new(hmac::HMAC_SHA256, &[4; 32]);
        assert!(ErasureLog::open(&path, other).is_err());
    }
}
