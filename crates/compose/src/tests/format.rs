//! What a message carries, and its form for readers of plain text.

use avow_model::{MailFormat, MessageClass};

use super::world::{World, content, footer};
use crate::{Carried, Footer, RenderJob, Scratch, WayOut, compile, plain_only};

const BODY: &str =
    "<p>Hello <b>{{ first_name }}</b>, <a href='https://shop.example/a'>look</a>.</p>";

fn bytes(job: &RenderJob<'_>, class: MessageClass) -> Vec<u8> {
    let compiled = compile(&content(BODY), &footer(), class).unwrap();
    let mut scratch = Scratch::default();
    compiled.render(job, &mut scratch).unwrap();
    [&scratch.headers[..], b"\r\n", &scratch.body].concat()
}

#[test]
fn a_text_only_message_has_one_part_and_nothing_that_measures() {
    let world = World::default();
    let job = RenderJob {
        format: MailFormat::TextOnly,
        ..world.job()
    };
    let raw = bytes(&job, MessageClass::Marketing);
    let mail = mail_parser::MessageParser::new().parse(&raw).unwrap();
    assert_eq!(mail.parts.len(), 1);
    let kind = mail_parser::MimeHeaders::content_type(&mail).unwrap();
    assert_eq!((kind.ctype(), kind.subtype()), ("text", Some("plain")));
    let text = mail.body_text(0).unwrap();
    for there in [
        "Hello Ada",
        "https://shop.example/a",
        "1 Quay Street",
        "Unsubscribe: https://",
    ] {
        assert!(text.contains(there), "{there}: {text}");
    }
    let raw = String::from_utf8(raw.clone()).unwrap();
    assert!(raw.contains("List-Unsubscribe-Post: ") && raw.ends_with("\r\n"));
    assert!(!raw.contains("<html") && !text.contains("/o/") && !text.contains("/c/"));
}

#[test]
fn a_finished_message_loses_its_html_and_keeps_every_other_header() {
    let world = World::default();
    let whole = bytes(&world.job(), MessageClass::Confirmation);
    let plain = plain_only(&whole).unwrap();
    let job = RenderJob {
        format: MailFormat::TextOnly,
        ..world.job()
    };
    let made = bytes(&job, MessageClass::Confirmation);
    assert_eq!(String::from_utf8(plain), String::from_utf8(made));
}

#[test]
fn service_mail_that_the_policy_lets_people_leave_has_the_same_way_out() {
    let open = Footer {
        way_out: WayOut::OneClick,
        ..footer()
    };
    let world = World::default();
    for (footer, way_out) in [(open, true), (footer(), false)] {
        let compiled = compile(&content(BODY), &footer, MessageClass::Service).unwrap();
        let carries = compiled.carries();
        for part in [Carried::WayOutLink, Carried::WayOutHeaders] {
            assert_eq!(carries.has(part), way_out, "{part:?}");
        }
        for part in [
            Carried::PostalAddress,
            Carried::Why,
            Carried::PreferencesLink,
        ] {
            assert!(carries.has(part), "{part:?}");
        }
        let mut scratch = Scratch::default();
        compiled.render(&world.job(), &mut scratch).unwrap();
        let headers = String::from_utf8(scratch.headers).unwrap();
        assert_eq!(
            headers.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"),
            way_out
        );
        let page = compiled.page(&world.job()).unwrap();
        assert_eq!(page.text.contains("Unsubscribe: https://"), way_out);
    }
}
