//! Mails as programs write them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use proptest::prelude::*;

fn settings() -> AccountSettings {
    AccountSettings {
        brand: "acme".parse().unwrap(),
        sending_domain: "acme.example".to_owned(),
        from_name: "Acme".to_owned(),
        from_address: "news@acme.example".to_owned(),
        reply_to: Some("office@acme.example".to_owned()),
    }
}

fn of(text: &str) -> Result<Letter, LetterFault> {
    read(text.replace('\n', "\r\n").as_bytes(), &settings())
}

const HEAD: &str = "From: The Shop <shop@acme.example>\nMessage-ID: <1@acme.example>\n";

#[test]
fn texts_and_names_are_taken_and_everything_else_of_the_header_is_left() {
    let letter = of(
        "Received: from x\nDKIM-Signature: v=1\nFrom: =?utf-8?q?Gr=C3=BCn?= <shop@acme.example>\n\
         To: \"Ada L.\" <Ada@Example.com>, bob@example.org\nCc: Eve <eve@example.org>\nBcc: x@example.org\n\
         Subject: =?utf-8?b?R3LDvMOfZQ==?=\n {{ email }}\nMessage-ID: <1@acme.example>\nX-Avow-Purpose: service\n\
         X-Avow-About: receipt\nContent-Type: multipart/alternative; boundary=b\n\n\
         --b\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe\n\
         --b\nContent-Type: text/html\n\n<p>Hello {{ first_name }} {% raw %}</p>\n--b--\n",
    )
    .unwrap();
    assert_eq!(letter.message_id.as_deref(), Some("1@acme.example"));
    assert_eq!(letter.purpose, Some("service".parse().unwrap()));
    let content = &letter.content;
    assert_eq!(content.about, Some("receipt".parse().unwrap()));
    assert_eq!(content.from_name, "Grün");
    assert_eq!(content.reply_to.as_deref(), Some("office@acme.example"));
    assert_eq!(content.subject, "Grüße { { email }}");
    assert!(
        content
            .body
            .contains("<p>Hello { { first_name }} { % raw %}</p>")
    );
    assert_eq!(content.text.as_deref().map(str::trim), Some("Grüße"));
    let names = [("ada@example.com", "Ada L."), ("eve@example.org", "Eve")];
    let names = names.map(|(a, n)| (a.to_owned(), n.to_owned()));
    assert_eq!(letter.names, names.into());
}

#[test]
fn a_text_alone_becomes_a_page_and_stays_a_text() {
    let letter = of(&format!(
        "{HEAD}Reply-To: Me <me@home.example>\n\nHi <you>,\n\n{{{{ x }}}}\n"
    ));
    let content = letter.unwrap().content;
    assert!(
        content.body.contains("<p>Hi &lt;you&gt;,</p>\n<p>{ { x }}"),
        "{}",
        content.body
    );
    assert_eq!(
        content.text.as_deref(),
        Some("Hi <you>,\r\n\r\n{ { x }}\r\n")
    );
    assert_eq!(content.reply_to.as_deref(), Some("me@home.example"));
}

#[test]
fn what_cannot_be_sent_as_it_is_meant_is_refused_with_the_reason() {
    use LetterFault as F;
    let multi = |kind: &str, parts: &str| {
        format!("{HEAD}Content-Type: multipart/{kind}; boundary=b\n\n{parts}--b--\n")
    };
    let text = "--b\nContent-Type: text/plain\n\nHello\n";
    let file = "--b\nContent-Type: application/pdf\n\n%PDF\n";
    let named = "--b\nContent-Type: text/plain\nContent-Disposition: attachment\n\nx\n";
    let calendar = "--b\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n";
    let inner = "--b\nContent-Type: message/rfc822\n\nFrom: x@example.org\n\nx\n";
    let attached = |sort: &str| F::Attachment(sort.to_owned());
    let rows = [
        (
            multi("mixed", &[text, file].concat()),
            attached("application/pdf"),
        ),
        (
            multi("mixed", &[text, named].concat()),
            attached("text/plain"),
        ),
        (
            multi("alternative", &[text, calendar].concat()),
            attached("text/calendar"),
        ),
        (
            multi("mixed", &[text, inner].concat()),
            attached("message/rfc822"),
        ),
        (multi("mixed", &[text, text].concat()), F::Parts),
        (format!("{HEAD}\n \n"), F::Empty),
        (
            format!("{HEAD}From: b@acme.example\n\nx\n"),
            F::Twice("From"),
        ),
        (
            format!("{HEAD}X-Avow-Purpose: a\nx-avow-purpose: b\n\nx\n"),
            F::Twice(PURPOSE),
        ),
        (format!("{HEAD}X-Avow-Purpose: No Name\n\nx\n"), F::Purpose),
        (format!("{HEAD}X-Avow-About: !\n\nx\n"), F::About),
        (
            format!("{HEAD}Reply-To: a@b.example, c@d.example\n\nx\n"),
            F::ReplyTo,
        ),
        (
            "From: eve@example.org\n\nx\n".to_owned(),
            F::Sender("acme.example".to_owned()),
        ),
        (
            "From: a@x.acme.example\n\nx\n".to_owned(),
            F::Sender("acme.example".to_owned()),
        ),
        (
            "From: a@acme.example, b@acme.example\n\nx\n".to_owned(),
            F::NoSender,
        ),
        ("From: all: a@acme.example;\n\nx\n".to_owned(), F::NoSender),
        ("Subject: x\n\nx\n".to_owned(), F::NoSender),
        (
            format!("{HEAD}Subject: {}\n\nx\n", "x".repeat(999)),
            F::TooLong("Subject"),
        ),
    ];
    for (mail, fault) in rows {
        assert_eq!(of(&mail), Err(fault), "{mail}");
    }
}

#[test]
fn the_reply_to_a_fault_names_it() {
    let reply = LetterFault::Attachment("image/png".to_owned()).reply();
    let reply = String::from_utf8(reply.into_owned()).unwrap();
    assert!(
        reply.starts_with("554 5.6.1 Attachments") && reply.contains("(image/png)"),
        "{reply}"
    );
}

proptest! {
    #[test]
    fn no_bytes_bring_the_reader_down(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _read = read(&bytes, &settings());
        let _read = read(&[HEAD.replace('\n', "\r\n").as_bytes(), &bytes].concat(), &settings());
    }

    #[test]
    fn no_header_can_be_added_by_what_is_taken(subject in ".{0,60}", name in ".{0,60}") {
        let (name, subject) = (STANDARD.encode(name), STANDARD.encode(subject));
        let mail = format!(
            "From: =?utf-8?b?{name}?= <shop@acme.example>\r\nSubject: =?utf-8?b?{subject}?=\r\n\r\nHello\r\n"
        );
        if let Ok(letter) = read(mail.as_bytes(), &settings()) {
            let texts = [letter.content.subject, letter.content.from_name];
            prop_assert!(texts.iter().all(|text| !text.chars().any(char::is_control)));
        }
    }
}
