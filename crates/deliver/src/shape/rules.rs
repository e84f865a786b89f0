//! The rules of providers: limits by mail server, and what refusals mean for our pace.
//!
//! Promises: a file that breaks its own grammar is refused with line and reason; what can never match is found
//! ([`lint`]); matching is on whole labels, so that `evil-google.com` is not Google. Never: reads a file.

mod file;
mod lint;
mod matching;

use std::time::Duration;

use crate::dns::Mx;

use super::Rate;
pub use lint::{Finding, RulesFault, lint};
pub use matching::ReplyRule;

/// The rules that come with the program.
const BUILT_IN: &str = include_str!("../../data/rules.toml");

/// How much may go to a site, or to a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub connections: usize,
    /// `None`: as fast as it takes.
    pub rate: Option<Rate>,
    /// Then a new connection is opened.
    pub messages_per_connection: u32,
}

/// What follows from a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Half of everything.
    Slow,
    /// Nothing for a time.
    Suspend(Duration),
    /// Nothing for a time, since we have to mend something first; no recipient is at fault.
    OurFault(Duration),
}

/// One provider.
#[derive(Debug, Clone)]
pub struct Provider {
    pub name: String,
    mx: Vec<String>,
    /// In all.
    pub limits: Limits,
    /// To one of its sites.
    pub site: Limits,
    replies: Vec<ReplyRule>,
}

/// All of them, and what holds for everybody else.
#[derive(Debug, Clone)]
pub struct Rules {
    pub default: Limits,
    providers: Vec<Provider>,
    replies: Vec<ReplyRule>,
}

impl Rules {
    /// Those that come with the program.
    pub fn built_in() -> Self {
        let read = file::read(BUILT_IN, None);
        read.expect("invariant: the rules that come with the program are sound")
            .0
    }

    /// Those of a file, over the ones that come with the program. Fails with everything that is wrong in it.
    pub fn parse(text: &str) -> Result<Self, RulesFault> {
        let (rules, _) = file::read(text, Some(&Self::built_in()))?;
        Ok(rules)
    }

    /// No limits and no rules: through a relay, which has its own.
    pub const fn none() -> Self {
        Self {
            default: Limits::NONE,
            providers: Vec::new(),
            replies: Vec::new(),
        }
    }

    /// With other limits for whoever is no known provider.
    #[must_use]
    pub fn with_default(mut self, default: Limits) -> Self {
        self.default = default;
        self
    }

    /// Whose servers these are: by the most preferred one.
    pub fn provider(&self, servers: &[Mx]) -> Option<&Provider> {
        let host = &servers.first()?.host;
        self.providers.iter().find(|provider| provider.has(host))
    }

    /// The rule that fits a refusal.
    pub fn reply(
        &self,
        provider: Option<&Provider>,
        reply: &avow_bounce::Reply,
    ) -> Option<&ReplyRule> {
        let name = provider.map(|provider| provider.name.as_str());
        let own = self
            .providers
            .iter()
            .filter(|p| Some(p.name.as_str()) == name);
        let own = own.flat_map(|provider| &provider.replies);
        own.chain(&self.replies).find(|rule| rule.fits(reply))
    }

    /// By its name.
    pub fn named(&self, name: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.name == name)
    }
}

impl Provider {
    fn has(&self, host: &str) -> bool {
        self.mx.iter().any(|suffix| is_under(host, suffix))
    }
}

/// True when a host is the suffix or a name under it.
fn is_under(host: &str, suffix: &str) -> bool {
    let host = host.trim_end_matches('.');
    host.len().checked_sub(suffix.len()).is_some_and(|at| {
        host.is_char_boundary(at)
            && host[at..].eq_ignore_ascii_case(suffix)
            && (at == 0 || host.as_bytes()[at - 1] == b'.')
    })
}

impl Limits {
    /// Without any.
    pub const NONE: Self = Self {
        connections: usize::MAX,
        rate: None,
        messages_per_connection: u32::MAX,
    };
}

#[cfg(test)]
mod tests;
