//! Rows and text say the same: what rows show is read from the text again, and what has no rows stays a text.

use avow_model::{CampaignId, Category};
use avow_policy::segment::rows::{Group, Joint, LEVELS_MAX, Part, Row};
use avow_policy::segment::{Act, Comparison, Doing, Segment, Test, Value, Vocabulary};
use avow_policy::{PolicySet, Version};

use crate::fixture::acme;
use crate::people::{Dice, name};

fn category_of(field: &str, _: &Version) -> Option<Category> {
    field.parse().ok()
}

fn parse(set: &PolicySet, text: &str) -> Result<Segment, String> {
    let version = set.version(5).expect("version 5");
    let known = Vocabulary {
        version,
        category_of,
    };
    Segment::parse(text, known).map_err(|faults| faults[0].to_string())
}

const TEXTS: [&str; 14] = [
    "Oslo, Bergen",
    "a \"b, c\" d",
    "cook",
    "head cook",
    "7",
    "yes",
    "2026-05-31",
    " a",
    "\"",
    "\\",
    "\"quoted\"",
    "",
    "and",
    "\u{fc}ber",
];

fn value(dice: &mut Dice) -> Value {
    match dice.below(4) {
        0 => Value::Number(dice.below(100) as i64 - 50),
        1 => Value::Flag(dice.one_in(2)),
        2 => Value::typed("2026-05-31"),
        _ => Value::Text(dice.pick(&TEXTS).to_owned()),
    }
}

fn test(dice: &mut Dice) -> Test {
    let text = |dice: &mut Dice| dice.pick(&TEXTS).to_owned();
    let is = match dice.below(10) {
        0 => {
            return Test::OnList {
                list: name("events"),
            };
        }
        1 => {
            return Test::Permits {
                purpose: name("offers"),
            };
        }
        2 => {
            return Test::Did(Doing {
                act: dice.pick(&Act::ALL),
                campaign: dice.one_in(2).then(|| CampaignId::from_i64(7)),
                at_least: 1 + dice.below(3) as u32,
                within_days: dice.one_in(2).then_some(30),
            });
        }
        3 => Comparison::Present,
        4 => Comparison::Contains(text(dice)),
        5 => Comparison::StartsWith(text(dice)),
        6 => Comparison::LessThan(value(dice)),
        7 => Comparison::MoreThan(value(dice)),
        8 => Comparison::OneOf((0..=dice.below(3)).map(|_| value(dice)).collect()),
        _ => Comparison::Is(value(dice)),
    };
    Test::Data {
        category: name("job"),
        field: "job".to_owned(),
        is,
    }
}

fn group(dice: &mut Dice, levels: usize) -> Group {
    let part = |dice: &mut Dice| {
        if levels > 1 && dice.one_in(3) {
            return Part::Group(group(dice, levels - 1));
        }
        let negated = dice.one_in(3);
        let test = test(dice);
        Part::Row(Row { test, negated })
    };
    let parts = (0..=dice.below(4)).map(|_| part(dice)).collect();
    Group {
        joint: dice.pick(&[Joint::All, Joint::Any]),
        negated: dice.one_in(4),
        parts,
    }
}

#[test]
fn rows_are_written_as_text_and_read_from_it_again() {
    let set = acme();
    let mut shown = 0;
    for seed in 0..4_000 {
        let mut dice = Dice::new(seed);
        let expr = group(&mut dice, LEVELS_MAX).expr();
        let text = expr.to_string();
        let read = parse(&set, &text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
        assert_eq!(*read.expr(), expr, "{text}");
        let Some(rows) = Group::of(read.expr()) else {
            assert!(
                text.contains("not not") || text.contains("not (not"),
                "{text}"
            );
            continue;
        };
        assert_eq!(rows.expr(), expr, "{text}");
        shown += 1;
    }
    assert!(shown > 3_000, "{shown}");
}

#[test]
fn what_a_field_of_one_line_shows_is_read_as_the_same_value() {
    for seed in 0..500 {
        let mut dice = Dice::new(seed);
        let (one, text) = (value(&mut dice), dice.pick(&TEXTS));
        assert_eq!(Value::typed(&one.shown()), one, "{}", one.shown());
        let some: Vec<Value> = (0..=dice.below(3)).map(|_| value(&mut dice)).collect();
        let list = Value::shown_list(&some);
        assert_eq!(Value::typed_list(&list), some, "{list}");
        assert_eq!(Value::typed_text(&Value::shown_text(text)), text);
    }
    assert_eq!(
        Value::typed(" head cook "),
        Value::Text("head cook".to_owned())
    );
    assert_eq!(Value::typed("\"7\""), Value::Text("7".to_owned()));
    assert_eq!(Value::typed_text("7"), "7");
}

#[test]
fn what_rows_cannot_show_stays_a_text() {
    let set = acme();
    let deep = format!(
        "{}job = c{}",
        "job = a and (job = b or (".repeat(3),
        "))".repeat(3)
    );
    for text in ["not not job = a", "job contains \"a\nb\"", deep.as_str()] {
        let segment = parse(&set, text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
        assert_eq!(Group::of(segment.expr()), None, "{text}");
    }
}
