//! Titles and questions in more than one language: read, shown, compared, missed where they lack.

use avow_model::{Category, MessageClass, Purpose};
use avow_policy::{
    Change, ChangeClass, Diagnostic, Locale, PolicySet, SourceFile, Version, check_file, diff,
    footer, form_words, lint, policy_page_in, preference_controls, recipient_register_html,
};

const CLEAN: &str = include_str!("../testdata/clean.toml");
const GERMAN: &str =
    "\n[text.de]\nmarkdown = \"\"\"\n# Datenschutz\n## A {#newsletter}\n## B {#friends}\n\"\"\"\n";

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a name")
}

fn file(text: String) -> SourceFile {
    SourceFile {
        name: "v1.toml".to_owned(),
        text,
    }
}

/// The clean policy with a German text, after these replacements.
fn german(replacements: &[(&str, &str)]) -> SourceFile {
    let mut text = CLEAN.replacen("packs = [\"eu\"]\n", "", 1) + GERMAN;
    for (from, to) in replacements {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    file(text)
}

fn version(replacements: &[(&str, &str)]) -> Version {
    let set = PolicySet::compile(&[german(replacements)]);
    let set = set.unwrap_or_else(|faults| panic!("{}", told(&faults)));
    set.versions().next().expect("one").clone()
}

fn told(found: &[Diagnostic]) -> String {
    found.iter().map(ToString::to_string).collect()
}

const TITLE: (&str, &str) = (
    "title = \"News\"",
    "title = { en = \"News\", de = \"Rundbrief\" }",
);
const ASK: (&str, &str) = (
    "ask = \"Send me news.\"",
    "ask.en = \"Send me news.\"\nask.de = \"Schickt mir den Rundbrief.\"",
);
const WHY: (&str, &str) = (
    "why = \"You asked.\"",
    "why = { de = \"Sie wollten den Rundbrief.\", en = \"You asked.\" }",
);
const EMAIL: (&str, &str) = (
    "title = \"E-mail address\"",
    "title = { en = \"E-mail address\", de = \"Anschrift\" }",
);

#[test]
fn what_a_reader_sees_is_in_the_readers_language_and_else_in_the_first() {
    let version = version(&[TITLE, ASK, WHY, EMAIL]);
    let (english, german) = (id::<Locale>("en"), id::<Locale>("de"));
    let spoken = version.spoken(&german);
    let (newsletter, email): (Purpose, Category) = (id("news"), id("email"));
    let form = form_words(&spoken, &[email], std::slice::from_ref(&newsletter));
    assert_eq!(form.fields[0].title, "Anschrift");
    assert_eq!(form.questions[0].ask, "Schickt mir den Rundbrief.");
    let controls = preference_controls(&spoken);
    let control = controls
        .iter()
        .find(|c| c.purpose == newsletter)
        .expect("it");
    assert_eq!(control.title, "Rundbrief");
    assert!(control.reads.contains(&"Anschrift".to_owned()));
    let why = footer(&spoken, &newsletter, MessageClass::Marketing).why;
    assert_eq!(why, "Sie wollten den Rundbrief.");
    let page = policy_page_in(&version, &german);
    assert!(
        page.contains("Datenschutz") && page.contains("Rundbrief"),
        "{page}"
    );
    assert!(!page.contains("<td>News</td>"), "{page}");
    // What has no words of its own stays as in the first language.
    let others = recipient_register_html(&spoken, version.effective_at());
    assert!(
        others.contains("Carriers") && others.contains("Anschrift"),
        "{others}"
    );
    let first = version.spoken(&english);
    assert_eq!(*first, version);
    assert!(policy_page_in(&version, &english).contains("News"));
}

#[test]
fn words_in_further_languages_enter_the_canonical_form_and_nothing_else_does() {
    let (plain, said) = (version(&[]), version(&[TITLE]));
    let text = |v: &Version| String::from_utf8(v.canonical()).expect("JSON");
    assert!(!text(&plain).contains("translations"));
    assert!(
        text(&said).contains("\"translations\":{\"purpose/news/title\":{\"de\":\"Rundbrief\"}}")
    );
    assert_ne!(plain.hash(), said.hash());
    assert_eq!(Version::from_canonical(&said.canonical()), Ok(said.clone()));
    // The first language by itself says no more than a plain text.
    let alone = version(&[("title = \"News\"", "title = { en = \"News\" }")]);
    assert_eq!(alone.hash(), plain.hash());
}

#[test]
fn a_changed_translation_is_a_patch_that_says_which() {
    let changed = |old: &[(&str, &str)], new: &[(&str, &str)]| -> Change {
        diff(&version(old), &version(new))
    };
    let other = (
        "title = \"News\"",
        "title = { en = \"News\", de = \"Post von uns\" }",
    );
    for (old, new) in [
        (&[][..], &[TITLE][..]),
        (&[TITLE], &[other]),
        (&[TITLE], &[]),
    ] {
        let change = changed(old, new);
        assert_eq!(change.computed, ChangeClass::Patch);
        let [item] = change.items.as_slice() else {
            panic!("{:#?}", change.items);
        };
        assert_eq!(item.path, "purpose/news/title");
        assert_eq!(
            item.sentence,
            "“News” has other words in the language “de”."
        );
    }
    assert_eq!(changed(&[TITLE], &[TITLE]).items, []);
    // More data is more data, in whatever words.
    let wider = changed(
        &[TITLE],
        &[other, ("choice = \"opt_in\"", "choice = \"opt_out\"")],
    );
    assert_eq!(wider.computed, ChangeClass::Major);
}

#[test]
fn words_in_no_language_of_the_file_or_without_the_first_are_refused_with_what_to_write() {
    let rows = [
        (
            "{ en = \"News\", fr = \"Lettre\" }",
            "add [text.fr], or take these words out",
        ),
        (
            "{ en = \"News\", dee = \"Rundbrief\" }",
            "did you mean \"de\"?",
        ),
        ("{ de = \"Rundbrief\" }", "write title = { en = \"…\", … }"),
        (
            "{ en = \"News\", de = \" \" }",
            "`title` is empty in \"de\"",
        ),
        (
            "{ en = \"News\", de = 3 }",
            "`title` must be a table of texts",
        ),
        (
            "{ en = \"News\", DE = \"Rundbrief\" }",
            "it is a language such as",
        ),
        ("[\"News\"]", "`title` must be a text"),
        (
            "{}",
            "`title` has no words in \"en\", the language to fall back to",
        ),
    ];
    for (title, wanted) in rows {
        let made = format!("title = {title}");
        let file = german(&[("title = \"News\"", &made)]);
        let faults = check_file(&file, &[]).expect_err(title);
        assert!(told(&faults).contains(wanted), "{title}: {}", told(&faults));
    }
}

#[test]
fn a_language_without_titles_is_told_of_once_and_single_gaps_each_in_their_place() {
    let warned = |replacements: &[(&str, &str)]| -> Vec<Diagnostic> {
        let found = lint(&[german(replacements)]);
        found
            .into_iter()
            .filter(|d| d.lint == Some("P27"))
            .collect()
    };
    let none = warned(&[]);
    assert_eq!(none.len(), 1, "{}", told(&none));
    assert!(
        told(&none).contains("nothing but the text is in “de”"),
        "{}",
        told(&none)
    );
    let some = warned(&[TITLE]);
    let newsletter: Vec<_> = some
        .iter()
        .filter(|d| d.message.contains("for: ask, why"))
        .collect();
    assert_eq!(newsletter.len(), 1, "{}", told(&some));
    let text = newsletter[0].to_string();
    assert!(
        text.contains("write ask = { en = \"…\", de = \"…\" }"),
        "{text}"
    );
    assert!(!some.iter().any(Diagnostic::is_error));
    let alone = lint(&[file(CLEAN.to_owned())]);
    assert!(
        !alone.iter().any(|d| d.lint == Some("P27")),
        "{}",
        told(&alone)
    );
}
