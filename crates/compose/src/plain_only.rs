//! A message of ours without its HTML, for a reader who wants plain text.

/// The text part as the whole message: the same header block but for the content's type. `None` for a message that
/// is not as this room writes them. Works on the bytes, so that what waits to be sent need not be made again.
pub fn plain_only(message: &[u8]) -> Option<Vec<u8>> {
    let (head, body) = cut(message, b"\r\n\r\n")?;
    let (above, kind) = cut(
        head,
        b"\r\nContent-Type: multipart/alternative;\r\n boundary=\"",
    )?;
    let (boundary, behind) = cut(kind, b"\"")?;
    let mut line = b"--".to_vec();
    line.extend_from_slice(boundary);
    let first = body.strip_prefix(&line[..])?.strip_prefix(b"\r\n")?;
    let (part_head, rest) = cut(first, b"\r\n\r\n")?;
    if !part_head.starts_with(b"Content-Type: text/plain;") {
        return None;
    }
    let end = [b"\r\n", &line[..]].concat();
    let (text, _) = cut(rest, &end)?;
    let parts = [
        above,
        b"\r\n",
        part_head,
        behind,
        b"\r\n\r\n",
        text,
        b"\r\n",
    ];
    Some(parts.concat())
}

/// What is before and behind the first place of `mark`.
fn cut<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(mark.len()).position(|w| w == mark)?;
    Some((&bytes[..at], &bytes[at + mark.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_ours_is_left_alone() {
        for strange in [
            &b""[..],
            b"A: b\r\n\r\nbody",
            b"A: b\r\nContent-Type: multipart/alternative;\r\n boundary=\"x\"\r\n\r\n--x\r\nContent-Type: text/html;\r\n\r\nx\r\n--x--\r\n",
            b"A: b\r\nContent-Type: multipart/alternative;\r\n boundary=\"x\"\r\n\r\n--y\r\n\r\nx",
        ] {
            assert_eq!(plain_only(strange), None);
        }
    }
}
