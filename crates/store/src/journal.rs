//! The send journal: what is on the wire, written before it leaves and after it was answered.
//!
//! A `Dot` is appended before the final dot of a message, its `Result` after the reply; both are one
//! write(2) without fsync: a completed write survives kill -9 (docs/store.md says what survives a
//! power cut). `settle` marks what the database holds. After a crash, `Journal::open` gives back the
//! results that the database may not have, and the dots nobody answered.
//!
//! Format: segments `<number>.journal` of records `length u32 | crc32c u32 | payload`, little endian.
//! A torn or damaged record ends its segment; later segments are read all the same.
//! Never: holds an address; grows beyond what is unsettled by more than a few segments.

mod crc;
mod record;
mod segment;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use avow_model::{AccountId, CampaignId, RecipientState, Timestamp};

use record::Record;
use segment::Segment;

/// A segment is closed at this size: small enough to be read in a blink, large enough that one
/// file is made only every 100,000 messages or so.
const SEGMENT_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Why the journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error(
        "the send journal in {} is in use by another avow. Stop that one, or give this one a data folder of its own",
        folder.display()
    )]
    InUse { folder: PathBuf },
    #[error(
        "the send journal cannot {what} {}: {source}. Sending stops until it can; check the free space and the permissions of its folder",
        path.display()
    )]
    Io {
        what: &'static str,
        path: PathBuf,
        source: std::io::Error,
    },
}

/// One attempt at one message: what a dot stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JournalDot {
    pub account: AccountId,
    pub campaign: CampaignId,
    pub seq: u32,
    pub attempt: u32,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalResult {
    pub dot: JournalDot,
    pub state: RecipientState,
    pub reply_code: Option<u16>,
    pub reply: String,
    pub at: Timestamp,
}

/// What is appended.
#[derive(Debug, Clone, Copy)]
pub enum Entry<'a> {
    /// The final dot is about to leave.
    Dot(JournalDot),
    /// The attempt was answered, or given up in a way that is known.
    Result {
        dot: JournalDot,
        state: RecipientState,
        reply_code: Option<u16>,
        reply: &'a str,
        at: Timestamp,
    },
}

/// What a start finds. Both lists stay in the journal until they are settled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Answered attempts that were not settled, oldest first. Recording one twice must be harmless.
    pub results: Vec<JournalResult>,
    /// Attempts whose final dot may have left, with no answer seen.
    pub in_doubt: Vec<JournalDot>,
    /// Bytes that could not be read: a torn tail after a crash (a few), or damage (many).
    pub unreadable_bytes: u64,
}

/// The journal of one process. Callers may share it.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    segment_bytes_max: u64,
    writing: Mutex<Writing>,
    /// Held locked as long as the journal lives.
    _lock: File,
}

/// Segments, oldest first (the last one is appended to), and what is unsettled in which.
#[derive(Debug)]
struct Writing {
    segments: VecDeque<Segment>,
    /// For each unsettled attempt, the numbers of the segments that hold a record of it.
    unsettled: HashMap<JournalDot, Vec<u64>>,
    buffer: Vec<u8>,
}

impl Journal {
    /// Opens or makes the journal in `folder` and reads what a crash left.
    pub fn open(folder: &Path) -> Result<(Self, Recovered), JournalError> {
        Self::open_sized(folder, SEGMENT_BYTES_MAX)
    }

    fn open_sized(
        folder: &Path,
        segment_bytes_max: u64,
    ) -> Result<(Self, Recovered), JournalError> {
        let lock = segment::lock(folder)?;
        let mut writing = Writing {
            segments: VecDeque::new(),
            unsettled: HashMap::new(),
            buffer: Vec::new(),
        };
        let recovered = writing.read(folder)?;
        writing.rotate(folder)?;
        writing.remove_settled()?;
        let journal = Self {
            folder: folder.to_owned(),
            segment_bytes_max,
            writing: Mutex::new(writing),
            _lock: lock,
        };
        Ok((journal, recovered))
    }

