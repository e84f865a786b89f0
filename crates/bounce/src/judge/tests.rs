//! Sentences as servers and systems write them, each with its class and whether it ends an address.

use super::*;

const SENTENCES: &str = include_str!("../../tests/fixtures/sentences.tsv");
/// What the table must at least hold.
const SENTENCES_MIN: usize = 250;

fn judged(text: &str) -> Judgement {
    judge(&Evidence {
        quote: text.to_owned(),
        ..Evidence::default()
    })
}

#[test]
fn every_sentence_of_the_table_gets_its_class_and_its_weight() {
    let mut wrong = Vec::new();
    for line in SENTENCES.lines() {
        let columns: Vec<&str> = line.splitn(3, '\t').collect();
        let [class, weight, text] = columns[..] else {
            panic!("not three columns: {line}");
        };
        let class_read = judged(text).class;
        let hard = class_read.ends_address();
        if class_read.as_str() != class || hard != (weight == "hard") {
            wrong.push(format!("{class} {weight}: {text} -> {class_read:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(SENTENCES.lines().count() >= SENTENCES_MIN);
}

proptest::proptest! {
    #[test]
    fn a_transient_code_never_ends_an_address(code in 400u16..500, text in ".{0,120}") {
        let judged = judged(&format!("{code} {text}"));
        proptest::prop_assert!(!judged.class.ends_address() || judged.reply != Some(code));
    }

    #[test]
    fn a_status_of_class_four_never_ends_an_address(text in ".{0,60}(user unknown|host unknown|null mx)") {
        let status = Enhanced::parse("4.1.1");
        let evidence = Evidence { status, quote: text, ..Evidence::default() };
        proptest::prop_assert!(!judge(&evidence).class.ends_address());
    }
}
