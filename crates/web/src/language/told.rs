//! Sentences that the program makes: a key with what it is told with.

use std::fmt;

use fluent_bundle::{FluentArgs, FluentValue};
use serde::{Serialize, Serializer};

use super::{catalogue, current};

/// What a message is told with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Arg {
    /// Chooses plurals, and is written with the marks of the language.
    Number(i64),
    Text(String),
}

/// A message and what it is told with; said in the language of the answer when it is written or rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    key: &'static str,
    args: Vec<(&'static str, Arg)>,
}

impl Told {
    /// A message. Use `told!`, whose keys a test looks up.
    pub(crate) const fn new(key: &'static str) -> Self {
        Self {
            key,
            args: Vec::new(),
        }
    }

    /// The same with a value.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.push((name, value.into()));
        self
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs = self.args.iter().map(|(name, arg)| (*name, arg.into()));
        let args: FluentArgs<'_> = pairs
            .collect::<Vec<(_, FluentValue<'_>)>>()
            .into_iter()
            .collect();
        f.write_str(&catalogue::message(current(), self.key, &args))
    }
}

impl Serialize for Told {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<Told> for String {
    fn from(told: Told) -> Self {
        told.to_string()
    }
}

impl<'a> From<&'a Arg> for FluentValue<'a> {
    fn from(arg: &'a Arg) -> Self {
        match arg {
            Arg::Number(n) => Self::from(*n),
            Arg::Text(text) => Self::from(text.as_str()),
        }
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<Told> for Arg {
    fn from(told: Told) -> Self {
        Self::Text(told.to_string())
    }
}

impl From<i64> for Arg {
    fn from(n: i64) -> Self {
        Self::Number(n)
    }
}

impl From<i32> for Arg {
    fn from(n: i32) -> Self {
        Self::Number(n.into())
    }
}

impl From<u32> for Arg {
    fn from(n: u32) -> Self {
        Self::Number(n.into())
    }
}

impl From<u64> for Arg {
    fn from(n: u64) -> Self {
        Self::Number(i64::try_from(n).unwrap_or(i64::MAX))
    }
}

impl From<usize> for Arg {
    fn from(n: usize) -> Self {
        Self::Number(i64::try_from(n).unwrap_or(i64::MAX))
    }
}

/// A sentence with its values, not said yet: `told!("campaign-people", n = 312)`.
macro_rules! told {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::language::Told::new($key)$(.with(stringify!($name), $value))*
    };
}

/// The same, said: a `String` in the language of the answer.
macro_rules! say {
    ($($told:tt)*) => { told!($($told)*).to_string() };
}
