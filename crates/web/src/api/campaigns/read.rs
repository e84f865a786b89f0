//! Campaigns as they stand.

use avow_model::{BodyKind, CampaignId, CampaignState};
use avow_store::{AccountScope, ApiScope, Campaign, CampaignFilter, CampaignLine, ListRow, Tally};
use axum::Json;
use serde_json::{Value, json};

use super::find;
use crate::api::Call;
use crate::api::input::{Asked, At};
use crate::api::key::Caller;
use crate::api::paging::{self, Paging};
use crate::api::problem::Problem;
use crate::api::spec::{
    Area, Doc, Field, Shape, address, count, id, instant, may, must, name, object, slug, text,
    words,
};

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let all = Doc::new("listCampaigns", Area::Campaigns, "List the campaigns")
        .query(paging::fields())
        .answers(
            200,
            "A page, the newest first",
            paging::shape("campaigns", line()),
        );
    let one = Doc::new("getCampaign", Area::Campaigns, "Look at a campaign").answers(
        200,
        "The campaign, with its content and how many stand at each outcome",
        whole(),
    );
    let read = ApiScope::CampaignsRead;
    vec![
        Call::get("/api/v1/campaigns", read, get_all, all),
        Call::get("/api/v1/campaigns/{campaign}", read, get_one, one),
    ]
}

fn fields() -> Vec<Field> {
    vec![
        must("id", id("cp_")),
        must("name", text("Spring")),
        must(
            "state",
            words(&CampaignState::ALL.map(CampaignState::as_str)),
        ),
        must("subject", text("What to plant in March")),
        must(
            "starts_at",
            instant()
                .or_null()
                .about("Of a draft: when it leaves by itself"),
        ),
        must("created_at", instant()),
        must("started_at", instant().or_null()),
        must("finished_at", instant().or_null()),
    ]
}

fn line() -> Shape {
    object(fields()).named("CampaignSummary")
}

/// What a campaign says.
pub(super) fn content() -> Shape {
    let offers = may(
        "offers",
        crate::api::spec::list(object([])).about("What others offer in it"),
    );
    object([
        must("subject", text("What to plant in March")),
        must("preheader", text("And where")),
        must("from_name", text("IMark")),
        must(
            "from_address",
            address().such_as(json!("news@imark.example")),
        ),
        must("reply_to", address().or_null()),
        must("kind", words(&["mjml", "html"])),
        must("body", text("<mjml><mj-body></mj-body></mjml>")),
        must(
            "text",
            text("Hello").or_null().about("Null: made of the body"),
        ),
        must("about", name("gardening").or_null()),
        offers,
    ])
    .named("CampaignContent")
}

/// How many stand where.
pub(super) fn outcomes() -> Shape {
    object([
        must("audience", count(10_000).about("The sum of the others")),
        must("waiting", count(0)),
        must("delivered", count(9_688)),
        must("deferred", count(0)),
        must("bounced", count(204)),
        must("expired", count(8)),
        must("refused", count(100)),
        must("unknown", count(0)),
    ])
    .named("Outcomes")
}

/// One campaign.
pub(super) fn whole() -> Shape {
    let more = [
        must("purpose", name("newsletter")),
        must("list", slug("readers").or_null().about("Null: everybody")),
        must("segment", slug("berliners").or_null()),
        must("content", content()),
        must("outcomes", outcomes()),
    ];
    object(fields().into_iter().chain(more)).named("Campaign")
}

/// Counts by outcome.
pub(super) fn outcomes_told(tally: &Tally) -> Value {
    json!({
        "audience": tally.audience(),
        "waiting": tally.waiting,
        "delivered": tally.delivered,
        "deferred": tally.deferred,
        "bounced": tally.bounced,
        "expired": tally.expired,
        "refused": tally.refused,
        "unknown": tally.unknown,
    })
}

fn told(campaign: &Campaign, lists: &[ListRow]) -> Value {
    let list = lists.iter().find(|list| Some(list.id) == campaign.list);
    json!({
        "id": campaign.id,
        "name": campaign.name,
        "state": campaign.state.as_str(),
        "purpose": campaign.purpose,
        "subject": campaign.content.subject,
        "list": list.map(|list| &list.slug),
        "segment": campaign.segment.as_ref().map(|s| &s.slug),
        "starts_at": campaign.starts_at,
        "created_at": campaign.created_at,
        "started_at": campaign.started_at,
        "finished_at": campaign.finished_at,
    })
}

fn content_told(campaign: &Campaign) -> Value {
    let content = &campaign.content;
    let kind = match content.body_kind {
        BodyKind::Html => "html",
        BodyKind::Mjml => "mjml",
    };
    let mut told = json!({
        "subject": content.subject,
        "preheader": content.preheader,
        "from_name": content.from_name,
        "from_address": content.from_address,
        "reply_to": content.reply_to,
        "kind": kind,
        "body": content.body,
        "text": content.text,
        "about": content.about,
    });
    if !content.offers.is_empty() {
        told["offers"] = json!(content.offers);
    }
    told
}

async fn get_all(caller: Caller, Asked(paging): Asked<Paging>) -> Result<Json<Value>, Problem> {
    let (limit, after) = (paging.limit()?, paging.after::<CampaignId>()?);
    let filter = CampaignFilter {
        states: CampaignState::ALL.to_vec(),
        ..CampaignFilter::default()
    };
    let rows = caller
        .scope
        .campaign_lines(&filter, after, limit + 1)
        .await?;
    let name_of = |row: &CampaignLine| row.id.to_string();
    Ok(Json(paging::page(
        ("campaigns", limit),
        rows,
        name_of,
        line_told,
    )))
}

fn line_told(row: &CampaignLine) -> Value {
    json!({
        "id": row.id,
        "name": row.name,
        "state": row.state.as_str(),
        "subject": row.subject,
        "starts_at": row.starts_at,
        "created_at": row.created_at,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
    })
}

async fn get_one(caller: Caller, At(id): At<CampaignId>) -> Result<Json<Value>, Problem> {
    Ok(Json(tell(&caller.scope, id).await?))
}

/// One campaign, as programs read it.
pub(super) async fn tell(scope: &AccountScope, id: CampaignId) -> Result<Value, Problem> {
    let campaign = find(scope, id).await?;
    let lists = scope.lists().await?;
    let tally = scope.tally(id).await?;
    let mut whole = told(&campaign, &lists);
    whole["content"] = content_told(&campaign);
    whole["outcomes"] = outcomes_told(&tally);
    Ok(whole)
}
