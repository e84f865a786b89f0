//! The language of segments: `job = "cook" and (on list monthly or not city is known)`.
//!
//! Promises: any text gives an expression or faults with their places and what to write; none panics. What `and`
//! and `or` mean side by side is never guessed: parentheses say it.

use std::ops::Range;

use avow_model::{CampaignId, Category, NameFault};

use super::deed::{Act, Doing};
use super::expr::{Comparison, Expr, Test, Value};
use super::fault::Fault;
use super::lex::{Placed, Sign, Token, tokens};
use super::{Segment, SegmentFault};
use crate::diagnostic::Diagnostic;
use crate::reader::suggestion;
use crate::source::SourceFile;
use crate::version::Version;

/// A longer text is a list of people, or a mistake.
const TEXT_BYTES_MAX: usize = 16 * 1024;
/// Parentheses and nots inside each other: more than anybody reads, and no danger to the stack.
const NESTING_MAX: usize = 15;

/// The words of the language: no field is called so.
const WORDS: [&str; 14] = [
    "and", "or", "not", "in", "is", "known", "contains", "starts", "with", "on", "list", "permits",
    "opened", "clicked",
];

const AFTER_A_FIELD: &str = "write one of =, !=, <, <=, >, >=, is known, is not known, in (...), contains, starts with; \
     or on list NAME, or permits PURPOSE, or opened any";

/// What a text may name.
#[derive(Clone, Copy)]
pub struct Vocabulary<'a> {
    /// The policy version whose categories and purposes are meant.
    pub version: &'a Version,
    /// Of which category a field is data; `None` for the address itself.
    pub category_of: fn(&str, &Version) -> Option<Category>,
}

impl Segment {
    /// Reads and checks a text. The error has every fault that was found, each with its place and what to do.
    pub fn parse(text: &str, known: Vocabulary<'_>) -> Result<Self, Vec<Diagnostic>> {
        if text.len() > TEXT_BYTES_MAX {
            let message = format!("a segment has at most {TEXT_BYTES_MAX} bytes");
            let fault = Diagnostic::unshown("segment", message);
            return Err(vec![fault.hint("make a list of the people instead")]);
        }
        let shown = |fault: Fault| vec![fault.shown(text)];
        let tokens = tokens(text).map_err(shown)?;
        let mut parser = Parser {
            known,
            tokens: &tokens,
            at: 0,
            end: text.len(),
            nesting: 0,
        };
        let expr = parser.whole().map_err(shown)?;
        let declared: Vec<Category> = declared(known.version).cloned().collect();
        Self::compile(expr, &declared).map_err(|faults| {
            let all = faults.iter().map(|fault| of_whole(fault, text));
            all.collect()
        })
    }
}

fn declared(version: &Version) -> impl Iterator<Item = &Category> {
    version.categories().iter().map(|c| &c.id)
}

fn of_whole(fault: &SegmentFault, text: &str) -> Diagnostic {
    let file = SourceFile {
        name: "segment".to_owned(),
        text: text.to_owned(),
    };
    file.fault(0..text.len(), fault.to_string())
}

struct Parser<'a> {
    known: Vocabulary<'a>,
    tokens: &'a [Placed],
    at: usize,
    /// Where the text ends.
    end: usize,
    nesting: usize,
}

/// What joins conditions side by side.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    And,
    Or,
}

impl<'a> Parser<'a> {
    fn whole(&mut self) -> Result<Expr, Fault> {
        if self.tokens.is_empty() {
            let fault = Fault::new(0..0, "there is no condition");
            return Err(fault.hint("write one, for example: job = \"cook\""));
        }
        let expr = self.group()?;
        match self.peek() {
            None => Ok(expr),
            Some(_) => Err(self
                .here("this does not belong here")
                .hint("put `and` or `or` between two conditions")),
        }
    }

    /// Conditions side by side, all joined by the same word.
    fn group(&mut self) -> Result<Expr, Fault> {
        let mut parts = vec![self.part()?];
        let mut joint = None;
        while let Some(next) = self.joint() {
            if joint.is_some_and(|known| known != next) {
                return Err(self
                    .here("`and` and `or` stand side by side, which can be read in two ways")
                    .hint("put parentheses around what belongs together: a and (b or c)"));
            }
            joint = Some(next);
            self.at += 1;
            parts.push(self.part()?);
        }
        Ok(match joint {
            None => parts.remove(0),
            Some(Joint::And) => Expr::All(flat(parts, |part| match part {
                Expr::All(inner) => Ok(inner),
                other => Err(other),
            })),
            Some(Joint::Or) => Expr::Any(flat(parts, |part| match part {
                Expr::Any(inner) => Ok(inner),
                other => Err(other),
            })),
        })
    }

    fn joint(&self) -> Option<Joint> {
        match self.word() {
            Some("and") => Some(Joint::And),
            Some("or") => Some(Joint::Or),
            _ => None,
        }
    }

