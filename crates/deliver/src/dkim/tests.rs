//! Signatures against a verifier that shares no code with the signer, and against the RFCs' own examples.

use std::collections::BTreeMap;

use avow_model::{Entropy, Timestamp};
use aws_lc_rs::digest::{Context, SHA256, digest};
use aws_lc_rs::signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::canonical::{append_field, fields, hash_body};
use super::{DkimFault, DnsRecord, KeyPairFiles, Signer, dns_records, generate};

#[derive(Debug)]
struct Counting;

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = i as u8;
        }
    }
}

fn keys() -> &'static KeyPairFiles {
    static KEYS: std::sync::OnceLock<KeyPairFiles> = std::sync::OnceLock::new();
    KEYS.get_or_init(|| generate(&Counting).unwrap())
}

const HEADERS: &str = "From: \"Harbour\" <news@harbour.example>\r\nTo: <ada@example.org>\r\n\
Subject: News  for\r\n\tAda \r\nDate: Sun, 22 Nov 2026 09:30:00 +0000\r\nMessage-ID: <m1@harbour.example>\r\n\
List-Unsubscribe:\r\n <https://mail.harbour.example/u/abc>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\
List-Id: <newsletter.harbour.example>\r\nFeedback-ID: a:b:c:d\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n";

fn at() -> Timestamp {
    "2026-11-22T09:30:00Z".parse().unwrap()
}

fn signed(body: &str) -> String {
    let signer = Signer::new("harbour.example", keys()).unwrap();
    let mut out = Vec::new();
    signer
        .sign(HEADERS.as_bytes(), body.as_bytes(), at(), &mut out)
        .unwrap();
    format!("{}{HEADERS}\r\n{body}", String::from_utf8(out).unwrap())
}

/// The verifier: written from the RFC's words with strings and copies, as simple as can be.
mod naive {
    use super::*;

    pub(super) fn body(body: &str) -> String {
        let mut lines: Vec<String> = body.split("\r\n").map(line).collect();
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        lines
            .iter()
            .flat_map(|line| [line.as_str(), "\r\n"])
            .collect()
    }

    fn line(line: &str) -> String {
        let words = line.replace('\t', " ");
        let mut out = String::new();
        for (i, word) in words.split(' ').filter(|w| !w.is_empty()).enumerate() {
            if i > 0 || words.starts_with(' ') {
                out.push(' ');
            }
            out.push_str(word);
        }
        out
    }

    pub(super) fn field(field: &str) -> String {
        let (name, value) = field.split_once(':').unwrap();
        let words = value.replace("\r\n", "");
        let words: Vec<_> = words.split([' ', '\t']).filter(|w| !w.is_empty()).collect();
        format!("{}:{}", name.trim_end().to_lowercase(), words.join(" "))
    }

    pub(super) fn split_fields(head: &str) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for line in head.split("\r\n").filter(|l| !l.is_empty()) {
            if line.starts_with([' ', '\t']) {
                let last = out.last_mut().unwrap();
                last.push_str("\r\n");
                last.push_str(line);
            } else {
                out.push(line.to_owned());
            }
        }
        out
    }

    pub(super) fn tags(field: &str) -> BTreeMap<String, String> {
        let value = field.split_once(':').unwrap().1;
        let tags = value.split(';').filter_map(|t| t.split_once('='));
        let clean = |s: &str| s.split_whitespace().collect::<String>();
        tags.map(|(name, value)| (clean(name), clean(value)))
            .collect()
    }

    /// The algorithms whose signatures verify; a panic says which does not.
    pub(super) fn verify(message: &str, records: &[DnsRecord]) -> Vec<String> {
        let (head, text) = message.split_once("\r\n\r\n").unwrap();
        let all = split_fields(head);
        let mut verified = Vec::new();
        for signature in all
            .iter()
            .filter(|f| f.to_lowercase().starts_with("dkim-signature:"))
        {
            let tags = tags(signature);
            let (mut header_mode, mut body_mode) =
                tags.get("c").map_or(("simple", "simple"), |c| {
                    c.split_once('/').unwrap_or((c, "simple"))
                });
            (header_mode, body_mode) = (header_mode.trim(), body_mode.trim());
            assert_eq!((header_mode, body_mode), ("relaxed", "relaxed"));
            let hash = digest(&SHA256, body(text).as_bytes());
            assert_eq!(tags["bh"], STANDARD.encode(hash.as_ref()), "body hash");
            let hashed = hashed_headers(&all, signature, &tags["h"]);
            let name = format!("{}._domainkey.{}", tags["s"], tags["d"]);
            let record = records
                .iter()
                .find(|r| r.name == name)
                .expect("a key record");
            let key = key_of(&record.value);
            let bytes = STANDARD.decode(&tags["b"]).unwrap();
            if tags["a"] == "rsa-sha256" {
                let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key);
                key.verify(hashed.as_bytes(), &bytes)
                    .expect("RSA signature");
            } else {
                let hash = digest(&SHA256, hashed.as_bytes());
                let key = UnparsedPublicKey::new(&ED25519, key);
                key.verify(hash.as_ref(), &bytes)
                    .expect("Ed25519 signature");
            }
            verified.push(tags["a"].clone());
        }
        verified
    }

    pub(super) fn hashed_headers(all: &[String], signature: &str, names: &str) -> String {
        let mut used = vec![false; all.len()];
        let mut out = String::new();
        for name in names.split(':') {
            let has = |i: &usize| {
                let (own, _) = all[*i].split_once(':').unwrap();
                !used[*i] && own.trim().eq_ignore_ascii_case(name)
            };
            if let Some(i) = (0..all.len()).rev().find(has) {
                used[i] = true;
                out.push_str(&field(&all[i]));
                out.push_str("\r\n");
            }
        }
        let at = signature.rfind(" b=").or(signature.rfind("\tb=")).unwrap() + 3;
        out.push_str(&field(&signature[..at]));
        out
    }

    pub(super) fn key_of(record: &str) -> Vec<u8> {
        let p = record.split("p=").nth(1).unwrap();
        let p: String = p
            .chars()
            .take_while(|c| *c != ';')
            .filter(|c| !c.is_whitespace())
            .collect();
        STANDARD.decode(p).unwrap()
    }
}

