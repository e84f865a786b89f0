//! Header fields: nothing breaks out, everything comes back.

use super::*;
use proptest::prelude::*;

fn subject(text: &str) -> String {
    let mut out = Vec::new();
    push_unstructured("Subject", text, &mut out);
    String::from_utf8(out).unwrap()
}

fn from(name: &str) -> String {
    let mut out = b"From: ".to_vec();
    push_display_name(name, &mut out);
    out.extend_from_slice(b"<news@example.com>\r\n");
    String::from_utf8(out).unwrap()
}

/// Unfolds and decodes as a reader does.
fn read(field: &str) -> String {
    let unfolded = field.trim_end().replace("\r\n ", " ");
    let value = unfolded.split_once(':').unwrap().1.trim();
    let mut out = Vec::new();
    let mut after_word = false;
    for (i, word) in value.split(' ').enumerate() {
        let inner = word
            .strip_prefix("=?utf-8?B?")
            .and_then(|w| w.strip_suffix("?="));
        let both_encoded = after_word && inner.is_some();
        if i > 0 && !both_encoded {
            out.push(b' ');
        }
        let decoded = inner.map(|inner| STANDARD.decode(inner).unwrap());
        out.extend(decoded.unwrap_or_else(|| word.as_bytes().to_vec()));
        after_word = inner.is_some();
    }
    String::from_utf8(out).unwrap()
}

fn assert_one_field(field: &str) {
    assert!(field.ends_with("\r\n"));
    let lines: Vec<_> = field.trim_end_matches("\r\n").split("\r\n").collect();
    for (i, line) in lines.iter().enumerate() {
        assert!(i == 0 || line.starts_with(' '), "{field:?}");
        assert!(!line.trim().is_empty(), "{field:?}");
        assert!(line.bytes().all(|b| (32..127).contains(&b)), "{field:?}");
        assert!(line.len() <= 998);
    }
}

#[test]
fn a_line_break_in_a_subject_or_name_makes_no_new_field() {
    for evil in [
        "a\r\nBcc: victim@example.org",
        "a\nBcc: victim@example.org",
        "a\rBcc: victim@example.org",
        "a\r\n\r\n<script>",
        "a\0b",
        "a\u{85}Bcc: x",
        "a\u{2028}Bcc: x",
        "a\r\n b",
        "\r\n\r\n",
        "ä\r\nBcc: victim@example.org",
    ] {
        for field in [subject(evil), from(evil)] {
            assert_one_field(&field);
            assert!(!field.contains("\nBcc"), "{field:?}");
        }
    }
    assert_eq!(read(&subject("ä\r\nBcc: x")), "ä Bcc: x");
}

#[test]
fn a_name_cannot_close_its_quotes_or_bring_an_address() {
    assert_eq!(
        from("Evil\" <evil@example.org>, \"x"),
        "From: \"Evil\\\" <evil@example.org>, \\\"x\" <news@example.com>\r\n"
    );
    assert_eq!(from("a\\"), "From: \"a\\\\\" <news@example.com>\r\n");
    assert_eq!(from(" "), "From: <news@example.com>\r\n");
    let turned = from("moc.elpmaxe\u{202e}x");
    assert_eq!(read(&turned), "\"moc.elpmaxe x\" <news@example.com>");
}

#[test]
fn a_text_that_looks_encoded_is_encoded_once_more() {
    let field = subject("=?utf-8?B?QmNj?=");
    assert_eq!(read(&field), "=?utf-8?B?QmNj?=");
}

#[test]
fn long_subjects_are_folded() {
    let ascii = subject(&"twelve words ".repeat(20));
    assert!(ascii.lines().all(|l| l.len() <= 78));
    let long = subject(&"ä".repeat(300));
    assert!(long.lines().all(|l| l.len() <= 78), "{long}");
    assert_eq!(read(&long), "ä".repeat(300));
    assert_one_field(&subject(&"x".repeat(5_000)));
}

proptest! {
    #[test]
    fn any_text_is_one_field_and_comes_back(text in any::<String>()) {
        let field = subject(&text);
        if !one_line(&text).is_empty() {
            assert_one_field(&field);
            prop_assert_eq!(read(&field), one_line(&text));
        }
        assert_one_field(&from(&text));
    }
}
