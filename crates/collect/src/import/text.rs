//! From the bytes of a file to UTF-8 text: what encoding it is, its hash, and a reader of its text.
//!
//! A file is read twice: once to know its hash and whether all of it is UTF-8, once to import it.
//! Both passes hold a few hundred kilobytes, whatever the size.

use std::io::{self, Read, Seek, SeekFrom};

use aws_lc_rs::digest::{Context, SHA256};
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, WINDOWS_1252};

/// One read from the file.
const CHUNK_BYTES: usize = 256 * 1024;

/// What the first pass found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scan {
    pub(super) bytes: u64,
    pub(super) hash: [u8; 32],
    pub(super) encoding: &'static Encoding,
    /// Length of the byte order mark.
    pub(super) mark_bytes: u64,
}

/// Reads the whole file once.
pub(super) fn scan(file: &mut impl Read) -> io::Result<Scan> {
    let mut hash = Context::new(&SHA256);
    let mut buffer = vec![0; CHUNK_BYTES];
    let (mut bytes, mut mark, mut valid) = (0, None, Utf8Check::default());
    loop {
        let read = fill(file, &mut buffer)?;
        let chunk = &buffer[..read];
        if bytes == 0 {
            mark = Encoding::for_bom(chunk);
        }
        hash.update(chunk);
        valid.take(chunk);
        bytes += read as u64;
        if read < buffer.len() {
            break;
        }
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(hash.finish().as_ref());
    let (encoding, mark_bytes) = match mark {
        Some((encoding, length)) if encoding != UTF_8 || valid.is_valid() => (encoding, length),
        _ if valid.is_valid() => (UTF_8, 0),
        // What spreadsheets of western Europe and America write; it can decode any byte.
        _ => (WINDOWS_1252, 0),
    };
    Ok(Scan {
        bytes,
        hash: digest,
        encoding,
        mark_bytes: mark_bytes as u64,
    })
}

/// Reads until the buffer is full or the file ends.
fn fill(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(filled)
}

/// Is a stream UTF-8? A character may lie across two chunks.
#[derive(Debug, Default)]
struct Utf8Check {
    carry: Vec<u8>,
    broken: bool,
}

impl Utf8Check {
    fn take(&mut self, mut chunk: &[u8]) {
        while !self.carry.is_empty() && !self.broken && !chunk.is_empty() {
            self.carry.push(chunk[0]);
            chunk = &chunk[1..];
            match std::str::from_utf8(&self.carry) {
                Ok(_) => self.carry.clear(),
                Err(fault) => self.broken = fault.error_len().is_some(),
            }
        }
        if let Err(fault) = std::str::from_utf8(chunk) {
            self.broken |= fault.error_len().is_some();
            self.carry = chunk[fault.valid_up_to()..]
                .iter()
                .copied()
                .take(4)
                .collect();
        }
    }

    fn is_valid(&self) -> bool {
        !self.broken && self.carry.is_empty()
    }
}

/// The second pass: the file as UTF-8.
pub(super) struct Text<R> {
    file: R,
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    raw_at: usize,
    raw_end: usize,
    ended: bool,
    /// The decoder has given its last character and may not be asked again.
    finished: bool,
    hash: Context,
}

impl<R: Read + Seek> Text<R> {
    /// Starts at the beginning of the file.
    pub(super) fn new(mut file: R, scan: &Scan) -> io::Result<Self> {
        file.seek(SeekFrom::Start(0))?;
        let mut mark = [0; 4];
        let mark = &mut mark[..scan.mark_bytes as usize];
        file.read_exact(mark)?;
        let mut hash = Context::new(&SHA256);
        hash.update(mark);
        let plain = scan.encoding == UTF_8;
        let buffer = if plain { 0 } else { CHUNK_BYTES };
        Ok(Self {
            file,
            decoder: (!plain).then(|| scan.encoding.new_decoder_without_bom_handling()),
            raw: vec![0; buffer],
            raw_at: 0,
            raw_end: 0,
            ended: false,
            finished: false,
            hash,
        })
    }

    /// Appends at least one character of text to `out`, or nothing at the end.
    pub(super) fn read(&mut self, out: &mut Vec<u8>) -> io::Result<usize> {
        let before = out.len();
        out.resize(before + CHUNK_BYTES, 0);
        let space = &mut out[before..];
        let written = match self.decoder.take() {
            None => self.plain(space)?,
            Some(mut decoder) => {
                let written = self.decoded(&mut decoder, space)?;
                self.decoder = Some(decoder);
                written
            }
        };
        out.truncate(before + written);
        Ok(written)
    }

    fn plain(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let read = fill(&mut self.file, space)?;
        self.hash.update(&space[..read]);
        Ok(read)
    }

    fn decoded(&mut self, decoder: &mut Decoder, space: &mut [u8]) -> io::Result<usize> {
        while !self.finished {
            if self.raw_at == self.raw_end && !self.ended {
                self.raw_end = fill(&mut self.file, &mut self.raw)?;
                self.raw_at = 0;
                self.ended = self.raw_end < self.raw.len();
                self.hash.update(&self.raw[..self.raw_end]);
            }
            let raw = &self.raw[self.raw_at..self.raw_end];
            let (result, read, written, _) = decoder.decode_to_utf8(raw, space, self.ended);
            self.raw_at += read;
            self.finished = self.ended && result == CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }

    /// The hash of what this pass has read: at the end it must be the first pass'.
    pub(super) fn hash(self) -> [u8; 32] {
        let mut digest = [0; 32];
        digest.copy_from_slice(self.hash.finish().as_ref());
        digest
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn read_all(bytes: &[u8]) -> (Scan, Vec<u8>) {
        let mut file = Cursor::new(bytes);
        let scan = scan(&mut file).unwrap();
        let mut text = Text::new(file, &scan).unwrap();
        let mut out = Vec::new();
        while text.read(&mut out).unwrap() > 0 {}
        assert_eq!(text.hash(), scan.hash);
        (scan, out)
    }

    #[test]
    fn a_byte_order_mark_is_taken_off() {
        let (scan, text) = read_all(b"\xef\xbb\xbfemail\n");
        assert_eq!(
            (scan.encoding, text.as_slice()),
            (UTF_8, b"email\n".as_slice())
        );
    }

    #[test]
    fn utf_16_of_both_byte_orders_is_read() {
        let utf16 = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "\u{feff}email\nzoë@example.org\n"
                .encode_utf16()
                .flat_map(order)
                .collect()
        };
        for bytes in [utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)] {
            assert_eq!(read_all(&bytes).1, "email\nzoë@example.org\n".as_bytes());
        }
    }

    #[test]
    fn what_is_not_utf_8_is_windows_1252_and_a_split_character_is_no_fault() {
        assert_eq!(read_all(b"name\nZo\xeb\n").1, "name\nZoë\n".as_bytes());
        let long = format!("{}ë{}", "a".repeat(CHUNK_BYTES - 1), "b".repeat(10));
        let (scan, text) = read_all(long.as_bytes());
        assert_eq!(scan.encoding, UTF_8);
        assert_eq!(text, long.as_bytes());
        let (scan, _) = read_all(b"cut off in a character: \xc3");
        assert_eq!(scan.encoding, WINDOWS_1252);
    }
}
