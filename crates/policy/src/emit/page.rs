//! The policy page: the author's text, then tables made from what the program enforces.

use std::fmt::Write as _;

use avow_model::Timestamp;

use super::html::{escape, items, section, table};
use super::text::locale_text_html;
use super::told;
use crate::explain::{date, list};
use crate::version::{Locale, Safeguard, Version, Way};

/// An HTML fragment (no `html`, `head` or `body`), with the text in the language to fall back to.
/// Raw HTML and script links of the author's text are shown as text, never passed on.
pub fn policy_page_html(version: &Version) -> String {
    let first = version.texts().first().map(|t| t.locale.clone());
    first.map_or_else(String::new, |locale| policy_page_in(version, &locale))
}

/// The same with the text, and the titles in the tables, in this language or else in the one to fall back to.
/// Headings and the words between are the program's, in English.
pub fn policy_page_in(version: &Version, locale: &Locale) -> String {
    let version = &*version.spoken(locale);
    let text = version.text_in(locale);
    let mut out = text.map_or_else(String::new, |t| {
        let (lang, html) = (escape(t.locale.as_str()), locale_text_html(t));
        format!("<div lang=\"{lang}\" dir=\"auto\">{html}</div>")
    });
    out.push_str(&purposes(version));
    out.push_str(&data(version));
    out.push_str(&rights(version));
    out.push_str(&terms(version));
    out
}

/// What is promised about security, for as long as somebody stands for it: a claim whose review is
/// overdue is left out.
pub fn safeguards_html(version: &Version, now: Timestamp) -> String {
    let backed = |s: &&Safeguard| now < s.expires_at();
    let claims: Vec<String> = version
        .safeguards()
        .iter()
        .filter(backed)
        .map(|s| s.claim.clone())
        .collect();
    if claims.is_empty() {
        return String::new();
    }
    section("safeguards", "How it is protected", &items(&claims))
}

fn purposes(version: &Version) -> String {
    let row = |rule: &crate::version::PurposeRule| {
        vec![
            rule.title.clone(),
            told::choice(rule).to_owned(),
            list(&told::reads(version, rule), "and"),
            list(&told::recipients(version, rule), "and"),
            told::kept(rule),
        ]
    };
    let rows: Vec<Vec<String>> = version.purposes().iter().map(row).collect();
    let head = ["Purpose", "Your choice", "Data", "Who gets it", "Kept"];
    section("purposes", "What we do with data", &table(&head, &rows))
}

fn data(version: &Version) -> String {
    let line = |c: &crate::version::CategoryRule| match c.retention {
        Some(kept) => format!("{}: kept {}", c.title, told::retention(kept)),
        None => c.title.clone(),
    };
    let lines: Vec<String> = version.categories().iter().map(line).collect();
    section("data", "Which data", &items(&lines))
}

fn rights(version: &Version) -> String {
    if version.rights().is_empty() {
        return String::new();
    }
    let lines: Vec<String> = version.rights().iter().map(right).collect();
    section("rights", "What you may ask for", &items(&lines))
}

fn right(right: &crate::version::Right) -> String {
    let ways: Vec<String> = right.how.iter().map(|w| way(*w).to_owned()).collect();
    let title = right.title.as_deref();
    let title = title.unwrap_or_else(|| right_title(right.right));
    let mut line = format!("{title}: {}", list(&ways, "or"));
    if let Some(time) = right.answer_within {
        let _ = write!(line, ", answered within {}", super::length_text(time));
    }
    line
}

const fn right_title(right: crate::version::RightKind) -> &'static str {
    use crate::version::RightKind;
    match right {
        RightKind::Access => "See what is held about you",
        RightKind::Correct => "Have it corrected",
        RightKind::Erase => "Have it erased",
        RightKind::Restrict => "Have its use restricted",
        RightKind::Object => "Object to its use",
        RightKind::Portability => "Take it with you",
        RightKind::ProfileByVisit => "See the profile of one visit, by its exact time",
    }
}

const fn way(way: Way) -> &'static str {
    match way {
        Way::Page => "on a page here",
        Way::Email => "by e-mail",
        Way::Phone => "by phone",
        Way::Post => "by post",
    }
}

fn terms(version: &Version) -> String {
    let who = version.controller();
    let email = escape(&who.email);
    let phone = who.phone.as_deref().map(|p| format!(", {}", escape(p)));
    let mut content = format!(
        "<dl><dt>Responsible</dt><dd>{}, {}</dd>\
         <dt>Questions</dt><dd><a href=\"mailto:{email}\">{email}</a>{}</dd>\
         <dt>Version</dt><dd>{}, published {}, in force from {}</dd>\
         <dt>Changes</dt><dd>published at least {} before they take effect</dd>",
        escape(&who.name),
        escape(&who.post),
        phone.unwrap_or_default(),
        version.n(),
        date(version.published_at()),
        date(version.effective_at()),
        super::length_text(version.notice_period()),
    );
    if version.min_age() > 0 {
        let age = version.min_age();
        let _ = write!(content, "<dt>Age</dt><dd>nobody under {age}</dd>");
    }
    content.push_str("</dl>");
    section("terms", "Who answers for it, and since when", &content)
}
