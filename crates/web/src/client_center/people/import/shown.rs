//! The page of one file in each of its states, and its rejected rows.

use std::fs::File;
use std::sync::Arc;

use avow_collect::import::FirstLook;
use avow_policy::Version;
use avow_store::{JobKind, JobRow, JobState, StoreError};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;

use super::first_look;
use crate::client_center::gate;
use crate::client_center::guard::Member;
use crate::client_center::people::plan::{Choices, Outcome};
use crate::client_center::people::view::{
    ColumnLine, Fault, Figure, ImportForm, ImportPage, Option_,
};
use crate::client_center::people::work::{self, badge, part};
use crate::client_center::shell::Noun;
use crate::client_center::words::people;
use crate::export::{Cell, Format, Row, Sheet as Table, download};
use crate::templates::thousands;
use crate::{App, PageFault};

/// Rejected rows handed on at a time.
const ROWS_AT_ONCE: usize = 1_000;
/// Rejected rows of one download: a file with more of them is to be mended as a whole.
const REJECTS_MAX: usize = 100_000;

/// Roles of columns with their words, in the order of the select.
pub(super) const ROLES: [(&str, &str); 23] = [
    ("ignore", "Not taken in"),
    ("address", "E-mail address"),
    ("country", "Country"),
    ("region", "Part of a country"),
    ("fields", "Several fields (JSON)"),
    ("status", "Standing (subscribed, unsubscribed …)"),
    ("blacklisted", "True is a no"),
    ("opt_in", "Said yes (true, false)"),
    ("double_opt_in", "Confirmed (true, false)"),
    ("opt_in_time", "When they said yes"),
    ("opt_in_ip", "Network address when they said yes"),
    ("confirm_time", "When they confirmed"),
    ("confirm_ip", "Network address when they confirmed"),
    ("unsubscribe_time", "When they unsubscribed"),
    ("unsubscribe_reason", "Why they unsubscribed"),
    ("clean_time", "When the address was found dead"),
    ("purchase_time", "Last purchase"),
    ("inquiry_time", "Last inquiry"),
    ("account_opened_time", "Customer since"),
    ("account_closed_time", "Customer until"),
    ("source", "Where they said yes"),
    ("wording", "What they read"),
    ("policy_version", "Policy version they were shown"),
];

/// What everybody in a file can be.
const EVERYONE: [(&str, &str); 6] = [
    ("subscribed", "What their columns say"),
    ("nonsubscribed", "Known, and have not said yes"),
    ("unsubscribed", "Unsubscribed"),
    ("cleaned", "Dead addresses"),
    ("blocklisted", "To get no mail at all"),
    ("complained", "Complained"),
];

/// A fault of the command line's words as a sentence of a page.
pub(crate) fn sentence(fault: &str) -> String {
    // What a flag says there, a select says here.
    let plain = fault
        .split("; say which it is with --map")
        .next()
        .unwrap_or(fault);
    let plain = plain
        .split("; ignore one with --map")
        .next()
        .unwrap_or(plain);
    let mut chars = plain.chars();
    let first: String = chars
        .next()
        .map(|c| c.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}.", chars.as_str().trim_end_matches('.'))
}

/// What came of a file, in a sentence.
pub(super) fn sentence_of(o: &Outcome) -> String {
    if o.was_done {
        return "This file was taken in before, in the same way: nothing was done now.".to_owned();
    }
    let taken = o.rows - o.rejected.min(o.rows);
    if o.counted_only {
        return format!(
            "{} would be taken in out of {} rows; nothing is written yet.",
            people(taken as i64),
            thousands(o.rows as i64)
        );
    }
    format!(
        "{} new, {} changed, {} as before; {} rows rejected.",
        people(o.created as i64),
        thousands(o.updated as i64),
        thousands(o.unchanged as i64),
        thousands(o.rejected as i64)
    )
}

fn figure(n: u64, label: &str, help: &str) -> Figure {
    Figure {
        n: n as i64,
        label: label.to_owned(),
        help: help.to_owned(),
        href: None,
    }
}

