//! Who is let in: list them, help one to a new password, put one out.

use anyhow::Result;
use avow_model::Timestamp;
use avow_store::{ActKind, MemberRow, NewAct};
use avow_web::ResetLink;
use serde::Serialize;

use super::known;
use crate::commands::Call;
use crate::exit::{Exit, answer};

/// Who did it, in the audit log.
const WHO: &str = "the command line";

#[derive(Debug, Serialize)]
struct Line {
    address: String,
    name: String,
    role: &'static str,
    codes: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    seen_at: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct Reset {
    address: String,
    /// Serves once.
    link: String,
    expires_at: Timestamp,
}

#[derive(Debug, Serialize)]
struct Removed {
    address: String,
    account: String,
}

/// Lists the members of an account.
pub(super) async fn list(call: &Call, account: &str) -> Result<Exit> {
    let (_, scope) = call.world.account(account).await?;
    let line = |row: MemberRow| Line {
        address: row.address.expose().to_owned(),
        name: row.name,
        role: row.role.as_str(),
        codes: row.codes_since.is_some(),
        seen_at: row.seen_at,
    };
    let lines: Vec<Line> = scope.members().await?.into_iter().map(line).collect();
    answer(call.form, &lines, |lines| {
        let line = |l: &Line| {
            let codes = if l.codes { "  asks for a code" } else { "" };
            format!("{:<32} {:<16} {}{codes}\n", l.address, l.role, l.name)
        };
        lines.iter().map(line).collect()
    })?;
    Ok(Exit::Done)
}

/// Prints a link that sets a new password.
pub(super) async fn reset(call: &Call, address: &str) -> Result<Exit> {
    let world = &call.world;
    let user = known(world, address).await?;
    let base = &world.config.base_url;
    let link = ResetLink::new(&*world.entropy, base, world.clock.now());
    world
        .store
        .reset_ask(link.door, Some(user.id), None)
        .await?;
    let told = Reset {
        address: address.to_owned(),
        expires_at: link.door.expires_at,
        link: link.address,
    };
    answer(call.form, &told, |told| {
        format!(
            "{} sets a new password here, once, within the hour:\n\n  {}\n",
            told.address, told.link
        )
    })?;
    Ok(Exit::Done)
}

/// Puts a user out of an account.
pub(super) async fn remove(call: &Call, address: &str, account: &str) -> Result<Exit> {
    let (_, scope) = call.world.account(account).await?;
    let user = known(&call.world, address).await?;
    let act = NewAct {
        who: WHO.to_owned(),
        kind: ActKind::Removed,
        about: user.address.expose().to_owned(),
    };
    let members = scope.members().await?;
    anyhow::ensure!(
        members.iter().any(|m| m.user == user.id),
        "{address} is not in the account {account}; avow user list says who is"
    );
    scope.member_remove(user.id, act).await?;
    let told = Removed {
        address: address.to_owned(),
        account: account.to_owned(),
    };
    answer(call.form, &told, |told| {
        format!(
            "{} is put out of {}, and every session of theirs has ended.\n",
            told.address, told.account
        )
    })?;
    Ok(Exit::Done)
}
