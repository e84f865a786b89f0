//! Replies of real servers and what they mean; then the corpus of real bounces, where no living address may end.

use std::path::Path;

use super::*;

fn verdict(line: &str) -> Verdict {
    classify(&Reply::from_line(line).unwrap(), Phase::Rcpt)
}

#[test]
fn a_mailbox_that_certainly_does_not_exist_ends_its_address() {
    for line in [
        "550 5.1.1 <ada@example.org>: Recipient address rejected: User unknown in relay recipient table",
        "550 5.1.1 The email account that you tried to reach does not exist. Please try",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
        "550 5.1.0 No such user here",
        "550 5.5.0 mailbox does not exist",
        "551 no such mailbox",
        "553 sorry, no mailbox here by that name",
        "550 unknown in virtual mailbox table",
        "550 <ada@example.org>: User unknown",
        "550 5.1.1",
    ] {
        assert!(verdict(line).ends_address(), "{line}");
    }
}

#[test]
fn a_doubt_in_code_words_or_phase_keeps_the_address() {
    for line in [
        "450 4.1.1 user unknown",
        "550 4.1.1 user unknown",
        "450 5.1.1 user unknown",
        "550 5.1.1 mailbox temporarily unavailable",
        "550 5.1.1 account disabled",
        "550 5.1.1 <spam@example.org>: blocked using a blocklist",
        "550 5.2.1 user unknown",
        "550 5.4.1 Recipient address rejected: Access denied",
        "550 5.7.1 No such user",
        "550 Requested action not taken: mailbox unavailable",
        "550 relaying denied, user unknown",
        "550 <no-such-user@example.org> refused",
        "550 Unknown user ada@example.org",
        "550 : User unknown",
        "550 5.0.0 user unknown",
        "550 5.1.1 198.51.100.7 has sent to too many recipients this hour",
        "554 user unknown",
        "552 no such user",
        "521 no such user",
    ] {
        assert!(!verdict(line).ends_address(), "{line}");
    }
    let reply = Reply::from_line("550 5.1.1 user unknown").unwrap();
    for phase in [
        Phase::Mail,
        Phase::Greeting,
        Phase::Here,
        Phase::Data,
        Phase::Dot,
    ] {
        assert!(!classify(&reply, phase).ends_address(), "{phase:?}");
    }
}

#[test]
fn what_the_sender_must_mend_is_ours() {
    for (line, class) in [
        ("421 4.7.28 unusual rate of mail", Class::RateLimited),
        ("421 4.7.32 not aligned", Class::Authentication),
        (
            "550 5.7.26 This mail has been blocked because the sender is unauthenticated",
            Class::Authentication,
        ),
        ("550 5.7.515 Access denied", Class::Authentication),
        (
            "550 5.7.1 Service unavailable, client host blocked using Spamhaus",
            Class::Reputation,
        ),
        ("554 5.7.1 relay access denied", Class::RelayDenied),
        ("451 4.7.1 mailbox over quota", Class::Policy),
        ("452 4.5.3 too many recipients", Class::RateLimited),
        ("552 5.3.4 message too big", Class::MessageTooLarge),
    ] {
        assert_eq!(verdict(line).class, class, "{line}");
        assert_eq!(verdict(line).class.fault(), Fault::Ours, "{line}");
    }
}

#[test]
fn what_the_receiver_has_is_not_ours() {
    for (line, class) in [
        ("450 4.2.0 Greylisted", Class::Greylisted),
        (
            "452 4.2.2 The email account is over quota",
            Class::MailboxFull,
        ),
        ("550 5.2.1 The account is inactive", Class::MailboxInactive),
        ("550 5.1.2 bad destination system", Class::DomainUnknown),
        (
            "451 Requested action aborted: local error in processing",
            Class::ServerTrouble,
        ),
        ("451 4.4.1 connection timed out", Class::Network),
        ("550 5.6.7 UTF-8", Class::NeedsUtf8),
    ] {
        assert_eq!(verdict(line).class, class, "{line}");
        assert_ne!(verdict(line).class.fault(), Fault::Ours, "{line}");
    }
}

