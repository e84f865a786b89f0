//! The text part that is made from HTML.

use super::world::{World, content};

fn text(body: &str, fields: &[(&str, &str)]) -> String {
    let message = World::with(fields).render(&content(body)).unwrap();
    message
        .text
        .split("\n-- \n")
        .next()
        .unwrap()
        .trim_end()
        .to_owned()
}

#[test]
fn layout_tables_become_paragraphs_and_links_are_listed() {
    let body = "<table><tr><td><h1>May</h1><p>Boats are <a href='https://a.example/'>back</a>.</p></td></tr>\
        <tr><td><ul><li>one</li><li>two</li></ul></td></tr></table><div style='display:none'>no</div><style>p{}</style>";
    assert_eq!(
        text(body, &[]),
        "May\n\nBoats are back[1].\n- one\n- two\n\n[1] https://a.example/"
    );
}

#[test]
fn loops_and_choices_work_in_the_text_part_too() {
    let body = "<table>{% for x in ['a', 'b'] %}<tr><td>row {{ x }}</td></tr>{% endfor %}</table>\
        {% if vip %}<p>thanks</p>{% else %}<p>join</p>{% endif %}";
    let plain = text(body, &[]);
    assert!(
        plain.contains("row a") && plain.contains("row b"),
        "{plain}"
    );
    assert!(
        plain.contains("join") && !plain.contains("thanks"),
        "{plain}"
    );
}
