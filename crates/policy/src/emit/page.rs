//! The policy page: the author's text, then tables made from what the program enforces.

use std::fmt::Write as _;

use jiff::SignedDuration;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, html};

use crate::explain::{date, list};
use crate::version::{ChoiceRule, Kind, PurposeRule, Version};

/// An HTML fragment (no `html`, `head` or `body`). Raw HTML and script links of the author's text
/// are shown as text, never passed on.
pub fn policy_page_html(version: &Version) -> String {
    let mut out = policy_text_html(version);
    push_purposes(&mut out, version);
    push_data(&mut out, version);
    push_terms(&mut out, version);
    out
}

/// The author's text alone, as an HTML fragment, made safe in the same way.
pub fn policy_text_html(version: &Version) -> String {
    let mut out = String::new();
    let options = Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES;
    let parser = Parser::new_ext(version.text_markdown(), options);
    html::push_html(&mut out, parser.map(defused));
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

fn push_purposes(out: &mut String, version: &Version) {
    out.push_str("<section id=\"purposes\"><h2>What we do with data</h2><table><thead><tr><th>Purpose</th><th>Your choice</th><th>Data</th><th>Who gets it</th><th>Kept</th></tr></thead><tbody>");
    for rule in version.purposes() {
        let cells = [
            rule.title.clone(),
            choice_text(rule),
            list(&data_titles(version, rule), "and"),
            list(&recipient_titles(version, rule), "and"),
            kept_text(rule),
        ];
        let _ = write!(out, "<tr id=\"purpose-{}\">", rule.id);
        for cell in cells {
            let _ = write!(out, "<td>{}</td>", escape(&cell));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></section>");
}

fn choice_text(rule: &PurposeRule) -> String {
    match (rule.choice, rule.kind) {
        (ChoiceRule::OptIn, _) => "Only if you say yes",
        (ChoiceRule::ConfirmedOptIn, _) => "Only if you say yes and confirm it by mail",
        (ChoiceRule::OptOut, _) => "Unless you say no",
        (ChoiceRule::None, Kind::Service) => "Part of the service while you use it",
        (ChoiceRule::None, _) => "Once, then never again",
    }
    .to_owned()
}

fn data_titles(version: &Version, rule: &PurposeRule) -> Vec<String> {
    let title = |c: &avow_model::Category| {
        let found = version.categories().iter().find(|d| d.id == *c);
        found.map_or_else(|| c.to_string(), |d| d.title.clone())
    };
    rule.reads.iter().map(title).collect()
}

fn recipient_titles(version: &Version, rule: &PurposeRule) -> Vec<String> {
    let title = |r: &avow_model::RecipientClass| {
        if r.as_str() == "self" {
            return "only us".to_owned();
        }
        let found = version.recipients().iter().find(|d| d.id == *r);
        found.map_or_else(|| r.to_string(), |d| d.title.clone())
    };
    rule.recipients.iter().map(title).collect()
}

fn kept_text(rule: &PurposeRule) -> String {
    match rule.retention {
        Some(length) => format!("{} after your last activity", length_text(length)),
        None if rule.kind == Kind::Service => "while you use the service".to_owned(),
        None => "until you say no or ask for erasure".to_owned(),
    }
}

/// A duration in the largest unit that fits without a rest.
pub(crate) fn length_text(length: SignedDuration) -> String {
    let seconds = length.as_secs();
    let units = [
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let (size, name) = units
        .into_iter()
        .find(|(size, _)| seconds % size == 0)
        .unwrap_or((1, "second"));
    let count = seconds / size;
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {name}{plural}")
}

fn push_data(out: &mut String, version: &Version) {
    out.push_str("<section id=\"data\"><h2>Which data</h2><ul>");
    for category in version.categories() {
        let _ = write!(out, "<li>{}</li>", escape(&category.title));
    }
    out.push_str("</ul></section>");
}

fn push_terms(out: &mut String, version: &Version) {
    let who = version.controller();
    let _ = write!(
        out,
        "<section id=\"terms\"><h2>Who answers for it, and since when</h2><dl>\
         <dt>Responsible</dt><dd>{}, {}</dd>\
         <dt>Questions</dt><dd><a href=\"mailto:{email}\">{email}</a>{}</dd>\
         <dt>Version</dt><dd>{}, published {}, in force from {}</dd>\
         <dt>Changes</dt><dd>published at least {} before they take effect</dd>",
        escape(&who.name),
        escape(&who.post),
        who.phone
            .as_deref()
            .map(|p| format!(", {}", escape(p)))
            .unwrap_or_default(),
        version.n(),
        date(version.published_at()),
        date(version.effective_at()),
        length_text(version.notice_period()),
        email = escape(&who.email),
    );
    if version.min_age() > 0 {
        let _ = write!(
            out,
            "<dt>Age</dt><dd>nobody under {}</dd>",
            version.min_age()
        );
    }
    out.push_str("</dl></section>");
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
