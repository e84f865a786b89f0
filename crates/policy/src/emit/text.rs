//! The author's Markdown as HTML that loads nothing and runs nothing.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, html};

use crate::version::{LocaleText, Version};

/// The author's text in the language to fall back to, as an HTML fragment. Raw HTML, pictures and
/// script links are shown as text, never passed on.
pub fn policy_text_html(version: &Version) -> String {
    markdown_html(version.text_markdown())
}

/// The author's text of one language, made safe in the same way.
pub fn locale_text_html(text: &LocaleText) -> String {
    markdown_html(&text.markdown)
}

fn markdown_html(markdown: &str) -> String {
    let mut out = String::new();
    let options = Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES;
    html::push_html(&mut out, Parser::new_ext(markdown, options).map(defused));
    out
}

fn defused(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Link {
            link_type,
            dest_url: safe_link(dest_url),
            title,
            id,
        }),
        // A picture would load from elsewhere without a declaration.
        Event::Start(Tag::Image { title, .. }) => Event::Text(title),
        other => other,
    }
}

fn safe_link(url: CowStr<'_>) -> CowStr<'_> {
    let lower = url.trim().to_ascii_lowercase();
    let known = ["https://", "http://", "mailto:", "#", "/"];
    if known.iter().any(|k| lower.starts_with(k)) {
        url
    } else {
        CowStr::Borrowed("#")
    }
}
