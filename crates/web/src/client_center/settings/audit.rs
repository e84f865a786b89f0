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
        ActKind::LoggedIn => say!("act-logged-in"),
        ActKind::Invited => say!("act-invited", about = about),
        ActKind::InvitationWithdrawn => say!("act-invitation-withdrawn", about = about),
        ActKind::Joined => say!("act-joined", about = about.replace('_', " ")),
        ActKind::RoleChanged => say!("act-role-changed", about = about),
        ActKind::Removed => say!("act-removed", about = about),
        ActKind::PasswordChanged => say!("act-password-changed"),
        ActKind::PasswordReset => say!("act-password-reset"),
        ActKind::CodesOn => say!("act-codes-on"),
        ActKind::CodesOff => say!("act-codes-off"),
        ActKind::RecoveryCodesMade => say!("act-recovery"),
        ActKind::SignedOut => say!("act-signed-out"),
        ActKind::KeyMade => say!("act-key-made", about = about),
        ActKind::KeyRevoked => say!("act-key-revoked", about = about),
        ActKind::CampaignStarted => say!("act-campaign-started", about = about),
        ActKind::CampaignPaused => say!("act-campaign-paused", about = about),
        ActKind::CampaignResumed => say!("act-campaign-resumed", about = about),
        ActKind::CampaignCancelled => say!("act-campaign-cancelled", about = about),
        ActKind::CampaignScheduled => say!("reports-act-scheduled", campaign = about),
        ActKind::CampaignUnscheduled => say!("reports-act-unscheduled", campaign = about),
        ActKind::PolicyPublished => say!("setup-act-published", version = about),
        ActKind::DomainChanged => say!("setup-act-domain", domain = about),
        ActKind::KeysMade => say!("setup-act-keys-made", domain = about),
        ActKind::KeysSwitched => say!("setup-act-keys-switched", domain = about),
        ActKind::WentLive => say!("setup-act-live"),
        ActKind::PolicyRead => say!("act-policy-read", about = about),
        ActKind::ContactAdded => say!("act-contact-added", about = about),
        ActKind::ContactChanged => say!("act-contact-changed", about = about),
        ActKind::ListMade => say!("act-list-made", about = about),
        ActKind::ListChanged => say!("act-list-changed", about = about),
        ActKind::ListPut => say!("act-list-put", about = about),
        ActKind::ListTaken => say!("act-list-taken", about = about),
        ActKind::ImportStarted => say!("act-import-started", about = about),
        ActKind::ExportStarted => say!("act-export-started", about = about),
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
