//! What was typed against what was asked; pure.
//!
//! Refuses fields that the form does not have, instead of storing them; keeps line breaks and control
//! characters out of everything that may end in a mail's header.

use std::collections::BTreeMap;

use avow_model::{AddressFault, Category, EmailAddress, Purpose};

use crate::forms::guard::NoticeFault;
use crate::forms::schema::{Field, FieldKind, Schema};

/// Longest value of a text field: names and companies stay far below.
pub const FIELD_CHARS_MAX: usize = 200;
/// The fields that carry the form itself, not data.
const OWN_FIELDS: [&str; 3] = ["notice", "purpose", "homepage"];
/// The decoy: people do not see it, programs fill it in.
const DECOY: &str = "homepage";

/// Where a problem belongs on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Field(Category),
    Purposes,
    /// The form as a whole.
    Form,
}

/// One thing to mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub place: Place,
    pub wrong: Wrong,
}

/// What is wrong; a page says it in the reader's language, with what to do. Fields are named by their labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// Something came that the form does not ask for.
    Stranger,
    /// The decoy was filled in.
    Decoy,
    /// The form has no field for an address: nobody can mend that but its owner.
    NoAddressField,
    AddressMissing,
    Address(AddressFault),
    Twice(String),
    Missing(String),
    /// A line break or another sign that cannot be kept.
    Sign(String),
    /// Longer than [`FIELD_CHARS_MAX`].
    TooLong(String),
    NotListed(String),
    UnknownChoice,
    NoTick,
    /// The form was not served here, or its policy changed.
    Stale,
    Notice(NoticeFault),
}

/// A form that can be taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    pub address: EmailAddress,
    /// By category, without the address and without what was left empty.
    pub fields: BTreeMap<String, String>,
    /// The boxes that were ticked.
    pub ticked: Vec<Purpose>,
}

/// Reads the posted pairs, or says everything that is wrong at once.
pub fn check(schema: &Schema, posted: &[(String, String)]) -> Result<Submission, Vec<Problem>> {
    let mut problems = strangers(schema, posted);
    let address = address(schema, posted).map_err(|p| problems.push(p)).ok();
    let fields = texts(schema, posted, &mut problems);
    let ticked = ticked(schema, posted).map_err(|p| problems.push(p));
    match (address, ticked) {
        (Some(address), Ok(ticked)) if problems.is_empty() => Ok(Submission {
            address,
            fields,
            ticked,
        }),
        _ => Err(problems),
    }
}

fn value<'a>(posted: &'a [(String, String)], name: &str) -> &'a str {
    posted
        .iter()
        .find(|(n, _)| n == name)
        .map_or("", |(_, v)| v.trim())
}

const fn problem(place: Place, wrong: Wrong) -> Problem {
    Problem { place, wrong }
}

/// Fields nobody asked for, fields sent twice, and the decoy.
fn strangers(schema: &Schema, posted: &[(String, String)]) -> Vec<Problem> {
    let asked = |name: &str| schema.fields.iter().any(|f| f.category.as_str() == name);
    let known = |name: &str| OWN_FIELDS.contains(&name) || asked(name);
    let mut problems = Vec::new();
    if posted.iter().any(|(name, _)| !known(name)) {
        problems.push(problem(Place::Form, Wrong::Stranger));
    }
    let twice = |f: &Field| {
        posted
            .iter()
            .filter(|(n, _)| n == f.category.as_str())
            .count()
            > 1
    };
    for field in schema.fields.iter().filter(|f| twice(f)) {
        let wrong = Wrong::Twice(field.label.clone());
        problems.push(problem(Place::Field(field.category.clone()), wrong));
    }
    if !value(posted, DECOY).is_empty() {
        problems.push(problem(Place::Form, Wrong::Decoy));
    }
    problems
}

fn address(schema: &Schema, posted: &[(String, String)]) -> Result<EmailAddress, Problem> {
    let field = schema.fields.iter().find(|f| f.kind == FieldKind::Email);
    let Some(field) = field else {
        return Err(problem(Place::Form, Wrong::NoAddressField));
    };
    let typed = value(posted, field.category.as_str());
    typed.parse().map_err(|fault| {
        let wrong = match typed {
            "" => Wrong::AddressMissing,
            _ => Wrong::Address(fault),
        };
        problem(Place::Field(field.category.clone()), wrong)
    })
}

