//! Each bad policy file gets a diagnostic that names file, line, column and what to do.

use std::fmt::Write as _;

use avow_model::{PublishedPolicies, PublishedVersion};
use avow_policy::{
    Diagnostic, PolicySet, SOURCE_BYTES_MAX, SourceFile, check_cases, check_file, diff_files, lint,
    with_published, with_texts_inside,
};

use crate::fixture::{acme, files, root};
use crate::language::whole;
use crate::people::{Dice, day};

fn v(n: usize) -> SourceFile {
    let all = files(&root().join("tests/fixtures/acme"));
    let name = format!("v{n}.toml");
    let mut found = all.into_iter().filter(|f| f.name.ends_with(&name));
    let text = found.next().expect("the version").text;
    SourceFile { name, text }
}

/// The first version with one text in it replaced.
fn spoilt(from: &str, to: &str) -> SourceFile {
    let mut file = v(1);
    assert!(file.text.contains(from), "{from}");
    file.text = file.text.replacen(from, to, 1);
    file
}

fn faults(file: &SourceFile) -> Vec<Diagnostic> {
    check_file(file, &[]).expect_err("a fault")
}

/// The only fault, its place checked to hold the given text.
fn fault(file: &SourceFile, at: &str) -> Diagnostic {
    let mut all = faults(file);
    assert_eq!(all.len(), 1, "{all:#?}");
    let found = all.remove(0);
    assert_eq!(found.file, "v1.toml");
    let line = file.text.lines().nth(found.line - 1).expect("a line");
    let rest: String = line.chars().skip(found.col - 1).collect();
    assert!(rest.starts_with(at), "{found}");
    found
}

#[test]
fn an_unknown_key_is_an_error_with_the_key_that_was_meant() {
    let found = fault(&spoilt("retention =", "retension ="), "retension");
    assert_eq!(
        found.message,
        "unknown key `retension` in [purpose.newsletter]"
    );
    assert_eq!(found.hint.as_deref(), Some("did you mean `retention`?"));
    let shown = found.to_string();
    assert!(
        shown.contains('^') && shown.contains("| retension ="),
        "{shown}"
    );
}

#[test]
fn a_strange_key_gets_the_list_of_known_ones() {
    let found = fault(
        &spoilt("min_age = 13", "min_age = 13\ncolour = \"blue\""),
        "colour",
    );
    assert!(
        found
            .hint
            .expect("a hint")
            .starts_with("known keys here: policy, version")
    );
}

#[test]
fn a_bad_word_gets_the_word_that_was_meant() {
    let found = fault(
        &spoilt("choice = \"opt_in\"", "choice = \"optin\""),
        "\"optin\"",
    );
    assert_eq!(found.hint.as_deref(), Some("did you mean \"opt_in\"?"));
}

#[test]
fn a_bad_date_is_shown() {
    let found = faults(&spoilt("2026-01-08T00:00:00Z", "\"next week\""));
    assert!(
        found[0].message.contains("`effective` is not an instant"),
        "{}",
        found[0]
    );
    let impossible = faults(&spoilt("2026-01-08T00:00:00Z", "2026-02-30T00:00:00Z"));
    assert!(impossible[0].line > 1, "{}", impossible[0]);
}

#[test]
fn an_effect_before_the_publication_is_refused() {
    let found = fault(&spoilt("2026-01-08T", "2025-12-08T"), "2025-12-08");
    assert!(found.message.contains("before it is published"));
}

#[test]
fn an_undeclared_category_is_refused_with_the_one_that_was_meant() {
    let found = fault(
        &spoilt(
            "reads = [\"email\", \"name\"]",
            "reads = [\"email\", \"nmae\"]",
        ),
        "\"nmae\"",
    );
    assert_eq!(found.message, "the category \"nmae\" is not declared");
    assert_eq!(found.hint.as_deref(), Some("did you mean \"name\"?"));
}

#[test]
fn an_undeclared_recipient_is_refused() {
    let found = spoilt(
        "kind = \"service\"",
        "recipients = [\"broker\"]\nkind = \"service\"",
    );
    assert!(fault(&found, "\"broker\"").message.contains("recipient"));
}

#[test]
fn a_purpose_declared_twice_is_refused() {
    let mut twice = v(1);
    twice.text += "\n[purpose.offers]\nkind = \"marketing\"\n";
    let found = faults(&twice);
    assert!(found[0].message.contains("duplicate key"), "{}", found[0]);
}

#[test]
fn a_word_that_stands_twice_in_a_list_is_refused() {
    let found = fault(&spoilt("[\"send\"]", "[\"send\", \"send\"]"), "\"send\"]");
    assert!(found.message.contains("stands twice"));
}