#[test]
fn an_unclear_reply_is_unsorted_and_soft() {
    let verdict = verdict("554 Transaction failed");
    assert_eq!(verdict.class, Class::Unsorted);
    assert!(!verdict.ends_address());
}

#[test]
fn hints_are_read_and_bounded() {
    let hint = |line| verdict(line).hint;
    assert_eq!(
        hint("451 4.7.1 Greylisted, see you in 300 seconds"),
        Some(Duration::from_mins(5))
    );
    assert_eq!(
        hint("450 try again in 5 min."),
        Some(Duration::from_mins(5))
    );
    assert_eq!(hint("450 wait 90 hours"), Some(HINT_MAX));
    assert_eq!(hint("450 wait 4294967295 hours"), Some(HINT_MAX));
    assert_eq!(hint("450 wait 0 seconds"), None);
    assert_eq!(hint("450 ada 5 example"), None);
}

/// One recipient of the labelled corpus: the reply quoted in the bounce, and whether the address is at its end.
struct Labelled {
    file: String,
    reply: Reply,
    dead: bool,
}

fn corpus() -> Option<Vec<Labelled>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/bounces");
    let labels = std::fs::read_to_string(folder.join("labels.tsv")).ok()?;
    let rows = labels.lines().skip(1).filter_map(|row| {
        let columns: Vec<&str> = row.split('\t').collect();
        let mail = std::fs::read(folder.join("eml").join(columns[0])).ok()?;
        let index: usize = columns[1].parse().ok()?;
        let mail = String::from_utf8_lossy(&mail).into_owned();
        Some(Labelled {
            file: columns[0].to_owned(),
            reply: diagnostics(&mail).into_iter().nth(index - 1)?,
            dead: columns[5] == "true",
        })
    });
    Some(rows.collect())
}

/// The SMTP replies in the Diagnostic-Code fields of one bounce, unfolded.
fn diagnostics(mail: &str) -> Vec<Reply> {
    let unfolded = mail
        .replace("\r\n", "\n")
        .replace("\n ", " ")
        .replace("\n\t", " ");
    let fields = unfolded.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("Diagnostic-Code")
            .then(|| value.to_owned())
    });
    let replies = fields.filter_map(|value| {
        let (_, text) = value.split_once(';')?;
        Reply::from_line(&text.split_whitespace().collect::<Vec<_>>().join(" "))
    });
    replies.collect()
}

#[test]
fn no_living_address_of_the_corpus_ends_and_most_dead_ones_do() {
    let Some(corpus) = corpus() else {
        println!("skipped: the bounce corpus is not here");
        return;
    };
    let ends = |l: &&Labelled| classify(&l.reply, Phase::Rcpt).ends_address();
    let wrong: Vec<_> = corpus.iter().filter(ends).filter(|l| !l.dead).collect();
    for l in &wrong {
        println!("false end: {} {}", l.file, l.reply);
    }
    let dead: Vec<_> = corpus.iter().filter(|l| l.dead).collect();
    let found = dead.iter().copied().filter(|l| ends(l)).count();
    for l in dead.iter().copied().filter(|l| !ends(l)) {
        println!("missed: {} {}", l.file, l.reply);
    }
    let sorted = corpus
        .iter()
        .filter(|l| classify(&l.reply, Phase::Rcpt).class != Class::Unsorted);
    println!(
        "{} replies, {} sorted, {} dead, {found} found",
        corpus.len(),
        sorted.count(),
        dead.len()
    );
    assert!(wrong.is_empty());
    assert!(found * 2 >= dead.len(), "{found} of {}", dead.len());
}

proptest::proptest! {
    #[test]
    fn any_reply_gets_a_verdict(code in 200u16..600, text in ".{0,200}") {
        let reply = Reply { code, enhanced: None, text };
        let verdict = classify(&reply, Phase::Rcpt);
        proptest::prop_assert!(code >= 500 || !verdict.ends_address());
    }
}
