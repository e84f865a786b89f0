//! Cuts text into records, in bounded memory, and finds its way again after a broken line.
//!
//! The quoting rules are csv-core's. A record that never ends (a quote that is not closed) costs only
//! its first line: reading goes on with the second.

use std::io::{self, Read, Seek};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::error::Reject;
use super::text::Text;

/// A longer record is no contact: 100 columns of 2,000 characters fit.
pub(super) const RECORD_BYTES_MAX: usize = 256 * 1024;

/// What came next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A record: read it with `field`.
    Record,
    /// A line that cannot be read; it is skipped.
    Broken(Reject),
    End,
}

/// Reads records one after another.
pub(super) struct Records<R> {
    text: Text<R>,
    delimiter: u8,
    reader: Reader,
    /// Text from the current record on; `start` is where the next record begins.
    window: Vec<u8>,
    start: usize,
    ended: bool,
    /// Bytes of text before the window, and lines before `start`.
    window_at: u64,
    line: u64,
    next_line: u64,
    fields: Vec<u8>,
    ends: Vec<usize>,
    count: usize,
    raw: (usize, usize),
}

impl<R: Read + Seek> Records<R> {
    pub(super) fn new(text: Text<R>) -> Self {
        Self {
            text,
            delimiter: b',',
            reader: Reader::new(),
            window: Vec::new(),
            start: 0,
            ended: false,
            window_at: 0,
            line: 1,
            next_line: 1,
            fields: vec![0; RECORD_BYTES_MAX],
            ends: vec![0; 256],
            count: 0,
            raw: (0, 0),
        }
    }

    /// Finds the delimiter in the first line: of comma, semicolon, tab and bar the one that is there most.
    pub(super) fn sniff_delimiter(&mut self) -> io::Result<()> {
        self.fill(RECORD_BYTES_MAX)?;
        let window = &self.window[self.start..];
        let line = window
            .split(|b| *b == b'\n')
            .find(|line| !line.trim_ascii().is_empty());
        let mut quoted = false;
        let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
        for byte in line.unwrap_or_default() {
            quoted ^= *byte == b'"';
            for (delimiter, count) in &mut counts {
                *count += usize::from(!quoted && byte == delimiter);
            }
        }
        let best = counts.iter().rev().max_by_key(|(_, count)| *count);
        self.delimiter = best.map_or(b',', |(delimiter, _)| *delimiter);
        self.reader = ReaderBuilder::new().delimiter(self.delimiter).build();
        Ok(())
    }

    /// The number of the line on which the current record begins, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// How much text, in bytes, lies before the next record.
    pub(super) fn position(&self) -> u64 {
        self.window_at + self.start as u64
    }

    /// How many fields the current record has.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// One field of the current record, `""` where there is none.
    pub(super) fn field(&self, index: usize) -> &str {
        let end = if index < self.count {
            self.ends[index]
        } else {
            return "";
        };
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        // The text is UTF-8 and fields end at ASCII signs.
        std::str::from_utf8(&self.fields[start..end]).unwrap_or_default()
    }

    /// The current record as it stands in the file.
    pub(super) fn raw(&self) -> &[u8] {
        &self.window[self.raw.0..self.raw.1]
    }

    /// True when the record holds a NUL.
    pub(super) fn has_nul(&self) -> bool {
        self.raw().contains(&0)
    }

    /// Says that the current record, which has a wrong number of fields, may be several broken lines:
    /// when it lies across lines, only its first is given up. True when it was.
    pub(super) fn split_broken(&mut self) -> bool {
        let (from, to) = self.raw;
        let Some(first) = self.window[from..to].iter().position(|b| *b == b'\n') else {
            return false;
        };
        if self.window[from + first..to].trim_ascii().is_empty() {
            return false;
        }
        self.start = from + first + 1;
        self.raw = (from, self.start);
        self.next_line = self.line + 1;
        true
    }

    /// Reads the next record.
    pub(super) fn next(&mut self) -> io::Result<Next> {
        self.skip_blank()?;
        self.line = self.next_line;
        if self.start == self.window.len() {
            return Ok(Next::End);
        }
        match self.parse() {
            Parsed::Whole(length) => {
                self.advance(length);
                Ok(Next::Record)
            }
            Parsed::Endless => self.give_up_line(),
        }
    }

