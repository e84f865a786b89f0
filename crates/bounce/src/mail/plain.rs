//! Bytes to lines, HTML to text: no more than sorting a report needs.

use std::sync::LazyLock;

use regex::Regex;

static HIDDEN: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?is)<(?:style|script|head)\b.*?</(?:style|script|head)\s*>|<!--.*?-->";
    Regex::new(pattern).expect("invariant: a fixed pattern")
});
static BREAK: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)<(?:br|/p|/div|/tr|/h\d|/li|/td)\b[^>]*>";
    Regex::new(pattern).expect("invariant: a fixed pattern")
});
static TAG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"<[a-zA-Z/!][^>]*>").expect("invariant: a fixed pattern"));

/// CRLF, CR CR LF and a lone CR become LF; an mbox line before the headers goes.
pub(super) fn lines(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'\r' => {
                let more = rest.iter().take_while(|b| **b == b'\r').count();
                let ended = rest.get(more) == Some(&b'\n');
                rest = if ended { &rest[more + 1..] } else { rest };
                out.push(b'\n');
            }
            _ => out.push(*byte),
        }
    }
    let mbox = out.starts_with(b"From ");
    let first = memchr::memchr(b'\n', &out).map_or(0, |end| end + 1);
    if mbox { out.split_off(first) } else { out }
}

/// The front of a text, cut at a character.
pub(super) fn front(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The words of an HTML part.
pub(super) fn from_html(markup: &str) -> String {
    let text = HIDDEN.replace_all(markup, " ");
    let text = BREAK.replace_all(&text, "\n");
    let text = TAG.replace_all(&text, " ");
    text.replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// Takes the marks of a forwarded text ("> ") off, when most lines have them.
pub(super) fn unquoted(text: &str) -> String {
    let filled = text.lines().filter(|l| !l.trim().is_empty());
    let (marked, all) = filled.fold((0usize, 0usize), |(m, n), line| {
        (m + usize::from(line.starts_with('>')), n + 1)
    });
    if marked * 2 <= all {
        return text.to_owned();
    }
    let bare = text.lines().map(|line| {
        let line = line.strip_prefix('>').unwrap_or(line);
        line.strip_prefix(' ').unwrap_or(line)
    });
    bare.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_line_ends_become_one() {
        assert_eq!(lines(b"a\r\nb\r\r\nc\rd\ne"), b"a\nb\nc\nd\ne");
        assert_eq!(lines(b"From x\nTo: y\n"), b"To: y\n");
    }

    #[test]
    fn markup_and_quote_marks_go() {
        assert_eq!(
            from_html("<style>p{}</style><p>No&nbsp;such <b>user</b></p>").trim(),
            "No such  user"
        );
        assert_eq!(unquoted("> a\n> b\nc"), "a\nb\nc");
    }
}
