//! The kept mail: segments on disk, a bounded index in memory, the counters.
//!
//! Promises: the index and the counters come back after a restart; the oldest segment goes when the limits
//! are reached, and its counts stay. Never: shows a mail that was not answered 250, or loses one that was
//! before its turn.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};

use avow_model::Timestamp;

use super::counts::{Counter, Mark, SinkCounts};
use super::limits::SinkLimits;
use super::segment::{Fixed, Place, Segment, checksum};
use crate::mix::mix;
use crate::server::{HEADING_BYTES_MAX, headings};

/// The counts of deleted segments.
const FORGOTTEN: &str = "forgotten.json";

/// Why the sink cannot start or keep mail.
#[derive(Debug, thiserror::Error)]
pub enum SinkFault {
    #[error(
        "the rehearsal sink cannot listen on {address} ({error}): choose another address, or stop what uses it"
    )]
    Listen {
        address: std::net::SocketAddr,
        error: io::Error,
    },
    #[error(
        "the rehearsal sink cannot use its folder {folder} ({error}): check that it exists, is writable and has space"
    )]
    Folder { folder: PathBuf, error: io::Error },
    #[error("the rehearsal sink cannot start its thread ({0})")]
    Thread(io::Error),
}

/// One kept mail, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkMail {
    pub id: u64,
    pub from: String,
    /// Recipients, joined by a comma and a space.
    pub to: String,
    /// Decoded; empty when there is none.
    pub subject: String,
    pub at: Timestamp,
    pub size_bytes: u32,
}

/// A mail in the index. `line`: sender, recipients and raw subject between NULs.
#[derive(Debug)]
struct Entry {
    place: Place,
    at_us: i64,
    first: bool,
    line: Box<str>,
}

/// A received message, before it is kept.
#[derive(Debug)]
pub(super) struct Received<'a> {
    pub(super) from: &'a str,
    pub(super) to: &'a [String],
    pub(super) content: &'a [u8],
    pub(super) at: Timestamp,
}

/// All kept mail.
#[derive(Debug)]
pub(super) struct Mailroom {
    folder: PathBuf,
    limits: SinkLimits,
    segments: VecDeque<Segment>,
    index: VecDeque<Entry>,
    /// The number of the first mail in the index.
    first: u64,
    counter: Counter,
    /// What of the counts belongs to deleted segments.
    forgotten: SinkCounts,
    head: Vec<u8>,
}

impl Mailroom {
    pub(super) fn open(folder: &Path, limits: SinkLimits) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let forgotten = read_forgotten(folder)?;
        let segments = Segment::open_all(folder)?;
        let mut room = Self {
            folder: folder.to_owned(),
            limits,
            first: segments.first().map_or(1, |s| s.first),
            segments: VecDeque::new(),
            index: VecDeque::new(),
            counter: Counter::new(forgotten.clone(), limits.remembered_ids),
            forgotten,
            head: Vec::new(),
        };
        for segment in segments {
            room.recover(segment)?;
        }
        Ok(room)
    }

    fn recover(&mut self, mut segment: Segment) -> io::Result<()> {
        let (index, counter) = (&mut self.index, &mut self.counter);
        segment.scan(|fixed, head, place| {
            let line = String::from_utf8_lossy(head);
            let first = counter.add(&Mark {
                sender: line.split('\0').next().unwrap_or(""),
                id_hash: fixed.id_hash,
                checksum: fixed.checksum,
            });
            index.push_back(Entry {
                place,
                at_us: fixed.at_us,
                first,
                line: line.into(),
            });
        })?;
        self.segments.push_back(segment);
        Ok(())
    }

    /// Keeps and counts a message. When this returns, a kill of the process does not lose it.
    pub(super) fn keep(&mut self, mail: &Received<'_>) -> io::Result<()> {
        let (id_hash, checksum) = identify(mail.content);
        write_head(mail, &mut self.head);
        let fixed = Fixed {
            head_bytes: self.head.len() as u32,
            body_bytes: u32::try_from(mail.content.len()).map_err(io::Error::other)?,
            at_us: mail.at.as_microsecond(),
            id_hash,
            checksum,
        };
        self.make_room()?;
        let segment = self
            .segments
            .back_mut()
            .expect("invariant: make_room leaves one");
        let place = segment.append(&fixed, &self.head, mail.content)?;
        let first = self.counter.add(&Mark {
            sender: mail.from,
            id_hash,
            checksum,
        });
        self.index.push_back(Entry {
            place,
            at_us: fixed.at_us,
            first,
            line: String::from_utf8_lossy(&self.head).into(),
        });
        Ok(())
    }

    /// Counts a message without keeping it.
    pub(super) fn count(&mut self, mail: &Received<'_>) {
        let (id_hash, checksum) = identify(mail.content);
        self.counter.add(&Mark {
            sender: mail.from,
            id_hash,
            checksum,
        });
    }

    pub(super) fn count_fault(&mut self) {
        self.counter.counts.faults += 1;
    }

    pub(super) const fn counts(&self) -> &SinkCounts {
        &self.counter.counts
    }

    /// Begins a segment when the last is full, and lets the oldest go when there is too much.
    fn make_room(&mut self) -> io::Result<()> {
        let full = |s: &Segment| s.bytes >= self.limits.segment_bytes;
        if self.segments.back().is_none_or(full) {
            let next = self.first + self.index.len() as u64;
            self.segments
                .push_back(Segment::create(&self.folder, next)?);
        }
        let kept: u64 = self.segments.iter().map(|s| s.bytes).sum();
        let much = kept > self.limits.kept_bytes || self.index.len() >= self.limits.kept_mails;
        if much && self.segments.len() > 1 {
            self.forget_oldest()?;
        }
        Ok(())
    }

    fn forget_oldest(&mut self) -> io::Result<()> {
        let Some(oldest) = self.segments.pop_front() else {
            return Ok(());
        };
        let until = self.segments.front().map_or(oldest.first, |s| s.first);
        while self.first < until
            && let Some(entry) = self.index.pop_front()
        {
            self.first += 1;
            let sender = entry.line.split('\0').next().unwrap_or("");
            self.forgotten.move_in(sender, entry.first);
        }
        write_forgotten(&self.folder, &self.forgotten)?;
        oldest.delete()
    }

    /// Newest first; `before`: only older than that one; `filter`: in sender, recipients or subject, any case.
    pub(super) fn list(&self, filter: &str, before: Option<u64>, limit: usize) -> Vec<SinkMail> {
        let filter = filter.to_lowercase();
        let older = before.map_or(u64::MAX, |id| id.saturating_sub(self.first));
        let count = self
            .index
            .len()
            .min(usize::try_from(older).unwrap_or(usize::MAX));
        let entries = self.index.range(..count).rev();
        let ids = (self.first..self.first + count as u64).rev();
        ids.zip(entries)
            .map(|(id, entry)| entry.show(id))
            .filter(|mail| mail.matches(&filter))
            .take(limit)
            .collect()
    }

    pub(super) fn show(&self, id: u64) -> Option<SinkMail> {
        self.entry(id).map(|entry| entry.show(id))
    }

    fn entry(&self, id: u64) -> Option<&Entry> {
        let at = usize::try_from(id.checked_sub(self.first)?).ok()?;
        self.index.get(at)
    }

    pub(super) fn body(&self, id: u64) -> io::Result<Option<Vec<u8>>> {
        let Some(entry) = self.entry(id) else {
            return Ok(None);
        };
        let segment = self.segments.iter().rfind(|s| s.first <= id);
        segment.map(|s| s.body(entry.place)).transpose()
    }
}

