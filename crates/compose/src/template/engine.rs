//! minijinja with everything taken out that mails must not have, and bounds on the rest.

use std::io::{self, Write};
use std::sync::Arc;

use minijinja::value::{Object, Rest};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value};

use super::check::FILTERS;
use super::lex::{Tag, TagKind};
use crate::fault::{ContentFault, Place, RenderFault};

/// Steps that a template may take for one message: thousands of loop rounds, under a millisecond.
pub(crate) const FUEL: u64 = 20_000;
/// What one part of a message may become. Gmail shows 100 KB; servers take 10 MB; ten times the first is generous.
pub(crate) const OUTPUT_BYTES_MAX: usize = 1_000_000;
/// Depth of nested calls. Mails have neither macros nor includes.
const RECURSION_MAX: usize = 30;
/// Longest `range()`: more rows than a mail shows.
const RANGE_MAX: isize = 1_000;

/// Below it lie the pictures that this installation keeps.
pub(crate) const IMAGES: &str = "images_url";

/// Names that the program gives, not the contact: addresses of the message's own pages, and of our pictures.
pub(crate) const RESERVED: [&str; 5] = [
    "unsubscribe_url",
    "preferences_url",
    "view_url",
    "why_url",
    IMAGES,
];

/// The number of the slot that a reserved name stands for.
pub(crate) fn reserved_slot(name: &str) -> Option<usize> {
    RESERVED.iter().position(|r| *r == name)
}

/// The templates of one campaign, compiled.
#[derive(Debug)]
pub(crate) struct Engine {
    env: Environment<'static>,
}

/// Merge values of one message, in the order of the names that the campaign reads.
#[derive(Debug)]
pub(crate) struct Values {
    pub names: Arc<[String]>,
    pub values: Vec<Value>,
}

impl Object for Values {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let name = key.as_str()?;
        if let Some(slot) = reserved_slot(name) {
            return Some(Value::from(format!("\u{3}{slot}\u{2}")));
        }
        let at = self.names.iter().position(|n| n == name)?;
        self.values.get(at).filter(|v| !v.is_undefined()).cloned()
    }
}

impl Default for Engine {
    fn default() -> Self {
        let mut env = Environment::empty();
        env.set_fuel(Some(FUEL));
        env.set_recursion_limit(RECURSION_MAX);
        env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        env.set_auto_escape_callback(|name| match name {
            "html" => AutoEscape::Html,
            _ => AutoEscape::None,
        });
        add_filters(&mut env);
        add_tests(&mut env);
        env.add_function("range", range);
        Self { env }
    }
}

impl Engine {
    /// A template that is not part of a campaign, filled in with the same bounds; `None` when it cannot be.
    pub(crate) fn fill(&self, source: &str, values: &Value) -> Option<String> {
        self.env.render_named_str("line", source, values).ok()
    }
}

fn add_filters(env: &mut Environment<'static>) {
    use minijinja::filters as f;
    env.add_filter("fallback", fallback);
    env.add_filter("default", fallback);
    env.add_filter("truncate", truncate);
    env.add_filter("upper", f::upper);
    env.add_filter("lower", f::lower);
    env.add_filter("title", f::title);
    env.add_filter("capitalize", f::capitalize);
    env.add_filter("trim", f::trim);
    env.add_filter("length", f::length);
    env.add_filter("first", f::first);
    env.add_filter("last", f::last);
    env.add_filter("split", f::split);
    env.add_filter("urlencode", f::urlencode);
    env.add_filter("round", f::round);
    env.add_filter("int", f::int);
    env.add_filter("float", f::float);
    env.add_filter("abs", f::abs);
    env.add_filter("escape", f::escape);
    debug_assert_eq!(
        FILTERS.len(),
        18,
        "invariant: each listed filter is added here"
    );
}

fn add_tests(env: &mut Environment<'static>) {
    use minijinja::tests as t;
    env.add_test("defined", t::is_defined);
    env.add_test("undefined", t::is_undefined);
    env.add_test("none", t::is_none);
    env.add_test("odd", t::is_odd);
    env.add_test("even", t::is_even);
    env.add_test("divisibleby", t::is_divisibleby);
    env.add_test("startingwith", t::is_startingwith);
    env.add_test("endingwith", t::is_endingwith);
}

/// `value`, or the other when the contact does not have it or has only white space there.
fn fallback(value: &Value, other: Value) -> Value {
    let blank = value.as_str().is_some_and(|s| s.trim().is_empty());
    if value.is_undefined() || value.is_none() || blank {
        other
    } else {
        value.clone()
    }
}

