//! What the staff did in the account, the newest first.

use std::sync::Arc;

use avow_model::Timestamp;
use avow_store::{ActKind, ActPlace, ActRow};
use axum::extract::{Query, State};
use axum::response::Html;
use serde::Deserialize;

use super::tabs;
use super::view::{ActLine, AuditPage, Frame};
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::client_center::words::When;
use crate::{App, PageFault};

/// Lines on a page.
const PAGE: u32 = 50;

/// `?before=`: the place of the last line of the page before.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct From {
    before: String,
}

/// "microseconds-number".
fn place(word: &str) -> Option<ActPlace> {
    let (at, id) = word.split_once('-')?;
    Some(ActPlace {
        at: Timestamp::from_microsecond(at.parse().ok()?).ok()?,
        id: id.parse().ok()?,
    })
}

fn word(place: ActPlace) -> String {
    format!("{}-{}", place.at.as_microsecond(), place.id)
}

/// What was done, as a sentence goes on after a name.
pub(super) fn told(kind: ActKind, about: &str) -> String {
    match kind {
        ActKind::LoggedIn => "logged in".to_owned(),
        ActKind::Invited => format!("invited {about}"),
        ActKind::InvitationWithdrawn => format!("took back the invitation of {about}"),
        ActKind::Joined => format!("came in as {}", about.replace('_', " ")),
        ActKind::RoleChanged => format!("changed the role of {about}"),
        ActKind::Removed => format!("put out {about}"),
        ActKind::PasswordChanged => "changed the password".to_owned(),
        ActKind::PasswordReset => "set a new password by mail".to_owned(),
        ActKind::CodesOn => "turned on codes at the log-in".to_owned(),
        ActKind::CodesOff => "turned off codes at the log-in".to_owned(),
        ActKind::RecoveryCodesMade => "made new recovery codes".to_owned(),
        ActKind::SignedOut => "signed out other devices".to_owned(),
        ActKind::KeyMade => format!("made the API key “{about}”"),
        ActKind::KeyRevoked => format!("revoked the API key “{about}”"),
        ActKind::CampaignStarted => format!("started the campaign “{about}”"),
        ActKind::CampaignPaused => format!("paused the campaign “{about}”"),
        ActKind::CampaignResumed => format!("let the campaign “{about}” go on"),
        ActKind::CampaignCancelled => format!("cancelled the campaign “{about}”"),
        ActKind::CampaignScheduled => say!("reports-act-scheduled", campaign = about),
        ActKind::CampaignUnscheduled => say!("reports-act-unscheduled", campaign = about),
        ActKind::PolicyRead => format!("confirmed to have read policy version {about}"),
        ActKind::ContactAdded => format!("added the contact {about}"),
        ActKind::ContactChanged => format!("changed the data of the contact {about}"),
        ActKind::ListMade => format!("made the list “{about}”"),
        ActKind::ListChanged => format!("renamed or described the list “{about}”"),
        ActKind::ListPut => format!("put people on a list: {about}"),
        ActKind::ListTaken => format!("took people off a list: {about}"),
        ActKind::ImportStarted => format!("took in the file “{about}”"),
        ActKind::ExportStarted => format!("had contacts written to a file: {about}"),
    }
}

fn line(row: ActRow, now: Timestamp) -> ActLine {
    ActLine {
        what: told(row.kind, &row.about),
        who: row.who,
        when: When::new(row.place.at, now),
    }
}

/// The page.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
    Query(from): Query<From>,
) -> Result<Html<String>, PageFault> {
    let before = place(&from.before);
    let acts = member.account.acts(before, PAGE).await?;
    let full = acts.len() == PAGE as usize;
    let last = acts.last().filter(|_| full).map(|row| row.place);
    let base = format!("{}/settings/audit", member.base());
    app.templates.show(&AuditPage {
        shell: member.shell(Noun::Settings),
        frame: Frame {
            tabs: tabs(&member),
            tab: "audit",
        },
        first: before.is_none(),
        next: last.map(|place| format!("{base}?before={}", word(place))),
        acts: acts.into_iter().map(|row| line(row, app.now())).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_from_its_word_and_from_nothing_else() {
        let at = Timestamp::from_microsecond(1_790_000_000_000_001).unwrap();
        let here = ActPlace { at, id: 7 };
        assert_eq!(place(&word(here)), Some(here));
        for bad in ["", "-", "x-1", "1-x", "99999999999999999999-1"] {
            assert_eq!(place(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_act_is_a_sentence() {
        for kind in ActKind::all() {
            assert!(told(kind, "x").len() > 8, "{kind:?}");
        }
    }
}
