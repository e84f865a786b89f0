//! A merge field: what is known of a person, and what stands there where it is not.

use std::fmt;

/// Longest fallback: it stands in for a name or a town.
pub const FALLBACK_CHARS_MAX: usize = 200;
/// Longest name, as contacts have them.
const NAME_BYTES_MAX: usize = 64;
/// Everybody has it.
const ALWAYS_THERE: &str = "email";

/// `{{ first_name | fallback("friend") }}`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    name: String,
    /// Empty only where nothing is needed: the field that everybody has, or one whose absence leaves nothing.
    fallback: String,
}

/// Why a field is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldFault {
    #[error(
        "{{{{ is never closed: write {{{{ first_name | fallback(\"friend\") }}}}, or \\{{{{ for the braces themselves"
    )]
    Unclosed,
    #[error(
        "`{{{{ {code} }}}}` is no merge field: write {{{{ first_name | fallback(\"friend\") }}}}. More is possible in MJML"
    )]
    Unknown { code: String },
    #[error(
        "the field `{name}` needs a fallback for people who have none: {{{{ {name} | fallback(\"friend\") }}}}"
    )]
    NoFallback { name: String },
    #[error("the fallback of `{name}` has more than {limit} characters: shorten it")]
    TooLong { name: String, limit: usize },
}

impl Field {
    /// What stands between the braces.
    pub(crate) fn read(code: &str) -> Result<Self, FieldFault> {
        let unknown = || FieldFault::Unknown {
            code: code.trim().chars().take(80).collect(),
        };
        let (name, rest) = match code.split_once('|') {
            None => (code.trim(), None),
            Some((name, rest)) => (name.trim(), Some(rest.trim())),
        };
        if !is_name(name) {
            return Err(unknown());
        }
        let name = name.to_owned();
        let Some(rest) = rest else {
            if name == ALWAYS_THERE {
                return Ok(Self {
                    name,
                    fallback: String::new(),
                });
            }
            return Err(FieldFault::NoFallback { name });
        };
        let call = rest
            .strip_prefix("fallback")
            .or_else(|| rest.strip_prefix("default"));
        let call = call
            .map(str::trim)
            .and_then(|c| c.strip_prefix('(')?.strip_suffix(')'));
        let fallback = call.and_then(|c| unquoted(c.trim())).ok_or_else(unknown)?;
        if fallback.chars().count() > FALLBACK_CHARS_MAX {
            return Err(FieldFault::TooLong {
                name,
                limit: FALLBACK_CHARS_MAX,
            });
        }
        Ok(Self { name, fallback })
    }

    /// What the person's datum is called.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// As a template writes it.
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name == ALWAYS_THERE && self.fallback.is_empty() {
            return f.write_str("{{ email }}");
        }
        let fallback = self.fallback.replace('\\', "\\\\").replace('"', "\\\"");
        write!(f, "{{{{ {} | fallback(\"{fallback}\") }}}}", self.name)
    }
}

fn is_name(name: &str) -> bool {
    let fine = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let word = !matches!(
        name,
        "true"
            | "false"
            | "none"
            | "and"
            | "or"
            | "not"
            | "in"
            | "is"
            | "if"
            | "else"
            | "loop"
            | "offer"
    );
    starts
        && word
        && name.len() <= NAME_BYTES_MAX
        && name.bytes().all(fine)
        && !name.ends_with("_url")
}

/// A string of the template language: quotes around it, a backslash before what would end it.
fn unquoted(code: &str) -> Option<String> {
    let quote = code.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = code.strip_prefix(quote)?.strip_suffix(quote)?;
    let (mut out, mut escaped) = (String::new(), false);
    for c in inner.chars() {
        match c {
            '\\' if !escaped => escaped = true,
            c if c == quote && !escaped => return None,
            c if escaped && c != quote && c != '\\' => return None,
            c => {
                out.push(c);
                escaped = false;
            }
        }
    }
    (!escaped && !out.contains('\n')).then_some(out)
}
