//! What changes between versions, how much it counts, and what follows from that.

mod rows;

use avow_model::{Act, Datum, Fact, FactKind, Facts, Grantor, How, Method, PurposeSelector, Scope};
use avow_policy::{
    Change, ChangeClass, ChangeItem, Decision, PolicySet, Request, RetractionFault, SourceFile,
    Version, atoms, decide, diff, earliest_effect,
};

use crate::fixture::{acme, compiled};
use crate::language::{whole, whole_version};
use crate::people::{Dice, day};

use ChangeClass::{Major, Minor, Patch};
use rows::ROWS;

/// The version of the file that has every key, as it is after these replacements.
fn turned(replacements: &[(&str, &str)]) -> Version {
    let (policy, german) = whole();
    let alone: Vec<&str> = policy
        .text
        .lines()
        .filter(|l| {
            !["supersedes", "base =", "packs =", "class ="]
                .iter()
                .any(|k| l.starts_with(k))
        })
        .collect();
    let mut text = alone.join("\n");
    for (from, to) in replacements {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let file = SourceFile {
        name: policy.name,
        text,
    };
    let set = compiled(&[file, german]);
    set.versions().next().expect("one").clone()
}

fn change(from: &str, to: &str) -> Change {
    diff(&turned(&[]), &turned(&[(from, to)]))
}

#[test]
fn every_sort_of_change_has_its_class_there_and_back() {
    let before = turned(&[]);
    for (from, to, there, back) in ROWS {
        let after = turned(&[(from, to)]);
        assert_eq!(diff(&before, &after).computed, there, "{from} -> {to}");
        assert_eq!(diff(&after, &before).computed, back, "{to} -> {from}");
    }
}

#[test]
fn nothing_changed_is_a_patch_without_items() {
    let version = turned(&[]);
    let change = diff(&version, &version);
    assert_eq!((change.class, change.items.len()), (Patch, 0));
    for version in acme().versions() {
        assert_eq!(diff(version, version).items, []);
    }
}

#[test]
fn each_change_is_a_sentence_that_people_can_read() {
    let rows = [
        (
            "choice = \"opt_out\"",
            "choice = \"opt_in\"",
            "“Delivery” now needs your yes; before, that you did not say no.",
        ),
        (
            "730d after",
            "365d after",
            "“Newsletter” may use your data until 365 days after your last activity; before, until 730 days after your last activity.",
        ),
        (
            "\"email\", \"interest\"]",
            "\"email\"]",
            "“Newsletter” no longer uses: Interests.",
        ),
        (
            "4 per 30d",
            "2 per 30d",
            "“Newsletter” may now write at most 2 times in 30 days.",
        ),
        (
            "Four times a month.",
            "Twice.",
            "The clause #newsletter reads differently (“en”).",
        ),
        (
            "lifetime = \"30d\"",
            "lifetime = \"session\"",
            "The cookie __Host-seen now ends with the browser.",
        ),
        (
            "title = \"Newsletter\"",
            "title = \"Letter\"",
            "“Newsletter” is now called “Letter”; what you said about it goes on.",
        ),
    ];
    for (from, to, sentence) in rows {
        let items = change(from, to).items;
        let told: Vec<&str> = items.iter().map(|i| i.sentence.as_str()).collect();
        assert_eq!(told, [sentence]);
    }
}

#[test]
fn a_new_purpose_is_told_with_its_choice_its_data_and_who_gets_them() {
    let (with, without) = (
        turned(&[]),
        turned(&[("[purpose.delivery]", "[purpose.parcels]")]),
    );
    let change = diff(&with, &without);
    let told: Vec<&str> = change.items.iter().map(|i| i.sentence.as_str()).collect();
    assert_eq!(
        told,
        [
            "“Delivery” is new, unless you say no. It uses: E-mail address. It goes to: Carriers.",
            "“Delivery” ends: we no longer do it.",
        ]
    );
    assert_eq!(change.computed, Major);
}

#[test]
fn a_renamed_purpose_goes_on_and_only_its_differences_count() {
    let renamed = turned(&[(
        "[purpose.delivery]",
        "[purpose.parcels]\ncontinues = \"delivery\"",
    )]);
    let change = diff(&turned(&[]), &renamed);
    assert_eq!(change.computed, Patch);
    assert!(
        change.items[0]
            .sentence
            .contains("what you said about it goes on")
    );
}

#[test]
fn a_chain_of_names_is_followed_from_the_first_version_to_the_last() {
    let set = acme();
    let [first, fourth] = [1, 4].map(|n| set.version(n).expect("there"));
    let renamed = fourth
        .purposes()
        .iter()
        .find(|p| p.continues.is_some())
        .expect("a renamed one");
    let change = set.change(1, 4).expect("both are there");
    let begun = format!("“{}” is new", renamed.title);
    let says = |items: &[ChangeItem]| items.iter().any(|i| i.sentence.starts_with(&begun));
    assert!(!says(&change.items), "{:#?}", change.items);
    assert!(first.purpose(&renamed.id).is_none());
    assert!(set.change(1, 99).is_none());
}

#[test]
fn an_author_may_raise_the_class_and_never_lower_it() {
    let (policy, german) = whole();
    let text = |n: u32, class: &str, reads: &str| {
        let mut text = policy.text.clone();
        for line in [
            "supersedes = \"sha256:0000000000000000000000000000000000000000000000000000000000000000\"\n",
            "base = \"platform/main@3\"\n",
            "packs = [\"us\", \"eu@2\"]\n",
        ] {
            text = text.replace(line, "");
        }
        text.replace("version = 2", &format!("version = {n}"))
            .replace("2026-03-0", if n == 2 { "2026-03-0" } else { "2026-04-0" })
            .replace("class = \"major\"\n", class)
            .replacen("reads = [\"email\", \"interest\"]", reads, 1)
    };
    let file = |n: u32, text: String| SourceFile {
        name: format!("harbor/v{n}.toml"),
        text,
    };
    let first = file(2, text(2, "", "reads = [\"email\"]"));
    let next = |class: &str, reads: &str| {
        PolicySet::compile(&[
            first.clone(),
            file(3, text(3, class, reads)),
            german.clone(),
        ])
    };
    let wider = "reads = [\"email\", \"interest\"]";
    let faults = next("class = \"minor\"\n", wider).expect_err("a fault");
    assert_eq!(
        faults[0].message,
        "`class` says minor, but the change is major"
    );
    let hint = faults[0].hint.clone().expect("a hint");
    assert!(
        hint.starts_with("“Newsletter” now also uses: Interests."),
        "{hint}"
    );
    let raised = next("class = \"major\"\n", "reads = [\"email\"]").expect("in order");
    let change = raised.change(2, 3).expect("both");
    assert_eq!((change.computed, change.class), (Patch, Major));
    assert_eq!(
        next("", wider)
            .expect("in order")
            .change(2, 3)
            .expect("both")
            .class,
        Major
    );
}

#[test]
fn who_is_mailed_follows_from_the_version_being_left() {
    let mailed = |promise: &str, from: &str, to: &str| {
        let left = turned(&[("email = \"any_change\"", promise)]);
        diff(
            &left,
            &turned(&[("email = \"any_change\"", promise), (from, to)]),
        )
        .mails(&left)
    };
    let (words, more) = (
        ("Four times", "Five times"),
        ("min_age = 16", "min_age = 13"),
    );
    assert!(mailed("email = \"any_change\"", words.0, words.1));
    assert!(!mailed("email = \"material\"", words.0, words.1));
    assert!(mailed("email = \"material\"", more.0, more.1));
    assert!(!mailed("email = \"never\"", more.0, more.1));
}

#[test]
fn a_change_waits_for_the_longest_notice_that_was_promised() {
    let (short, long) = (
        turned(&[]),
        turned(&[("period = \"7d\"", "period = \"30d\"")]),
    );
    assert_eq!(earliest_effect(day(0), &[&short]), day(7));
    assert_eq!(earliest_effect(day(0), &[&short, &long]), day(30));
    assert_eq!(earliest_effect(day(0), &[]), day(0));
}

#[test]
fn only_the_last_version_is_taken_back_and_only_before_it_takes_effect() {
    let set = acme();
    let last = set.versions().last().expect("one");
    let before = last.effective_at() - jiff_second();
    let rest = set.without_last(before).expect("not in force yet");
    assert!(rest.version(last.n()).is_none() && rest.is_retracted(last.n()));
    assert!(!set.is_retracted(last.n()));
    let late = set.without_last(last.effective_at()).expect_err("in force");
    assert!(matches!(late, RetractionFault::InForce { .. }));
    let lone = compiled(&[crate::canonical::small()]);
    assert_eq!(
        lone.without_last(day(0)).expect_err("the only one"),
        RetractionFault::Only { n: 1 }
    );
}

#[test]
fn a_yes_on_the_wording_of_a_version_that_was_taken_back_lapses() {
    let set = acme();
    let last = set.versions().last().expect("one");
    let now = last.effective_at() - jiff_second();
    let taken_back = set.without_last(now).expect("not in force yet");
    let before = taken_back.versions().last().expect("one");
    let name = |text: &str| -> avow_model::Slug { text.parse().expect("a name") };
    let purpose: avow_model::Purpose = "offers".parse().expect("a name");
    assert!(before.purpose(&purpose).is_some());
    let yes_on = |saw: u32| Facts {
        data: vec![Datum {
            category: "email".parse().expect("a name"),
            version: Some(before.n()),
            how: How::Direct,
            account: name("acme"),
        }],
        events: vec![Fact {
            kind: FactKind::Grant {
                purpose: PurposeSelector::One(purpose.clone()),
                saw: Some(saw),
                method: Method::Click,
                by: Grantor::Person,
                asked: Act::Fair,
                double_opt_in: false,
                confirmed: false,
                expires: None,
            },
            at: now - jiff_second(),
            recorded_at: now - jiff_second(),
            scope: Scope::default(),
        }],
        last_activity: Some(now - jiff_second()),
        ..Facts::default()
    };
    let send: avow_model::Verb = "send".parse().expect("a name");
    let request = Request {
        reads: vec!["email".parse().expect("a name")],
        ..Request::new(name("acme"), name("acme"), purpose.clone(), send)
    };
    let allowed = |saw: u32, set: &PolicySet| {
        matches!(decide(&request, &yes_on(saw), now, set), Decision::Allow(_))
    };
    assert!(allowed(before.n(), &set) && allowed(before.n(), &taken_back));
    assert!(allowed(last.n(), &set) && !allowed(last.n(), &taken_back));
}

fn jiff_second() -> std::time::Duration {
    std::time::Duration::from_secs(1)
}

/// Some of the rows at once, each in a random direction.
fn random_pair(dice: &mut Dice) -> (Version, Version) {
    let side = |dice: &mut Dice| {
        let mut some: Vec<(&str, &str)> = Vec::new();
        for _ in 0..dice.below(4) {
            let (from, to, ..) = dice.pick(&ROWS);
            if some
                .iter()
                .all(|(seen, _)| !seen.contains(from) && !from.contains(seen))
            {
                some.push((from, to));
            }
        }
        turned(&some)
    };
    (side(dice), side(dice))
}

#[test]
fn a_smaller_permission_set_is_never_major_by_its_permissions_and_a_greater_one_always_is() {
    let mut dice = Dice::new(5);
    for _ in 0..120 {
        let (old, new) = random_pair(&mut dice);
        let change = diff(&old, &new);
        let wider = |i: &&ChangeItem| {
            let uses = ["/reads", "/verbs", "/recipients", "/channels"];
            i.class == Major
                && i.path.starts_with("purpose/")
                && uses.iter().any(|u| i.path.ends_with(u))
        };
        let subset = atoms(&new).is_subset(&atoms(&old));
        assert_eq!(
            subset,
            change.items.iter().find(wider).is_none(),
            "{change:#?}"
        );
    }
}

#[test]
fn what_goes_there_and_back_without_a_patch_is_major_one_way() {
    let mut dice = Dice::new(6);
    for _ in 0..120 {
        let (old, new) = random_pair(&mut dice);
        let (there, back) = (diff(&old, &new), diff(&new, &old));
        assert_eq!(there.items.is_empty(), back.items.is_empty());
        if there.computed == Minor {
            assert_eq!(back.computed, Major, "{there:#?}");
        }
    }
}

#[test]
fn changes_of_rebuilt_versions_are_the_same() {
    let (old, new) = (whole_version(), turned(&[("min_age = 16", "min_age = 18")]));
    let again = |v: &Version| Version::from_canonical(&v.canonical()).expect("in order");
    assert_eq!(diff(&old, &new), diff(&again(&old), &again(&new)));
}
