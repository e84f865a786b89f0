//! The people behind each number.

use std::sync::Arc;

use avow_model::{CampaignId, EmailAddress, RecipientState};
use avow_store::{ApiScope, AttemptLine, RecipientFilter, RecipientLine};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::find;
use crate::App;
use crate::api::Call;
use crate::api::input::{Asked, At, AtBoth, gone};
use crate::api::key::Caller;
use crate::api::paging::{self, Paging};
use crate::api::people::must_show;
use crate::api::problem::{Kind, Problem};
use crate::api::spec::{
    Area, Doc, Field, Shape, address, between, count, id, instant, list, may, must, object, short,
    text, words,
};

/// Longest code of a reason.
const REASON_CHARS_MAX: usize = 64;

fn outcome() -> Shape {
    let all: Vec<&str> = RecipientState::all().map(RecipientState::as_str).collect();
    words(&all)
}

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let reason =
        short("D_OPT_OUT", REASON_CHARS_MAX).about("Only with this code among their reasons");
    let reply = between(200, 599, 550).about("Only whose server's last reply had this code");
    let many = Doc::new(
        "listRecipients",
        Area::Reports,
        "List the people of a campaign, or those at one outcome",
    )
    .about("One row a person, with one outcome and its reason.")
    .query(paging::fields())
    .query([
        may("outcome", outcome().about("Only at this one")),
        may("reason", reason),
        may("reply_code", reply),
    ])
    .answers(
        200,
        "A page, in the order of their numbers",
        paging::shape("recipients", line()),
    )
    .may_fail([Kind::Policy]);
    let attempt = object([
        must("n", count(1)),
        must("reply_code", count(450).or_null()),
        must("reply", text("450 4.2.1 Try later").or_null()),
        must("at", instant()),
    ]);
    let whole = object(
        fields()
            .into_iter()
            .chain([must("deferrals", list(attempt))]),
    );
    let one = Doc::new(
        "getRecipient",
        Area::Reports,
        "Look at one person's message of a campaign",
    )
    .answers(200, "What happened to it", whole.named("RecipientWhole"))
    .may_fail([Kind::Policy]);
    let read = ApiScope::ReportsRead;
    vec![
        Call::get(
            "/api/v1/campaigns/{campaign}/recipients",
            read,
            get_page,
            many,
        ),
        Call::get(
            "/api/v1/campaigns/{campaign}/recipients/{seq}",
            read,
            get_one,
            one,
        ),
    ]
}

fn fields() -> Vec<Field> {
    vec![
        must("seq", count(1)),
        must("contact", id("ct_")),
        must("email", address().or_null().about("Null once erased")),
        must("outcome", outcome()),
        must("attempts", count(1)),
        must("next_attempt_at", instant().or_null()),
        must("reply_code", count(250).or_null()),
        must("reply", text("250 2.0.0 Ok").or_null()),
        must(
            "codes",
            list(text("A_OPT_IN")).about("Of the decision about this person"),
        ),
        must("updated_at", instant()),
    ]
}

fn line() -> Shape {
    object(fields()).named("Recipient")
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    after: Option<String>,
    limit: Option<u32>,
    outcome: Option<String>,
    reason: Option<String>,
    reply_code: Option<u16>,
}

impl Wish {
    fn filter(&self) -> Result<RecipientFilter, Problem> {
        let state = self.outcome.as_deref().map(str::parse::<RecipientState>);
        let state = state.transpose();
        let short = |r: &String| (1..=REASON_CHARS_MAX).contains(&r.chars().count());
        if self.reason.as_ref().is_some_and(|r| !short(r)) {
            return Err(Problem::field("reason", "It is no code of a reason"));
        }
        if self
            .reply_code
            .is_some_and(|code| !(200..=599).contains(&code))
        {
            return Err(Problem::field("reply_code", "It must be from 200 to 599"));
        }
        Ok(RecipientFilter {
            state: state.map_err(|()| Problem::field("outcome", "It is none of the outcomes"))?,
            reason: self.reason.clone(),
            reply_code: self.reply_code,
        })
    }
}

async fn get_page(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<CampaignId>,
    Asked(wish): Asked<Wish>,
) -> Result<Json<Value>, Problem> {
    must_show(&app, &caller).await?;
    let filter = wish.filter()?;
    let paging = Paging {
        after: wish.after,
        limit: wish.limit,
    };
    let (limit, after) = (paging.limit()?, paging.after::<u32>()?);
    find(&caller.scope, id).await?;
    let after = after.unwrap_or_default();
    let rows = caller
        .scope
        .recipients_page(id, &filter, after, limit + 1)
        .await?;
    let name_of = |row: &RecipientLine| row.seq.to_string();
    Ok(Json(paging::page(
        ("recipients", limit),
        rows,
        name_of,
        told,
    )))
}

/// The codes of a row, each once: two data of a kind give the same code twice.
pub(super) fn codes(stored: &str) -> Vec<&str> {
    let mut codes = Vec::new();
    for code in stored.split([' ', ',']).filter(|code| !code.is_empty()) {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

fn told(row: &RecipientLine) -> Value {
    json!({
        "seq": row.seq,
        "contact": row.contact,
        "email": row.address.as_ref().map(EmailAddress::expose),
        "outcome": row.state.as_str(),
        "attempts": row.attempts,
        "next_attempt_at": row.next_at,
        "reply_code": row.reply_code,
        "reply": row.reply,
        "codes": codes(&row.reasons),
        "updated_at": row.updated_at,
    })
}

async fn get_one(
    State(app): State<Arc<App>>,
    caller: Caller,
    AtBoth(id, seq): AtBoth<CampaignId, u32>,
) -> Result<Json<Value>, Problem> {
    must_show(&app, &caller).await?;
    let row = caller.scope.recipient(id, seq).await?.ok_or_else(gone)?;
    let attempts = caller.scope.attempts(id, seq).await?;
    let deferral = |a: &AttemptLine| json!({ "n": a.n, "reply_code": a.reply_code, "reply": a.reply, "at": a.at });
    let mut whole = told(&row);
    whole["deferrals"] = attempts.iter().map(deferral).collect();
    Ok(Json(whole))
}
