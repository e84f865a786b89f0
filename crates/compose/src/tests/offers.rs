//! Joint editions: offers written into a body as text, those that stay.

use std::borrow::Cow;

use avow_model::{CampaignContent, EditionOffer};

use super::world::{content, made};
use crate::edition;

fn offer(advertiser: &str) -> EditionOffer {
    EditionOffer {
        advertiser: advertiser.parse().unwrap(),
        name: format!("{advertiser} & Co"),
        title: "<b>Half</b> price".to_owned(),
        text: "Until Sunday.".to_owned(),
        url: format!("https://{advertiser}.example/may?a=1&b=2"),
        business: None,
        region: None,
        zip3: None,
    }
}

fn with_offers(body: &str) -> CampaignContent {
    CampaignContent {
        offers: ["rosebud", "thorn"].map(offer).to_vec(),
        text: Some("{% offers %}{{ offer.name }}: {{offer.title}}\n{% endoffers %}".to_owned()),
        ..content(body)
    }
}

const BODY: &str = "<p>Near you:</p>{% offers %}<p><a href=\"{{ offer.url }}\">{{ offer.title }}</a> of \
    {{ offer.name }}, {{ first_name | fallback('you') }}. {{ offer.text }}</p>{% endoffers %}";

#[test]
fn what_stays_is_written_as_text_with_its_link_and_what_is_left_out_leaves_no_trace() {
    let all = with_offers(BODY);
    let made_of = edition(&all, |place| place == 1).unwrap();
    assert_eq!(
        made_of.body,
        "<p>Near you:</p><p><a href=\"https://thorn.example/may?a=1&amp;b=2\">&lt;b&gt;Half&lt;/b&gt; price</a> of \
         thorn &amp; Co, {{ first_name | fallback('you') }}. Until Sunday.</p>"
    );
    assert_eq!(
        made_of.text.as_deref(),
        Some("thorn & Co: <b>Half</b> price\n")
    );
    let compiled = made(&made_of).unwrap();
    assert_eq!(compiled.links(), ["https://thorn.example/may?a=1&b=2"]);
    let none = edition(&all, |_| false).unwrap();
    assert_eq!(none.body, "<p>Near you:</p>");
}

#[test]
fn a_content_without_offers_is_as_it_was() {
    let plain = content("<p>Hello</p>");
    assert!(matches!(edition(&plain, |_| true), Ok(Cow::Borrowed(_))));
}

#[test]
fn offers_that_would_be_more_than_text_are_refused_with_what_to_mend() {
    type Break = fn(&mut EditionOffer);
    let rows: [(Break, &str); 6] = [
        (|o| o.title = "{{ email }}".to_owned(), "braces"),
        (|o| o.text = "{% for x in y %}".to_owned(), "braces"),
        (|o| o.name = "a\nb".to_owned(), "line breaks"),
        (|o| o.name.clear(), "a name and a title"),
        (|o| o.url = "javascript:alert(1)".to_owned(), "https://"),
        (
            |o| o.url = "https://x.example/\" onclick=\"".to_owned(),
            "https://",
        ),
    ];
    for (break_it, told) in rows {
        let mut all = with_offers(BODY);
        break_it(&mut all.offers[0]);
        let faults = edition(&all, |_| false).unwrap_err();
        assert!(faults[0].to_string().contains(told), "{faults:?}");
    }
    let mut many = with_offers(BODY);
    many.offers = vec![offer("a"); 65];
    assert!(
        edition(&many, |_| true).unwrap_err()[0]
            .to_string()
            .contains("64")
    );
}

#[test]
fn a_place_for_offers_that_is_none_is_told_with_its_line() {
    for (body, told) in [
        ("<p>no place</p>", "write {% offers %}"),
        ("<p>\n{% offers %}</p>", "line 2"),
        ("{% offers %}{% offers %}{% endoffers %}", "inside another"),
        ("{% offers %}{{ offer.price }}{% endoffers %}", "no `price`"),
        ("{% offers %}{{ offer.name {% endoffers %}", "has no }}"),
    ] {
        let mut all = with_offers(body);
        all.text = None;
        let faults = edition(&all, |_| true).unwrap_err();
        assert!(faults[0].to_string().contains(told), "{body}: {faults:?}");
    }
}
