//! Sentences as servers and systems write them, each with its class and whether it ends an address.

use super::*;

const SENTENCES: &str = include_str!("../../tests/fixtures/sentences.tsv");
/// What the table must at least hold.
const SENTENCES_MIN: usize = 250;

fn judged(text: &str) -> Judgement {
    judge(&Evidence {
        quote: text.to_owned(),
        ..Evidence::default()
    })
}

#[test]
fn every_sentence_of_the_table_gets_its_class_and_its_weight() {
    let mut wrong = Vec::new();
    for line in SENTENCES.lines() {
        let columns: Vec<&str> = line.splitn(3, '\t').collect();
        let [class, weight, text] = columns[..] else {
            panic!("not three columns: {line}");
        };
        let class_read = judged(text).class;
        let hard = class_read.ends_address();
        if class_read.as_str() != class || hard != (weight == "hard") {
            wrong.push(format!("{class} {weight}: {text} -> {class_read:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(SENTENCES.lines().count() >= SENTENCES_MIN);
}

proptest::proptest! {
    #[test]
    fn a_transient_code_never_ends_an_address(code in 400u16..500, text in ".{0,120}") {
        let judged = judged(&format!("{code} {text}"));
        proptest::prop_assert!(!judged.class.ends_address() || judged.reply != Some(code));
    }

    #[test]
    fn a_status_of_class_four_never_ends_an_address(text in ".{0,60}(user unknown|host unknown|null mx)") {
        let status = Enhanced::parse("4.1.1");
        let evidence = Evidence { status, quote: text, ..Evidence::default() };
        proptest::prop_assert!(!judge(&evidence).class.ends_address());
    }
}
#[test]
fn words_that_sound_like_the_end_and_are_about_something_else_end_nothing() {
    for text in [
        "550 5.1.1 Message rejected. The recipient's organization only accepts TLS",
        "550 5.1.1 <ada@example.org>: mail server temporarily rejected message",
        "550 5.1.1 This user is not accepting mail from your address",
        "550 5.1.1 ada@example.org your IP is not known to us",
        "550 5.1.1 Recipient over quota, user not found in cache",
        "550 no such user in sender domain (in reply to RCPT TO command)",
        "550 5.1.1 The sender's domain could not be found",
        "550 unknown sender domain (in reply to RCPT TO command)",
        "550 Sorry, unknown user in from address (in reply to RCPT TO command)",
        "550 5.1.2 Bad sender's system address",
        "550 5.1.2 <mail.example.com>: Helo command rejected: Host not found",
        "554 5.4.4 <mail.example.com>: Client host rejected: Host not found",
        "550 Access denied, unknown host (in reply to EHLO command)",
        "550 user unknown: authentication failed",
        "535 5.7.8 Error: authentication failed: user not found",
        "550 Your address is unknown to us, register first (in reply to RCPT TO command)",
        "550 5.0.0 User has not verified, does not exist yet try again later",
        "554 5.1.1 mailbox moved, please retry later",
        "550 Host unknown to spam filter, greylisted",
        "450 4.1.1 Mailbox does not exist",
        "550 the domain of your address does not exist (in reply to RCPT TO command)",
        "550 5.1.1 recipient address rejected: unknown sender in whitelist",
        "550 5.2.2 user unknown or over quota",
        "550 5.1.1 recipient unavailable due to maintenance",
        "550 5.1.1 system maintenance, mailbox not available",
        "The recipient has moved to a paid plan and does not accept mail from you",
        "550 The account has moved to read only mode",
        "550 no longer works with this protocol",
        "550 DNS: no MX for your domain",
        "550 domain does not accept mail without TLS",
        "550 Your address news@example.com not found in directory",
        "550 5.1.1 from address does not exist",
        "550 5.1.1 Sender mailbox does not exist",
        "550 5.1.8 user unknown",
        "550 5.1.1 the address you sent from was not found",
        "The email address you are sending from was not found",
        "550 callback failed: no such user at example.com",
        "550 5.1.1 reverse lookup: host unknown",
        "550 RBL: host unknown",
    ] {
        assert!(!judged(text).class.ends_address(), "{text}");
    }
}
