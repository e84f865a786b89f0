//! Mail on disk: append-only segment files, each record a fixed part, a head and the bytes as they came.
//!
//! Promises: a record is written by one call, so a kill of the process leaves it whole or torn at the end
//! of the file; `scan` stops at the first record that is not whole. Never: changes a written record.

use std::fs::{File, OpenOptions};
use std::io::{self, IoSlice, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// "A record begins here", and the version of its layout.
const MAGIC: [u8; 4] = *b"AvM1";
/// Magic, checksum of what follows in the fixed part and of the head, lengths, time, hash, checksum of the body.
const FIXED_BYTES: usize = 4 + 4 + 4 + 4 + 8 + 8 + 4;
/// A head is sender, recipients and subject, all bounded; anything larger is damage.
const HEAD_BYTES_MAX: u32 = 64 * 1024;
const EXTENSION: &str = "seg";

/// What the fixed part of a record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fixed {
    pub(super) head_bytes: u32,
    pub(super) body_bytes: u32,
    pub(super) at_us: i64,
    pub(super) id_hash: u64,
    pub(super) checksum: u32,
}

/// A place in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) offset: u64,
    pub(super) head_bytes: u32,
    pub(super) body_bytes: u32,
}

impl Place {
    const fn body_at(self) -> u64 {
        self.offset + FIXED_BYTES as u64 + self.head_bytes as u64
    }

    pub(super) const fn end(self) -> u64 {
        self.body_at() + self.body_bytes as u64
    }
}

impl Fixed {
    fn encode(&self, head: &[u8]) -> [u8; FIXED_BYTES] {
        let mut out = [0; FIXED_BYTES];
        out[..4].copy_from_slice(&MAGIC);
        out[8..12].copy_from_slice(&self.head_bytes.to_le_bytes());
        out[12..16].copy_from_slice(&self.body_bytes.to_le_bytes());
        out[16..24].copy_from_slice(&self.at_us.to_le_bytes());
        out[24..32].copy_from_slice(&self.id_hash.to_le_bytes());
        out[32..36].copy_from_slice(&self.checksum.to_le_bytes());
        let sum = checksum(&[&out[8..], head]);
        out[4..8].copy_from_slice(&sum.to_le_bytes());
        out
    }

    /// `None` for what is no record's beginning.
    fn decode(bytes: &[u8; FIXED_BYTES]) -> Option<Self> {
        let u32_at = |at: usize| u32::from_le_bytes(*bytes[at..].first_chunk().expect("fixed"));
        let u64_at = |at: usize| u64::from_le_bytes(*bytes[at..].first_chunk().expect("fixed"));
        let fixed = Self {
            head_bytes: u32_at(8),
            body_bytes: u32_at(12),
            at_us: u64_at(16).cast_signed(),
            id_hash: u64_at(24),
            checksum: u32_at(32),
        };
        (bytes[..4] == MAGIC && fixed.head_bytes <= HEAD_BYTES_MAX).then_some(fixed)
    }
}

/// CRC-32 over several slices as if they were one.
pub(super) fn checksum(parts: &[&[u8]]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize()
}

/// One open segment. Its name is the number of its first mail.
#[derive(Debug)]
pub(super) struct Segment {
    file: File,
    path: PathBuf,
    pub(super) first: u64,
    pub(super) bytes: u64,
}

impl Segment {
    pub(super) fn create(folder: &Path, first: u64) -> io::Result<Self> {
        let path = folder.join(format!("{first:016}.{EXTENSION}"));
        Self::open(path, first)
    }

    fn open(path: PathBuf, first: u64) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        let file = options.read(true).append(true).create(true).open(&path)?;
        let bytes = file.metadata()?.len();
        Ok(Self {
            file,
            path,
            first,
            bytes,
        })
    }

    /// All segments of a folder, in the order in which they were written.
    pub(super) fn open_all(folder: &Path) -> io::Result<Vec<Self>> {
        let mut segments = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let number = path.file_stem().and_then(|s| s.to_str()?.parse().ok());
            if let Some(first) = number
                && path.extension().is_some_and(|e| e == EXTENSION)
            {
                segments.push(Self::open(path, first)?);
            }
        }
        segments.sort_by_key(|s| s.first);
        Ok(segments)
    }

    /// Appends one record. On failure the segment is as it was before.
    pub(super) fn append(&mut self, fixed: &Fixed, head: &[u8], body: &[u8]) -> io::Result<Place> {
        let place = Place {
            offset: self.bytes,
            head_bytes: fixed.head_bytes,
            body_bytes: fixed.body_bytes,
        };
        let fixed = fixed.encode(head);
        let mut slices = [IoSlice::new(&fixed), IoSlice::new(head), IoSlice::new(body)];
        if let Err(error) = write_whole(&mut self.file, &mut slices) {
            self.file.set_len(self.bytes)?;
            return Err(error);
        }
        self.bytes = place.end();
        Ok(place)
    }

    /// Goes through all whole records: fixed part, head, place. Cuts off what is torn at the end.
    pub(super) fn scan(&mut self, mut each: impl FnMut(&Fixed, &[u8], Place)) -> io::Result<()> {
        let mut offset = 0;
        let mut head = Vec::new();
        while let Some(fixed) = self.record(offset, &mut head)? {
            let place = Place {
                offset,
                head_bytes: fixed.head_bytes,
                body_bytes: fixed.body_bytes,
            };
            if place.end() > self.bytes {
                break;
            }
            each(&fixed, &head, place);
            offset = place.end();
        }
        if offset < self.bytes {
            tracing::warn!(
                segment = self.first,
                "a torn record was cut off the kept mail"
            );
            self.file.set_len(offset)?;
            self.bytes = offset;
        }
        Ok(())
    }

    fn record(&self, offset: u64, head: &mut Vec<u8>) -> io::Result<Option<Fixed>> {
        if offset + FIXED_BYTES as u64 > self.bytes {
            return Ok(None);
        }
        let mut bytes = [0; FIXED_BYTES];
        self.file.read_exact_at(&mut bytes, offset)?;
        let Some(fixed) = Fixed::decode(&bytes) else {
            return Ok(None);
        };
        let head_at = offset + FIXED_BYTES as u64;
        if head_at + u64::from(fixed.head_bytes) > self.bytes {
            return Ok(None);
        }
        head.resize(fixed.head_bytes as usize, 0);
        self.file.read_exact_at(head, head_at)?;
        let sum = checksum(&[&bytes[8..], head]);
        Ok((sum.to_le_bytes() == bytes[4..8]).then_some(fixed))
    }

    /// The bytes of one mail.
    pub(super) fn body(&self, place: Place) -> io::Result<Vec<u8>> {
        let mut body = vec![0; place.body_bytes as usize];
        self.file.read_exact_at(&mut body, place.body_at())?;
        Ok(body)
    }

    pub(super) fn delete(self) -> io::Result<()> {
        std::fs::remove_file(self.path)
    }
}

fn write_whole(file: &mut File, mut slices: &mut [IoSlice<'_>]) -> io::Result<()> {
    while !slices.is_empty() {
        match file.write_vectored(slices) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => IoSlice::advance_slices(&mut slices, count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
