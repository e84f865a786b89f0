//! Finds text that nobody put into a catalogue: in templates, in sentences of the sources, and on rendered pages.
//!
//! What stood before there were catalogues is listed under `untranslated/`, one file for each source. A list
//! may only shrink: a new text fails, and so does a line that is found no more. `AVOW_LISTS=shrink` takes such lines
//! out of the lists.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use super::pseudo;
use super::sources::{is_for_programs, root, rust, templates};

/// Attributes whose values people read or hear.
const SPOKEN: [&str; 6] = [
    "title=\"",
    "alt=\"",
    "aria-label=\"",
    "placeholder=\"",
    "aria-description=\"",
    "label=\"",
];

/// Takes `{% … %}`, `{{ … }}` and `{# … #}` out; what is said inside by a literal is added to `said`.
fn without_template(text: &str, said: &mut BTreeSet<String>) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, tag)) = rest.split_once('{') {
        out.push_str(before);
        let close = match tag.as_bytes().first() {
            Some(b'%') => "%}",
            Some(b'{') => "}}",
            Some(b'#') => "#}",
            _ => {
                out.push('{');
                rest = tag;
                continue;
            }
        };
        let (inner, after) = tag.split_once(close).unwrap_or((tag, ""));
        if close != "#}" {
            literals(inner, said);
        }
        out.push('\u{1}');
        rest = after;
    }
    out + rest
}

/// Literals of an expression that begin like a sentence.
fn literals(expression: &str, said: &mut BTreeSet<String>) {
    let odd = expression.split('"').skip(1).step_by(2);
    let sentence =
        |text: &&str| text.starts_with(|c: char| c.is_uppercase()) || text.contains(", ");
    said.extend(odd.filter(sentence).map(str::to_owned));
}

/// True for what a person would read as words.
fn is_words(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic())
        .any(|word| word.chars().count() > 1)
}

fn tidy(text: &str) -> String {
    let text = text.replace('\u{1}', "…");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The texts of HTML without template marks: between tags, and in attributes that are spoken.
fn spoken(html: &str, said: &mut BTreeSet<String>) {
    for piece in html.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or(("", piece));
        for mark in SPOKEN {
            let values = tag.split(mark).skip(1).filter_map(|v| v.split('"').next());
            said.extend(values.map(tidy).filter(|v| is_words(v)));
        }
        let own = tag.starts_with("code") || tag.starts_with("!doctype");
        let text = tidy(&text.replace("&nbsp;", " ").replace("&amp;", "&"));
        if !own && is_words(&text) {
            said.insert(text);
        }
    }
}

fn in_template(text: &str) -> BTreeSet<String> {
    let mut said = BTreeSet::new();
    let html = without_template(text, &mut said);
    spoken(&html, &mut said);
    said
}

/// Lines whose literals are no page's words: for programmers, for the log, for programs.
const NOT_SAID: [&str; 8] = [
    "#[error",
    "reason = ",
    "expect(",
    "tracing::",
    "warn!(",
    "error!(",
    "info!(",
    "debug!(",
];

/// `Draft`: a capital and small letters.
fn is_label(text: &str) -> bool {
    text.len() > 2 && text.chars().skip(1).all(|c| c.is_ascii_lowercase())
}

/// Literals of a source that read like a sentence: they begin with a capital, and have several words or are one.
fn in_source(text: &str) -> BTreeSet<String> {
    let lines = text
        .lines()
        .filter(|l| !NOT_SAID.iter().any(|mark| l.contains(mark)));
    let text = lines
        .fold(String::new(), |out, l| out + l + "\n")
        .replace("\\\"", "'");
    let odd = text.split('"').skip(1).step_by(2).map(tidy);
    let sentence = |t: &String| {
        let starts = t.starts_with(|c: char| c.is_uppercase()) || t.starts_with('{');
        starts && is_words(t) && !t.contains("::") && (t.contains(' ') || is_label(t))
    };
    odd.filter(sentence).collect()
}

/// What the person who runs the tests wants done with the lists.
#[expect(clippy::disallowed_methods, reason = "a test's own switch")]
fn is_mode(word: &str) -> bool {
    std::env::var("AVOW_LISTS").is_ok_and(|v| v == word)
}

fn list_of(source: &str) -> PathBuf {
    root().join("untranslated").join(format!("{source}.txt"))
}

