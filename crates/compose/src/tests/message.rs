//! The whole message: golden, deterministic, safe.

use avow_model::MessageClass;

use super::world::{Message, World, content, footer, made};
use crate::verp::{self, Way};
use crate::{ContentFault, Mailing, RenderFault, Scratch, Token, compile};

const BODY: &str = "<!doctype html><html><head><style>p{color:#333}@media(max-width:400px){p{color:#111}}</style></head>\n\
<body><h1>Hello {{ first_name | fallback('friend') }}</h1>\n<p>The boats are <b>back</b>. Größer &amp; älter.</p>\n\
{% if city %}<p>See you in {{ city }}.</p>{% endif %}\n\
<p><a href=\"https://harbour.example/boats?a=1&amp;b=2\">See the boats</a> or <a href=\"mailto:crew@harbour.example\">write</a>.</p>\n\
<img src=\"https://harbour.example/boat.png\" alt=\"A boat\"></body></html>";

/// Compares with the golden file; writes it anew when UPDATE_GOLDEN is an argument of the test's build.
fn golden(name: &str, actual: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata")
        .join(name);
    if option_env!("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    assert_eq!(actual, expected, "{name} differs");
}

#[test]
fn a_marketing_mail_is_as_recorded() {
    let message = World::default().render(&content(BODY)).unwrap();
    golden("marketing.eml", &message.raw);
}

#[test]
fn a_service_mail_to_someone_unmeasured_is_as_recorded() {
    let mut content = content(BODY);
    content.reply_to = Some("crew@harbour.example".to_owned());
    content.text = Some("Hello {{ first_name }},\n\nthe boats are back.\n".to_owned());
    let compiled = compile(&content, &footer(), MessageClass::Service).unwrap();
    let world = World {
        measured: false,
        ..World::default()
    };
    let mut scratch = Scratch::default();
    compiled.render(&world.job(), &mut scratch).unwrap();
    golden("service.eml", &Message::read(&scratch).raw);
}

#[test]
fn the_same_job_gives_the_same_bytes_and_another_person_other_ones() {
    let compiled = made(&content(BODY)).unwrap();
    let again = made(&content(BODY)).unwrap();
    let (world, mut other) = (World::default(), World::default());
    other.seq = 8;
    let (mut a, mut b, mut c) = (Scratch::default(), Scratch::default(), Scratch::default());
    compiled.render(&world.job(), &mut a).unwrap();
    compiled.render(&other.job(), &mut c).unwrap();
    compiled.render(&other.job(), &mut b).unwrap();
    again.render(&world.job(), &mut b).unwrap();
    assert_eq!((&a.headers, &a.body), (&b.headers, &b.body));
    assert_ne!(a.body, c.body);
}

#[test]
fn every_line_is_short_ascii_and_ends_in_crlf() {
    let fields = [
        ("first_name", "Ädä ❤ ".repeat(40)),
        ("city", "x".repeat(300)),
    ];
    let fields: Vec<_> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let message = World::with(&fields).render(&content(BODY)).unwrap();
    let body = message.raw.split_once("\r\n\r\n").unwrap().1;
    for line in body.split_terminator("\r\n") {
        assert!(line.len() <= 76, "{line}");
        assert!(line.bytes().all(|b| (32..127).contains(&b)), "{line:?}");
    }
    for line in message.raw.split_terminator("\r\n") {
        assert!(
            line.len() <= 200 && !line.contains(['\r', '\n']),
            "{line:?}"
        );
    }
}

#[test]
fn both_parts_say_what_was_written() {
    let world = World::with(&[("first_name", "<Ada> & \"co\""), ("city", "Bay")]);
    let message = world.render(&content(BODY)).unwrap();
    assert!(
        message
            .html
            .contains("Hello &lt;Ada&gt; &amp; &quot;co&quot;"),
        "{}",
        message.html
    );
    assert!(
        message.text.contains("Hello <Ada> & \"co\""),
        "{}",
        message.text
    );
    for part in [&message.html, &message.text] {
        assert!(part.contains("Größer"), "{part}");
        assert!(part.contains("See you in Bay."));
    }
    assert!(
        message.html.contains("<p style=\"color: #333"),
        "{}",
        message.html
    );
    assert!(message.html.contains("@media"));
    let message = World::default().render(&content(BODY)).unwrap();
    assert!(!message.text.contains("See you") && !message.html.contains("See you"));
    assert!(!message.text.contains("\n\n\n"), "{}", message.text);
}

#[test]
fn a_field_with_line_breaks_makes_no_header_and_no_part() {
    let evil = "Ada\r\nBcc: victim@example.org\r\n\r\n--=_msg\r\nContent-Type: text/html\0";
    let world = World::with(&[("first_name", evil)]);
    let message = world.render(&content(BODY)).unwrap();
    assert_eq!(message.header("Bcc"), None);
    assert!(
        message
            .header("Subject")
            .unwrap()
            .starts_with("News for Ada Bcc: victim@example.org")
    );
    let parsed = mail_parser::MessageParser::new()
        .parse(&message.raw)
        .unwrap();
    assert_eq!((parsed.html_body_count(), parsed.text_body_count()), (1, 1));
    assert_eq!(parsed.attachment_count(), 0);
}

#[test]
fn a_sender_with_line_breaks_makes_no_header() {
    let mut content = content(BODY);
    content.from_name = "Ada\r\nBcc: victim@example.org".to_owned();
    content.subject = "a\r\nBcc: victim@example.org".to_owned();
    let message = World::default().render(&content).unwrap();
    assert_eq!(message.header("Bcc"), None);
    content.from_address = "a@example.com\r\nBcc: victim@example.org".to_owned();
    content.reply_to = Some("<a@example.com>, b@example.org".to_owned());
    let faults = made(&content).unwrap_err();
    let bad = |f: &ContentFault| matches!(f, ContentFault::BadAddress { .. });
    assert_eq!(faults.iter().filter(|f| bad(f)).count(), 2, "{faults:?}");
}

#[test]
fn a_strange_sending_domain_makes_no_header() {
    let world = World::default();
    let compiled = made(&content(BODY)).unwrap();
    let mut scratch = Scratch::default();
    let mut job = world.job();
    job.sender_domain = "harbour.example>\r\nBcc: x@example.org";
    compiled.render(&job, &mut scratch).unwrap();
    assert_eq!(Message::read(&scratch).header("Bcc"), None);
}

#[test]
fn bulk_mail_can_be_left_by_mail_where_mail_is_received() {
    let mut world = World::default();
    let deaf = world.render(&content(BODY)).unwrap();
    assert!(!deaf.header("List-Unsubscribe").unwrap().contains("mailto"));
    for (mailing, domain) in [
        (Mailing::OwnDomain, world.job().sender_domain.to_owned()),
        (
            Mailing::At("bounces.example.com".to_owned()),
            "bounces.example.com".to_owned(),
        ),
    ] {
        world.urls = world.urls.clone().receiving(mailing);
        let message = world.render(&content(BODY)).unwrap();
        let leave = message.header("List-Unsubscribe").unwrap();
        let mail = leave.split_once("<mailto:").unwrap().1;
        let (address, rest) = mail.split_once('?').unwrap();
        assert_eq!(rest, "subject=unsubscribe>");
        assert!(address.ends_with(&format!("@{domain}")), "{address}");
        let said = verp::read(&world.key, address).unwrap();
        assert_eq!((said.way, said.message), (Way::Out, world.job().message));
        assert_eq!(said.account, world.job().account);
    }
}

#[test]
fn bulk_mail_can_be_left_with_one_click() {
    let world = World::default();
    let message = world.render(&content(BODY)).unwrap();
    let leave = message.header("List-Unsubscribe").unwrap();
    let token = leave
        .strip_prefix("<https://mail.harbour.example/u/")
        .and_then(|rest| rest.strip_suffix('>'))
        .unwrap();
    let expected = Token::Unsubscribe(world.job().message_ref());
    assert_eq!(world.key.open(token), Ok(expected));
    assert_eq!(
        message.header("List-Unsubscribe-Post").as_deref(),
        Some("List-Unsubscribe=One-Click")
    );
    assert_eq!(
        message.header("List-Id").as_deref(),
        Some("\"Harbour Letters Ltd\" <newsletter.harbour.example>")
    );
}

#[test]
fn a_contact_without_a_field_that_has_no_fallback_gets_nothing_and_the_row_says_why() {
    let mut content = content(BODY);
    content.body = "<p>Dear {{ first_name }}, from {{ city }}</p>".to_owned();
    let compiled = made(&content).unwrap();
    assert_eq!(compiled.fields(), ["city", "first_name"]);
    let render = |world: World| compiled.render(&world.job(), &mut Scratch::default());
    assert_eq!(
        render(World::default()),
        Err(RenderFault::MissingField {
            field: "city".to_owned()
        })
    );
    assert_eq!(
        render(World::with(&[("first_name", ""), ("city", "Bay")])),
        Ok(())
    );
}

#[test]
fn fallbacks_stand_in_for_missing_and_blank_fields() {
    let body = "<p>A {{ first_name | fallback(\"friend\") }} B {{ email }} C {{ city | fallback('there') | upper }}</p>";
    for (fields, expected) in [
        (vec![], "A friend B ada@example.org C THERE"),
        (
            vec![("first_name", "  "), ("city", "bay")],
            "A friend B ada@example.org C BAY",
        ),
        (
            vec![("first_name", "Ada")],
            "A Ada B ada@example.org C THERE",
        ),
    ] {
        let message = World::with(&fields).render(&content(body)).unwrap();
        assert!(message.text.starts_with(expected), "{}", message.text);
    }
}

#[test]
fn a_test_message_says_so_and_measures_nothing() {
    let world = World::default();
    let compiled = made(&content(BODY)).unwrap();
    let mut scratch = Scratch::default();
    compiled.render_test(&world.job(), &mut scratch).unwrap();
    let message = Message::read(&scratch);
    assert_eq!(
        message.header("Subject").as_deref(),
        Some("[Test] News for Ada")
    );
    assert!(!message.html.contains("/c/") && !message.html.contains("/o/"));
    let page = compiled.page(&world.job()).unwrap();
    assert_eq!(page.subject, "News for Ada");
    assert_eq!(page.html, message.html);
}
