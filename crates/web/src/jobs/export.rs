//! Contacts written to a file.

use std::collections::BTreeSet;
use std::time::Duration;

use avow_model::ContactId;
use avow_store::{AccountScope, JobProgress, JobRow, JobState, StoreError};
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use tokio::sync::watch;

use super::{End, remove};
use crate::App;
use crate::client_center::people::{Person, Wish, named, sought_pages};
use crate::export::{Cell, Format, Row, Sheet, save};
use crate::public::masked;

/// A file is there for so long.
const KEPT_FOR: Duration = Duration::from_hours(24);
/// Fields that become columns: an account with more of them has a mistake in its files.
const FIELDS_MAX: usize = 200;
/// Names of the columns beside the fields; the first is what an import takes for the address.
const BEFORE: [&str; 1] = ["email"];
const AFTER: [&str; 3] = ["country", "may be written to for", "contact since"];

/// What is written, as far as it does not change from person to person.
struct Table {
    fields: Vec<String>,
    veiled: bool,
}

impl Table {
    fn columns(&self) -> Vec<String> {
        let own = self.fields.iter().map(String::as_str);
        let all = BEFORE.into_iter().chain(own).chain(AFTER);
        all.map(str::to_owned).collect()
    }

    fn row(&self, person: &Person) -> Row {
        let address = &person.row.address;
        let address = if self.veiled {
            masked(address)
        } else {
            address.expose().to_owned()
        };
        let field = |name: &String| person.row.fields.get(name).map_or(Cell::Empty, Cell::text);
        let country = match person.row.jurisdiction.as_str() {
            "zz" => Cell::Empty,
            code => Cell::text(code),
        };
        let after = [
            country,
            Cell::text(person.standing.purposes.join("; ")),
            Cell::At(person.row.created_at),
        ];
        let own = self.fields.iter().map(field);
        [Cell::text(address)]
            .into_iter()
            .chain(own)
            .chain(after)
            .collect()
    }
}

/// The people who are meant, page by page.
fn pages<'a>(
    app: &'a App,
    scope: &'a AccountScope,
    wish: &'a Wish,
) -> BoxStream<'a, Result<Vec<Person>, StoreError>> {
    let ids: Vec<ContactId> = wish.ids.iter().filter_map(|id| id.parse().ok()).collect();
    if ids.is_empty() {
        return sought_pages(app, scope, &wish.whom).boxed();
    }
    let named = async move { named(app, scope, &ids).await };
    stream::once(named).boxed()
}

/// The names of the fields that anybody of them has.
async fn fields(app: &App, scope: &AccountScope, wish: &Wish) -> Result<Vec<String>, StoreError> {
    if wish.veiled {
        return Ok(Vec::new());
    }
    let mut found = BTreeSet::new();
    let mut pages = pages(app, scope, wish);
    while let Some(people) = pages.next().await {
        for name in people?.into_iter().flat_map(|p| p.row.fields.into_keys()) {
            if found.len() < FIELDS_MAX {
                found.insert(name);
            }
        }
    }
    Ok(found.into_iter().collect())
}

fn failed(fault: &str) -> End {
    End::Done {
        state: JobState::Failed,
        report: fault.to_owned(),
        file: String::new(),
        kept_for: KEPT_FOR,
    }
}

/// Writes the file anew from its beginning.
pub(super) async fn run(app: &App, job: &JobRow, told: watch::Sender<JobProgress>) -> End {
    let wish = Wish::read(&job.plan);
    let scope = app.store.account(job.account);
    let Ok(fields) = fields(app, &scope, &wish).await else {
        return End::Leaving;
    };
    let table = Table {
        fields,
        veiled: wish.veiled,
    };
    let sheet = Sheet {
        format: Format::parse(&wish.format).unwrap_or(Format::Csv),
        name: "Contacts".to_owned(),
        columns: table.columns(),
    };
    let total = job.progress.total;
    let mut people = 0;
    let rows = pages(app, &scope, &wish).map_ok(|page| {
        people += page.len() as u64;
        let total = total.max(people);
        told.send_replace(JobProgress {
            done: people,
            total,
            people,
        });
        page.iter().map(|p| table.row(p)).collect::<Vec<Row>>()
    });
    match save(sheet, app.file_path(&job.file), rows).await {
        Ok(_) => End::Done {
            state: JobState::Finished,
            report: String::new(),
            file: job.file.clone(),
            kept_for: KEPT_FOR,
        },
        Err(cause) => {
            tracing::error!(%cause, "an export could not be written");
            remove(app, &job.file);
            failed(
                "The file could not be written: the disk of this server may be full, or its database did not answer. Try again; if it stays, tell whoever runs it.",
            )
        }
    }
}
