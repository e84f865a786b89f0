//! What a file is, by its first bytes alone.

/// A type that some page takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileType {
    /// Text in UTF-8, UTF-16 with its mark, or an 8-bit encoding.
    Text,
    /// An archive: Excel's workbooks are ones.
    Zip,
    Png,
    Jpeg,
    Gif,
    Webp,
}

/// How files begin that are no text, though some of them hold text alone for a while.
const OTHERS: &[&[u8]] = &[
    b"\x7fELF",
    b"MZ",
    b"%PDF",
    b"%!PS",
    b"{\\rtf",
    b"#!",
    b"\x1f\x8b",
    b"BZh",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\xd0\xcf\x11\xe0",
    b"\xca\xfe\xba\xbe",
    b"SQLite format 3",
    b"<?xml",
    b"<!DOCTYPE",
    b"<!doctype",
    b"<html",
    b"<svg",
];

fn is_text(head: &[u8]) -> bool {
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return true;
    }
    // Signs of control that no table has: a NUL above all.
    let odd = |b: &u8| *b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1a);
    !head.iter().any(odd)
}

/// The type of a file that begins so; `None` for what no page takes.
pub(super) fn sniff(head: &[u8]) -> Option<FileType> {
    let bare = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start();
    if head.starts_with(b"PK\x03\x04") {
        return Some(FileType::Zip);
    }
    if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(FileType::Png);
    }
    if head.starts_with(b"\xff\xd8\xff") {
        return Some(FileType::Jpeg);
    }
    if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        return Some(FileType::Gif);
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Some(FileType::Webp);
    }
    let other = OTHERS.iter().any(|magic| bare.starts_with(magic));
    (!other && is_text(head)).then_some(FileType::Text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        let cases: &[(&[u8], Option<FileType>)] = &[
            (b"email,name\nada@example.org,Ada\n", Some(FileType::Text)),
            (b"\xef\xbb\xbfemail\n", Some(FileType::Text)),
            (b"\xff\xfee\0m\0", Some(FileType::Text)),
            (b"stra\xdfe;email\n", Some(FileType::Text)),
            (b"PK\x03\x04\x14\0", Some(FileType::Zip)),
            (b"\x89PNG\r\n\x1a\n\0\0", Some(FileType::Png)),
            (b"\xff\xd8\xff\xe0", Some(FileType::Jpeg)),
            (b"GIF89a", Some(FileType::Gif)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some(FileType::Webp)),
            (b"\x7fELF\x02\x01\x01", None),
            (b"MZ\x90\0", None),
            (b"#!/bin/sh\nrm", None),
            (b"%PDF-1.7", None),
            (b"\x1f\x8b\x08", None),
            (b"  <html><script>", None),
            (b"<svg onload=alert(1)>", None),
            (b"email,na\0me", None),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", None),
        ];
        for (head, wanted) in cases {
            assert_eq!(
                sniff(head),
                *wanted,
                "{:?}",
                head.escape_ascii().to_string()
            );
        }
    }
}
