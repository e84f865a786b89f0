//! `/api/v1/users`, `/invitations`, `/audit`: who is let in, and what the staff did. To be read; the pages change it.

use std::str::FromStr;

use avow_model::{Role, Timestamp};
use avow_store::{ActPlace, ActRow, ApiScope, MemberRow, OutgoingOpen};
use axum::Json;
use serde_json::{Value, json};

use super::Call;
use super::input::Asked;
use super::key::Caller;
use super::paging::{self, Paging};
use super::problem::Problem;
use super::spec::{
    Area, Doc, Shape, address, count, flag, id, instant, list, must, object, text, words,
};

/// Campaigns under way that are told of.
const CAMPAIGNS_MAX: u32 = 100;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let users = Doc::new(
        "listUsers",
        Area::Account,
        "List who is let into the account",
    )
    .answers(
        200,
        "All of them, in the order of their addresses",
        object([must("users", list(user()))]),
    );
    let open = object([
        must("email", address()),
        must("role", role()),
        must("created_at", instant()),
        must("expires_at", instant()),
    ]);
    let invitations = Doc::new(
        "listInvitations",
        Area::Account,
        "List the open invitations",
    )
    .answers(
        200,
        "All that were not followed yet",
        object([must("invitations", list(open))]),
    );
    let act = object([
        must(
            "who",
            text("grace@example.com").about("A user's address, a key, or the command line"),
        ),
        must("kind", text("campaign_started")),
        must(
            "about",
            text("Spring").about("What it was done to; may be empty"),
        ),
        must("at", instant()),
    ]);
    let audit = Doc::new("readAuditLog", Area::Account, "Read what the staff did")
        .about("Kept for two years.")
        .query(paging::fields())
        .answers(
            200,
            "A page, the newest first",
            paging::shape("acts", act.named("Act")),
        );
    let mut calls = delivery();
    calls.extend([
        Call::get("/api/v1/users", ApiScope::SettingsRead, get_users, users),
        Call::get(
            "/api/v1/invitations",
            ApiScope::SettingsRead,
            get_invitations,
            invitations,
        ),
        Call::get("/api/v1/audit", ApiScope::AuditRead, get_acts, audit),
    ]);
    calls
}

/// How delivery stands.
fn delivery() -> Vec<Call> {
    let moving = object([
        must("campaign", id("cp_")),
        must("name", text("Spring")),
        must("state", words(&["sending", "preparing", "paused"])),
        must("waiting", count(1_204)),
        must("deferred", count(12)),
    ]);
    let single = object([
        must("kind", words(&["message", "confirmation", "test", "staff"])),
        must("waiting", count(2)),
        must("deferred", count(1)),
        must("next_at", instant()),
    ]);
    let doc = Doc::new("getDelivery", Area::Account, "Ask what is on its way")
        .about("Campaigns under way, a hundred at most, and single messages that wait.")
        .answers(
            200,
            "How it stands",
            object([
                must("campaigns", list(moving)),
                must("singles", list(single)),
            ]),
        );
    vec![Call::get(
        "/api/v1/delivery",
        ApiScope::SettingsRead,
        get_delivery,
        doc,
    )]
}

async fn get_delivery(caller: Caller) -> Result<Json<Value>, Problem> {
    let under_way = caller.scope.campaigns_under_way(CAMPAIGNS_MAX).await?;
    let mut campaigns = Vec::with_capacity(under_way.len());
    for campaign in under_way {
        let tally = caller.scope.tally(campaign.id).await?;
        campaigns.push(json!({
            "campaign": campaign.id,
            "name": campaign.name,
            "state": campaign.state.as_str(),
            "waiting": tally.waiting,
            "deferred": tally.deferred,
        }));
    }
    let single = |open: &OutgoingOpen| {
        json!({
            "kind": open.kind.as_str(),
            "waiting": open.waiting,
            "deferred": open.deferred,
            "next_at": open.next_at,
        })
    };
    let singles = caller.scope.outgoing_open().await?;
    let singles: Vec<Value> = singles.iter().map(single).collect();
    Ok(Json(json!({ "campaigns": campaigns, "singles": singles })))
}

fn role() -> Shape {
    words(&Role::ALL.map(Role::as_str))
}

fn user() -> Shape {
    object([
        must("email", address()),
        must("name", text("Grace")),
        must("role", role()),
        must(
            "seen_at",
            instant()
                .or_null()
                .about("When they were last here, while a session lasts"),
        ),
        must(
            "codes",
            flag(true).about("Whether their log-in asks for a code"),
        ),
    ])
    .named("User")
}

async fn get_users(caller: Caller) -> Result<Json<Value>, Problem> {
    let told = |row: &MemberRow| {
        json!({
            "email": row.address.expose(),
            "name": row.name,
            "role": row.role.as_str(),
            "seen_at": row.seen_at,
            "codes": row.codes_since.is_some(),
        })
    };
    let rows = caller.scope.members().await?;
    let users: Vec<Value> = rows.iter().map(told).collect();
    Ok(Json(json!({ "users": users })))
}

async fn get_invitations(caller: Caller) -> Result<Json<Value>, Problem> {
    let rows = caller.scope.invitations().await?;
    let told = rows.iter().map(|row| {
        json!({
            "email": row.invited.address.expose(),
            "role": row.invited.role.as_str(),
            "created_at": row.created_at,
            "expires_at": row.expires_at,
        })
    });
    Ok(Json(json!({ "invitations": told.collect::<Vec<_>>() })))
}

/// Where an act stands: "microseconds-number".
#[derive(Debug, Clone, Copy)]
struct Place(ActPlace);

impl FromStr for Place {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        let (at, id) = word.split_once('-').ok_or(())?;
        let at = at.parse().map_err(|_| ())?;
        Ok(Self(ActPlace {
            at: Timestamp::from_microsecond(at).map_err(|_| ())?,
            id: id.parse().map_err(|_| ())?,
        }))
    }
}

fn word(row: &ActRow) -> String {
    format!("{}-{}", row.place.at.as_microsecond(), row.place.id)
}

async fn get_acts(caller: Caller, Asked(paging): Asked<Paging>) -> Result<Json<Value>, Problem> {
    let (limit, after) = (paging.limit()?, paging.after::<Place>()?);
    let acts = caller
        .scope
        .acts(after.map(|place| place.0), limit + 1)
        .await?;
    let told = |row: &ActRow| {
        json!({
            "who": row.who,
            "kind": row.kind.as_str(),
            "about": row.about,
            "at": row.place.at,
        })
    };
    Ok(Json(paging::page(("acts", limit), acts, word, told)))
}