/// What a source says by itself, against its list.
fn compare(source: &str, found: &BTreeSet<String>, faults: &mut Vec<String>) {
    let path = list_of(source);
    let text = fs::read_to_string(&path).unwrap_or_default();
    let listed: BTreeSet<String> = text.lines().map(str::to_owned).collect();
    let new = found.difference(&listed);
    if is_mode("first") && !found.is_empty() && !path.exists() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(
            &path,
            found.iter().map(|t| t.clone() + "\n").collect::<String>(),
        )
        .unwrap();
        return;
    }
    faults.extend(new.map(|t| format!("{source} says without a catalogue: {t}")));
    let gone: Vec<_> = listed.difference(found).collect();
    if gone.is_empty() {
        return;
    }
    if is_mode("shrink") {
        let left: Vec<&str> = listed.intersection(found).map(String::as_str).collect();
        if left.is_empty() {
            fs::remove_file(&path).unwrap();
        } else {
            fs::write(&path, left.join("\n") + "\n").unwrap();
        }
        return;
    }
    faults.extend(
        gone.iter()
            .map(|t| format!("{} lists what is gone: {t}", path.display())),
    );
}

/// Words that English cannot do without and names of people, lists and campaigns can.
const SMALL_WORDS: [&str; 24] = [
    "the", "of", "is", "to", "and", "in", "not", "for", "you", "this", "it", "no", "was", "be",
    "are", "or", "by", "with", "on", "at", "from", "that", "has", "yet",
];

/// True for an English sentence, or a part of one. What has an accent was said by a message, names in it apart.
fn is_english(text: &str) -> bool {
    if text.contains(['á', 'é', 'í', 'ó', 'ú', 'ý', 'Á', 'É', 'Í', 'Ó', 'Ú']) {
        return false;
    }
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    words.any(|word| SMALL_WORDS.contains(&word.to_lowercase().as_str()))
}

fn pages_with_accents() -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut pages: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let all = pseudo::among(crate::client_center::samples::all).into_iter();
    for (name, html) in all.filter(|(name, _)| !is_for_programs(name)) {
        let mut said = BTreeSet::new();
        spoken(&html, &mut said);
        said.retain(|text| is_english(text));
        pages.entry(name).or_default().extend(said);
    }
    pages
}

#[test]
fn no_sample_of_a_page_says_english_when_everything_is_said_with_accents_but_what_is_listed() {
    let mut faults = Vec::new();
    for (name, said) in pages_with_accents() {
        compare(&format!("samples/{name}"), &said, &mut faults);
    }
    assert!(
        faults.is_empty(),
        "a sample's own data may stand in its list; a page's words may not (docs/languages.md):\n{}",
        faults.join("\n")
    );
}

fn all_lists(folder: &std::path::Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            all_lists(&path, out);
        } else {
            out.push(path);
        }
    }
}

#[test]
fn no_template_and_no_source_says_what_is_in_no_catalogue_but_what_is_listed() {
    let pages = templates()
        .into_iter()
        .filter(|(name, _)| !is_for_programs(name))
        .map(|(name, text)| (format!("templates/{name}"), in_template(&text)));
    let sources = rust()
        .into_iter()
        .filter(|(name, _)| !is_for_programs(name))
        .map(|(name, text)| (format!("src/{name}"), in_source(&text)));
    let all: Vec<_> = pages.chain(sources).collect();
    let mut faults = Vec::new();
    for (source, found) in &all {
        compare(source, found, &mut faults);
    }
    let known: BTreeSet<PathBuf> = all.iter().map(|(source, _)| list_of(source)).collect();
    let mut lists = Vec::new();
    all_lists(&root().join("untranslated"), &mut lists);
    let own = |l: &PathBuf| {
        l.starts_with(root().join("untranslated/samples"))
            || l.starts_with(root().join("untranslated/pending"))
    };
    let stray = lists.iter().filter(|l| !known.contains(*l) && !own(l));
    faults.extend(stray.map(|l| format!("{} is the list of no source", l.display())));
    assert!(
        faults.is_empty(),
        "say it by a message of languages/en (docs/languages.md); AVOW_LISTS=shrink takes out what is gone:\n{}",
        faults.join("\n")
    );
}

#[test]
fn the_finder_finds_text_attributes_and_literals_and_nothing_that_is_said_by_key() {
    let found = in_template(
        "{# Note #}<p title=\"Look here\">Read {{ name }} now</p><a class=\"Big one\">{{ t(\"x-y\") }}</a>{{ m.badge({\"label\": \"On\"}) }}{% if a %}·{% endif %}",
    );
    let found: Vec<_> = found.iter().map(String::as_str).collect();
    assert_eq!(found, ["Look here", "On", "Read … now"]);
    let found =
        in_source("let a = say!(\"a-b\");\nlet b = format!(\"Sent to {n}\");\nexpect(\"It is\");");
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["Sent to {n}"]);
}
