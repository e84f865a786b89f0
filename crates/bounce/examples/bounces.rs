//! Prints the measurement of the classifier as JSON: `cargo run -p avow-bounce --example bounces [tuning] [FOLDER]`.
//!
//! With `tuning` it lists the rows of the tuning families that do not fit, on standard error.

#[path = "../tests/measure/mod.rs"]
mod measure;

use std::path::PathBuf;

use measure::{Row, Tally, by, folder, rows};
use serde_json::{Value, json};

fn tally(t: Tally) -> Value {
    json!({
        "rows": t.rows, "class_right": t.class, "hard": t.hard, "hard_found": t.hard_found,
        "false_hard": t.false_hard, "with_address": t.addressed, "status_given": t.codes,
        "status_right": t.codes_found, "feedback_given": t.feedback, "feedback_right": t.feedback_found, "reply_given": t.replies, "reply_right": t.replies_found,
    })
}

fn table<'a>(rows: &'a [Row], key: impl Fn(&'a Row) -> &'a str) -> Value {
    let entries = by(rows, key)
        .into_iter()
        .map(|(k, t)| (k.to_owned(), tally(t)));
    Value::Object(entries.collect())
}

#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that prints"
)]
fn main() {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let listed = words.first().is_some_and(|w| w == "tuning");
    if listed {
        words.remove(0);
    }
    let folder = words.first().map_or_else(folder, PathBuf::from);
    let Some(rows) = rows(&folder) else {
        eprintln!("there is no labels.tsv in {}", folder.display());
        return;
    };
    if listed {
        for r in rows
            .iter()
            .filter(|r| r.is_tuning() && (!r.class_fits() || r.hard != r.hard_read()))
        {
            let got = r
                .read
                .as_ref()
                .map(|o| (o.status.map(|s| s.to_string()), o.reply));
            eprintln!(
                "{} want {} {} {} {} got {} {} {got:?}",
                r.file,
                r.reason,
                r.hard,
                r.status,
                r.reply,
                r.class_read(),
                r.hard_read()
            );
        }
    }
    let value = json!({
        "all": tally(Tally::of(rows.iter())),
        "tuning": tally(Tally::of(rows.iter().filter(|r| r.is_tuning()))),
        "held_out": tally(Tally::of(rows.iter().filter(|r| !r.is_tuning() && !r.is_twin()))),
        "by_class": table(&rows, |r| r.reason.as_str()),
        "by_family": table(&rows, Row::family),
    });
    println!("{value:#}");
}
