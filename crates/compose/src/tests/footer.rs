//! The footer stands, whatever the body is.

use avow_model::MessageClass;

use super::world::{World, content, faults, footer, seen};
use crate::{ContentFault, Footer, compile};

#[test]
fn the_footer_survives_any_body() {
    for body in [
        "plain words",
        "<p>open <b>bold <i>more",
        "<div style='display:none'>hidden",
        "<div style=\"display:none\"><table><tr><td>deep",
        "<!-- open comment",
        "<!-- <body> --></body></html> behind",
        "</body></html><!-- </body> -->",
        "<html><body>x</body></html><div style='display:none'>",
        "<style>table{display:none !important} p{font-size:0 !important}</style>x",
        "<table><tr><td>{% if vip %}x",
        "<textarea>x",
        "<title>x",
        "<select><option>x",
        "<svg><title>x",
        "<template><p>x",
        "<noscript><p>x",
        "<xmp>x",
        "<script>x",
        "<style>x",
        "<iframe>x",
        "<a href='",
        "<p title=\"",
        "\u{feff}<p>x",
        "<![CDATA[ x",
        "<button><a href=x><form>",
    ] {
        let Ok(compiled) = compile(&content(body), &footer(), MessageClass::Marketing) else {
            // A fault is fine too: nothing leaves without a footer.
            continue;
        };
        let page = compiled.page(&World::default().job()).unwrap();
        let tail = page
            .html
            .rsplit_once("<table role=\"presentation\"")
            .unwrap()
            .1;
        for words in [
            "1 Quay Street",
            "Unsubscribe",
            "you asked for it",
            "</body>\n</html>\n",
        ] {
            assert!(tail.contains(words), "{body}: {tail}");
        }
        assert!(
            seen(&page.html).contains("Unsubscribe"),
            "{body}: {}",
            page.html
        );
        let depth = open_elements_before_footer(&page.html);
        assert!(depth.is_empty(), "{body}: inside {depth:?}\n{}", page.html);
        for words in ["1 Quay Street", "Unsubscribe: https://", "you asked for it"] {
            assert!(page.text.contains(words), "{body}: {}", page.text);
        }
    }
}

/// Elements of the body that are still open where the footer begins, as a parser sees it.
fn open_elements_before_footer(html: &str) -> Vec<String> {
    use std::cell::RefCell;
    use std::rc::Rc;
    let open = Rc::new(RefCell::new(Vec::<String>::new()));
    let found = Rc::new(RefCell::new(None));
    let handler = lol_html::element!("*", |el| {
        let name = el.tag_name();
        let ours = el
            .get_attribute("style")
            .is_some_and(|s| s.contains("display:table !important"));
        if ours {
            *found.borrow_mut() = Some(open.borrow().clone());
        }
        if el.can_have_content() {
            open.borrow_mut().push(name);
            let open = open.clone();
            el.on_end_tag(lol_html::end_tag!(move |end| {
                let mut open = open.borrow_mut();
                let at = open.iter().rposition(|n| *n == end.name());
                open.truncate(at.unwrap_or(usize::MAX));
                Ok(())
            }))?;
        }
        Ok(())
    });
    let settings = lol_html::RewriteStrSettings::new().append_element_content_handler(handler);
    lol_html::rewrite_str(html, settings).unwrap();
    let open = found.borrow_mut().take();
    let open = open.unwrap_or_else(|| panic!("the footer is no element: {html}"));
    open.into_iter()
        .filter(|n| n != "html" && n != "body")
        .collect()
}

#[test]
fn a_body_that_hides_everything_or_has_no_place_for_a_footer_is_refused() {
    for body in [
        "<body style='display:none'>x",
        "<body style='DISPLAY : none !important'>x",
        "<html style='visibility:hidden'><body>x",
        "<body style='opacity:0'>x",
        "<body hidden>x",
        "<style>body{display:none}</style>x",
        "<style>@media screen{html{visibility:hidden}}</style>x",
    ] {
        let found = faults(&content(body));
        assert!(
            matches!(found[..], [ContentFault::HiddenBody { .. }]),
            "{body}: {found:?}"
        );
    }
    for body in ["<frameset><frame src=x></frameset>", "<plaintext>x"] {
        assert_eq!(
            faults(&content(body)),
            [ContentFault::NoPlaceForFooter],
            "{body}"
        );
    }
}

#[test]
fn no_tag_of_the_user_reaches_around_the_footer() {
    let body = "<body>{% if vip %}x</body>{% endif %}";
    assert_eq!(
        faults(&content(body)).len(),
        1,
        "{:?}",
        faults(&content(body))
    );
    let body = "<html><body>x</body></html>{{ first_name }}";
    let page = compile(&content(body), &footer(), MessageClass::Marketing);
    if let Ok(compiled) = page {
        let html = compiled.page(&World::default().job()).unwrap().html;
        assert!(html.find("Ada").unwrap() < html.find("Unsubscribe").unwrap());
    }
}

