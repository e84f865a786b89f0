//! The content between DATA and the final dot: checked, then cut into pieces with doubled dots.
//!
//! Promises: the bytes of the message are never copied; what passes [`check`] cannot end the message early
//! on any server (no bare CR or LF: SMTP smuggling) and has no line over RFC 5321's 998 bytes.

use memchr::{memchr_iter, memmem};

/// RFC 5321 4.5.3.1.6, without the line's CRLF.
pub const LINE_BYTES_MAX: usize = 998;

/// Why a message must not be written to a server. A fault of ours, not of the recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    #[error("the message holds a line feed without a carriage return, or the other way round")]
    BareLineEnd,
    #[error("the message holds a line of more than {LINE_BYTES_MAX} bytes")]
    LineTooLong,
}

/// Checks the whole message, given in parts, in one pass.
pub fn check(parts: &[&[u8]]) -> Result<(), TextFault> {
    let (mut feeds, mut returns, mut line_bytes) = (0usize, 0usize, 0usize);
    let mut before = 0u8;
    for part in parts.iter().filter(|p| !p.is_empty()) {
        let mut start = 0;
        for feed in memchr_iter(b'\n', part) {
            let previous = if feed == 0 { before } else { part[feed - 1] };
            if previous != b'\r' {
                return Err(TextFault::BareLineEnd);
            }
            feeds += 1;
            // The carriage return is counted in the line and may be there.
            if line_bytes + feed - start > LINE_BYTES_MAX + 1 {
                return Err(TextFault::LineTooLong);
            }
            line_bytes = 0;
            start = feed + 1;
        }
        line_bytes += part.len() - start;
        returns += memchr_iter(b'\r', part).count();
        before = part[part.len() - 1];
    }
    // Each feed has its own return: equal numbers leave no bare one.
    if feeds != returns {
        return Err(TextFault::BareLineEnd);
    }
    if line_bytes > LINE_BYTES_MAX {
        return Err(TextFault::LineTooLong);
    }
    Ok(())
}

/// True when a checked message already ends its last line.
pub(super) fn ends_its_line(parts: &[&[u8]]) -> bool {
    parts
        .iter()
        .rev()
        .find(|p| !p.is_empty())
        .is_none_or(|last| last.ends_with(b"\n"))
}

/// A checked message's pieces: with a finder, a dot more before each line that begins with one
/// (RFC 5321 4.5.2); without, the parts as they are.
pub(super) struct Pieces<'a> {
    parts: std::slice::Iter<'a, &'a [u8]>,
    rest: &'a [u8],
    line_start: bool,
    finder: Option<&'a memmem::Finder<'static>>,
}

/// What [`Pieces`] looks for: make it once.
pub(super) fn finder() -> memmem::Finder<'static> {
    memmem::Finder::new(b"\n.")
}