    fn part(&mut self) -> Result<Expr, Fault> {
        if self.take_word("not") {
            let part = self.nested(Self::part)?;
            return Ok(Expr::Not(Box::new(part)));
        }
        if self.take(&Token::Open) {
            let inner = self.nested(Self::group)?;
            if !self.take(&Token::Close) {
                return Err(self
                    .here("a parenthesis is not closed here")
                    .hint("write ), or `and` or `or` and another condition"));
            }
            return Ok(inner);
        }
        self.condition()
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Expr, Fault>) -> Result<Expr, Fault> {
        if self.nesting >= NESTING_MAX {
            return Err(self
                .here("conditions are nested too deep here")
                .hint("put some of them side by side"));
        }
        self.nesting += 1;
        let read = read(self);
        self.nesting -= 1;
        read
    }

    fn condition(&mut self) -> Result<Expr, Fault> {
        if self.take_word("on") {
            if !self.take_word("list") {
                return Err(self.here("`list` comes after `on`").hint("on list monthly"));
            }
            let list = self.name("a list's short name")?;
            return Ok(Expr::Test(Test::OnList { list }));
        }
        if self.take_word("permits") {
            return self.permits();
        }
        if let Some(act) = Act::ALL.into_iter().find(|act| self.take_word(act.word())) {
            return self.doing(act);
        }
        let (field, span) = self.field()?;
        let category = self.category(&field, span)?;
        let data = |is| {
            Expr::Test(Test::Data {
                category: category.clone(),
                field: field.clone(),
                is,
            })
        };
        self.comparison(&data)
    }

    fn permits(&mut self) -> Result<Expr, Fault> {
        let span = self.span();
        let purpose: avow_model::Purpose = self.name("a purpose")?;
        let rules = self.known.version.purposes();
        if rules.iter().any(|rule| rule.id == purpose) {
            return Ok(Expr::Test(Test::Permits { purpose }));
        }
        let known: Vec<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
        let fault = Fault::new(span, format!("the policy declares no purpose `{purpose}`"));
        Err(hinted(fault, purpose.as_str(), &known))
    }

    /// `opened any`, `clicked cp_… at least 2 times within 30 days`.
    fn doing(&mut self, act: Act) -> Result<Expr, Fault> {
        let span = self.span();
        let campaign = if self.take_word("any") {
            None
        } else {
            Some(self.campaign()?)
        };
        let mut at_least = 1;
        if self.take_word("at") {
            let least = self.take_word("least").then(|| self.count("times"));
            at_least = least.unwrap_or_else(|| Err(self.here("`least` comes after `at`")))?;
        }
        let within_days = if self.take_word("within") {
            Some(self.count("days")?)
        } else {
            None
        };
        let category = act.category();
        if !declared(self.known.version).any(|known| known == category) {
            let text = format!("the policy declares no category of data `{category}`");
            let hint = "it measures no mail in this way; ask for something else";
            return Err(Fault::new(span, text).hint(hint));
        }
        Ok(Expr::Test(Test::Did(Doing {
            act,
            campaign,
            at_least,
            within_days,
        })))
    }

    fn campaign(&mut self) -> Result<CampaignId, Fault> {
        let hint = "opened any, or the campaign's id, which stands in the address of its page: opened cp_0123456789abc";
        let id = self.word().and_then(|word| word.parse().ok());
        let id = id.ok_or_else(|| self.here("which mail is meant is missing here").hint(hint))?;
        self.at += 1;
        Ok(id)
    }

    /// A whole number and its unit: `30 days`.
    fn count(&mut self, unit: &str) -> Result<u32, Fault> {
        let number = self.word().and_then(|word| word.parse().ok());
        let number =
            number.ok_or_else(|| self.here(format!("a number of {unit} is missing here")))?;
        self.at += 1;
        if !self.take_word(unit) {
            return Err(self.here(format!("`{unit}` comes after the number")));
        }
        Ok(number)
    }

    fn field(&mut self) -> Result<(String, Range<usize>), Fault> {
        let span = self.span();
        match self.word() {
            Some(word) if !WORDS.contains(&word) => {
                self.at += 1;
                Ok((word.to_owned(), span))
            }
            Some(_) => Err(self.here("a condition is missing here").hint(
                "a condition begins with a field, `on list`, `permits`, `opened` or `clicked`",
            )),
            None => Err(self
                .here("a condition begins with the name of a field")
                .hint("job = \"cook\"; fields have no quotes")),
        }
    }

    /// Of which category the field is data; a category that the policy does not declare is a fault.
    fn category(&self, field: &str, span: Range<usize>) -> Result<Category, Fault> {
        let Vocabulary {
            version,
            category_of,
        } = self.known;
        if let Err(why) = field.parse::<Category>() {
            let fault = Fault::new(span, format!("`{field}` is no field: {why}"));
            return Err(fault.hint("fields are written as the policy's categories are"));
        }
        let own = category_of(field, version).or_else(|| field.parse().ok());
        let known: Vec<&str> = declared(version).map(Category::as_str).collect();
        let declared = own.filter(|category| known.contains(&category.as_str()));
        declared.ok_or_else(|| {
            let text = format!("the policy declares no category of data for `{field}`");
            hinted(Fault::new(span, text), field, &known)
        })
    }