    /// Appends all entries with one write(2). When it fails, none of them counts.
    pub fn append(&self, entries: &[Entry<'_>]) -> Result<(), JournalError> {
        let mut writing = self.writing();
        writing.make_room(&self.folder, self.segment_bytes_max)?;
        let mut buffer = std::mem::take(&mut writing.buffer);
        buffer.clear();
        for entry in entries {
            record::encode_entry(entry, &mut buffer);
        }
        let number = writing.append(&buffer)?;
        writing.buffer = buffer;
        for entry in entries {
            writing.note(entry.dot(), number);
        }
        Ok(())
    }

    /// Says that the database holds what became of these attempts. Removes segments that nobody needs.
    pub fn settle(&self, settled: &[JournalDot]) -> Result<(), JournalError> {
        let mut writing = self.writing();
        writing.make_room(&self.folder, self.segment_bytes_max)?;
        let mut buffer = std::mem::take(&mut writing.buffer);
        buffer.clear();
        record::encode_settled(settled, &mut buffer);
        writing.append(&buffer)?;
        writing.buffer = buffer;
        for dot in settled {
            writing.forget(*dot);
        }
        writing.remove_settled()
    }

    /// How many attempts are not settled.
    pub fn unsettled(&self) -> usize {
        self.writing().unsettled.len()
    }

    fn writing(&self) -> std::sync::MutexGuard<'_, Writing> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry<'_> {
    fn dot(&self) -> JournalDot {
        match self {
            Self::Dot(dot) | Self::Result { dot, .. } => *dot,
        }
    }
}

/// What is open while segments are read: each attempt with its age and, once there, its result.
#[derive(Debug, Default)]
struct Replay {
    open: HashMap<JournalDot, (u64, Option<JournalResult>)>,
    seen: u64,
}

impl Replay {
    fn see(&mut self, dot: JournalDot) -> &mut (u64, Option<JournalResult>) {
        self.seen += 1;
        self.open.entry(dot).or_insert((self.seen, None))
    }

    fn into_recovered(self, unreadable_bytes: u64) -> Recovered {
        let mut open: Vec<_> = self.open.into_iter().collect();
        open.sort_unstable_by_key(|(_, (age, _))| *age);
        let mut recovered = Recovered {
            unreadable_bytes,
            ..Recovered::default()
        };
        for (dot, (_, result)) in open {
            match result {
                Some(result) => recovered.results.push(result),
                None => recovered.in_doubt.push(dot),
            }
        }
        recovered
    }
}

impl Writing {
    /// Reads every segment and rebuilds what is unsettled.
    fn read(&mut self, folder: &Path) -> Result<Recovered, JournalError> {
        let mut replay = Replay::default();
        let mut unreadable_bytes = 0;
        for segment in segment::list(folder)? {
            let bytes = segment.read()?;
            let number = segment.number;
            self.segments.push_back(segment);
            let mut records = record::Reader::new(&bytes);
            for record in records.by_ref() {
                self.replay(record, number, &mut replay);
            }
            unreadable_bytes += records.unreadable_bytes();
        }
        Ok(replay.into_recovered(unreadable_bytes))
    }

    fn replay(&mut self, record: Record, segment: u64, replay: &mut Replay) {
        match record {
            Record::Dot(dot) => {
                replay.see(dot);
                self.note(dot, segment);
            }
            Record::Result(result) => {
                self.note(result.dot, segment);
                let open = replay.see(result.dot);
                open.1 = Some(result);
            }
            Record::Settled(dots) => {
                for dot in dots {
                    replay.open.remove(&dot);
                    self.forget(dot);
                }
            }
        }
    }

    fn note(&mut self, dot: JournalDot, segment: u64) {
        let held = self.unsettled.entry(dot).or_default();
        if held.last() != Some(&segment) {
            held.push(segment);
            self.count(segment, 1);
        }
    }

    fn forget(&mut self, dot: JournalDot) {
        for segment in self.unsettled.remove(&dot).unwrap_or_default() {
            self.count(segment, -1);
        }
    }

    fn count(&mut self, number: u64, by: i64) {
        if let Some(segment) = self.segments.iter_mut().find(|s| s.number == number) {
            segment.unsettled += by;
        }
    }

    /// Closes the segment that is full or broke in a write, and opens the next.
    fn make_room(&mut self, folder: &Path, bytes_max: u64) -> Result<(), JournalError> {
        let full = self
            .segments
            .back()
            .is_none_or(|last| last.is_broken() || last.bytes() >= bytes_max);
        if full { self.rotate(folder) } else { Ok(()) }
    }

    fn rotate(&mut self, folder: &Path) -> Result<(), JournalError> {
        let number = self.segments.back().map_or(1, |last| last.number + 1);
        self.segments.push_back(Segment::create(folder, number)?);
        Ok(())
    }

    fn append(&mut self, bytes: &[u8]) -> Result<u64, JournalError> {
        let last = self.segments.back_mut();
        let last = last.expect("invariant: make_room leaves a segment to append to");
        last.append(bytes)?;
        Ok(last.number)
    }

    /// Removes settled segments from the oldest on. Only from there: a result must not go before its
    /// dot, or the dot would look in doubt after a crash.
    fn remove_settled(&mut self) -> Result<(), JournalError> {
        while self.segments.len() > 1 && self.segments.front().is_some_and(|s| s.unsettled == 0) {
            if let Some(oldest) = self.segments.pop_front() {
                oldest.remove()?;
            }
        }
        Ok(())
    }
}