fn our_body_hash(body: &[u8]) -> String {
    let mut hash = Context::new(&SHA256);
    hash_body(body, &mut hash);
    STANDARD.encode(hash.finish().as_ref())
}

fn naive_body_hash(body: &str) -> String {
    STANDARD.encode(digest(&SHA256, naive::body(body).as_bytes()).as_ref())
}

const BODIES: [&str; 16] = [
    "",
    "\r\n",
    "\r\n\r\n\r\n",
    "   ",
    " \t \r\n\t\r\n",
    "Hello\r\n",
    "Hello",
    "Hello \t \r\n\r\n \r\n",
    " leading  and   inner\tspaces \r\nnext\r\n",
    "\tx\r\n",
    "a\r\n\r\n\r\nb\r\n\r\n",
    ". dot\r\n..\r\n",
    "x \r\n",
    "= =20\r\n",
    "bare \n line \r feed\r\n",
    "\r\n\r\nlate\r\n",
];

#[test]
fn both_signatures_verify_whatever_the_body() {
    let records = dns_records("harbour.example", keys()).unwrap();
    let long = format!("{}\r\n{} \r\n", "x".repeat(5_000), "y ".repeat(3_000));
    for body in BODIES.into_iter().chain([long.as_str()]) {
        let verified = naive::verify(&signed(body), &records);
        assert_eq!(verified, ["rsa-sha256", "ed25519-sha256"], "{body:?}");
    }
}

#[test]
fn an_empty_body_hashes_as_the_rfc_says() {
    // RFC 6376 3.4.4: relaxed hashes nothing at all for an empty body.
    assert_eq!(
        our_body_hash(b""),
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    );
    assert_eq!(our_body_hash(b" \r\n\t\r\n"), our_body_hash(b""));
}

#[test]
fn any_change_breaks_both_signatures() {
    let message = signed("Hello\r\nthere\r\n");
    let records = dns_records("harbour.example", keys()).unwrap();
    for (from, to) in [
        ("Subject: News", "Subject: Nows"),
        ("\r\n\r\nHello", "\r\n\r\nHallo"),
        ("u/abc", "u/abd"),
        ("From:", "From: x@example.org\r\nFrom:"),
        ("\r\n\r\nHello", "\r\nReply-To: x@example.org\r\n\r\nHello"),
        ("\r\n\r\nHello", "\r\nSubject: again\r\n\r\nHello"),
        (
            "\r\n\r\nHello",
            "\r\nList-Unsubscribe: <https://evil.example>\r\n\r\nHello",
        ),
    ] {
        let changed = message.replacen(from, to, 1);
        assert_ne!(changed, message);
        let verified = std::panic::catch_unwind(|| naive::verify(&changed, &records));
        assert!(verified.is_err(), "{from} -> {to}");
    }
}

#[test]
fn a_resend_is_signed_with_the_same_bytes() {
    assert_eq!(signed("Hello\r\n"), signed("Hello\r\n"));
    assert!(signed("Hello\r\n").contains("; t=1795339800;"));
}

#[test]
fn signature_fields_are_well_formed() {
    let message = signed("Hello\r\n");
    let head = message.split("From:").next().unwrap();
    assert!(head.lines().all(|l| l.len() <= 78), "{head}");
    let fields = naive::split_fields(head);
    assert_eq!(fields.len(), 2);
    for field in fields {
        let tags = naive::tags(&field);
        for name in [
            "from",
            "to",
            "subject",
            "date",
            "message-id",
            "list-unsubscribe",
            "list-unsubscribe-post",
            "list-id",
            "mime-version",
            "content-type",
            "feedback-id",
        ] {
            assert_eq!(
                tags["h"].split(':').filter(|n| *n == name).count(),
                2,
                "{name}"
            );
        }
        assert_eq!(tags["d"], "harbour.example");
    }
}