    fn comparison(&mut self, data: &dyn Fn(Comparison) -> Expr) -> Result<Expr, Fault> {
        let negated = |expr| Expr::Not(Box::new(expr));
        if let Some(sign) = self.sign() {
            let value = self.value()?;
            return Ok(match sign {
                Sign::Equal => data(Comparison::Is(value)),
                Sign::Unequal => negated(data(Comparison::Is(value))),
                Sign::Less => data(Comparison::LessThan(value)),
                Sign::AtLeast => negated(data(Comparison::LessThan(value))),
                Sign::More => data(Comparison::MoreThan(value)),
                Sign::AtMost => negated(data(Comparison::MoreThan(value))),
            });
        }
        if self.take_word("is") {
            let not = self.take_word("not");
            let is = if self.take_word("known") {
                Comparison::Present
            } else {
                Comparison::Is(self.value()?)
            };
            return Ok(if not { negated(data(is)) } else { data(is) });
        }
        let is = match self.word() {
            Some("in") => self.one_of()?,
            Some("contains") => {
                self.at += 1;
                Comparison::Contains(self.text()?)
            }
            Some("starts") => {
                self.at += 1;
                if !self.take_word("with") {
                    return Err(self
                        .here("`with` comes after `starts`")
                        .hint("starts with \"co\""));
                }
                Comparison::StartsWith(self.text()?)
            }
            _ => {
                return Err(self
                    .here("a comparison is missing here")
                    .hint(AFTER_A_FIELD));
            }
        };
        Ok(data(is))
    }

    fn one_of(&mut self) -> Result<Comparison, Fault> {
        self.at += 1;
        if !self.take(&Token::Open) {
            return Err(self
                .here("the choices after `in` stand in parentheses")
                .hint("in (\"cook\", \"baker\")"));
        }
        let mut values = vec![self.value()?];
        while self.take(&Token::Comma) {
            values.push(self.value()?);
        }
        if !self.take(&Token::Close) {
            return Err(self
                .here("a comma or ) is missing here")
                .hint("in (\"cook\", \"baker\")"));
        }
        Ok(Comparison::OneOf(values))
    }

    /// A value: in quotes a text; else a number, a day, yes or no, or one plain word.
    fn value(&mut self) -> Result<Value, Fault> {
        let value = match self.peek() {
            Some(Token::Quoted(text)) => Value::Text(text.clone()),
            Some(Token::Word(word)) if !WORDS.contains(&word.as_str()) => Value::plain(word),
            _ => return Err(self.no_value()),
        };
        self.at += 1;
        Ok(value)
    }

    /// A text, with or without quotes.
    fn text(&mut self) -> Result<String, Fault> {
        let text = match self.peek() {
            Some(Token::Quoted(text)) => text.clone(),
            Some(Token::Word(word)) if !WORDS.contains(&word.as_str()) => word.clone(),
            _ => return Err(self.no_value()),
        };
        self.at += 1;
        Ok(text)
    }

    fn no_value(&self) -> Fault {
        self.here("a value is missing here")
            .hint("a text in double quotes, a number, or a day as 2026-05-31")
    }

    fn name<T: std::str::FromStr<Err = NameFault>>(&mut self, what: &str) -> Result<T, Fault> {
        let Some(word) = self.word() else {
            return Err(self.here(format!("{what} is missing here")));
        };
        let name = word
            .parse()
            .map_err(|why| self.here(format!("`{word}` is not {what}: {why}")))?;
        self.at += 1;
        Ok(name)
    }

    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at).map(|placed| &placed.token)
    }

    fn word(&self) -> Option<&'a str> {
        match self.peek() {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn sign(&mut self) -> Option<Sign> {
        let Some(Token::Sign(sign)) = self.peek() else {
            return None;
        };
        self.at += 1;
        Some(*sign)
    }

    fn take(&mut self, token: &Token) -> bool {
        let is = self.peek() == Some(token);
        self.at += usize::from(is);
        is
    }

    fn take_word(&mut self, word: &str) -> bool {
        let is = self.word() == Some(word);
        self.at += usize::from(is);
        is
    }

    fn span(&self) -> Range<usize> {
        let placed = self.tokens.get(self.at);
        placed.map_or(self.end..self.end, |placed| placed.span.clone())
    }

    fn here(&self, message: impl Into<String>) -> Fault {
        Fault::new(self.span(), message)
    }
}

fn hinted(fault: Fault, word: &str, known: &[&str]) -> Fault {
    match suggestion(word, known) {
        Some(meant) => fault.hint(format!("did you mean `{meant}`?")),
        None if known.is_empty() => fault,
        None => fault.hint(format!("it declares {}", known.join(", "))),
    }
}

/// Groups of the same joint inside each other are one.
fn flat(parts: Vec<Expr>, open: impl Fn(Expr) -> Result<Vec<Expr>, Expr>) -> Vec<Expr> {
    let mut all = Vec::with_capacity(parts.len());
    for part in parts {
        match open(part) {
            Ok(inner) => all.extend(inner),
            Err(other) => all.push(other),
        }
    }
    all
}
