//! The content of a message: where it ends, whether it may be kept, what it says of itself.
//!
//! Promises: only CRLF.CRLF ends it; a message with a bare CR or LF is refused as a whole, never split.

use std::borrow::Cow;

use memchr::memmem;

/// Where the content ends in a buffer that begins with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    /// Bytes of content, its last CRLF included.
    pub(super) content: usize,
    /// Bytes with the final dot.
    pub(super) with_dot: usize,
}

/// The longest beginning of an end that a read can cut off.
pub(super) const CUT_BYTES: usize = 4;

/// Looks for the end; `seen` bytes were searched in vain before. An empty message ends at the very beginning.
pub(super) fn find_end(buffer: &[u8], seen: usize) -> Option<End> {
    if seen < CUT_BYTES && buffer.starts_with(b".\r\n") {
        return Some(End {
            content: 0,
            with_dot: 3,
        });
    }
    let from = seen.saturating_sub(CUT_BYTES);
    let at = from + memmem::find(&buffer[from..], b"\r\n.\r\n")?;
    Some(End {
        content: at + 2,
        with_dot: at + 5,
    })
}

/// The content without the dots that the client doubled. Copies only when there are some.
pub(super) fn unstuff(content: &[u8]) -> Cow<'_, [u8]> {
    let dotted = content.starts_with(b".") || memmem::find(content, b"\n.").is_some();
    if !dotted {
        return Cow::Borrowed(content);
    }
    let mut out = Vec::with_capacity(content.len());
    for line in content.split_inclusive(|b| *b == b'\n') {
        out.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
    }
    Cow::Owned(out)
}

/// Of a heading this much is given.
pub(crate) const HEADING_BYTES_MAX: usize = 400;

/// What the header says: raw, still encoded.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Headings<'a> {
    pub(crate) message_id: Option<&'a [u8]>,
    pub(crate) subject: Option<&'a [u8]>,
}

/// Finds Message-ID and Subject in the header block; the first of each counts.
pub(crate) fn headings(content: &[u8]) -> Headings<'_> {
    let mut found = Headings::default();
    let mut at = 0;
    while let Some(end) = field_end(&content[at..]) {
        let field = &content[at..at + end];
        if field == b"\r\n" || field == b"\n" {
            break;
        }
        found.message_id = found.message_id.or(value(field, b"message-id:"));
        found.subject = found.subject.or(value(field, b"subject:"));
        if found.message_id.is_some() && found.subject.is_some() {
            break;
        }
        at += end;
    }
    found
}

/// The length of the field at the start, its folded lines included.
fn field_end(text: &[u8]) -> Option<usize> {
    let mut end = memchr::memchr(b'\n', text)? + 1;
    while end > 2 && matches!(text.get(end), Some(b' ' | b'\t')) {
        end += memchr::memchr(b'\n', &text[end..])? + 1;
    }
    Some(end)
}

fn value<'a>(field: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (head, tail) = field.split_at_checked(name.len())?;
    let value = head.eq_ignore_ascii_case(name).then_some(tail)?;
    let value = value.trim_ascii();
    Some(&value[..value.len().min(HEADING_BYTES_MAX)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_end_is_found_wherever_the_reads_are_cut() {
        let wire = b"Subject: x\r\n\r\nHello\r\n..\r\n.\r\nMAIL";
        let end = End {
            content: wire.len() - 7,
            with_dot: wire.len() - 4,
        };
        for cut in 0..wire.len() {
            let early = find_end(&wire[..cut], 0);
            assert_eq!(early.is_some(), cut >= end.with_dot);
            assert_eq!(
                find_end(wire, cut.min(end.with_dot - 1)),
                Some(end),
                "{cut}"
            );
        }
    }

    #[test]
    fn an_empty_message_ends_at_once() {
        let end = find_end(b".\r\nQUIT\r\n", 0).unwrap();
        assert_eq!((end.content, end.with_dot), (0, 3));
    }

    #[test]
    fn other_line_ends_around_a_dot_do_not_end_it() {
        for wire in [
            &b"a\n.\n"[..],
            b"a\n.\r\n",
            b"a\r\n.\n",
            b"a\r.\r",
            b"a\r\n.\r",
            b".\n",
            b"a\r\n.\rb",
        ] {
            assert_eq!(find_end(wire, 0), None, "{wire:?}");
        }
    }

    #[test]
    fn headings_are_found_unfolded_or_not_and_only_in_the_header() {
        let mail = b"From: a\r\nSUBJECT: one\r\n two\r\nMessage-Id: <1@x>\r\n\r\nSubject: body\r\n";
        let found = headings(mail);
        assert_eq!(found.subject, Some(&b"one\r\n two"[..]));
        assert_eq!(found.message_id, Some(&b"<1@x>"[..]));
        assert_eq!(
            headings(b"From: a\r\n\r\nSubject: body\r\n"),
            Headings::default()
        );
        assert_eq!(headings(b""), Headings::default());
    }

    proptest! {
        #[test]
        fn unstuffing_undoes_stuffing(lines in prop::collection::vec("[.a]{0,3}", 0..8)) {
            let dotted = |l: &String| if l.starts_with('.') { format!(".{l}") } else { l.clone() };
            let ended = |mut lines: Vec<String>| {
                lines.push(String::new());
                lines.join("\r\n")
            };
            let stuffed = ended(lines.iter().map(dotted).collect());
            let text = ended(lines);
            prop_assert_eq!(&*unstuff(stuffed.as_bytes()), text.as_bytes());
        }

        #[test]
        fn any_content_has_headings_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _found = headings(&bytes);
            let _end = find_end(&bytes, 0);
        }
    }
}