#[test]
fn a_signature_is_appended_and_what_was_there_stays() {
    let signer = Signer::new("harbour.example", keys()).unwrap();
    let mut out = b"before".to_vec();
    signer
        .sign(HEADERS.as_bytes(), b"x\r\n", at(), &mut out)
        .unwrap();
    assert!(out.starts_with(b"beforeDKIM-Signature: v=1; a=rsa-sha256;"));
    assert!(out.ends_with(b"\r\n") && !out.ends_with(b"\r\n\r\n"));
}

#[test]
fn bad_keys_and_domains_say_what_to_do() {
    let broken = KeyPairFiles {
        generation: super::Generation::FIRST,
        rsa_pkcs8: keys().rsa_pkcs8[..100].to_vec(),
        ed25519_pkcs8: keys().ed25519_pkcs8.clone(),
    };
    let domain = "harbour.example".to_owned();
    let fault = Signer::new(&domain, &broken).unwrap_err();
    assert_eq!(
        fault,
        DkimFault::BadRsaKey {
            domain: domain.clone()
        }
    );
    let broken = KeyPairFiles {
        generation: super::Generation::FIRST,
        rsa_pkcs8: keys().rsa_pkcs8.clone(),
        ed25519_pkcs8: Vec::new(),
    };
    let fault = Signer::new(&domain, &broken).unwrap_err();
    assert_eq!(fault, DkimFault::BadEd25519Key { domain });
    for domain in [
        "",
        "localhost",
        "a..example",
        "a b.example",
        "x.example;\r\n h=from",
        "ä.example",
    ] {
        let fault = Signer::new(domain, keys()).unwrap_err();
        assert!(matches!(fault, DkimFault::BadDomain { .. }), "{domain}");
    }
}

/// Key records and message of a file of the shared test data.
fn vector(name: &str) -> Option<(Vec<DnsRecord>, String)> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/dkim/rfc")
        .join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is not here", path.display());
        return None;
    };
    let (records, message) = text.split_once("\n\n").unwrap();
    let record = |line: &str| {
        let (name, value) = line.split_once(' ').unwrap();
        DnsRecord {
            name: name.trim_end_matches('.').to_owned(),
            value: value.to_owned(),
        }
    };
    let records = records.lines().map(record).collect();
    Some((records, message.replace('\n', "\r\n")))
}

#[test]
fn the_example_of_rfc_8463_canonicalises_to_its_signed_hashes() {
    let Some((records, message)) = vector("001.txt") else {
        return;
    };
    let (head, body) = message.split_once("\r\n\r\n").unwrap();
    let all = naive::split_fields(head);
    let mut seen = 0;
    for field in fields(format!("{head}\r\n").as_bytes()) {
        let mut ours = Vec::new();
        append_field(field, &mut ours);
        let field = std::str::from_utf8(field).unwrap().trim_end_matches("\r\n");
        assert_eq!(
            String::from_utf8(ours).unwrap(),
            naive::field(field) + "\r\n"
        );
    }
    for signature in all.iter().filter(|f| f.starts_with("DKIM-Signature")) {
        let tags = naive::tags(signature);
        assert_eq!(our_body_hash(body.as_bytes()), tags["bh"]);
        if tags["a"] == "ed25519-sha256" {
            let name = format!("{}._domainkey.{}", tags["s"], tags["d"]);
            let record = records.iter().find(|r| r.name == name).unwrap();
            let key = naive::key_of(&record.value);
            let hashed = naive::hashed_headers(&all, signature, &tags["h"]);
            let hash = digest(&SHA256, hashed.as_bytes());
            let bytes = STANDARD.decode(&tags["b"]).unwrap();
            let key = UnparsedPublicKey::new(&ED25519, key);
            key.verify(hash.as_ref(), &bytes)
                .expect("the RFC's signature");
            seen += 1;
        }
    }
    assert_eq!(seen, 1);
}

proptest! {
    #[test]
    fn bodies_hash_as_a_naive_reader_hashes_them(
        body in prop::collection::vec(
            prop_oneof![
                Just(" "), Just("  "), Just("\t"), Just("\r\n"), Just("\r\n\r\n"), Just("a"), Just("="), Just("\r"),
                Just("sixty-four bytes of text that fill one block of the wide search.")
            ],
            0..60,
        )
    ) {
        let body = body.concat();
        prop_assert_eq!(our_body_hash(body.as_bytes()), naive_body_hash(&body));
    }

    #[test]
    fn fields_canonicalise_as_a_naive_reader_does(
        name in "[A-Za-z-]{1,12}", before in "[ \t]{0,2}",
        value in prop::collection::vec(prop_oneof![Just(" "), Just("\t"), Just("\r\n "), Just("\r\n\t"), Just("a"), Just(":")], 0..30)
    ) {
        let field = format!("{name}{before}:{}", value.concat());
        let mut ours = Vec::new();
        append_field(field.as_bytes(), &mut ours);
        prop_assert_eq!(String::from_utf8(ours).unwrap(), naive::field(&field) + "\r\n");
    }
}
