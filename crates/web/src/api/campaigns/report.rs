//! What became of a campaign, to the unit.

use avow_deliver::explain_code;
use avow_model::CampaignId;
use avow_store::{ApiScope, ReasonCount, ReturnedCount, ReturnedKind};
use axum::Json;
use serde_json::{Value, json};

use super::people::codes;
use super::{find, read};
use crate::api::Call;
use crate::api::input::At;
use crate::api::key::Caller;
use crate::api::problem::Problem;
use crate::api::spec::{Area, Doc, Shape, count, flag, id, list, must, object, text, words};

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let report = Doc::new("getReport", Area::Reports, "Read what became of a campaign")
        .about("The audience is the sum of its outcomes. Opens and clicks count where the person lets them be measured, people and machines apart.")
        .answers(200, "The numbers", shape());
    let link = object([
        must("n", count(0)),
        must("url", text("https://example.org/")),
        must("clicks", count(412)),
        must("clickers", count(390).about("People, each once")),
    ]);
    let links = Doc::new(
        "getReportLinks",
        Area::Reports,
        "Read how often each link was followed",
    )
    .answers(
        200,
        "Every link, in the order of the message",
        object([must("links", list(link))]),
    );
    let read = ApiScope::ReportsRead;
    vec![
        Call::get("/api/v1/campaigns/{campaign}/report", read, get, report),
        Call::get("/api/v1/campaigns/{campaign}/links", read, get_links, links),
    ]
}

fn shape() -> Shape {
    let hits = object([
        must("human_openers", count(4_100)),
        must("human_clickers", count(800)),
        must("human_opens", count(5_000)),
        must("human_clicks", count(900)),
        must("machine_opens", count(2_000)),
        must("machine_clicks", count(300)),
    ]);
    let reason = object([
        must("outcome", text("refused")),
        must("codes", list(text("D_OPT_OUT"))),
        must("sentence", text("The person withdrew").or_null()),
        must("reply_code", count(550).or_null()),
        must("people", count(12)),
    ]);
    let returned = object([
        must(
            "kind",
            words(&["bounce", "delay", "complaint", "opt_out"])
                .about("What came back by mail after it was accepted"),
        ),
        must("class", text("mailbox_full")),
        must("hard", flag(true).about("It ended the address")),
        must("messages", count(3)),
    ]);
    object([
        must("campaign", id("cp_")),
        must("state", text("finished")),
        must("outcomes", read::outcomes()),
        must("hits", hits),
        must("reasons", list(reason)),
        must("returned", list(returned)),
        must("complaints", count(1)),
    ])
    .named("Report")
}

async fn get(caller: Caller, At(id): At<CampaignId>) -> Result<Json<Value>, Problem> {
    let campaign = find(&caller.scope, id).await?;
    let tally = caller.scope.tally(id).await?;
    let hits = caller.scope.hit_tally(id).await?;
    let reasons = caller.scope.reasons_tally(id).await?;
    let returned = caller.scope.returned_tally(id).await?;
    let complaints = returned
        .iter()
        .filter(|r| r.kind == ReturnedKind::Complaint);
    let complaints: u64 = complaints.map(|r| r.n).sum();
    Ok(Json(json!({
        "campaign": id,
        "state": campaign.state.as_str(),
        "outcomes": read::outcomes_told(&tally),
        "hits": {
            "human_openers": hits.human_openers,
            "human_clickers": hits.human_clickers,
            "human_opens": hits.human_opens,
            "human_clicks": hits.human_clicks,
            "machine_opens": hits.machine_opens,
            "machine_clicks": hits.machine_clicks,
        },
        "reasons": reasons.iter().map(reason).collect::<Vec<_>>(),
        "returned": returned.iter().map(came_back).collect::<Vec<_>>(),
        "complaints": complaints,
    })))
}

fn reason(count: &ReasonCount) -> Value {
    let codes = codes(&count.reasons);
    let first = codes.first().and_then(|code| explain_code(code));
    json!({
        "outcome": count.state.as_str(),
        "codes": codes,
        "sentence": first.map(|(title, _)| title),
        "reply_code": count.reply_code,
        "people": count.n,
    })
}

fn came_back(count: &ReturnedCount) -> Value {
    json!({
        "kind": count.kind.as_str(),
        "class": count.class,
        "hard": count.hard,
        "messages": count.n,
    })
}

async fn get_links(caller: Caller, At(id): At<CampaignId>) -> Result<Json<Value>, Problem> {
    find(&caller.scope, id).await?;
    let urls = caller.scope.campaign_links(id).await?;
    let counts = caller.scope.link_tally(id).await?;
    let link = |(n, url): (usize, &String)| {
        let counted = counts.iter().find(|count| usize::from(count.link) == n);
        json!({
            "n": n,
            "url": url,
            "clicks": counted.map_or(0, |c| c.clicks),
            "clickers": counted.map_or(0, |c| c.clickers),
        })
    };
    let links: Vec<Value> = urls.iter().enumerate().map(link).collect();
    Ok(Json(json!({ "links": links })))
}
