//! Documents that are read, refused, changed and written.

use avow_model::{BodyKind, CampaignContent, MessageClass};
use proptest::prelude::*;

use super::*;
use crate::footer::{Footer, WayOut};
use crate::{ContentFault, compile};

const EVERY: &str = include_str!("../../testdata/blocks/every.json");

fn one(block: &str) -> Result<Document, BlocksFault> {
    Document::read(&format!(r#"{{"blocks":[{block}]}}"#))
}

fn text(words: &str) -> Document {
    let words = serde_json::to_string(words).unwrap();
    one(&format!(r#"{{"id":1,"type":"text","text":{words}}}"#)).unwrap()
}

fn refused(block: &str, wanted: &str) {
    let fault = one(block).unwrap_err().to_string();
    assert!(fault.contains(wanted), "{fault}");
}

fn compiled(document: &Document) -> Result<crate::Compiled, Vec<ContentFault>> {
    let content = CampaignContent {
        subject: "Subject".to_owned(),
        preheader: String::new(),
        from_name: "Example".to_owned(),
        from_address: "news@example.com".to_owned(),
        reply_to: None,
        body_kind: BodyKind::Mjml,
        body: document.to_mjml(),
        text: Some(document.to_text()),
        about: None,
        offers: Vec::new(),
    };
    let footer = Footer {
        sender_name: "Example".to_owned(),
        postal_address: "1 Example Road".to_owned(),
        why: "You asked for it.".to_owned(),
        stream: "newsletter".to_owned(),
        way_out: WayOut::OfClass,
    };
    compile(&content, &footer, MessageClass::Marketing)
}

#[test]
fn every_kind_of_block_becomes_the_mjml_and_the_text_that_are_kept_beside_it() {
    let document = Document::read(EVERY).unwrap();
    assert_eq!(
        document.to_mjml(),
        include_str!("../../testdata/blocks/every.mjml")
    );
    assert_eq!(
        document.to_text(),
        include_str!("../../testdata/blocks/every.txt")
    );
    assert_eq!(document.unfinished().len(), 1);
    let again = Document::read(&document.written()).unwrap();
    assert_eq!(again, document);
}

#[test]
fn every_kind_of_block_compiles_and_loads_from_no_foreign_host() {
    let compiled = compiled(&Document::read(EVERY).unwrap()).unwrap();
    assert!(compiled.hosts().is_empty(), "{:?}", compiled.hosts());
    let warnings: Vec<_> = compiled
        .warnings()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        warnings,
        ["there is no preheader: inboxes will show the first words of the body instead"]
    );
}

#[test]
fn an_empty_document_is_whole_too() {
    let document = Document::read(r#"{"blocks":[]}"#).unwrap();
    assert!(compiled(&document).is_ok());
    assert_eq!(document.to_text(), "");
}

#[test]
fn markup_that_somebody_typed_is_shown_and_never_run() {
    let document = text("<script>alert(1)</script> &lt; \"quoted\" {% if %} {# x #} \\{{ y }}");
    let mjml = document.to_mjml();
    assert!(!mjml.contains("<script"), "{mjml}");
    assert!(
        mjml.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt; &quot;quoted&quot;"),
        "{mjml}"
    );
    assert!(compiled(&document).is_ok());
    let label = one(
        r#"{"id":1,"type":"button","label":"</mj-button><script>","link":"https://a.example"}"#,
    );
    assert!(!label.unwrap().to_mjml().contains("<script"));
    let alt = one(
        r#"{"id":1,"type":"image","picture":{"key":"a/b.png","alt":{"text":"\"><script>"},"width_px":9,"height_px":9}}"#,
    );
    assert!(!alt.unwrap().to_mjml().contains("<script"));
}

#[test]
fn a_link_that_runs_something_or_leads_nowhere_is_refused_with_a_sentence() {
    for link in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://a.example/x",
    ] {
        refused(
            &format!(r#"{{"id":1,"type":"button","label":"x","link":"{link}"}}"#),
            "cannot stand in a mail",
        );
        refused(
            &format!(r#"{{"id":1,"type":"text","text":"[x]({link})"}}"#),
            "cannot stand in a mail",
        );
    }
    refused(
        r#"{"id":1,"type":"text","text":"[x](java\nscript:alert(1))"}"#
            .replace("java\\n", "java ")
            .as_str(),
        "cannot be read",
    );
    refused(
        r#"{"id":1,"type":"text","text":"[x](https://a.example/{{ city }})"}"#,
        "the same for everybody",
    );
    refused(
        r#"{"id":1,"type":"button","label":"x","link":"https://"}"#,
        "cannot be read",
    );
}

#[test]
fn a_quote_in_a_link_stays_inside_of_its_attribute() {
    let document = text("[x](https://a.example/\"onclick=\"alert(1)>)");
    let mjml = document.to_mjml();
    assert!(
        mjml.contains("href=\"https://a.example/&quot;onclick=&quot;alert(1)&gt;\""),
        "{mjml}"
    );
}

#[test]
fn an_address_without_a_scheme_is_meant_as_one_of_the_web() {
    let link: Link = "shop.example/spring".parse().unwrap();
    assert_eq!(link.to_string(), "https://shop.example/spring");
    assert_eq!(
        "{{preferences_url}}".parse(),
        Ok(Link::Page(OwnPage::Preferences))
    );
}

#[test]
fn a_merge_field_without_a_fallback_is_refused_with_how_to_write_one() {
    refused(
        r#"{"id":1,"type":"text","text":"Dear {{ first_name }}"}"#,
        "needs a fallback",
    );
    refused(
        r#"{"id":1,"type":"text","text":"Dear {{ first_name"}"#,
        "never closed",
    );
    refused(
        r#"{"id":1,"type":"text","text":"{{ x.y.z }}"}"#,
        "no merge field",
    );
    refused(
        r#"{"id":1,"type":"heading","text":"{{ unsubscribe_url | fallback('') }}"}"#,
        "no merge field",
    );
    let fine = text("Dear {{ first_name|default('my \"friend\"') }}, you are {{ email }}");
    assert!(
        fine.to_mjml()
            .contains(r#"{{ first_name | fallback("my \"friend\"") }}"#)
    );
    assert!(compiled(&fine).is_ok());
}

#[test]
fn a_picture_without_words_is_refused_unless_it_only_decorates() {
    let picture = |alt: &str| {
        format!(
            r#"{{"id":1,"type":"image","picture":{{"key":"a/b.png","alt":{alt},"width_px":9,"height_px":9}}}}"#
        )
    };
    refused(&picture(r#"{"text":"  "}"#), "describe the picture");
    refused(&picture("\"\""), "unknown variant");
    refused(
        r#"{"id":1,"type":"image","picture":{"key":"a/b.png","width_px":9,"height_px":9}}"#,
        "missing field `alt`",
    );
    refused(
        &picture(r#"{"text":"x"}"#).replace("a/b.png", "https://evil.example/b.png"),
        "one of the library",
    );
    refused(
        &picture(r#"{"text":"x"}"#).replace("b.png", "b.svg"),
        "one of the library",
    );
    assert!(
        one(&picture("\"decorative\""))
            .unwrap()
            .to_mjml()
            .contains("alt=\"\"")
    );
}

#[test]
fn what_is_unknown_or_too_much_is_refused() {
    refused(
        r#"{"id":1,"type":"html","html":"<b>"}"#,
        "unknown variant `html`",
    );
    refused(
        r#"{"id":1,"type":"text","text":"x","onclick":"y"}"#,
        "unknown field `onclick`",
    );
    refused(
        r#"{"id":1,"type":"text","text":"x"},{"id":1,"type":"divider"}"#,
        "number 1",
    );
    refused(
        r#"{"id":1,"type":"columns","columns":[{}]}"#,
        "two or three",
    );
    refused(
        r#"{"id":1,"type":"columns","columns":[{"blocks":[{"id":2,"type":"columns","columns":[{},{}]}]},{}]}"#,
        "only once",
    );
    refused(
        r#"{"id":1,"type":"spacer","height_px":9000}"#,
        "between 4 and 120",
    );
    let many: Vec<String> = (0..=BLOCKS_MAX)
        .map(|n| format!(r#"{{"id":{n},"type":"divider"}}"#))
        .collect();
    refused(&many.join(","), "more than 100 blocks");
    let long = format!(
        r#"{{"id":1,"type":"text","text":"{}"}}"#,
        "x".repeat(10_001)
    );
    refused(&long, "more than 10000 characters");
    let fault = Document::read(&" ".repeat(300_000)).unwrap_err();
    assert!(matches!(fault, BlocksFault::TooLarge { .. }));
    let theme = r#"{"theme":{"accent":"red;background:url(x)"},"blocks":[]}"#;
    assert!(
        Document::read(theme)
            .unwrap_err()
            .to_string()
            .contains("six digits")
    );
    let deep = "[".repeat(100_000);
    assert!(Document::read(&deep).is_err());
}

#[test]
fn marks_that_are_not_closed_are_the_characters_themselves() {
    for (words, wanted) in [
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("**strong", "**strong"),
        ("a *b* c", "a <em>b</em> c"),
        ("***both***", "<strong><em>both</em></strong>"),
        ("\\*no\\*", "*no*"),
        ("[no link]", "[no link]"),
        ("[x](https://a.example/(1))", ">x</a>"),
    ] {
        let mjml = text(words).to_mjml();
        assert!(mjml.contains(wanted), "{words}: {mjml}");
    }
}

#[test]
fn a_block_walks_into_columns_and_out_of_them_by_steps() {
    let json = r#"{"blocks":[{"id":1,"type":"divider"},
        {"id":2,"type":"columns","columns":[{"blocks":[{"id":3,"type":"divider"}]},{}]},{"id":4,"type":"divider"}]}"#;
    let mut document = Document::read(json).unwrap();
    let mut stands = Vec::new();
    let id = BlockId(1);
    while let Ok((next, _)) = document.change(Change::Step { id, way: Way::Down }) {
        document = next;
        let stand = document.stand(id).unwrap();
        stands.push((stand.column, stand.at));
    }
    let wanted = [
        (Some((1, 2)), 1),
        (Some((1, 2)), 2),
        (Some((2, 2)), 1),
        (None, 2),
        (None, 3),
    ];
    assert_eq!(stands, wanted);
    let columns = Change::Step {
        id: BlockId(2),
        way: Way::Up,
    };
    assert_eq!(document.change(columns), Err(ChangeFault::AtEdge));
}

#[test]
fn blocks_are_added_copied_put_and_removed() {
    let document = Document::read(EVERY).unwrap();
    let kind = BlockKind::Divider(document::Divider {});
    let (ground, place) = (Ground::Plain, Place::After(BlockId(6)));
    let (document, id) = document
        .change(Change::Add {
            kind,
            ground,
            place,
        })
        .unwrap();
    assert_eq!(id, Some(BlockId(14)));
    assert_eq!(document.stand(BlockId(14)).unwrap().column, Some((1, 2)));
    let (document, copy) = document.change(Change::Copy(BlockId(5))).unwrap();
    assert_eq!(copy, Some(BlockId(15)));
    let place = Place::Column {
        columns: BlockId(15),
        n: 1,
    };
    let (document, _) = document
        .change(Change::Put {
            id: BlockId(1),
            place,
        })
        .unwrap();
    assert_eq!(document.stand(BlockId(1)).unwrap().at, 3);
    let into_itself = Change::Put {
        id: BlockId(15),
        place,
    };
    assert_eq!(document.change(into_itself), Err(ChangeFault::NoPlace));
    let columns_in_columns = Change::Put {
        id: BlockId(5),
        place,
    };
    assert!(document.change(columns_in_columns).is_err());
    let (document, _) = document.change(Change::Remove(BlockId(15))).unwrap();
    assert!(document.block(BlockId(1)).is_none());
    assert_eq!(
        document.change(Change::Remove(BlockId(1))),
        Err(ChangeFault::NoBlock)
    );
}

#[test]
fn accents_of_any_brightness_keep_text_readable() {
    for accent in [
        "#000000", "#ffffff", "#ffff00", "#777777", "#0000ff", "#ff0000",
    ] {
        let accent: Colour = accent.parse().unwrap();
        let theme = Theme {
            accent,
            ..Theme::default()
        };
        for ground in [theme.surface, theme.soft()] {
            assert!(theme.link_on(ground).contrast(ground) >= 4.5, "{accent}");
            assert!(theme.text_on(ground).contrast(ground) >= 4.5, "{accent}");
        }
        assert!(accent.ink().contrast(accent) >= 4.0, "{accent}");
    }
}

proptest! {
    #[test]
    fn whatever_is_typed_is_kept_and_never_becomes_markup(words in "[ a-z*\\[\\](){}\"\\\\<>&|%#\n]{0,60}") {
        let words = serde_json::to_string(&words).unwrap();
        if let Ok(document) = one(&format!(r#"{{"id":1,"type":"text","text":{words}}}"#)) {
            prop_assert_eq!(Document::read(&document.written()).unwrap(), document.clone());
            let built = compiled(&document);
            prop_assert!(built.is_ok(), "{:?}\n{}", built.err(), document.to_mjml());
        }
    }
}