#[test]
fn marketing_without_a_choice_is_refused() {
    let found = faults(&spoilt("choice = \"opt_in\"", "choice = \"none\""));
    assert!(found[0].message.contains("needs a choice"), "{}", found[0]);
}

#[test]
fn a_retention_that_counts_from_nothing_is_refused() {
    let found = fault(
        &spoilt("\"730d after last_activity\"", "\"730d\""),
        "\"730d\"",
    );
    assert!(found.hint.expect("a hint").contains("after last_activity"));
}

#[test]
fn a_line_break_in_what_goes_into_mail_headers_is_refused() {
    let found = fault(&spoilt("\"Acme Motors\"", "\"Acme\\r\\nBcc: x\""), "\"Acme");
    assert!(found.message.contains("one line"));
}

#[test]
fn a_missing_part_says_what_to_write() {
    let found = faults(&spoilt("[controller]", "[controler]"));
    let told: String = found.iter().map(ToString::to_string).collect();
    assert!(told.contains("has no `controller`"), "{told}");
    assert!(told.contains("did you mean `controller`?"), "{told}");
}

#[test]
fn all_faults_of_a_file_come_at_once() {
    let mut file = spoilt("choice = \"opt_in\"", "choice = \"maybe\"");
    file.text = file.text.replacen("min_age = 13", "min_age = 1300", 1);
    assert_eq!(faults(&file).len(), 2);
}

#[test]
fn versions_must_not_overlap() {
    let mut second = v(2);
    second.text = second.text.replace("2026-03-0", "2026-01-0");
    let found = compile_faults(&[v(1), second]);
    let overlap = found
        .iter()
        .find(|f| f.message.contains("not after version 1"));
    assert_eq!(overlap.expect("an overlap").file, "v2.toml");
}

#[test]
fn a_version_number_used_twice_is_refused() {
    let mut again = v(1);
    again.name = "other.toml".to_owned();
    let found = compile_faults(&[v(1), again]);
    assert!(
        found
            .iter()
            .any(|f| f.message == "version 1 stands in v1.toml already")
    );
}

#[test]
fn the_notice_period_of_the_version_being_left_counts() {
    let mut second = v(2);
    second.text = second
        .text
        .replace("2026-03-08T00:00:00Z", "2026-03-07T23:59:59Z");
    let found = compile_faults(&[v(1), second]);
    assert!(
        found
            .iter()
            .any(|f| f.message.contains("promised 168 hours")),
        "{found:?}"
    );
}

#[test]
fn a_promised_pack_that_is_not_there_is_refused() {
    let found = compile_faults(&[v(1)]);
    assert!(
        found
            .iter()
            .any(|f| f.message.contains("\"eu\" is promised and not there"))
    );
}

#[test]
fn a_renamed_purpose_must_not_allow_more() {
    let mut fourth = v(4);
    fourth.text = fourth.text.replacen("\"job\"]", "\"job\", \"open\"]", 1);
    let found = compile_faults(&[v(1), v(2), v(3), fourth]);
    assert!(
        found
            .iter()
            .any(|f| f.message.contains("allows more than \"newsletter\""))
    );
}

#[test]
fn a_pack_rule_that_asks_for_two_things_is_refused() {
    let text = "pack = \"x\"\ntitle = \"X\"\njurisdictions = [\"zz\"]\n[[rule]]\nforbid = true\nneeds = \"opt_in\"\nwhy = \"w\"\n";
    let pack = SourceFile {
        name: "x.toml".to_owned(),
        text: text.to_owned(),
    };
    assert!(faults(&pack)[0].message.contains("exactly one thing"));
}

#[test]
fn a_file_of_ten_megabytes_is_refused_unread() {
    let big = vec![b'a'; 10 << 20];
    let found = SourceFile::from_bytes("big.toml", &big).expect_err("too large");
    assert!(found.message.contains("too large"), "{found}");
    let text = SourceFile {
        name: "big.toml".to_owned(),
        text: " ".repeat(SOURCE_BYTES_MAX + 1),
    };
    assert!(faults(&text)[0].message.contains("too large"));
}

#[test]
fn binary_garbage_is_refused_with_its_place() {
    let found = SourceFile::from_bytes("x.toml", b"\x7fELF\x02\x01\xff\xfe").expect_err("no text");
    assert!(found.message.contains("not UTF-8"), "{found}");
    let nul = SourceFile {
        name: "x.toml".to_owned(),
        text: "policy = \"a\0b\"".to_owned(),
    };
    assert!(faults(&nul)[0].message.contains("not valid TOML"));
}