/// At most `chars` characters, with an ellipsis in place of what was cut.
fn truncate(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    let kept: String = text.chars().take(chars.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

fn range(first: isize, rest: Rest<isize>) -> Result<Value, Error> {
    let (from, to) = match rest.first() {
        None => (0, first),
        Some(to) => (first, *to),
    };
    if to.saturating_sub(from) > RANGE_MAX {
        let detail = format!("a range has at most {RANGE_MAX} numbers");
        return Err(Error::new(ErrorKind::InvalidOperation, detail));
    }
    Ok((from..to).collect())
}

/// Writes until the cap, then fails.
struct Capped<'a> {
    out: &'a mut Vec<u8>,
    left: usize,
}

impl Write for Capped<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.left = self
            .left
            .checked_sub(bytes.len())
            .ok_or_else(|| io::Error::from(io::ErrorKind::FileTooLarge))?;
        self.out.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Engine {
    /// Adds a skeleton. `tags` are its tags in order: a line break stands behind each opening delimiter, so that
    /// the line of an error gives the number of the tag.
    pub(crate) fn add(
        &mut self,
        name: &'static str,
        skeleton: String,
        tags: &[Tag],
        place: Place,
    ) -> Result<(), ContentFault> {
        self.env
            .add_template_owned(name, skeleton)
            .map_err(|e| content_fault(&e, tags, place))
    }

    /// Names that the template reads, its own loop variables and reserved names left out.
    pub(crate) fn names(&self, name: &str) -> Vec<String> {
        let Ok(template) = self.env.get_template(name) else {
            return Vec::new();
        };
        let own = |n: &String| reserved_slot(n).is_none() && n != "range";
        let mut names: Vec<_> = template
            .undeclared_variables(false)
            .into_iter()
            .filter(own)
            .collect();
        names.sort();
        names
    }

    /// Appends the rendered skeleton.
    pub(crate) fn render(
        &self,
        name: &str,
        values: &Value,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let capped = Capped {
            out,
            left: OUTPUT_BYTES_MAX,
        };
        let template = self.env.get_template(name)?;
        template.render_captured_to(values.clone(), capped)?;
        Ok(())
    }
}

/// A tag as minijinja reads it, with the line break that numbers it.
pub(crate) fn source(tag: &Tag) -> String {
    match tag.kind {
        TagKind::Output => format!("{{{{\n{}}}}}", tag.code),
        TagKind::Block => format!("{{%\n{}%}}", tag.code),
    }
}

fn reason(error: &Error) -> String {
    let detail = error.detail().map(str::to_owned);
    detail.unwrap_or_else(|| error.kind().to_string())
}

fn is_capped(error: &Error) -> bool {
    error.kind() == ErrorKind::WriteFailure
}

/// What an error means to who writes the campaign.
pub(crate) fn content_fault(error: &Error, tags: &[Tag], place: Place) -> ContentFault {
    match error.kind() {
        ErrorKind::OutOfFuel => ContentFault::EndlessLoop { place, fuel: FUEL },
        ErrorKind::UndefinedError => ContentFault::UnknownField {
            place,
            field: missing(error, tags),
        },
        _ if is_capped(error) => ContentFault::TooLarge {
            place,
            limit_bytes: OUTPUT_BYTES_MAX,
        },
        _ => {
            let line = tag_of(error, tags).map_or(1, |t| t.line);
            let reason = reason(error);
            ContentFault::Syntax {
                place,
                line,
                reason,
            }
        }
    }
}

/// What an error means for one message.
pub(crate) fn render_fault(error: &Error, tags: &[Tag]) -> RenderFault {
    match error.kind() {
        ErrorKind::OutOfFuel => RenderFault::OutOfFuel,
        ErrorKind::UndefinedError => RenderFault::MissingField {
            field: missing(error, tags),
        },
        _ if is_capped(error) => RenderFault::TooLarge {
            limit_bytes: OUTPUT_BYTES_MAX,
        },
        _ => RenderFault::Template {
            reason: reason(error),
        },
    }
}

/// Each tag begins a line of the skeleton behind the first: an error's line tells its tag.
fn tag_of<'a>(error: &Error, tags: &'a [Tag]) -> Option<&'a Tag> {
    let number = error.line().unwrap_or(0).saturating_sub(2);
    tags.get(number).or(tags.last())
}

/// The name that the failing tag reads first.
fn missing(error: &Error, tags: &[Tag]) -> String {
    let code = tag_of(error, tags).map_or("", |t| t.code.as_str());
    let name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let words = code.split(|c| !name(c)).filter(|w| !w.is_empty());
    let mut words = words.filter(|w| !matches!(*w, "if" | "elif" | "for" | "in" | "not"));
    words.next().unwrap_or("?").to_owned()
}
