//! Templates that want to hang, to fill the memory, or to break out.

use super::world::{World, content, faults, made};
use crate::{ContentFault, Place, RenderFault, Scratch};

fn only(body: &str) -> ContentFault {
    let mut found = faults(&content(body));
    assert_eq!(found.len(), 1, "{body}: {found:?}");
    found.remove(0)
}

#[test]
fn an_endless_loop_is_a_fault_that_says_so() {
    let body = "{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}{% if a == 2000 %}x{% endif %}\
                {% endfor %}{% endfor %}{% endfor %}";
    match only(body) {
        ContentFault::EndlessLoop {
            place: Place::Body, ..
        } => {}
        other => panic!("{other}"),
    }
    match only("{% for a in range(1000000000) %}x{% endfor %}") {
        ContentFault::Syntax {
            line: 1, reason, ..
        } => assert!(reason.contains("at most")),
        other => panic!("{other}"),
    }
}

#[test]
fn a_gigabyte_of_output_is_a_fault_that_says_so() {
    let filler = "x".repeat(10_000);
    let body = format!(
        "{{% for a in range(1000) %}}{{% for b in range(100) %}}{filler}{{% endfor %}}{{% endfor %}}"
    );
    let found = faults(&content(&body));
    assert!(
        matches!(
            found[0],
            ContentFault::EndlessLoop { .. } | ContentFault::TooLarge { .. }
        ),
        "{found:?}"
    );
    let body = format!("{{% for a in range(1000) %}}{filler}{{% endfor %}}");
    assert!(matches!(only(&body), ContentFault::TooLarge { .. }));
    let literal = "x".repeat(990);
    let body = format!(
        "{{% for a in range(1000) %}}{{{{ '{literal}' }}}}{{{{ '{literal}' }}}}{{% endfor %}}"
    );
    assert!(
        faults(&content(&body))
            .iter()
            .any(|f| matches!(f, ContentFault::TooLarge { .. }))
    );
    assert!(matches!(
        only("{{ 'x' * 1000000000 }}"),
        ContentFault::TagNotAvailable { line: 1, .. }
    ));
    assert!(matches!(
        only(&"x".repeat(1_000_001)),
        ContentFault::TooLarge { .. }
    ));
}

#[test]
fn a_field_of_a_contact_cannot_make_a_message_too_large() {
    let compiled = made(&content(
        "{% for a in range(50) %}{{ city | fallback('') }}{% endfor %}",
    ))
    .unwrap();
    let world = World::with(&[("city", &"x".repeat(100_000))]);
    let mut scratch = Scratch::default();
    let rendered = compiled.render(&world.job(), &mut scratch);
    assert!(
        matches!(rendered, Err(RenderFault::TooLarge { .. })),
        "{rendered:?}"
    );
}

#[test]
fn syntax_errors_name_the_line() {
    for (body, line) in [
        ("<p>\n{{ first_name | }}", 2),
        ("\n\n<p>{% if %}x{% endif %}</p>", 3),
        ("<p>\n\n{% endif %}", 3),
        ("\n{{ a b }}", 2),
        ("{{ first_name }}\n{% if first_name %}\n\n", 2),
        ("\n\n{{ first_name", 3),
    ] {
        match only(body) {
            ContentFault::Syntax { line: found, .. }
            | ContentFault::UnknownFilter { line: found, .. } => {
                assert_eq!(found, line, "{body:?}");
            }
            other => panic!("{body:?}: {other}"),
        }
    }
}

#[test]
fn a_tag_that_would_be_markup_or_get_lost_is_a_fault() {
    for body in [
        "<{{ first_name }}>x",
        "<p {{ first_name }}>x",
        "<p {% if a %}class=b{% endif %}>x",
        "<p title={{ first_name }} {{ city }}=1>x",
    ] {
        assert!(
            matches!(only(body), ContentFault::TagInMarkup { line: 1, .. }),
            "{body}"
        );
    }
    for body in [
        "<{{ '!' }}--",
        "<style>{% if a %}p{}{% endif %}</style>",
        "<p title='{{ a }}",
    ] {
        let found = faults(&content(body));
        assert!(
            matches!(found[0], ContentFault::TagLost { line: 1, .. }),
            "{body}: {found:?}"
        );
    }
}

#[test]
fn values_cannot_open_elements_comments_or_attributes() {
    let body =
        "<p title=\"{{ v }}\" class={{ v }}>{{ v }}</p><!-- {{ v }} --><a href=\"{{ v }}\">x</a>";
    for evil in [
        "--><script>x</script>",
        "\"><script>",
        "<!--",
        "' onload='x",
        "\u{1}0\u{2}\u{3}0\u{2}",
    ] {
        let html = World::with(&[("v", evil)])
            .render(&content(body))
            .unwrap()
            .html;
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains("-->\"") && html.contains("Unsubscribe"));
        assert_eq!(html.matches("<!--").count(), 1, "{html}");
    }
}

#[test]
fn a_value_is_never_read_as_a_template() {
    let world = World::with(&[
        ("first_name", "{{ email }}{% for a in range(9) %}"),
        ("v", "{{ 7 * 7 }}"),
    ]);
    let message = world.render(&content("<p>{{ v }}</p>")).unwrap();
    assert!(message.text.contains("{{ 7 * 7 }}"));
    assert_eq!(
        message.header("Subject").as_deref(),
        Some("News for {{ email }}{% for a in range(9) %}")
    );
}

#[test]
fn every_fault_of_a_content_is_told_at_once() {
    let mut content = content("");
    content.subject = " ".to_owned();
    content.from_name = String::new();
    content.from_address = "nobody".to_owned();
    content.preheader = "{{ a".to_owned();
    let found = faults(&content);
    assert_eq!(found.len(), 5, "{found:?}");
}

#[test]
fn a_body_or_tag_nested_too_deep_for_any_parser_is_a_fault_and_not_the_end_of_the_process() {
    let deep = 50_000;
    for open in [
        "<div>",
        "<b>",
        "<table><tr><td>",
        "<ul><li>",
        "<blockquote>",
        "<span></i>",
    ] {
        assert!(
            matches!(only(&open.repeat(deep)), ContentFault::TooDeep { .. }),
            "{open}"
        );
    }
    let (open, close) = ("<div>".repeat(deep), "</div>".repeat(deep));
    let mjml = format!(
        "<mjml><mj-body><mj-section><mj-column><mj-text>{open}x{close}</mj-text></mj-column></mj-section></mj-body></mjml>"
    );
    assert!(matches!(only(&mjml), ContentFault::TooDeep { .. }));
    for part in ["not ", "- ", "1 ~ ", "("] {
        let found = only(&format!("{{{{ {}1 }}}}", part.repeat(deep)));
        assert!(
            matches!(found, ContentFault::TagTooLong { .. }),
            "{part}: {found}"
        );
    }
    let blocks = "{% if a %}".repeat(900) + &"{% endif %}".repeat(900);
    assert!(matches!(only(&blocks), ContentFault::Syntax { .. }));
}

#[test]
fn a_body_as_deep_as_allowed_compiles() {
    for open in ["<div>", "<table><tr><td>", "<ul><li>", "<b>"] {
        let body = open.repeat(crate::markup::DEPTH_MAX - 3) + "x";
        assert_eq!(faults(&content(&body)), [], "{open}");
    }
}