fn figures(o: &Outcome, contacts: &str) -> Vec<Figure> {
    let mut all = vec![
        figure(
            o.own_act,
            "by their own act",
            "The row has the time and the network address of their yes.",
        ),
        figure(
            o.attested,
            "attested by you",
            "Your word stands behind their yes.",
        ),
        figure(
            o.unattested,
            "without permission",
            "Kept, and nothing that needs a permission is sent to them.",
        ),
        figure(
            o.not_subscribed,
            "have not said yes",
            "The file says so itself.",
        ),
        figure(
            o.noes,
            "say no or are dead",
            "The no is kept, and nothing else of the row.",
        ),
        figure(
            o.rejected,
            "rejected",
            "The row cannot be read; the file of rejected rows says why.",
        ),
        figure(
            o.erased,
            "erased before",
            "Left alone: only they can come back.",
        ),
        figure(
            o.role_addresses,
            "role addresses",
            "info@ and the like: a function, not a person.",
        ),
    ];
    all.retain(|f| f.n > 0);
    let state = |label: &str| match label {
        "attested by you" => Some("?how=attested"),
        "without permission" => Some("?how=unattested"),
        "say no or are dead" => Some("?state=no"),
        _ => None,
    };
    if !o.counted_only {
        for f in &mut all {
            f.href = state(&f.label).map(|query| format!("{contacts}{query}"));
        }
    }
    all
}

fn option(value: &str, label: &str, chosen: &str) -> Option_ {
    Option_ {
        value: value.to_owned(),
        label: label.to_owned(),
        chosen: value == chosen,
    }
}

/// `field:first_name@name` -> "First name".
fn field_label(role: &str) -> String {
    let name = role.trim_start_matches("field:");
    let name = name.split('@').next().unwrap_or(name);
    crate::client_center::people::fields::label(name)
}

/// The choices for one column: the roles, the fields that the policy declares, and what was guessed.
fn roles(chosen: &str, guess: &str, version: Option<&Version>) -> Vec<Option_> {
    let mut all: Vec<Option_> = ROLES.iter().map(|(w, l)| option(w, l, chosen)).collect();
    let mut fields: Vec<String> = Vec::new();
    for rule in version.map_or(&[][..], |v| v.categories()) {
        if rule.id.as_str() != "email" {
            let own = crate::client_center::people::fields::names(rule.id.as_str());
            fields.extend(own.iter().map(|name| format!("field:{name}@{}", rule.id)));
        }
    }
    for extra in [guess, chosen] {
        let known = all.iter().any(|o| o.value == extra) || fields.iter().any(|f| f == extra);
        if !known && !extra.is_empty() {
            fields.push(extra.to_owned());
        }
    }
    all.extend(
        fields
            .iter()
            .map(|role| option(role, &field_label(role), chosen)),
    );
    all
}

fn columns(look: &FirstLook, choices: &Choices, version: Option<&Version>) -> Vec<ColumnLine> {
    let column = |(index, c): (usize, &avow_collect::import::ColumnSeen)| {
        let chosen = choices.role(&c.header, &c.guess);
        ColumnLine {
            index,
            header: c.header.clone(),
            roles: roles(chosen, &c.guess, version),
            values: c.values.clone(),
            undeclared: c.is_undeclared && chosen == c.guess,
        }
    };
    look.columns.iter().enumerate().map(column).collect()
}

/// What is about to happen, or the faults of what was chosen.
async fn form(
    app: &App,
    member: &Member,
    job: &JobRow,
    (choices, faults): (Choices, Vec<Fault>),
) -> Result<Result<ImportForm, String>, PageFault> {
    let Ok(set) = gate::policies(app, &member.account).await? else {
        return Ok(Err("The published policy cannot be enforced as it stands. The policy page says what to mend.".to_owned()));
    };
    let look = match first_look(app, job, &set).await {
        Ok(look) => look,
        Err(fault) => return Ok(Err(fault)),
    };
    let version = set.in_force(app.now());
    let lists = member.account.lists().await?;
    let everyone = choices.everyone();
    let counted = Outcome::read(&job.report).filter(|o| o.counted_only && o.fault.is_empty());
    let go = counted
        .map(|o| o.rows - o.rejected.min(o.rows))
        .filter(|n| *n > 0 && faults.is_empty());
    Ok(Ok(ImportForm {
        columns: columns(&look, &choices, version),
        encoding: look.encoding.to_owned(),
        lists: lists
            .iter()
            .map(|l| option(&l.id.to_string(), &l.name, &choices.list))
            .collect(),
        everyone: EVERYONE.map(|(w, l)| option(w, l, everyone)).into(),
        evidence: choices.evidence(version),
        version: version.map(Version::n),
        go: go.map(|n| format!("Take in {}", people(n as i64))),
        faults,
    }))
}