#[test]
fn a_deep_nest_is_refused() {
    let text = format!("a = {}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let nest = SourceFile {
        name: "x.toml".to_owned(),
        text,
    };
    assert!(!faults(&nest).is_empty());
}

#[test]
fn a_published_number_that_is_not_the_files_is_refused() {
    let mut text = v(1).text;
    text = text.replace("packs = [\"us\", \"eu\", \"de\", \"ca\", \"uk\"]\n", "");
    let published = PublishedPolicies {
        stamp: 1,
        versions: vec![PublishedVersion {
            n: 2,
            source: text,
            published_at: day(0),
            effective_at: day(7),
        }],
        packs: Vec::new(),
        retracted: Vec::new(),
    };
    let found = PolicySet::from_published(&published).expect_err("a fault");
    assert!(
        found[0].message.contains("published as version 2"),
        "{}",
        found[0]
    );
}

#[test]
fn a_case_line_with_an_unknown_field_says_its_line() {
    let cases = "\n{\"id\":\"X\",\"req\":{\"now\":\"2026-02-01\",\"purpose\":\"a\",\"verb\":\"b\",\"colour\":1},\"facts\":{},\"effect\":\"DENY\",\"code\":\"D_NO_CHOICE\"}\n";
    let report = check_cases(&acme(), cases);
    assert!(!report.holds());
    let found = &report.faults[0];
    assert_eq!(found.line, 2);
    assert!(found.to_string().contains("colour"), "{found}");
}

fn compile_faults(files: &[SourceFile]) -> Vec<Diagnostic> {
    PolicySet::compile(files).expect_err("faults")
}

/// Every file of the project's policies, to be spoilt.
fn real() -> Vec<SourceFile> {
    let mut all = files(&root().join("tests/fixtures/acme"));
    all.extend(files(&root().join("policies")));
    all
}

fn mutate(text: &str, dice: &mut Dice) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=dice.below(4) {
        if chars.is_empty() {
            break;
        }
        let at = dice.below(chars.len());
        match dice.below(4) {
            0 => drop(chars.remove(at)),
            1 => chars.insert(
                at,
                dice.pick(&['"', '[', ']', '=', '\n', '\0', 'é', '{', '.', '9']),
            ),
            2 => chars.truncate(at.max(1)),
            _ => chars[at] = dice.pick(&['"', '[', ']', '=', '\n', '\u{feff}', 'z', '}', '#', '-']),
        }
    }
    chars.into_iter().collect()
}

#[test]
fn compile_never_panics_on_spoilt_policies() {
    let all = real();
    let mut told = String::new();
    for seed in 0..2_000 {
        let mut dice = Dice::new(seed);
        let mut files = vec![dice.pick(&all), dice.pick(&all)];
        files[0].text = mutate(&files[0].text, &mut dice);
        if let Err(found) = PolicySet::compile(&files) {
            for fault in found {
                assert!(fault.line >= 1 && fault.col >= 1 && !fault.message.is_empty());
                told.clear();
                let _ = write!(told, "{fault}");
            }
        }
    }
}

#[test]
fn compile_never_panics_on_random_bytes() {
    for seed in 0..3_000 {
        let mut dice = Dice::new(seed);
        let bytes: Vec<u8> = (0..dice.below(400)).map(|_| dice.next() as u8).collect();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let _ = SourceFile::from_bytes("x", &bytes);
        let file = SourceFile {
            name: "x".to_owned(),
            text,
        };
        let _ = PolicySet::compile(&[file]);
    }
}

#[test]
fn rules_and_comparisons_never_panic_on_spoilt_policies() {
    let (whole, german) = whole();
    let clean = SourceFile {
        name: "clean/v1.toml".to_owned(),
        text: include_str!("../testdata/clean.toml").to_owned(),
    };
    let mut readable = 0;
    for seed in 0..250 {
        let mut dice = Dice::new(seed);
        let mut spoilt = dice.pick(&[whole.clone(), clean.clone()]);
        spoilt.text = mutate(&spoilt.text, &mut dice);
        let files = [spoilt, whole.clone(), clean.clone(), german.clone()];
        for found in lint(&files) {
            assert!(found.line >= 1 && !found.to_string().is_empty());
        }
        for other in [&files[1], &files[2]] {
            if let Ok(change) = diff_files(&files[0], other, &files) {
                assert!(change.items.iter().all(|i| !i.sentence.is_empty()));
                readable += 1;
            }
        }
        let inside = with_texts_inside(&files[0], &files);
        let _ = with_published(&inside, day(1));
    }
    assert!(readable > 10, "{readable}");
}
