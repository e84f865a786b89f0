//! Relaxed canonicalisation (RFC 6376 3.4.2 and 3.4.4), in one pass and without an allocation a field or line.

use aws_lc_rs::digest::Context;

/// Bytes looked at together. One wide comparison each tells whether a block needs any change.
const BLOCK: usize = 64;

/// True for the white space of RFC 6376 2.8.
const fn is_wsp(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Hashes a body as `relaxed` wants it: runs of white space one space, none at line ends, no empty lines at the
/// end, one CRLF behind the last line. An empty body is nothing at all.
///
/// Bytes that stay as they are (nearly all of a quoted-printable body) are hashed where they lie.
pub(super) fn hash_body(body: &[u8], hash: &mut Context) {
    let body = without_empty_end(body);
    let mut clean_from = 0;
    let mut at = 0;
    while let Some(dirty) = next_change(body, at) {
        hash.update(&body[clean_from..dirty]);
        at = dirty;
        while at < body.len() && is_wsp(body[at]) {
            at += 1;
        }
        if at < body.len() && !body[at..].starts_with(b"\r\n") {
            hash.update(b" ");
        }
        clean_from = at;
    }
    hash.update(&body[clean_from..]);
    if !body.is_empty() {
        hash.update(b"\r\n");
    }
}

/// The body up to its last byte that is neither white space nor part of a line end.
fn without_empty_end(body: &[u8]) -> &[u8] {
    let mut end = body.len();
    loop {
        let mut line = end;
        while line > 0 && is_wsp(body[line - 1]) {
            line -= 1;
        }
        if body[..line].ends_with(b"\r\n") {
            end = line - 2;
        } else if line == 0 {
            return &[];
        } else {
            return &body[..line];
        }
    }
}

/// The next place with white space that must change: a tab, two in a row, or one before a line end.
fn next_change(body: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while at < body.len() {
        match body.get(at..=at + BLOCK) {
            Some(window) if !block_changes(window) => at += BLOCK,
            _ => {
                let end = (at + BLOCK).min(body.len());
                let found = (at..end).find(|i| changes(body, *i));
                if found.is_some() {
                    return found;
                }
                at = end;
            }
        }
    }
    None
}

/// Branch-free, so that the compiler compares many bytes at once. One byte longer than the block it judges.
fn block_changes(window: &[u8]) -> bool {
    let (here, next) = (&window[..BLOCK], &window[1..=BLOCK]);
    let judge = |(a, b): (&u8, &u8)| {
        let space = u8::from(*a == b' ') & (u8::from(*b == b' ') | u8::from(*b == b'\r'));
        let before_tab = u8::from(*b == b'\t');
        space | before_tab | u8::from(*a == b'\t')
    };
    here.iter()
        .zip(next)
        .map(judge)
        .fold(0, |all, one| all | one)
        != 0
}

fn changes(body: &[u8], at: usize) -> bool {
    let next = body.get(at + 1);
    match body[at] {
        b'\t' => true,
        b' ' => match next {
            None | Some(b' ' | b'\t') => true,
            Some(b'\r') => body.get(at + 2) == Some(&b'\n'),
            Some(_) => false,
        },
        _ => false,
    }
}

/// The header fields of a block, each with its folded lines and its ending CRLF.
pub(super) fn fields(block: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = block;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (field, after) = rest.split_at(field_end(rest));
        rest = after;
        Some(field)
    })
}

fn field_end(block: &[u8]) -> usize {
    let mut from = 0;
    while let Some(at) = block[from..].iter().position(|b| *b == b'\n') {
        let end = from + at + 1;
        match block.get(end) {
            Some(b' ' | b'\t') => from = end,
            _ => return end,
        }
    }
    block.len()
}

/// True when `field` has this name, which is given in lower case.
pub(super) fn has_name(field: &[u8], name: &str) -> bool {
    field
        .split_at_checked(name.len())
        .is_some_and(|(head, rest)| {
            head.eq_ignore_ascii_case(name.as_bytes())
                && rest.trim_ascii_start().first() == Some(&b':')
        })
}

/// Appends a field as `relaxed` wants it: name in lower case, unfolded, white space runs one space, none around
/// the colon and at the end, and CRLF behind it.
pub(super) fn append_field(field: &[u8], out: &mut Vec<u8>) {
    append_unended(field, out);
    out.extend_from_slice(b"\r\n");
}

/// The same without CRLF, as the signature's own field is hashed (RFC 6376 3.7).
pub(super) fn append_unended(field: &[u8], out: &mut Vec<u8>) {
    let colon = field.iter().position(|b| *b == b':').unwrap_or(field.len());
    let (name, value) = field.split_at(colon);
    out.extend(name.trim_ascii_end().iter().map(u8::to_ascii_lowercase));
    out.push(b':');
    let mut space = false;
    let start = out.len();
    for byte in value.get(1..).unwrap_or(&[]) {
        match byte {
            b' ' | b'\t' => space = true,
            b'\r' | b'\n' => {}
            byte => {
                if std::mem::take(&mut space) && out.len() > start {
                    out.push(b' ');
                }
                out.push(*byte);
            }
        }
    }
}
