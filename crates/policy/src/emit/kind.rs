//! Everything that can be asked of a version by name: as text for people and as JSON for programs.

use std::fmt::Write as _;

use avow_model::{Category, Purpose, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Kept, RetentionRule, SiteAddress, content_security_policy, cookie_list, cookie_list_html,
    form_words, gpc_json, policy_page_html, recipient_register, recipient_register_html, record,
    record_html, retention_plan, security_txt, told,
};
use crate::explain::date;
use crate::version::{CategoryRule, PurposeRule, Source, Version};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)+) => {
        /// What can be asked for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum EmitKind { $($(#[$doc])* $variant,)+ }

        impl EmitKind {
            /// Each with its word.
            pub const WORDS: [(&'static str, Self); [$($word),+].len()] = [$(($word, Self::$variant)),+];
        }
    };
}

kinds! {
    /// The policy page: HTML.
    Page = "page",
    /// Fields and questions of a form that asks for everything that people themselves give.
    Form = "form",
    Cookies = "cookies",
    /// The value of the `Content-Security-Policy` header.
    Csp = "csp",
    /// The record of processing activities (GDPR 30).
    Ropa = "ropa",
    Recipients = "recipients",
    /// `/.well-known/gpc.json`.
    Gpc = "gpc",
    /// `/.well-known/security.txt`.
    Security = "security",
    /// How long everything is kept, with today's cutoffs.
    Retention = "retention",
}

/// One thing asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emitted {
    pub text: String,
    pub json: Value,
}

/// What this version says as of `now`.
pub fn emitted(
    version: &Version,
    kind: EmitKind,
    site: SiteAddress<'_>,
    now: Timestamp,
) -> Emitted {
    match kind {
        EmitKind::Page => plain("html", policy_page_html(version)),
        EmitKind::Form => form(version),
        EmitKind::Cookies => both(cookie_list_html(version), &cookie_list(version)),
        EmitKind::Csp => plain("csp", content_security_policy(version, &[])),
        EmitKind::Ropa => {
            let record = record(version, now);
            both(record_html(&record), &record)
        }
        EmitKind::Recipients => both(
            recipient_register_html(version, now),
            &recipient_register(version, now),
        ),
        EmitKind::Gpc => {
            let text = gpc_json(version);
            let json = serde_json::from_str(&text).unwrap_or(Value::Null);
            Emitted { text, json }
        }
        EmitKind::Security => plain("security_txt", security_txt(version, site, now)),
        EmitKind::Retention => retention(version, now),
    }
}

fn plain(key: &str, text: String) -> Emitted {
    let json = json!({ key: text });
    Emitted { text, json }
}

fn both(text: String, value: &impl Serialize) -> Emitted {
    Emitted {
        text,
        json: serde_json::to_value(value).unwrap_or(Value::Null),
    }
}

fn form(version: &Version) -> Emitted {
    let given = |c: &&CategoryRule| c.source.is_empty() || c.source.contains(&Source::Person);
    let categories = version.categories().iter().filter(given);
    let categories: Vec<Category> = categories.map(|c| c.id.clone()).collect();
    let purposes = version.purposes().iter();
    let purposes: Vec<Purpose> = purposes.map(|p: &PurposeRule| p.id.clone()).collect();
    let words = form_words(version, &categories, &purposes);
    let mut text = String::new();
    for field in &words.fields {
        let _ = writeln!(text, "{} ({:?})", field.title, field.need);
    }
    for question in &words.questions {
        let _ = writeln!(text, "[ ] {}", question.ask);
    }
    let _ = writeln!(text, "{}", words.who_asks);
    both(text, &words)
}

#[derive(Serialize)]
struct PlanLine<'p> {
    #[serde(flatten)]
    rule: &'p RetentionRule,
    /// What began then or before is past.
    cutoff: Timestamp,
}

fn retention(version: &Version, now: Timestamp) -> Emitted {
    let plan = retention_plan(version);
    let line = |rule| PlanLine {
        rule,
        cutoff: RetentionRule::cutoff(rule, now),
    };
    let lines: Vec<PlanLine<'_>> = plan.iter().map(line).collect();
    let mut text = String::new();
    for rule in &plan {
        let (what, day) = (kept_line(version, rule), date(rule.cutoff(now)));
        let _ = writeln!(text, "{what}: past when from {day} or before");
    }
    both(text, &lines)
}

/// One line of the plan for people.
pub fn kept_line(version: &Version, rule: &RetentionRule) -> String {
    let what = match &rule.kept {
        Kept::Category(id) => format!("{} is erased", told::category(version, id)),
        Kept::Purpose(id) => format!("No use for \u{201c}{}\u{201d}", told::purpose(version, id)),
        Kept::Purged(id) => format!(
            "What only \u{201c}{}\u{201d} needed is erased",
            told::purpose(version, id)
        ),
        Kept::Marker(id) => format!(
            "The marker of \u{201c}{}\u{201d} is erased",
            told::purpose(version, id)
        ),
    };
    if rule.length.is_zero() {
        return format!("{what} at once {}", told::after(rule.after));
    }
    let length = super::length_text(rule.length);
    format!("{what} {length} {}", told::after(rule.after))
}
