//! The canonical form of a body that signatures cover, beside a slow one that follows the RFC word by word.

use std::sync::OnceLock;

use avow_deliver::dkim::{Signer, generate};
use avow_testkit::SeededEntropy;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

/// The signer's `bh=` is that of the slow form (RFC 6376 3.4.4).
pub(crate) fn run(bytes: &[u8]) {
    // Mails have no bare CR or LF: the builder and the SMTP client refuse them.
    let body = with_line_ends(bytes);
    let mut out = Vec::new();
    let signed = signer().sign(
        b"From: a@example.com\r\n",
        &body,
        Timestamp::UNIX_EPOCH,
        &mut out,
    );
    assert!(signed.is_ok());
    let fields: String = String::from_utf8_lossy(&out).split_whitespace().collect();
    let ours = STANDARD.encode(digest(&SHA256, &relaxed(&body)));
    assert_eq!(
        fields.matches(&format!("bh={ours};")).count(),
        2,
        "body {body:?}"
    );
}

fn signer() -> &'static Signer {
    static SIGNER: OnceLock<Signer> = OnceLock::new();
    SIGNER.get_or_init(|| {
        let keys = generate(&SeededEntropy::new(1)).expect("a key can be made");
        Signer::new("example.com", &keys).expect("a made key can sign")
    })
}

fn with_line_ends(bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(bytes.len() * 2);
    for byte in bytes {
        match byte {
            b'\r' => {}
            b'\n' => body.extend_from_slice(b"\r\n"),
            byte => body.push(*byte),
        }
    }
    body
}

/// Line by line: white space at the end goes, runs become one space, empty lines at the end go, the last line
/// ends in CRLF.
fn relaxed(body: &[u8]) -> Vec<u8> {
    let text: String = body.iter().map(|b| char::from(*b)).collect();
    let mut lines: Vec<String> = text.split("\r\n").map(relaxed_line).collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    let whole: String = lines
        .iter()
        .flat_map(|line| [line.as_str(), "\r\n"])
        .collect();
    whole
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("made of bytes"))
        .collect()
}

fn relaxed_line(line: &str) -> String {
    let mut out = String::new();
    for c in line.trim_end_matches([' ', '\t']).chars() {
        match c {
            ' ' | '\t' if out.ends_with(' ') => {}
            ' ' | '\t' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
