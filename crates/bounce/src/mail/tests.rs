//! Whole mails of our own, in the forms that mail systems use, and what each must give.

use super::*;

/// What a test expects of one recipient.
type Expected<'a> = (&'a str, &'a str, bool);

fn outcomes(mail: &str) -> Vec<(String, String, bool)> {
    let report = read(mail.as_bytes()).unwrap();
    let told = report.outcomes.iter().map(|o| {
        let address = o.address.clone().unwrap_or_default();
        (address, o.class.as_str().to_owned(), o.is_hard())
    });
    told.collect()
}

#[track_caller]
fn gives(mail: &str, expected: &[Expected<'_>]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|(a, c, h)| ((*a).to_owned(), (*c).to_owned(), *h))
        .collect();
    assert_eq!(outcomes(mail), expected, "{mail}");
}

const HEAD: &str = "From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nTo: <bounce+tok@news.example.com>\nSubject: Undelivered Mail Returned to Sender\nDate: Sun, 22 Nov 2026 10:00:00 +0000\n";
const ORIGINAL: &str = "Return-Path: <bounce+tok@news.example.com>\nReceived: from a by b; Sun, 22 Nov 2026 09:59:00 +0000\nFrom: News <news@example.com>\nTo: ada@example.org\nMessage-ID: <m1@news.example.com>\nSubject: News\n\nunknown user spam virus\n";

fn text(body: &str) -> String {
    format!("{HEAD}\n{body}")
}

fn dsn(told: &str, fields: &str) -> String {
    format!(
        "{HEAD}MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"B\"\n\n--B\nContent-Type: text/plain\n\n{told}\n\n--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n{fields}\n\n--B\nContent-Type: message/rfc822\n\n{ORIGINAL}\n--B--\n"
    )
}

#[test]
fn a_standard_report_gives_each_recipient_its_own_outcome() {
    let fields = "Final-Recipient: rfc822; ada@example.org\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <ada@example.org>:\n  Recipient address rejected: User unknown\n\nFinal-Recipient: rfc822; bob@example.org\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 Mailbox full\n\nFinal-Recipient: rfc822; eve@example.org\nAction: delayed\nStatus: 4.4.1\nDiagnostic-Code: X-Postfix; connect to mx.example.org[192.0.2.1]:25: Connection timed out\n\nFinal-Recipient: rfc822; joe@example.org\nAction: relayed\nStatus: 2.1.5";
    let mail = dsn("see below", fields);
    gives(
        &mail,
        &[
            ("ada@example.org", "userunknown", true),
            ("bob@example.org", "mailboxfull", false),
            ("eve@example.org", "expired", false),
            ("joe@example.org", "delivered", false),
        ],
    );
    let report = read(mail.as_bytes()).unwrap();
    let actions: Vec<_> = report.outcomes.iter().map(|o| o.action).collect();
    assert_eq!(
        actions,
        [
            Action::Bounce,
            Action::Bounce,
            Action::Delay,
            Action::Delivered
        ]
    );
    assert_eq!(report.returned.message_id(), Some("m1@news.example.com"));
    assert_eq!(report.sent_to, ["bounce+tok@news.example.com"]);
}

#[test]
fn a_diagnostic_that_contradicts_its_status_is_believed() {
    for (status, diagnostic, class) in [
        (
            "5.1.1",
            "smtp; 550 5.7.1 IP address blacklisted by recipient",
            "blocked",
        ),
        ("5.1.1", "smtp; 552 5.2.2 Over quota", "mailboxfull"),
        (
            "5.1.1",
            "smtp; 550 5.1.1 Refused due to recipient preferences",
            "filtered",
        ),
        (
            "5.1.2",
            "smtp; 450 4.1.2 Host unknown, try again later",
            "networkerror",
        ),
    ] {
        let fields = format!(
            "Final-Recipient: rfc822; ada@example.org\nAction: failed\nStatus: {status}\nDiagnostic-Code: {diagnostic}"
        );
        gives(&dsn("", &fields), &[("ada@example.org", class, false)]);
    }
}

#[test]
fn a_delayed_recipient_is_never_dead() {
    let fields = "Final-Recipient: rfc822; ada@example.org\nAction: delayed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown";
    gives(
        &dsn("", fields),
        &[("ada@example.org", "userunknown", false)],
    );
}

#[test]
fn broken_and_obsolete_fields_are_read() {
    for fields in [
        "Original-Recipient: <ada@example.org>\nAction: failed\nDiagnostic-Code: smtp; 550 5.1.1 User unknown",
        "final-recipient : RFC822;<ada@example.org>\naction: FAILED\nstatus: 5.1.1 (bad destination mailbox address)",
        "X-Actual-Recipient: rfc822; ada@example.org\nFinal-Recipient: rfc822; ada@example.org\nAction: failed (expired)\nStatus: 5.1.1",
    ] {
        gives(
            &dsn("", fields),
            &[("ada@example.org", "userunknown", true)],
        );
    }
    let mixed = "Technical report:\n\nAction: failed\nFinal-Recipient: rfc822; ada@example.org\nDiagnostic-Code: smtp; 550 5.1.1 <ada@example.org>... User Unknown\nStatus: 5.1.1\n";
    gives(&text(mixed), &[("ada@example.org", "userunknown", true)]);
}

#[test]
fn reports_in_free_text_are_read_whatever_wrote_them() {
    for (body, class, hard) in [
        (
            "Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<ada@example.org>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 User unknown\nGiving up on 192.0.2.1.\n\n--- Below this line is a copy of the message.\n\n",
            "userunknown",
            true,
        ),
        (
            "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ada@example.org\n    SMTP error from remote mail server after RCPT TO:<ada@example.org>:\n    host mx.example.org [192.0.2.1]: 550 <ada@example.org>:\n    User unknown\n\n------ This is a copy of the message, including all the headers. ------\n\n",
            "userunknown",
            true,
        ),
        (
            "The following address(es) failed:\n\n  ada@example.org\n    mailbox is full: retry timeout exceeded\n\n------ This is a copy of the message, including all the headers. ------\n\n",
            "mailboxfull",
            false,
        ),
        (
            "   ----- The following addresses had permanent fatal errors -----\n<ada@example.org>\n\n   ----- Transcript of session follows -----\n... while talking to mx.example.org.:\n>>> RCPT To:<ada@example.org>\n<<< 550 5.1.1 <ada@example.org>... User unknown\n550 <ada@example.org>... User unknown\n\n   ----- Original message follows -----\n\n",
            "userunknown",
            true,
        ),
        (
            "Your message\n\n  To:      ada@example.org\n  Subject: News\n  Sent:    Sun, 22 Nov 2026 10:00:00 +0000\n\ndid not reach the following recipient(s):\n\nada@example.org on Sun, 22 Nov 2026 10:00:00 +0000\n    The recipient name is not recognized\n\tMSEXCH:IMS:EXAMPLE:SERVER 0 (000C05A6) Unknown Recipient\n\n",
            "userunknown",
            true,
        ),
        (
            "Your message\n\n  Subject: News\n\nwas not delivered to:\n\n  ada@example.org\n\nbecause:\n\n  User ada (ada@example.org) not listed in Domino Directory\n\n",
            "userunknown",
            true,
        ),
        (
            "This is an automatically generated Delivery Status Notification\n\nDelivery to the following recipient failed permanently:\n\n     ada@example.org\n\nTechnical details of permanent failure:\nThe error that the other server returned was:\n550 550 Unknown user ada@example.org (state 18).\n\n----- Original message -----\n\n",
            "filtered",
            false,
        ),
        (
            "The message could not be delivered:\n\nRecipient address: ada@example.org\nReason: Over quota\n\nOriginal message:\n\n",
            "mailboxfull",
            false,
        ),
        (
            "Unknown user: ada@example.org\n\nOriginal message follows.\n\n",
            "userunknown",
            true,
        ),
        (
            "Ihre Nachricht konnte nicht zugestellt werden an:\n\nada@example.org\n\n552 5.2.2 Das Postfach ist voll\n\n--- Original message ---\n\n",
            "mailboxfull",
            false,
        ),
        (
            "Sorry, we were unable to deliver your message to the following address.\n\n<ada@example.org>:\nRemote host said: 554 5.0.0 This user doesn't have an example.org account [RCPT_TO]\n\n--- Below this line is a copy of the message.\n\n",
            "userunknown",
            true,
        ),
        (
            "Could not deliver to <ada@example.org>.\n\n--- Enclosed are the original headers of the message.\n\n",
            "onhold",
            false,
        ),
    ] {
        gives(
            &(text(body) + ORIGINAL),
            &[("ada@example.org", class, hard)],
        );
    }
}

#[test]
fn a_line_counts_for_the_address_it_names_and_not_for_one_inside_it() {
    let body = "<ada@example.org>:\n552 5.2.2 Mailbox full\n\n<linda@example.org>:\n550 5.1.1 <linda@example.org>: User unknown\n";
    gives(
        &text(body),
        &[
            ("ada@example.org", "mailboxfull", false),
            ("linda@example.org", "userunknown", true),
        ],
    );
    let both =
        "<da@example.org>\n<linda@example.org>\n\n550 5.1.1 <linda@example.org>: User unknown\n";
    gives(
        &text(both),
        &[
            ("da@example.org", "undefined", false),
            ("linda@example.org", "userunknown", true),
        ],
    );
}

#[test]
fn more_systems_are_read_by_the_same_rules() {
    for (body, class, hard) in [
        (
            "There was an error delivering your mail to <ada@example.org>.\n\nmx.example.org [192.0.2.1] did not like our RCPT TO:\n550 <ada@example.org>... User Unknown\n\nMessage headers follow.\n\n",
            "userunknown",
            true,
        ),
        (
            "There was an error delivering your mail to <ada@example.org>.\n\nmx.example.org [192.0.2.1] did not like our DATA:\n550 <ada@example.org>... User Unknown\n\nMessage headers follow.\n\n",
            "filtered",
            false,
        ),
        (
            "Failed recipient(s):\nada@example.org\n\nError message:\n550 5.1.1 ada@example.org user unknown\n\n",
            "userunknown",
            true,
        ),
        (
            "The following recipient(s) could not be reached:\n\n\tRecipient: [SMTP:ada@example.org]\n\tReason: 552 5.2.2 mailbox full\n\nMessage headers follow:\n",
            "mailboxfull",
            false,
        ),
        (
            "SMTP Server <mx.example.org> rejected recipient <ada@example.org> (Error following RCPT command). It responded as follows: [550 5.1.1 User unknown]\n\n",
            "userunknown",
            true,
        ),
        (
            "The message was not delivered to\n\nada@example.org\n\n-------server message\n550 5.1.1 unknown user <ada@example.org>\n-------original message\n",
            "userunknown",
            true,
        ),
        (
            "ada@example.org Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 <ada@example.org>... User Unknown\n\n",
            "userunknown",
            true,
        ),
        (
            "  Recipient address: ada@example.org\n  Reason: Remote SMTP server has rejected address\n  Diagnostic code: smtp;550 5.7.1 Relaying denied\n\n",
            "norelaying",
            false,
        ),
        (
            "The message that you sent was undeliverable to the following:\n\tada@example.org (user not found)\n\n",
            "filtered",
            false,
        ),
        (
            "Delivery has failed to these recipients or distribution lists:\n\nada@example.org\nThe recipient's mailbox is full and can't accept messages now.\n\n#550 5.2.2 STOREDRV.Deliver; mailbox full ##\n\nOriginal message headers:\n\n",
            "mailboxfull",
            false,
        ),
    ] {
        gives(
            &(text(body) + ORIGINAL),
            &[("ada@example.org", class, hard)],
        );
    }
}

#[test]
fn the_words_of_the_returned_message_do_not_count() {
    let mail = text(
        "Delivery failed.\n\n<ada@example.org>: 550 5.7.1 refused\n\n------ This is a copy of your message, including all the headers. ------\n\n",
    ) + ORIGINAL;
    gives(&mail, &[("ada@example.org", "securityerror", false)]);
    assert_eq!(
        read(mail.as_bytes()).unwrap().returned.get("subject"),
        Some("News")
    );
}

#[test]
fn line_ends_of_every_kind_give_the_same() {
    let fields = "Final-Recipient: rfc822; ada@example.org\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown";
    let mail = dsn("see", fields);
    for ends in ["\r\n", "\r", "\r\r\n"] {
        assert_eq!(
            read(mail.replace('\n', ends).as_bytes()),
            read(mail.as_bytes()),
            "{ends:?}"
        );
    }
}

#[test]
fn an_automatic_reply_is_no_bounce() {
    for head in [
        "From: Ada <ada@example.org>\nTo: news@example.com\nSubject: Automatic reply: News\n\nUser unknown until Monday",
        "From: ada@example.org\nSubject: Abwesenheitsnotiz\n\nIch bin weg. 550 5.1.1 user unknown",
        "From: ada@example.org\nSubject: Re: News\nAuto-Submitted: auto-replied\n\nback soon, mailbox full",
        "From: ada@example.org\nSubject: Re: News\nPrecedence: auto_reply\n\nback soon",
    ] {
        gives(head, &[("ada@example.org", "vacation", false)]);
    }
}

#[test]
fn a_complaint_and_an_opt_out_are_feedback() {
    let arf = "From: <fbl@isp.example>\nSubject: complaint\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary=B\n\n--B\nContent-Type: text/plain\n\nuser unknown\n--B\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: X/1\nVersion: 1\nOriginal-Rcpt-To: <ada@example.org>\nSource-IP: 192.0.2.1 (mx.example.com)\n\n--B\nContent-Type: message/rfc822\n\n".to_owned() + ORIGINAL + "\n--B--\n";
    gives(&arf, &[("ada@example.org", "feedback", false)]);
    let feedback = read(arf.as_bytes()).unwrap().feedback.unwrap();
    assert_eq!(
        (feedback.kind.as_str(), feedback.source_ip.as_deref()),
        ("abuse", Some("192.0.2.1"))
    );
    let leaves = "From: Ada <ada@example.org>\nSubject: Unsubscribe\n\n";
    gives(leaves, &[("ada@example.org", "feedback", false)]);
    assert_eq!(
        read(leaves.as_bytes()).unwrap().feedback.unwrap().kind,
        "opt-out"
    );
}

#[test]
fn a_notification_in_json_is_read() {
    let json = r#"{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"ada@example.org","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"},{"emailAddress":"bob@example.org","status":"5.2.2","diagnosticCode":"smtp; 552 5.2.2 over quota"}]},"mail":{"destination":["ada@example.org"]}}"#;
    let mail = format!("From: no-reply@sns.example\nSubject: Notification\n\n{json}\n");
    gives(
        &mail,
        &[
            ("ada@example.org", "userunknown", true),
            ("bob@example.org", "mailboxfull", false),
        ],
    );
}

#[test]
fn an_ordinary_mail_is_no_report() {
    let mail = "From: ada@example.org\nTo: news@example.com\nSubject: Re: your offer\n\nI like it. Is user unknown?\n";
    let report = read(mail.as_bytes()).unwrap();
    assert_eq!(report.outcomes[0].action, Action::None);
    assert!(!report.outcomes[0].is_hard());
}

#[test]
fn what_is_no_mail_too_long_or_made_to_exhaust_is_refused() {
    assert_eq!(read(b"").unwrap_err(), MailFault::NotAMail);
    assert_eq!(
        read(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap_err(),
        MailFault::NotAMail
    );
    assert_eq!(
        read(&vec![b'a'; MAIL_BYTES_MAX + 1]).unwrap_err(),
        MailFault::TooLong
    );
    let deep = format!(
        "From: a@b.test\n{}",
        "Content-Type: message/rfc822\n\n".repeat(100_000)
    );
    assert_eq!(read(deep.as_bytes()).unwrap_err(), MailFault::TooNested);
    let digests = format!(
        "From: a@b.test\n{}",
        "Content-Type: multipart/digest; boundary=a\n\n--a\n".repeat(50_000)
    );
    assert_eq!(read(digests.as_bytes()).unwrap_err(), MailFault::TooNested);
}

#[test]
fn many_parts_and_many_groups_end() {
    let many = format!(
        "From: a@b.test\nContent-Type: multipart/mixed; boundary=a\n\n{}",
        "--a\n\nx\n".repeat(2_000)
    );
    assert!(read(many.as_bytes()).is_ok());
    let groups = "Final-Recipient: rfc822; a@b.test\nAction: failed\n\n".repeat(2_000);
    assert!(read(dsn("", &groups).as_bytes()).is_ok());
}