/// The page of a job, with what was typed where it has faults.
pub(super) async fn page(
    app: &App,
    member: &Member,
    job: JobRow,
    typed: Option<(Choices, Vec<Fault>)>,
) -> Result<Response, PageFault> {
    let outcome = Outcome::read(&job.report).unwrap_or_default();
    let mut fault = Some(outcome.fault.clone()).filter(|f| !f.is_empty());
    let mut form_shown = None;
    if job.state == JobState::Draft && !job.file.is_empty() {
        let typed = typed.unwrap_or_else(|| (Choices::read(&job.plan), vec![]));
        match form(app, member, &job, typed).await? {
            Ok(form) => form_shown = Some(form),
            Err(why) => fault = Some(why),
        }
    }
    let contacts = format!("{}/contacts", member.base());
    let sentence = match job.state {
        JobState::Draft | JobState::Finished if fault.is_none() => sentence_of(&outcome),
        JobState::Stopped => {
            "It was stopped. What was taken in before is in; going on takes the rest.".to_owned()
        }
        _ => String::new(),
    };
    let has_file = !job.file.is_empty();
    let rejects = has_file && job.state == JobState::Finished && outcome.rejected > 0;
    let can_go_on = has_file && matches!(job.state, JobState::Stopped | JobState::Failed);
    let counted = matches!(job.state, JobState::Draft | JobState::Finished)
        && fault.is_none()
        && !outcome.was_done;
    let reasons = outcome.reasons.iter();
    let html = app.templates.show(&ImportPage {
        shell: member.shell(Noun::Contacts),
        part: part(&member.base(), &job, app.now()),
        form: form_shown,
        figures: if counted {
            figures(&outcome, &contacts)
        } else {
            vec![]
        },
        reasons: reasons
            .map(|(word, n)| (reason(word).to_owned(), *n as i64))
            .collect(),
        undeclared: outcome.undeclared.join(", "),
        rejects: rejects.then_some(outcome.rejected as i64),
        id: job.id.to_string(),
        badge: badge(job.state),
        title: job.title,
        sentence,
        can_go_on,
        fault,
    })?;
    Ok(html.into_response())
}

/// A reason of rejected rows in words.
fn reason(word: &str) -> &str {
    match word {
        "address" => "The address is none",
        "columns" => "Another number of columns than the first line",
        "quote" => "A quote is opened and not closed",
        "too_long" => "The line is too long",
        "nul" => "A NUL character",
        "time" => "A time that cannot be read, or is yet to come",
        "status" => "A standing that is not known",
        "version" => "A policy version that was not in force",
        word => word,
    }
}

/// `?format=`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct As {
    format: String,
}

type Pages = Vec<Result<Vec<Row>, StoreError>>;

/// The rejected rows out of their file; nothing in them is taken for a formula on the way out.
fn rows_of(file: File) -> Option<(Vec<String>, Pages)> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
    let heads = reader.headers().ok()?.iter().map(str::to_owned).collect();
    let rows: Vec<Row> = reader
        .records()
        .map_while(Result::ok)
        .take(REJECTS_MAX)
        .map(|record| record.iter().map(Cell::text).collect())
        .collect();
    let pages = rows.chunks(ROWS_AT_ONCE).map(|rows| Ok(rows.to_vec()));
    Some((heads, pages.collect()))
}

/// The rejected rows as a file.
pub(crate) async fn rejects(
    State(app): State<Arc<App>>,
    member: Member,
    Path((_, id)): Path<(String, String)>,
    Query(wanted): Query<As>,
) -> Result<Response, PageFault> {
    let job = work::job(&member, (&id, JobKind::Import)).await?;
    if job.state != JobState::Finished || job.file.is_empty() {
        return Err(PageFault::NotFound);
    }
    let path = app.file_path(&job.file);
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn_blocking(move || File::open(path).ok().and_then(rows_of));
    let read = tasks.join_next().await.and_then(Result::ok).flatten();
    let (columns, pages) = read.ok_or(PageFault::NotFound)?;
    let format = Format::parse(&wanted.format).unwrap_or(Format::Csv);
    let sheet = Table {
        format,
        name: "rejected rows".to_owned(),
        columns,
    };
    Ok(download(sheet, stream::iter(pages)))
}

#[cfg(test)]
mod tests {
    use avow_collect::import::MapRule;

    use super::*;

    #[test]
    fn every_role_of_the_select_is_one_of_a_mapping() {
        for (word, _) in ROLES {
            assert!(format!("x={word}").parse::<MapRule>().is_ok(), "{word}");
        }
    }

    #[test]
    fn faults_of_the_command_line_become_sentences_of_a_page() {
        let fault = "no column looks like the e-mail address; say which it is with --map COLUMN=address (the columns are: a)";
        assert_eq!(sentence(fault), "No column looks like the e-mail address.");
    }

    #[test]
    fn what_was_guessed_can_be_chosen_whatever_the_policy_declares() {
        let all = roles("field:team@team", "field:team@team", None);
        let last = all.last().unwrap();
        assert_eq!((last.label.as_str(), last.chosen), ("Team", true));
    }
}
