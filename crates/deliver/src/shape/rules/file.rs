//! The file of rules as it is written, and the way from there to rules.

use std::time::Duration;

use regex::RegexBuilder;
use serde::Deserialize;
use toml::Spanned;

use super::lint::{Findings, RulesFault};
use super::matching::{Code, ReplyRule};
use super::{Effect, Limits, Provider, Rules};
use crate::shape::Rate;

/// A pattern that needs more memory than this is a mistake.
const PATTERN_BYTES_MAX: usize = 1 << 20;
/// Beyond it a rule is a decision that a person should take.
const WAIT_MAX: Duration = Duration::from_hours(24);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    default: Option<LimitsFile>,
    #[serde(default)]
    provider: Vec<Spanned<ProviderFile>>,
    #[serde(default)]
    reply: Vec<Spanned<ReplyFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsFile {
    connections: usize,
    messages_per_connection: u32,
    rate: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProviderFile {
    name: String,
    #[serde(default)]
    mx: Vec<Spanned<String>>,
    connections: Option<usize>,
    site_connections: Option<usize>,
    messages_per_connection: Option<u32>,
    rate: Option<Spanned<String>>,
    #[serde(default)]
    reply: Vec<Spanned<ReplyFile>>,
    /// For people: where the facts are from.
    #[serde(default)]
    #[expect(dead_code, reason = "read so that the file may have it")]
    source: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplyFile {
    #[serde(default)]
    code: Vec<Spanned<String>>,
    text: Option<Spanned<String>>,
    effect: EffectFile,
    wait: Option<Spanned<String>>,
    why: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum EffectFile {
    Slow,
    Suspend,
    OurFault,
}

/// Reads a file over others; with what can never match in it.
pub(super) fn read(text: &str, base: Option<&Rules>) -> Result<(Rules, Findings), RulesFault> {
    let mut found = Findings::of(text);
    let file: File = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        RulesFault::one(text, at, error.message().trim())
    })?;
    let default = match (file.default, base) {
        (Some(limits), _) => limits.limits(&mut found),
        (None, Some(base)) => base.default,
        (None, None) => Limits::NONE,
    };
    let mut providers: Vec<(usize, Provider)> = Vec::new();
    for provider in file.provider {
        let at = provider.span().start;
        let known = base.and_then(|base| base.named(&provider.get_ref().name));
        let provider = provider
            .into_inner()
            .provider(at, &default, known, &mut found);
        if providers.iter().any(|(_, p)| p.name == provider.name) {
            found.fault(
                at,
                &format!("the provider `{}` is there twice", provider.name),
            );
        }
        providers.push((at, provider));
    }
    found.providers(&providers);
    let replies = replies(file.reply, &mut found);
    let mut rules = Rules {
        default,
        providers: providers
            .into_iter()
            .map(|(_, provider)| provider)
            .collect(),
        replies,
    };
    if let Some(base) = base {
        let fresh = |p: &&Provider| rules.named(&p.name).is_none();
        let kept: Vec<Provider> = base.providers.iter().filter(fresh).cloned().collect();
        rules.providers.extend(kept);
        rules.replies.extend(base.replies.iter().cloned());
    }
    found.into_result().map(|found| (rules, found))
}

impl LimitsFile {
    fn limits(self, found: &mut Findings) -> Limits {
        Limits {
            connections: self.connections.max(1),
            rate: rate(self.rate, found),
            messages_per_connection: self.messages_per_connection.max(1),
        }
    }
}

impl ProviderFile {
    fn provider(
        self,
        at: usize,
        default: &Limits,
        known: Option<&Provider>,
        found: &mut Findings,
    ) -> Provider {
        let mut mx: Vec<String> = Vec::new();
        for suffix in self.mx {
            let name = suffix.get_ref().trim_start_matches('.').to_lowercase();
            if name.is_empty() || !name.contains('.') {
                found.fault(
                    suffix.span().start,
                    "an mx is the end of a server's name, as `google.com`",
                );
            }
            mx.push(name);
        }
        match known {
            Some(known) if mx.is_empty() => mx.clone_from(&known.mx),
            None if mx.is_empty() => found.never(
                at,
                &format!(
                    "the provider `{}` has no mx and is none of those that come with the program: it never matches",
                    self.name
                ),
            ),
            _ => {}
        }
        let limits = known.map_or(*default, |known| known.limits);
        let messages = self.messages_per_connection;
        let limits = Limits {
            connections: self.connections.unwrap_or(limits.connections).max(1),
            rate: if self.rate.is_some() {
                rate(self.rate, found)
            } else {
                limits.rate
            },
            messages_per_connection: messages.unwrap_or(limits.messages_per_connection).max(1),
        };
        let site = known.map_or(default.connections, |known| known.site.connections);
        let own = replies(self.reply, found);
        Provider {
            name: self.name,
            mx,
            site: Limits {
                connections: self
                    .site_connections
                    .unwrap_or(site)
                    .clamp(1, limits.connections),
                rate: None,
                ..limits
            },
            limits,
            replies: match known {
                Some(known) if own.is_empty() => known.replies.clone(),
                _ => own,
            },
        }
    }
}

fn replies(rules: Vec<Spanned<ReplyFile>>, found: &mut Findings) -> Vec<ReplyRule> {
    let mut read: Vec<(usize, ReplyRule)> = Vec::new();
    for rule in rules {
        let at = rule.span().start;
        if let Some(rule) = rule.into_inner().rule(at, found) {
            read.push((at, rule));
        }
    }
    found.replies(&read);
    read.into_iter().map(|(_, rule)| rule).collect()
}

impl ReplyFile {
    fn rule(self, at: usize, found: &mut Findings) -> Option<ReplyRule> {
        let mut codes = Vec::new();
        for code in &self.code {
            match Code::parse(code.get_ref()) {
                Some(code) => codes.push(code),
                None => found.never(
                    code.span().start,
                    &format!(
                        "`{}` is no code of a refusal (421, 4.7.28, 4.7.5*): it never matches",
                        code.get_ref()
                    ),
                ),
            }
        }
        if codes.is_empty() && !self.code.is_empty() {
            return None;
        }
        let text = match self.text {
            None => None,
            Some(text) => Some(pattern(&text, found)?),
        };
        if codes.is_empty() && text.is_none() {
            found.fault(
                at,
                "a rule needs a code or a text: without both it would be about every refusal",
            );
        }
        Some(ReplyRule {
            codes,
            text,
            effect: effect(self.effect, self.wait, at, found),
            why: self.why,
        })
    }
}

fn effect(
    effect: EffectFile,
    wait: Option<Spanned<String>>,
    at: usize,
    found: &mut Findings,
) -> Effect {
    let time = wait.as_ref().map(|wait| duration(wait.get_ref()));
    match (effect, time) {
        (EffectFile::Slow, None) => Effect::Slow,
        (EffectFile::Suspend, Some(Some(wait))) => Effect::Suspend(wait),
        (EffectFile::OurFault, Some(Some(wait))) => Effect::OurFault(wait),
        (EffectFile::Slow, Some(_)) => {
            found.fault(at, "`slow` has no wait: it comes back by itself");
            Effect::Slow
        }
        (_, Some(None)) => {
            found.fault(
                at,
                "a wait is written as `15 minutes` or `2 hours`, a day at most",
            );
            Effect::Slow
        }
        (_, None) => {
            found.fault(at, "the effect needs a wait, as `wait = \"15 minutes\"`");
            Effect::Slow
        }
    }
}

fn pattern(text: &Spanned<String>, found: &mut Findings) -> Option<regex::Regex> {
    let built = RegexBuilder::new(text.get_ref())
        .case_insensitive(true)
        .size_limit(PATTERN_BYTES_MAX)
        .build();
    match built {
        Ok(pattern) => Some(pattern),
        Err(fault) => {
            let fault = fault.to_string();
            let last = fault.lines().last().unwrap_or_default();
            found.fault(
                text.span().start,
                &format!("the text is no pattern: {}", last.trim()),
            );
            None
        }
    }
}

fn rate(text: Option<Spanned<String>>, found: &mut Findings) -> Option<Rate> {
    let text = text?;
    let rate = Rate::parse(text.get_ref());
    if rate.is_none() {
        found.fault(
            text.span().start,
            "a rate is written as 20/second, 600/minute, 5000/hour or 100000/day",
        );
    }
    rate
}

fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.trim().split_once(' ')?;
    let number: u32 = number.parse().ok()?;
    let unit = match unit.trim_end_matches('s') {
        "second" => Duration::from_secs(1),
        "minute" => Duration::from_mins(1),
        "hour" => Duration::from_hours(1),
        _ => return None,
    };
    unit.checked_mul(number)
        .filter(|d| *d <= WAIT_MAX && !d.is_zero())
}
