//! All forms of an account.

use std::sync::Arc;

use avow_model::Action;
use avow_store::FormTally;
use axum::extract::State;
use axum::response::Html;

use super::badge;
use super::view::{FormLine, ListPage};
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::client_center::words::When;
use crate::{App, PageFault};

/// The page.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Html<String>, PageFault> {
    let tallies = member.account.form_tallies().await?;
    let now = app.now();
    let line = |row: avow_store::FormRow| {
        let known = tallies.iter().find(|(id, _)| *id == row.id);
        let tally = known.map_or(FormTally::default(), |(_, tally)| *tally);
        FormLine {
            id: row.id.to_string(),
            name: row.slug.to_string(),
            badge: badge(row.settings.face.standing),
            title: row.settings.title,
            sign_ups: tally.sign_ups as i64,
            confirmed: tally.confirmed as i64,
            made: When::new(row.created_at, now),
        }
    };
    app.templates.show(&ListPage {
        shell: member.shell(Noun::Forms),
        forms: member
            .account
            .forms()
            .await?
            .into_iter()
            .map(line)
            .collect(),
        writes: member.may(Action::Write),
    })
}
