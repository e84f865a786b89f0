//! MTA-STS: the record that announces a policy, and the policy itself (RFC 8461 3.1, 3.2, 4.1).
//!
//! Promises: pure; any bytes give a policy or the reason why there is none; a wildcard stands for one label.

use std::fmt;
use std::time::Duration;

/// RFC 8461 3.2: about a year.
const MAX_AGE_S_MAX: u64 = 31_557_600;
/// Patterns read of one policy; the largest providers name a dozen.
const PATTERNS_MAX: usize = 100;
/// RFC 8461 3.1.
const ID_BYTES_MAX: usize = 32;

/// What a policy asks of senders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// No mail but over TLS that is right.
    Enforce,
    /// As before, and failures are reported.
    Testing,
    /// Nothing: the domain takes its policy back.
    None,
}

impl Mode {
    /// As the policy has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Testing => "testing",
            Self::None => "none",
        }
    }
}

/// The name of a mail server in a policy, or of all with one label more: `*.example.com`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MxPattern(String);

impl MxPattern {
    /// From the policy's text; `None` for what no host can be called.
    pub fn parse(text: &str) -> Option<Self> {
        let name = text.strip_prefix("*.").unwrap_or(text);
        let label = |label: &str| {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            !label.is_empty() && label.bytes().all(plain)
        };
        let well = name.trim_end_matches('.').split('.').all(label);
        well.then(|| Self(text.trim_end_matches('.').to_ascii_lowercase()))
    }

    /// True when the host is meant.
    pub fn covers(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.');
        match self.0.strip_prefix("*.") {
            None => self.0.eq_ignore_ascii_case(host),
            Some(parent) => host.split_once('.').is_some_and(|(first, rest)| {
                !first.is_empty() && rest.eq_ignore_ascii_case(parent)
            }),
        }
    }
}

impl fmt::Display for MxPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A domain's policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub mode: Mode,
    pub mx: Vec<MxPattern>,
    pub max_age: Duration,
}

/// Why a text is no policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    #[error("the policy does not say version: STSv1")]
    Version,
    #[error("the policy's mode is none of enforce, testing and none")]
    Mode,
    #[error("the policy's max_age is no number of seconds up to a year")]
    MaxAge,
    #[error("the policy names no mail server")]
    NoMx,
    #[error("the policy holds an mx that no host can be called, or too many")]
    BadMx,
}

impl Policy {
    /// From the file's text. Keys that are not known are passed over (RFC 8461 3.2).
    pub fn parse(text: &str) -> Result<Self, PolicyFault> {
        let value = |name: &str| fields(text).find(|(key, _)| *key == name).map(|(_, v)| v);
        if value("version") != Some("STSv1") {
            return Err(PolicyFault::Version);
        }
        let mode = match value("mode") {
            Some("enforce") => Mode::Enforce,
            Some("testing") => Mode::Testing,
            Some("none") => Mode::None,
            _ => return Err(PolicyFault::Mode),
        };
        let mx: Option<Vec<MxPattern>> = fields(text)
            .filter(|(key, _)| *key == "mx")
            .map(|(_, value)| MxPattern::parse(value))
            .take(PATTERNS_MAX + 1)
            .collect();
        let mx = mx.filter(|mx| mx.len() <= PATTERNS_MAX);
        let mx = mx.ok_or(PolicyFault::BadMx)?;
        if mx.is_empty() && mode != Mode::None {
            return Err(PolicyFault::NoMx);
        }
        let max_age = value("max_age")
            .and_then(seconds)
            .ok_or(PolicyFault::MaxAge)?;
        Ok(Self { mode, mx, max_age })
    }
}

fn fields(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = text.lines();
    let pairs = lines.filter_map(|line| line.split_once(':'));
    pairs.map(|(key, value)| (key.trim(), value.trim()))
}

fn seconds(text: &str) -> Option<Duration> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let seconds = digits.then(|| text.parse().ok())??;
    (seconds <= MAX_AGE_S_MAX).then(|| Duration::from_secs(seconds))
}

/// The id in the texts at `_mta-sts.<domain>`. `None`: no policy is announced, or more than one (RFC 8461 3.1).
pub fn announced(texts: &[String]) -> Option<String> {
    let is_one = |text: &&String| {
        let first = text.split(';').next().unwrap_or_default();
        first.trim_end().eq("v=STSv1")
    };
    let mut records = texts.iter().filter(is_one);
    let record = records.next()?;
    if records.next().is_some() {
        return None;
    }
    let mut parts = record.split(';').map(str::trim);
    let id = parts.find_map(|part| part.strip_prefix("id="))?;
    let well = (1..=ID_BYTES_MAX).contains(&id.len());
    (well && id.bytes().all(|b| b.is_ascii_alphanumeric())).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GOOD: &str = "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\n\
        new_key: kept for later\r\nmax_age: 604800\r\n";

    #[test]
    fn a_policy_is_read_whatever_its_line_ends_and_other_keys() {
        for text in [GOOD.to_owned(), GOOD.replace("\r\n", "\n")] {
            let policy = Policy::parse(&text).unwrap();
            assert_eq!(policy.mode, Mode::Enforce);
            assert_eq!(policy.max_age, Duration::from_hours(7 * 24));
            let covers = |host: &str| policy.mx.iter().any(|mx| mx.covers(host));
            assert!(covers("mail.example.com") && covers("MX1.Example.NET."));
            assert!(!covers("example.net") && !covers("a.b.example.net"));
            assert!(!covers("xmail.example.com"));
        }
    }

    #[test]
    fn a_policy_that_lacks_something_says_what() {
        for (from, to, fault) in [
            ("STSv1", "STSv2", PolicyFault::Version),
            ("enforce", "Enforce", PolicyFault::Mode),
            ("604800", "-1", PolicyFault::MaxAge),
            ("604800", "31557601", PolicyFault::MaxAge),
            ("mail.example.com", "a b", PolicyFault::BadMx),
            ("mail.example.com", "a.*.example.com", PolicyFault::BadMx),
        ] {
            assert_eq!(Policy::parse(&GOOD.replace(from, to)), Err(fault), "{to}");
        }
        let no_mx = "version: STSv1\nmode: testing\nmax_age: 1\n";
        assert_eq!(Policy::parse(no_mx), Err(PolicyFault::NoMx));
        assert!(Policy::parse(&no_mx.replace("testing", "none")).is_ok());
        let many = "mx: a.example\n".repeat(PATTERNS_MAX + 1);
        assert_eq!(
            Policy::parse(&format!("{no_mx}{many}")),
            Err(PolicyFault::BadMx)
        );
    }

    #[test]
    fn exactly_one_record_announces_a_policy() {
        let texts = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|t| (*t).to_owned()).collect();
            announced(&texts)
        };
        assert_eq!(
            texts(&["v=STSv1; id=20260601T09;"]),
            Some("20260601T09".to_owned())
        );
        assert_eq!(texts(&["other", "v=STSv1;id=1"]), Some("1".to_owned()));
        for none in [
            &["v=STSv1; id=1", "v=STSv1; id=2"][..],
            &["v=STSv1"],
            &["v=STSv1; id=a-b"],
            &["v=STSv2; id=1"],
            &["id=1; v=STSv1"],
            &[],
        ] {
            assert_eq!(texts(none), None, "{none:?}");
        }
        assert_eq!(texts(&[&format!("v=STSv1; id={}", "a".repeat(33))]), None);
    }

    proptest! {
        #[test]
        fn any_text_is_a_policy_or_is_none(text in "\\PC{0,200}") {
            let _policy = Policy::parse(&text);
            let _id = announced(&[text]);
        }
    }
}