impl Entry {
    fn show(&self, id: u64) -> SinkMail {
        let mut parts = self.line.splitn(3, '\0');
        let mut part = || parts.next().unwrap_or("");
        SinkMail {
            id,
            from: part().to_owned(),
            to: part().to_owned(),
            subject: decoded(part()),
            at: Timestamp::from_microsecond(self.at_us).unwrap_or_default(),
            size_bytes: self.place.body_bytes,
        }
    }
}

impl SinkMail {
    fn matches(&self, lower: &str) -> bool {
        let has = |text: &str| text.to_lowercase().contains(lower);
        lower.is_empty() || has(&self.to) || has(&self.from) || has(&self.subject)
    }
}

/// A subject with its encoded words (RFC 2047) and folds undone.
fn decoded(raw: &str) -> String {
    let header = format!("Subject: {raw}\r\n\r\n");
    let parser = mail_parser::MessageParser::new();
    let message = parser.parse_headers(header.as_bytes());
    message
        .and_then(|m| m.subject().map(str::to_owned))
        .unwrap_or_default()
}

/// The number a message is known by, and the checksum of its bytes. Without a Message-ID the bytes are its name.
fn identify(content: &[u8]) -> (u64, u32) {
    let checksum = checksum(&[content]);
    let id = headings(content).message_id;
    let hash = id.map_or_else(|| mix(u64::from(checksum)), hash);
    (hash, checksum)
}

/// FNV-1a, mixed: stable over versions, because it is stored.
fn hash(bytes: &[u8]) -> u64 {
    let step = |h: u64, b: &u8| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3);
    mix(bytes.iter().fold(0xcbf2_9ce4_8422_2325, step))
}

fn write_head(mail: &Received<'_>, head: &mut Vec<u8>) {
    head.clear();
    head.extend_from_slice(mail.from.as_bytes());
    head.push(0);
    for (n, to) in mail.to.iter().enumerate() {
        if head.len() > HEADING_BYTES_MAX {
            head.extend_from_slice(", …".as_bytes());
            break;
        }
        if n > 0 {
            head.extend_from_slice(b", ");
        }
        head.extend_from_slice(to.as_bytes());
    }
    head.push(0);
    head.extend_from_slice(headings(mail.content).subject.unwrap_or_default());
}

fn read_forgotten(folder: &Path) -> io::Result<SinkCounts> {
    match std::fs::read(folder.join(FORGOTTEN)) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(SinkCounts::default()),
        Err(error) => Err(error),
    }
}

/// By way of a new file, so that a kill leaves the old one or the new one.
fn write_forgotten(folder: &Path, counts: &SinkCounts) -> io::Result<()> {
    let fresh = folder.join("forgotten.new");
    std::fs::write(&fresh, serde_json::to_vec(counts)?)?;
    std::fs::rename(fresh, folder.join(FORGOTTEN))
}