fn texts(
    schema: &Schema,
    posted: &[(String, String)],
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    for field in schema.fields.iter().filter(|f| f.kind == FieldKind::Text) {
        let name = field.category.as_str();
        let typed = value(posted, name);
        let label = field.label.clone();
        let fault = if typed.is_empty() {
            (!field.optional).then_some(Wrong::Missing(label))
        } else if typed.chars().any(char::is_control) {
            Some(Wrong::Sign(label))
        } else if typed.chars().count() > FIELD_CHARS_MAX {
            Some(Wrong::TooLong(label))
        } else if !field.topics.is_empty() && !field.topics.iter().any(|t| t.as_str() == typed) {
            Some(Wrong::NotListed(label))
        } else {
            fields.insert(name.to_owned(), typed.to_owned());
            None
        };
        problems.extend(fault.map(|wrong| problem(Place::Field(field.category.clone()), wrong)));
    }
    fields
}

fn ticked(schema: &Schema, posted: &[(String, String)]) -> Result<Vec<Purpose>, Problem> {
    let boxes = posted.iter().filter(|(name, _)| name == "purpose");
    let mut ticked = Vec::new();
    for (_, text) in boxes {
        let ask = schema.asks.iter().find(|a| a.purpose.as_str() == text);
        let Some(ask) = ask else {
            return Err(problem(Place::Purposes, Wrong::UnknownChoice));
        };
        if !ticked.contains(&ask.purpose) {
            ticked.push(ask.purpose.clone());
        }
    }
    if ticked.is_empty() && !schema.asks.is_empty() {
        return Err(problem(Place::Purposes, Wrong::NoTick));
    }
    Ok(ticked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::schema::Ask;

    fn schema() -> Schema {
        let field = |name: &str, kind| Field {
            category: name.parse().unwrap(),
            label: name.to_owned(),
            kind,
            optional: kind == FieldKind::Text,
            topics: Vec::new(),
        };
        let ask = |name: &str| Ask {
            place: avow_policy::Place::Form,
            purpose: name.parse().unwrap(),
            wording: format!("May we {name}?"),
            sends_mail: true,
        };
        Schema {
            who_asks: String::new(),
            version: 1,
            fields: vec![
                field("email", FieldKind::Email),
                field("name", FieldKind::Text),
            ],
            asks: vec![ask("newsletter"), ask("measure")],
        }
    }

    fn run(pairs: &[(&str, &str)]) -> Result<Submission, Vec<Problem>> {
        let posted: Vec<_> = pairs
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        check(&schema(), &posted)
    }

    fn places(pairs: &[(&str, &str)]) -> Vec<Place> {
        run(pairs)
            .unwrap_err()
            .into_iter()
            .map(|p| p.place)
            .collect()
    }

    const GOOD: [(&str, &str); 2] = [("email", " ada@example.com "), ("purpose", "newsletter")];

    #[test]
    fn an_address_and_one_tick_are_enough() {
        let submission = run(&GOOD).unwrap();
        assert_eq!(submission.address.expose(), "ada@example.com");
        assert_eq!(submission.ticked, ["newsletter".parse().unwrap()]);
        assert!(submission.fields.is_empty());
    }

    #[test]
    fn an_undeclared_field_is_refused_and_so_is_an_unknown_choice() {
        assert_eq!(
            places(&[GOOD[0], GOOD[1], ("shoe_size", "42")]),
            [Place::Form]
        );
        assert_eq!(
            places(&[GOOD[0], ("purpose", "everything")]),
            [Place::Purposes]
        );
    }

    #[test]
    fn a_topic_is_one_of_those_that_the_policy_lists() {
        let mut schema = schema();
        schema.fields[1].topics = vec!["garden".parse().unwrap()];
        let run = |topic: &str| {
            let pairs = [GOOD[0], GOOD[1], ("name", topic)];
            let own = |(n, v): &(&str, &str)| ((*n).to_owned(), (*v).to_owned());
            check(&schema, &pairs.iter().map(own).collect::<Vec<_>>())
        };
        assert_eq!(run("garden").unwrap().fields["name"], "garden");
        assert!(run("").unwrap().fields.is_empty());
        assert!(run("elsewhere").is_err());
    }

    #[test]
    fn line_breaks_never_come_through() {
        let name: Category = "name".parse().unwrap();
        let bad = [GOOD[0], GOOD[1], ("name", "Ada\r\nBcc: eve@example.org")];
        assert_eq!(places(&bad), [Place::Field(name)]);
        let email: Category = "email".parse().unwrap();
        assert_eq!(
            places(&[("email", "ada@example.com\r\nBcc: x@example.org"), GOOD[1]]),
            [Place::Field(email)]
        );
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let long = "x".repeat(FIELD_CHARS_MAX + 1);
        let found = places(&[
            ("email", "ada"),
            ("name", &long),
            ("homepage", "http://x.example"),
        ]);
        assert_eq!(found.len(), 4, "{found:?}");
    }

    #[test]
    fn a_field_sent_twice_is_not_guessed_at() {
        let twice = [GOOD[0], ("email", "eve@example.org"), GOOD[1]];
        assert_eq!(places(&twice), [Place::Field("email".parse().unwrap())]);
    }
}
