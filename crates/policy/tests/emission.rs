//! Footers, form wording, the policy page and sentences come from the policy file and are safe to show.

use avow_model::{FactKind, Facts, MessageClass, Purpose, PurposeSelector};
use avow_policy::{
    Request, SourceFile, check_file, decide, explain, footer, form_questions, policy_page_html,
};

use crate::fixture::{acme, compiled};
use crate::people::{day, name};

fn newsletter() -> Purpose {
    name("newsletter")
}

#[test]
fn a_marketing_footer_has_the_address_the_reason_and_a_way_out() {
    let set = acme();
    let version = set.version(1).expect("version 1");
    let text = footer(version, &newsletter(), MessageClass::Marketing);
    assert_eq!(text.postal_address, "12 Signal Street, Springfield");
    assert_eq!(
        text.why,
        "You get this because you asked for our newsletter."
    );
    assert!(text.unsubscribe && text.preferences);
    let service = footer(version, &name("service"), MessageClass::Service);
    assert!(!service.unsubscribe && service.note.is_some());
}

#[test]
fn a_form_asks_in_the_words_of_the_policy_and_only_where_there_is_a_choice() {
    let set = acme();
    let version = set.version(1).expect("version 1");
    let wanted = [newsletter(), name("service"), name("nothing")];
    let questions = form_questions(version, &wanted);
    assert_eq!(questions.len(), 1);
    assert_eq!(questions[0].ask, "Send me the newsletter.");
}

#[test]
fn the_policy_page_shows_scripts_and_pictures_of_its_author_as_text() {
    let text = include_str!("../../../tests/fixtures/acme/v1.toml")
        .replace("packs = [\"us\", \"eu\", \"de\", \"ca\", \"uk\"]\n", "")
        .replace("\"Newsletter\"", "\"<b>News</b>\"")
        .replace(
            "The first terms.\n\"\"\"",
            "<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![p](https://example.com/p.png)\n\"\"\"",
        );
    let file = SourceFile {
        name: "v1.toml".to_owned(),
        text,
    };
    check_file(&file, &[]).expect("in order");
    let html = policy_page_html(compiled(&[file]).version(1).expect("version 1"));
    for bad in ["<script", "javascript:", "<img", "<b>News"] {
        assert!(!html.contains(bad), "{bad} in {html}");
    }
    assert!(html.contains("&lt;b&gt;News") && html.contains("730 days after your last activity"));
}

#[test]
fn a_refusal_is_told_with_its_date_and_a_remedy() {
    let request = Request::new(name("acme"), name("acme"), name("newsletter"), name("send"));
    let facts = Facts {
        data: vec![avow_model::Datum {
            category: name("email"),
            version: Some(1),
            how: avow_model::How::Direct,
            account: name("acme"),
        }],
        events: vec![avow_model::Fact {
            kind: FactKind::Withdraw {
                purpose: PurposeSelector::One(newsletter()),
            },
            at: day(20),
            recorded_at: day(20),
            scope: avow_model::Scope::default(),
        }],
        ..Facts::default()
    };
    let set = acme();
    let told = explain(&decide(&request, &facts, day(40), &set), &facts, &set);
    assert_eq!(told.len(), 1);
    assert_eq!(
        told[0].text,
        "This person withdrew on 21 January 2026 at 00:00 UTC."
    );
    assert_eq!(told[0].remedy, "Only the person can change that.");
}