impl<'a> Pieces<'a> {
    pub(super) fn new(parts: &'a [&'a [u8]], finder: Option<&'a memmem::Finder<'static>>) -> Self {
        Self {
            parts: parts.iter(),
            rest: &[],
            line_start: true,
            finder,
        }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        while self.rest.is_empty() {
            self.rest = self.parts.next()?;
        }
        let Some(finder) = self.finder else {
            return Some(std::mem::take(&mut self.rest));
        };
        if self.line_start && self.rest[0] == b'.' {
            self.line_start = false;
            return Some(b".");
        }
        let end = match finder.find(self.rest) {
            Some(at) => at + 1,
            None => self.rest.len(),
        };
        let (piece, rest) = self.rest.split_at(end);
        self.line_start = piece.ends_with(b"\n");
        self.rest = rest;
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stuffed(parts: &[&[u8]]) -> Vec<u8> {
        Pieces::new(parts, Some(&finder()))
            .flatten()
            .copied()
            .collect()
    }

    /// The rule of RFC 5321 4.5.2, one byte at a time.
    fn naive(text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut start = true;
        for byte in text {
            if start && *byte == b'.' {
                out.push(b'.');
            }
            out.push(*byte);
            start = *byte == b'\n';
        }
        out
    }

    #[test]
    fn a_dot_at_a_lines_start_is_doubled_and_no_other() {
        assert_eq!(
            stuffed(&[b".a\r\n..\r\nb.\r\n.\r\n"]),
            b"..a\r\n...\r\nb.\r\n..\r\n"
        );
        assert_eq!(stuffed(&[b"a\r", b"\n", b".b\r\n"]), b"a\r\n..b\r\n");
        assert_eq!(stuffed(&[b"", b"", b"."]), b"..");
    }

    #[test]
    fn a_message_without_dots_stays_whole() {
        let parts: [&[u8]; 2] = [b"Subject: x\r\n\r\n", b"Hello.\r\n"];
        let finder = finder();
        assert_eq!(Pieces::new(&parts, Some(&finder)).count(), 2);
    }

    #[test]
    fn a_chunk_is_the_message_as_it_is() {
        let parts: [&[u8]; 3] = [b".a\r\n", b"", b".\r\n"];
        let pieces: Vec<&[u8]> = Pieces::new(&parts, None).collect();
        assert_eq!(pieces, [parts[0], parts[2]]);
    }

    #[test]
    fn bare_line_ends_are_refused_wherever_the_parts_are_cut() {
        for parts in [
            &[&b"a\nb\r\n"[..]][..],
            &[b"a\r", b"b\r\n"],
            &[b"a", b"\nb"],
            &[b"a\r\n", b"\r"],
            &[b"\r\r\n"],
            &[b"a\r\n.\r", b".\n"],
        ] {
            assert_eq!(check(parts), Err(TextFault::BareLineEnd), "{parts:?}");
        }
        assert_eq!(check(&[b"a\r", b"\nb\r\n", b"", b"c"]), Ok(()));
    }

    #[test]
    fn a_line_may_have_998_bytes_and_no_more() {
        let fine = [b"x".repeat(998), b"\r\n".to_vec()].concat();
        assert_eq!(check(&[&fine, &fine]), Ok(()));
        assert_eq!(check(&[&fine[..998]]), Ok(()));
        let long = [&fine[..500], &fine[..]].concat();
        assert_eq!(check(&[&long]), Err(TextFault::LineTooLong));
        assert_eq!(
            check(&[&fine[..600], &fine[..]]),
            Err(TextFault::LineTooLong)
        );
        assert_eq!(check(&[&fine[..998], b"x"]), Err(TextFault::LineTooLong));
    }

    proptest! {
        #[test]
        fn stuffing_is_that_of_the_rfc_however_the_message_is_cut(
            lines in prop::collection::vec("[.a]{0,4}", 0..12), cuts in prop::collection::vec(0usize..60, 0..4)
        ) {
            let text = lines.join("\r\n").into_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c.min(text.len())).collect();
            cuts.sort_unstable();
            let mut parts = Vec::new();
            let mut from = 0;
            for cut in cuts.into_iter().chain([text.len()]) {
                parts.push(&text[from..cut]);
                from = cut;
            }
            prop_assert_eq!(check(&parts), Ok(()));
            prop_assert_eq!(stuffed(&parts), naive(&text));
        }

        #[test]
        fn what_passes_the_check_has_no_end_of_data_inside(
            bytes in prop::collection::vec(prop::sample::select(&b"\r\n.a"[..]), 0..40), cut in 0usize..40
        ) {
            let (a, b) = bytes.split_at(cut.min(bytes.len()));
            if check(&[a, b]).is_ok() {
                let wire = stuffed(&[a, b]);
                for end in [&b"\n.\n"[..], b"\n.\r", b"\r.\r", b"\r.\n"] {
                    prop_assert!(memmem::find(&wire, end).is_none());
                }
            }
        }
    }
}
