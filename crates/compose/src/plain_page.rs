//! A page made of a text that came without one: the same words, template tags as they stand.

/// HTML of a plain text: paragraphs at empty lines, line breaks kept, signs of HTML made plain outside of tags.
pub fn plain_page(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let mut out = String::from("<!doctype html>\n<html><body>\n<p>");
    let mut rest = text.trim_matches('\n');
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        let (before, tag) = rest.split_at(at);
        let end = if tag.starts_with("{{") { "}}" } else { "%}" };
        let Some(length) = tag.find(end).map(|n| n + end.len()) else {
            break;
        };
        push(before, &mut out);
        out.push_str(&tag[..length]);
        rest = &tag[length..];
    }
    push(rest, &mut out);
    out.push_str("</p>\n</body></html>\n");
    out
}

fn push(text: &str, out: &mut String) {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let paragraphs = escaped.split("\n\n");
    let paragraphs: Vec<String> = paragraphs.map(|p| p.replace('\n', "<br>\n")).collect();
    out.push_str(&paragraphs.join("</p>\n<p>"));
}

#[cfg(test)]
mod tests {
    use super::plain_page;

    #[test]
    fn a_text_becomes_paragraphs_and_its_tags_stay_as_they_are() {
        let made = plain_page(
            "Hi {{ name | fallback(\"<you>\") }},\r\n\r\n1 < 2 & so on\n{% if x > 1 %}y{% endif %}\n",
        );
        assert_eq!(
            made,
            "<!doctype html>\n<html><body>\n<p>Hi {{ name | fallback(\"<you>\") }},</p>\n<p>1 &lt; 2 &amp; so on<br>\n\
             {% if x > 1 %}y{% endif %}</p>\n</body></html>\n"
        );
        assert!(plain_page("{{ never ends <b>").contains("{{ never ends &lt;b&gt;"));
    }
}
