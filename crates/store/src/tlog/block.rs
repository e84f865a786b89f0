//! Entries that wait for their number, as the bytes of one row: those of one commit, at most sixty-four.
//!
//! Layout of an entry, integers big-endian: id (8), subject (8), kind (1), hour (4), policy (32),
//! commitment (32), length of what follows (4), the sealed payload.

use avow_ledger::{DIGEST_BYTES, Digest, EntryKind, Hour, Pending};
use avow_model::EntryId;

use super::keys::Subject;

/// Entries in one row: a bulk makes few rows, and reading a row takes little memory.
pub(crate) const BLOCK_ENTRIES: usize = 64;
/// Bytes of an entry before its sealed payload.
const HEADER_BYTES: usize = 8 + 8 + 1 + 4 + 2 * DIGEST_BYTES + 4;

/// An entry that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) subject: Subject,
    pub(crate) pending: Pending,
    pub(crate) sealed: Vec<u8>,
}

/// Adds an entry to the bytes of a block.
pub(crate) fn push(out: &mut Vec<u8>, subject: Subject, pending: &Pending, sealed: &[u8]) {
    out.reserve(HEADER_BYTES + sealed.len());
    out.extend_from_slice(&pending.id.as_i64().to_be_bytes());
    out.extend_from_slice(&subject.as_i64().to_be_bytes());
    out.push(pending.kind.code());
    out.extend_from_slice(&pending.hour.as_u32().to_be_bytes());
    out.extend_from_slice(pending.policy.as_bytes());
    out.extend_from_slice(pending.commitment.as_bytes());
    out.extend_from_slice(&(sealed.len() as u32).to_be_bytes());
    out.extend_from_slice(sealed);
}

/// The entries of a block, added to `out`; `None` when the bytes are not ours.
pub(crate) fn read(mut bytes: &[u8], out: &mut Vec<Waiting>) -> Option<()> {
    while !bytes.is_empty() {
        out.push(one(&mut bytes)?);
    }
    Some(())
}

fn one(bytes: &mut &[u8]) -> Option<Waiting> {
    let id = EntryId::from_i64(i64::from_be_bytes(take(bytes)?));
    let subject = Subject::from_i64(i64::from_be_bytes(take(bytes)?));
    let [kind] = take(bytes)?;
    let pending = Pending {
        id,
        kind: EntryKind::from_code(kind)?,
        hour: Hour::from_u32(u32::from_be_bytes(take(bytes)?)),
        policy: Digest::from_bytes(take(bytes)?),
        commitment: Digest::from_bytes(take(bytes)?),
    };
    let length = u32::from_be_bytes(take(bytes)?) as usize;
    let (sealed, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(Waiting {
        subject,
        pending,
        sealed: sealed.to_vec(),
    })
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*head)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(n: u8) -> Waiting {
        Waiting {
            subject: Subject::from_i64(i64::from(n) - 1),
            pending: Pending {
                id: EntryId::from_i64(i64::MAX - i64::from(n)),
                kind: EntryKind::ALL[usize::from(n)],
                hour: Hour::from_u32(u32::from(n)),
                policy: Digest::of(&[n]),
                commitment: Digest::of(&[n, n]),
            },
            sealed: vec![n; usize::from(n)],
        }
    }

    #[test]
    fn a_block_gives_back_its_entries_and_no_cut_is_taken_for_one() {
        let all: Vec<Waiting> = (0..3).map(waiting).collect();
        let mut bytes = Vec::new();
        for w in &all {
            push(&mut bytes, w.subject, &w.pending, &w.sealed);
        }
        let mut found = Vec::new();
        read(&bytes, &mut found).unwrap();
        assert_eq!(found, all);
        let whole = |cut: &usize| read(&bytes[..*cut], &mut Vec::new()).is_some();
        let cuts: Vec<usize> = (0..bytes.len()).filter(whole).collect();
        assert_eq!(cuts, [0, HEADER_BYTES, 2 * HEADER_BYTES + 1]);
    }
}
