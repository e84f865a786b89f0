//! The language of segments as people write it.

use avow_model::Category;
use avow_policy::segment::{Comparison, Expr, Segment, Subject, Test, Truth, Value, Vocabulary};
use avow_policy::{PolicySet, Readability, Version};

use crate::fixture::acme;
use crate::people::{Dice, day, name};

fn category_of(field: &str, version: &Version) -> Option<Category> {
    match field {
        "first_name" => Some(name("name")),
        other => {
            let own = other.parse().ok()?;
            version.categories().iter().find(|c| c.id == own)?;
            Some(own)
        }
    }
}

fn parse(set: &PolicySet, text: &str) -> Result<Segment, String> {
    let version = set.version(5).expect("version 5");
    let known = Vocabulary {
        version,
        category_of,
    };
    Segment::parse(text, known).map_err(|faults| {
        let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
        all.concat()
    })
}

#[test]
fn what_people_write_is_read_and_written_in_one_way() {
    let set = acme();
    let rows = [
        ("job = cook", "job = \"cook\""),
        (
            "job is \"head \\\"cook\\\"\"",
            "job = \"head \\\"cook\\\"\"",
        ),
        ("job != cook", "not job = \"cook\""),
        ("job is not cook", "not job = \"cook\""),
        ("job is known", "job is known"),
        ("job is not known", "not job is known"),
        ("job in (cook,baker)", "job in (\"cook\", \"baker\")"),
        ("job starts with co", "job starts with \"co\""),
        ("first_name contains a", "first_name contains \"a\""),
        ("job > 10", "job > 10"),
        ("job >= 10", "not job < 10"),
        ("job <= 2026-05-31", "not job > 2026-05-31"),
        ("job = yes", "job = yes"),
        (
            "on list events and not permits offers",
            "on list events and not permits offers",
        ),
        ("opened any", "opened any"),
        (
            "not clicked any within 30 days",
            "not clicked any within 30 days",
        ),
        (
            "opened cp_0000000000007 at least 2 times within 7 days",
            "opened cp_0000000000007 at least 2 times within 7 days",
        ),
        ("opened any at least 1 times", "opened any"),
        (
            "((job = a) and (job = b and job = c))",
            "job = \"a\" and job = \"b\" and job = \"c\"",
        ),
        (
            "job = a and\n (job = b or not (job = c or job = d))",
            "job = \"a\" and (job = \"b\" or not (job = \"c\" or job = \"d\"))",
        ),
    ];
    for (text, canonical) in rows {
        let segment = parse(&set, text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
        assert_eq!(segment.expr().to_string(), canonical);
        assert_eq!(parse(&set, canonical).as_ref(), Ok(&segment), "{canonical}");
    }
}

#[test]
fn a_fault_shows_its_place_and_says_what_to_write() {
    let set = acme();
    let rows = [
        ("", "1:1", "write one, for example"),
        ("job", "1:4", "write one of ="),
        ("job =", "1:6", "a text in double quotes"),
        ("job = \"cook", "1:7", "end the text with another"),
        ("job == cook", "1:6", "a value is missing"),
        ("job & cook", "1:5", "double quotes"),
        ("jop = cook", "1:1", "did you mean `job`?"),
        ("income = 3", "1:1", "it declares email"),
        ("Job = cook", "1:1", "only a-z"),
        ("job = cook job = baker", "1:12", "put `and` or `or`"),
        ("job = head cook", "1:12", "put `and` or `or`"),
        ("job = a and job = b or job = c", "1:21", "put parentheses"),
        ("(job = a", "1:9", "write )"),
        ("job = a)", "1:8", "does not belong here"),
        ("and job = a", "1:1", "begins with a field"),
        ("job in cook", "1:8", "stand in parentheses"),
        ("job in (cook baker)", "1:14", "a comma or )"),
        ("job starts cook", "1:12", "starts with"),
        ("on events", "1:4", "on list monthly"),
        ("on list", "1:8", "short name"),
        ("permits offer", "1:9", "did you mean `offers`?"),
        ("not", "1:4", "begins with the name of a field"),
        ("opened", "1:7", "opened any, or"),
        ("opened summer", "1:8", "opened any, or"),
        ("opened any within days", "1:19", "a number of days"),
    ];
    for (text, place, hint) in rows {
        let fault = parse(&set, text).expect_err(text);
        assert!(
            fault.contains(&format!("segment:{place}: ")),
            "{text}: {fault}"
        );
        assert!(fault.contains(hint), "{text}: {fault}");
    }
    let deep = format!("{}job = a{}", "(".repeat(99), ")".repeat(99));
    assert!(parse(&set, &deep).expect_err("deep").contains("too deep"));
    let nots = "not ".repeat(5_000) + "job = a";
    assert!(parse(&set, &nots).is_err(), "longer than a segment may be");
    let long = vec!["job = a"; 501].join(" or ");
    assert!(
        parse(&set, &long)
            .expect_err("long")
            .contains("make a list")
    );
}

#[test]
fn no_text_panics_and_what_is_read_is_read_again_from_its_canonical_form() {
    const PARTS: [&str; 41] = [
        "opened",
        "clicked any",
        "any",
        "cp_0000000000007",
        "within",
        "days",
        "at least 2 times",
        "job",
        "name",
        "email",
        "and",
        "or",
        "not",
        "(",
        ")",
        "\"",
        "\\",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        "is",
        "known",
        "in",
        ",",
        "contains",
        "starts",
        "with",
        "on",
        "list",
        "permits",
        "offers",
        "cook",
        "7",
        "-3",
        "2026-05-31",
        "yes",
        "\u{fc}",
        "\u{0}",
        "'",
    ];
    let set = acme();
    let mut read = 0;
    for seed in 0..60_000 {
        let mut dice = Dice::new(seed);
        let gap = if dice.one_in(8) { "" } else { " " };
        let mut parts: Vec<&str> = (0..=dice.below(9)).map(|_| dice.pick(&PARTS)).collect();
        if dice.one_in(2) {
            parts.splice(0..0, ["job", dice.pick(&["=", "<=", "contains"]), "7"]);
        }
        let text = parts.join(gap);
        let Ok(segment) = parse(&set, &text) else {
            continue;
        };
        read += 1;
        let canonical = segment.expr().to_string();
        assert_eq!(parse(&set, &canonical), Ok(segment), "{text}: {canonical}");
    }
    assert!(read > 400, "{read}");
}

#[test]
fn what_was_typed_is_compared_as_the_sort_that_is_asked_for() {
    let set = acme();
    let rows = [
        ("12", "job > 9", Truth::True),
        ("12", "job > \"9\"", Truth::False),
        (" 12 ", "job = 12", Truth::True),
        ("twelve", "job > 9", Truth::Unknown),
        ("2026-06-01", "job > 2026-05-31", Truth::True),
        ("2026-05-31T08:00:00Z", "job > 2026-05-31", Truth::True),
        ("May", "job > 2026-05-31", Truth::Unknown),
        ("Yes", "job = yes", Truth::True),
        ("false", "job = no", Truth::True),
        ("maybe", "not job = yes", Truth::Unknown),
        ("COOK", "job = cook", Truth::True),
    ];
    for (held, text, wanted) in rows {
        let segment = parse(&set, text).expect(text);
        let mut subject = Subject::default();
        let held = Value::Text(held.to_owned());
        subject.fields.insert("job".to_owned(), held.clone());
        let said = segment.judge(&subject, &[Readability::Readable], day(100));
        assert_eq!(said, wanted, "{held:?} {text}");
    }
}

#[test]
fn a_segment_names_what_it_looks_at() {
    let set = acme();
    let text = "first_name = a and name = b and on list x and not on list x and permits offers";
    let segment = parse(&set, text).expect("a segment");
    assert_eq!(segment.reads(), [name::<Category>("name")]);
    assert_eq!(segment.fields(), ["first_name", "name"]);
    assert_eq!(segment.lists(), [&name("x")]);
    assert_eq!(segment.permits(), [&name("offers")]);
    let Expr::All(parts) = segment.expr() else {
        panic!("{segment:?}")
    };
    let first = Expr::Test(Test::Data {
        category: name("name"),
        field: "first_name".to_owned(),
        is: Comparison::Is(Value::Text("a".to_owned())),
    });
    assert_eq!(parts[0], first);
}
