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
    let dns = say!("sending-domain-note", slug = row.slug.to_string());
    let sender = format!("{} <{}>", settings.from_name, settings.from_address);
    let reply_to = settings.reply_to.clone();
    let reply_to = reply_to.unwrap_or_else(|| say!("sending-reply-sender"));
    let mut lines = vec![
        line(told!("sending-domain"), &settings.sending_domain, dns),
        line(
            told!("sending-sender"),
            &sender,
            say!("sending-sender-note"),
        ),
        line(told!("sending-reply"), &reply_to, String::new()),
    ];
    lines.extend(signing(app, row));
    lines.push(way(app));
    lines.push(line(
        told!("sending-links"),
        &app.settings.base_url,
        say!("sending-links-note"),
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
        Ok(None) => say!("sending-signed-none"),
        Err(fault) => fault.to_string(),
    };
    Some(SendingLine {
        label: told!("sending-signed"),
        value,
        note: say!("sending-signed-note", slug = row.slug.to_string()),
    })
}

fn way(app: &App) -> SendingLine {
    let (value, note) = match (app.settings.edition, app.relays.as_slice()) {
        (Edition::Rehearsal, _) => (
            say!("sending-way-rehearsal"),
            told!("sending-way-rehearsal-note"),
        ),
        (Edition::World, []) => (say!("sending-way-direct"), told!("sending-way-direct-note")),
        (Edition::World, relays) => (relays.join(", "), told!("sending-way-relay-note")),
    };
    SendingLine {
        label: told!("sending-way"),
        value,
        note: note.into(),
    }
}
