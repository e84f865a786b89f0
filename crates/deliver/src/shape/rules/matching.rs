//! Which refusal a rule is about: by code, by enhanced code, by words.

use avow_bounce::Reply;
use regex::Regex;

use super::Effect;

/// What a refusal with this code and these words means.
#[derive(Debug, Clone)]
pub struct ReplyRule {
    /// Any of them; empty: every refusal.
    pub(super) codes: Vec<Code>,
    pub(super) text: Option<Regex>,
    pub effect: Effect,
    /// In words.
    pub why: String,
}

/// A reply code, or an enhanced one whose detail may be left open at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Code {
    Basic(u16),
    Enhanced(String),
    /// `4.7.5*`: whatever begins so.
    Begins(String),
}

impl Code {
    /// `None` when it is neither, or no refusal's.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if !text.contains('.') {
            let code: u16 = text.parse().ok()?;
            return (400..600).contains(&code).then_some(Self::Basic(code));
        }
        let (start, open) = match text.strip_suffix('*') {
            Some(start) => (start, true),
            None => (text, false),
        };
        let parts: Vec<&str> = start.split('.').collect();
        let numeric = |part: &&str| part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit());
        let whole = parts.len() == 3 && parts.iter().all(numeric);
        let closed = open || !parts.last()?.is_empty();
        let refusal = matches!(parts[0], "4" | "5") && parts.get(1).is_some_and(|p| !p.is_empty());
        let code = if open { Self::Begins } else { Self::Enhanced };
        (whole && closed && refusal).then(|| code(start.to_owned()))
    }

    fn fits(&self, reply: &Reply) -> bool {
        match self {
            Self::Basic(code) => reply.code == *code,
            Self::Enhanced(text) => reply.enhanced.is_some_and(|e| e.to_string() == *text),
            Self::Begins(start) => reply
                .enhanced
                .is_some_and(|e| e.to_string().starts_with(start)),
        }
    }

    /// True when every refusal that fits the other fits this.
    pub(super) fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Begins(start), Self::Enhanced(text) | Self::Begins(text)) => {
                text.starts_with(start)
            }
            _ => self == other,
        }
    }
}

impl ReplyRule {
    /// True when the rule is about this refusal.
    pub(super) fn fits(&self, reply: &Reply) -> bool {
        let code = self.codes.is_empty() || self.codes.iter().any(|code| code.fits(reply));
        code && self
            .text
            .as_ref()
            .is_none_or(|text| text.is_match(&reply.text))
    }

    /// True when every refusal that fits the other fits this: then the other never matches behind it.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let codes = self.codes.is_empty()
            || (!other.codes.is_empty()
                && other
                    .codes
                    .iter()
                    .all(|o| self.codes.iter().any(|c| c.covers(o))));
        let text = match (&self.text, &other.text) {
            (None, _) => true,
            (Some(own), Some(other)) => own.as_str() == other.as_str(),
            (Some(_), None) => false,
        };
        codes && text
    }
}
