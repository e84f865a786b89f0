//! Records of the journal, to bytes and back.

use avow_model::{AccountId, CampaignId, RecipientState, Timestamp};

use super::crc::crc32c;
use super::{Entry, JournalDot, JournalResult};

/// A reply is one line of at most this many bytes; the rest is cut.
const REPLY_BYTES_MAX: usize = 512;
/// Attempts in one settled record: bounds a record, so that a torn length is seen as one.
const SETTLED_MAX: usize = 1_024;
const DOT_BYTES: usize = 8 + 8 + 4 + 4;
/// The longest payload that is written.
const PAYLOAD_BYTES_MAX: usize = 1 + DOT_BYTES * SETTLED_MAX;
/// Length and checksum.
const HEAD_BYTES: usize = 8;

const DOT: u8 = 1;
const RESULT: u8 = 2;
const SETTLED: u8 = 3;

/// A record that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Record {
    Dot(JournalDot),
    Result(JournalResult),
    Settled(Vec<JournalDot>),
}

/// Appends a record: head, then what `payload` writes.
fn frame(out: &mut Vec<u8>, payload: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; HEAD_BYTES]);
    payload(out);
    let body = start + HEAD_BYTES;
    let length = ((out.len() - body) as u32).to_le_bytes();
    let crc = crc32c(&out[body..]) ^ crc32c(&length);
    out[start..start + 4].copy_from_slice(&length);
    out[start + 4..body].copy_from_slice(&crc.to_le_bytes());
}

fn put_dot(out: &mut Vec<u8>, dot: &JournalDot) {
    out.extend_from_slice(&dot.account.as_i64().to_le_bytes());
    out.extend_from_slice(&dot.campaign.as_i64().to_le_bytes());
    out.extend_from_slice(&dot.seq.to_le_bytes());
    out.extend_from_slice(&dot.attempt.to_le_bytes());
}

pub(super) fn encode_entry(entry: &Entry<'_>, out: &mut Vec<u8>) {
    match *entry {
        Entry::Dot(dot) => frame(out, |out| {
            out.push(DOT);
            put_dot(out, &dot);
        }),
        Entry::Result {
            dot,
            state,
            reply_code,
            reply,
            at,
        } => frame(out, |out| {
            out.push(RESULT);
            put_dot(out, &dot);
            out.push(state.code() as u8);
            out.extend_from_slice(&reply_code.unwrap_or(0).to_le_bytes());
            out.extend_from_slice(&at.as_microsecond().to_le_bytes());
            out.extend_from_slice(&reply.as_bytes()[..reply.floor_char_boundary(REPLY_BYTES_MAX)]);
        }),
    }
}

pub(super) fn encode_settled(dots: &[JournalDot], out: &mut Vec<u8>) {
    for chunk in dots.chunks(SETTLED_MAX) {
        frame(out, |out| {
            out.push(SETTLED);
            for dot in chunk {
                put_dot(out, dot);
            }
        });
    }
}

/// Reads records until the first that is not whole.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// After the last record: what could not be read.
    pub(super) fn unreadable_bytes(&self) -> u64 {
        self.rest.len() as u64
    }
}

impl Iterator for Reader<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        let mut bytes = Bytes(self.rest);
        let length = bytes.take::<4>()?;
        let crc = u32::from_le_bytes(bytes.take()?);
        let size = u32::from_le_bytes(length) as usize;
        let payload = bytes.0.get(..size).filter(|_| size <= PAYLOAD_BYTES_MAX)?;
        if crc32c(payload) ^ crc32c(&length) != crc {
            return None;
        }
        let record = decode(payload)?;
        self.rest = &bytes.0[size..];
        Some(record)
    }
}

/// Takes fixed sizes off the front.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn dot(&mut self) -> Option<JournalDot> {
        Some(JournalDot {
            account: AccountId::from_i64(i64::from_le_bytes(self.take()?)),
            campaign: CampaignId::from_i64(i64::from_le_bytes(self.take()?)),
            seq: u32::from_le_bytes(self.take()?),
            attempt: u32::from_le_bytes(self.take()?),
        })
    }
}

fn decode(payload: &[u8]) -> Option<Record> {
    let mut bytes = Bytes(payload);
    match bytes.take::<1>()? {
        [DOT] => bytes.dot().map(Record::Dot),
        [RESULT] => decode_result(bytes).map(Record::Result),
        [SETTLED] => {
            let mut dots = Vec::with_capacity(bytes.0.len() / DOT_BYTES);
            while !bytes.0.is_empty() {
                dots.push(bytes.dot()?);
            }
            Some(Record::Settled(dots))
        }
        _ => None,
    }
}

fn decode_result(mut bytes: Bytes<'_>) -> Option<JournalResult> {
    let dot = bytes.dot()?;
    let [state] = bytes.take::<1>()?;
    let code = u16::from_le_bytes(bytes.take()?);
    let at = Timestamp::from_microsecond(i64::from_le_bytes(bytes.take()?)).ok()?;
    Some(JournalResult {
        dot,
        state: RecipientState::from_code(i64::from(state))?,
        reply_code: (code != 0).then_some(code),
        reply: String::from_utf8(bytes.0.to_vec()).ok()?,
        at,
    })
}