    fn advance(&mut self, length: usize) {
        let end = self.start + length;
        let lines = newlines(&self.window[self.start..end]);
        self.raw = (self.start, end);
        self.start = end;
        self.next_line = self.line + lines;
    }

    /// Makes sure that `wanted` bytes, or all that are left, lie ahead.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        if self.window.len() - self.start >= wanted || self.ended {
            return Ok(());
        }
        self.window.drain(..self.start);
        self.window_at += self.start as u64;
        self.start = 0;
        while self.window.len() < wanted && !self.ended {
            self.ended = self.text.read(&mut self.window)? == 0;
        }
        Ok(())
    }

    fn skip_blank(&mut self) -> io::Result<()> {
        loop {
            self.fill(RECORD_BYTES_MAX)?;
            let blank = self.window[self.start..]
                .iter()
                .take_while(|b| matches!(b, b'\r' | b'\n'))
                .count();
            self.next_line += newlines(&self.window[self.start..self.start + blank]);
            self.start += blank;
            if blank == 0 || self.start < self.window.len() {
                return self.fill(RECORD_BYTES_MAX);
            }
        }
    }

    /// Reads one record from the window; its length in the text.
    fn parse(&mut self) -> Parsed {
        let limit = self.window.len().min(self.start + RECORD_BYTES_MAX);
        let whole = self.ended && limit == self.window.len();
        self.reader.reset();
        let (mut read, mut written, mut count) = (0, 0, 0);
        let mut flushing = false;
        loop {
            let input = if flushing {
                &[][..]
            } else {
                &self.window[self.start + read..limit]
            };
            let (result, r, w, e) = self.reader.read_record(
                input,
                &mut self.fields[written..],
                &mut self.ends[count..],
            );
            (read, written, count) = (read + r, written + w, count + e);
            match result {
                ReadRecordResult::Record => {
                    self.count = count;
                    return self.judge(read, flushing);
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::InputEmpty if whole && !flushing => flushing = true,
                _ => return Parsed::Endless,
            }
        }
    }

    /// A record that ended only because the file did, inside a quote, is none.
    fn judge(&self, read: usize, flushed: bool) -> Parsed {
        let raw = &self.window[self.start..self.start + read];
        if flushed && open_quote(raw, self.delimiter) {
            Parsed::Endless
        } else {
            Parsed::Whole(read)
        }
    }

    /// Skips the line on which a record began that does not end.
    fn give_up_line(&mut self) -> io::Result<Next> {
        let limit = self.window.len().min(self.start + RECORD_BYTES_MAX);
        let first = self.window[self.start..limit]
            .iter()
            .position(|b| *b == b'\n');
        if let Some(length) = first {
            self.count = 0;
            self.advance(length + 1);
            return Ok(Next::Broken(Reject::OpenQuote));
        }
        let reason = if limit == self.window.len() && self.ended {
            Reject::OpenQuote
        } else {
            Reject::TooLong
        };
        self.skip_line()?;
        Ok(Next::Broken(reason))
    }

    /// Skips a line of any length without keeping it.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let ahead = &self.window[self.start..];
            let end = ahead.iter().position(|b| *b == b'\n');
            self.start += end.map_or(ahead.len(), |length| length + 1);
            if end.is_some() {
                self.next_line = self.line + 1;
                break;
            }
            if self.ended {
                break;
            }
            self.fill(1)?;
        }
        self.raw = (self.start, self.start);
        Ok(())
    }

    /// After the end: whether the file was the same as in the first pass.
    pub(super) fn hash(self) -> [u8; 32] {
        self.text.hash()
    }
}

enum Parsed {
    Whole(usize),
    Endless,
}

fn newlines(text: &[u8]) -> u64 {
    text.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

/// True when the text ends inside a quoted field.
fn open_quote(raw: &[u8], delimiter: u8) -> bool {
    let (mut quoted, mut field_start) = (false, true);
    for byte in raw {
        if *byte == b'"' && (quoted || field_start) {
            quoted = !quoted;
        }
        // A doubled quote closes and opens again: after a closing quote a quote opens.
        field_start = *byte == delimiter || *byte == b'\n' || (*byte == b'"' && !quoted);
    }
    quoted
}