#[test]
fn each_class_says_what_it_must() {
    let page = |class| {
        let compiled = compile(&content("<p>x</p>"), &footer(), class).unwrap();
        compiled.page(&World::default().job()).unwrap()
    };
    let marketing = page(MessageClass::Marketing);
    assert!(
        marketing
            .text
            .contains("Unsubscribe: https://mail.harbour.example/u/")
    );
    for class in [MessageClass::Service, MessageClass::Notice] {
        let other = page(class);
        assert!(!other.html.contains("Unsubscribe") && other.html.contains("Your choices"));
        assert!(other.text.contains("1 Quay Street"));
    }
    assert!(!page(MessageClass::Confirmation).html.contains("/p/"));
    let empty = Footer::default();
    let found = compile(&content("x"), &empty, MessageClass::Marketing).unwrap_err();
    let parts = [
        "sender's name",
        "postal address",
        "reason why people get it",
    ];
    assert_eq!(
        found,
        parts.map(|part| ContentFault::IncompleteFooter { part })
    );
}

#[test]
fn the_policy_s_words_cannot_break_the_page() {
    let footer = Footer {
        sender_name: "</body><script>".to_owned(),
        postal_address: "<!-- a".to_owned(),
        why: "{{ first_name }} {% if %} & co".to_owned(),
        stream: "a\r\nb: c".to_owned(),
        ..Footer::default()
    };
    let compiled = compile(&content("x"), &footer, MessageClass::Marketing).unwrap();
    let page = compiled.page(&World::default().job()).unwrap();
    assert!(page.html.contains("&lt;/body&gt;&lt;script&gt;"));
    assert!(page.html.contains("{{ first_name }} {% if %} &amp; co"));
}

#[test]
fn a_branch_cannot_take_a_closing_tag_quote_or_comment_end_with_it() {
    for body in [
        "<div style='display:none'>{% if a %}</div>{% endif %}x",
        "<!-- {% if a %} --> {% endif %} x",
        "<p title=\"{% if a %}\">{% endif %}x</p>",
        "<textarea>{% if a %}</textarea>{% endif %}x",
        "{% if a %}<textarea>{% endif %}</textarea>x",
        "{% for a in range(3) %}<div>{% endfor %}</div>x",
        "<div>{% if a %}x{% else %}</div>y{% endif %}",
        "<title>{% if a %}</title>{% endif %}x",
    ] {
        let found = faults(&content(body));
        let told = |f: &ContentFault| {
            matches!(
                f,
                ContentFault::Unbalanced { line: 1 } | ContentFault::TagLost { .. }
            )
        };
        assert!(found.iter().any(told), "{body}: {found:?}");
    }
    for body in [
        "<table>{% for a in range(3) %}<tr><td>x</td></tr>{% endfor %}</table>",
        "<div>{% if a %}<p>x</p>{% elif b %}<br>{% else %}<b>y</b>{% endif %}</div>",
        "<p class=\"{% if a %}x{% else %}y{% endif %}\">x</p><!-- {% if a %}b{% endif %} -->",
        "{% if a %}<div>{% for b in range(2) %}<img src='https://a.example/i.png' alt=''>{% endfor %}</div>{% endif %}",
    ] {
        assert_eq!(faults(&content(body)), [], "{body}");
    }
}

const FRAGMENTS: [&str; 44] = [
    "<div style='display:none'>",
    "</div>",
    "<!--",
    "-->",
    "<table>",
    "</table>",
    "<tr>",
    "<td>",
    "</td>",
    "{% if a %}",
    "{% else %}",
    "{% endif %}",
    "{% for x in range(2) %}",
    "{% endfor %}",
    "{{ a | fallback('') }}",
    "<body>",
    "</body>",
    "</html>",
    "<textarea>",
    "</textarea>",
    "<title>",
    "</title>",
    "'",
    "\"",
    "<p title=",
    ">",
    "<a href='https://a.example'>",
    "</a>",
    "words",
    "<select>",
    "<svg>",
    "</svg>",
    "<math>",
    "<template>",
    "<style>",
    "</style>",
    "<![CDATA[",
    "]]>",
    "<script>",
    "</script>",
    "<noscript>",
    "<b>",
    "<form>",
    "<head>",
];

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(400))]

    #[test]
    fn whatever_is_put_together_compiles_with_its_footer_outside_or_is_refused(
        choice in proptest::collection::vec(0..FRAGMENTS.len(), 1..14)
    ) {
        let body: String = choice.iter().map(|i| FRAGMENTS[*i]).collect();
        if let Ok(compiled) = compile(&content(&body), &footer(), MessageClass::Marketing) {
            for world in [World::default(), World::with(&[("a", "1")])] {
                let html = compiled.page(&world.job()).unwrap().html;
                let tail = html.rsplit_once("<table role=\"presentation\"").unwrap().1;
                assert!(tail.contains("Unsubscribe") && tail.ends_with("</body>\n</html>\n"));
                let open = open_elements_before_footer(&html);
                assert!(open.is_empty(), "{body}: inside {open:?}\n{html}");
            }
        }
    }
}
