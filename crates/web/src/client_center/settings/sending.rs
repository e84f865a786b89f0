//! How mail of the account leaves: shown here, changed where each line says.

use std::sync::Arc;

use avow_deliver::dkim::KeyFolder;
use avow_store::AccountRow;
use axum::extract::State;
use axum::response::Html;

use super::tabs;
use super::view::{Frame, SendingLine, SendingPage};
use crate::app::Edition;
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::{App, PageFault};

/// The page.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Html<String>, PageFault> {
    let row = member.account.row().await?;
    app.templates.show(&SendingPage {
        shell: member.shell(Noun::Settings),
        frame: Frame {
            tabs: tabs(&member),
            tab: "sending",
        },
        lines: lines(&app, &row),
    })
}

fn lines(app: &App, row: &AccountRow) -> Vec<SendingLine> {
    let settings = &row.settings;
    let line = |label, value: &str, note: String| SendingLine {
        label,
        value: value.to_owned(),
        note,
    };
    let dns = format!(
        "Receivers look up its DNS records: avow account dns --account {} prints them, --check asks the name servers.",
        row.slug
    );
    let sender = format!("{} <{}>", settings.from_name, settings.from_address);
    let reply_to = settings.reply_to.as_deref().unwrap_or("the sender");
    let mut lines = vec![
        line("Sending domain", &settings.sending_domain, dns),
        line(
            "Sender",
            &sender,
            "New campaigns begin with it; each can take another of the same domain.".to_owned(),
        ),
        line("Answers go to", reply_to, String::new()),
    ];
    lines.extend(signing(app, row));
    lines.push(way(app));
    lines.push(line(
        "Links lead to",
        &app.settings.base_url,
        "Set by base_url in avow.toml of the data folder, or by --base-url.".to_owned(),
    ));
    lines
}

/// The keys that sign; nothing where nobody looks after them in this process.
fn signing(app: &App, row: &AccountRow) -> Option<SendingLine> {
    let desk = app.domains.as_ref()?;
    let published = KeyFolder(&desk.keys).published(&row.settings.sending_domain);
    let value = match published {
        Ok(Some(records)) => {
            let names: Vec<&str> = records.iter().map(|r| r.name.as_str()).collect();
            names.join(", ")
        }
        Ok(None) => "none in this data folder".to_owned(),
        Err(fault) => fault.to_string(),
    };
    Some(SendingLine {
        label: "Signed with",
        value,
        note: format!(
            "avow account keys follows one pair of keys by another; account {}.",
            row.slug
        ),
    })
}

fn way(app: &App) -> SendingLine {
    let (value, note) = match (app.settings.edition, app.relays.as_slice()) {
        (Edition::Rehearsal, _) => (
            "the mailbox of rehearsals, and nowhere else".to_owned(),
            "avow serve without a sink delivers to the world.",
        ),
        (Edition::World, []) => (
            "straight to the servers of each domain".to_owned(),
            "A relay takes it instead where [delivery] in avow.toml names one.",
        ),
        (Edition::World, relays) => (
            relays.join(", "),
            "Set by relay or relays under [delivery] in avow.toml of the data folder.",
        ),
    };
    SendingLine {
        label: "Mail leaves to",
        value,
        note: note.to_owned(),
    }
}
