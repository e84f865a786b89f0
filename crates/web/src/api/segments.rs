//! `/api/v1/segments`: who is meant, in words.

use std::sync::Arc;

use avow_deliver::check::Chosen;
use avow_deliver::{SegmentQuestion, count_segment, explain_code, read_segment};
use avow_model::{Purpose, Slug};
use avow_store::{AccountScope, ApiScope, SegmentRow, SegmentText};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Call;
use super::input::{Asked, At, Input, gone};
use super::key::Caller;
use super::lists;
use super::once::Named;
use super::paging::{self, Paging};
use super::people;
use super::problem::{Kind, Problem};
use super::spec::{
    Area, Doc, Shape, count, form, id, instant, list, may, must, name, object, short, slug, text,
};
use crate::App;

/// Longest segment: what the reader of segments takes.
const WORDS_CHARS_MAX: usize = 4_000;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let doc = |id, title| Doc::new(id, Area::Segments, title);
    let words = || {
        short("city = \"Berlin\" and not on list former", WORDS_CHARS_MAX)
            .about("Who is meant, in the language of docs/segments.md")
    };
    let all = doc("listSegments", "List the segments")
        .query(paging::fields())
        .answers(
            200,
            "A page, in the order of their short names",
            paging::shape("segments", line()),
        );
    let make = doc("createSegment", "Make a segment")
        .about("Read under the policy in force: what it reads must be declared there.")
        .body(form([
            must("slug", slug("berliners")),
            must("where", words()),
        ]))
        .answers(201, "Made", line())
        .may_fail([Kind::Taken, Kind::Account])
        .once();
    let one = doc("getSegment", "Look at a segment").answers(200, "The segment", line());
    let change = doc("changeSegment", "Rewrite a segment")
        .about("Drafts that are to be sent to it follow; campaigns that have started do not.")
        .body(form([must("where", words())]))
        .answers(200, "Rewritten", line())
        .may_fail([Kind::Account, Kind::State]);
    let away = doc("deleteSegment", "Remove a segment")
        .empty("Removed")
        .may_fail([Kind::State]);
    let counted = doc("countSegment", "Count whom a segment means")
        .about("Asked of the gate for each person: what may not be read for the purpose is unknown, and who is unknown is not meant.")
        .query([
            must("purpose", name("newsletter").about("For what the data are read")),
            may("list", slug("readers").about("Only those confirmed on it")),
            may("about", slug("orders").about("The topic, where the policy asks for one")),
        ])
        .answers(200, "How many", sizes())
        .may_fail([Kind::Account]);
    let segments = ApiScope::Segments;
    let (path, at) = ("/api/v1/segments", "/api/v1/segments/{segment}");
    vec![
        Call::get(path, segments, get_all, all),
        Call::post(path, segments, create, make),
        Call::get(at, segments, get_one, one),
        Call::put(at, segments, rewrite, change),
        Call::delete(at, segments, remove, away),
        Call::get(
            "/api/v1/segments/{segment}/count",
            segments,
            self::counted,
            counted,
        ),
    ]
}

fn line() -> Shape {
    object([
        must("id", id("sg_")),
        must("slug", slug("berliners")),
        must(
            "where",
            text("city = \"Berlin\"").about("As it was written"),
        ),
        must(
            "canonical",
            text("city = \"Berlin\"").about("The one way to write it"),
        ),
        must("created_at", instant()),
    ])
    .named("Segment")
}

fn sizes() -> Shape {
    let why = object([
        must("codes", list(text("D_NOT_READ"))),
        must(
            "sentence",
            text("The policy does not let this purpose read it").or_null(),
        ),
        must("people", count(12)),
    ]);
    object([
        must("looked_at", count(10_000)),
        must("meant", count(1_204)),
        must("outside", count(8_784)),
        must(
            "untold",
            count(12).about("Of whom it cannot be told; they are not meant"),
        ),
        must("untold_why", list(why)),
    ])
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    slug: Slug,
    #[serde(rename = "where")]
    words: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rewrite {
    #[serde(rename = "where")]
    words: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    purpose: Purpose,
    list: Option<Slug>,
    about: Option<Slug>,
}

fn told(row: &SegmentRow) -> Value {
    json!({
        "id": row.id,
        "slug": row.slug,
        "where": row.text,
        "canonical": row.canonical,
        "created_at": row.created_at,
    })
}

async fn find(scope: &AccountScope, slug: &Slug) -> Result<SegmentRow, Problem> {
    scope.segment_by_slug(slug).await?.ok_or_else(gone)
}

/// Reads words under the policy in force, and looks for the lists that they name.
async fn read(app: &App, caller: &Caller, words: &str) -> Result<SegmentText, Problem> {
    if words.chars().count() > WORDS_CHARS_MAX {
        let sentence = format!("A segment has at most {WORDS_CHARS_MAX} characters");
        return Err(Problem::field("where", sentence));
    }
    let policies = people::policies(app, caller).await?;
    let version = policies.in_force(app.now()).ok_or_else(people::no_policy)?;
    let segment = read_segment(words, version).map_err(|faults| {
        let all = faults.iter().map(|f| f.to_string().trim_end().to_owned());
        Problem::field("where", all.collect::<Vec<_>>().join("\n"))
    })?;
    let lists = caller.scope.lists().await?;
    let known = |slug: &&Slug| lists.iter().any(|list| list.slug == **slug);
    if let Some(named) = segment.lists().iter().find(|slug| !known(slug)) {
        let sentence = format!("The account has no list `{named}`");
        return Err(Problem::field("where", sentence));
    }
    Ok(SegmentText {
        text: words.to_owned(),
        canonical: segment.expr().to_string(),
    })
}

async fn get_all(caller: Caller, Asked(paging): Asked<Paging>) -> Result<Json<Value>, Problem> {
    let rows = caller.scope.segments().await?;
    let page = paging.cut(("segments", rows), |row| row.slug.to_string(), told)?;
    Ok(Json(page))
}

async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    named: Named,
    input: Input<Wish>,
) -> Result<Response, Problem> {
    let wish = input.value;
    let text = read(&app, &caller, &wish.words).await?;
    let work = async {
        caller.scope.segment_create(&wish.slug, &text).await?;
        Ok(wish.slug.to_string())
    };
    let done = named.once(&caller.scope, &input.bytes, work).await?;
    let row = find(&caller.scope, &done.name.parse().map_err(|_| gone())?).await?;
    Ok(done.answer((StatusCode::CREATED, Json(told(&row)))))
}

async fn get_one(caller: Caller, At(slug): At<Slug>) -> Result<Json<Value>, Problem> {
    Ok(Json(told(&find(&caller.scope, &slug).await?)))
}

async fn rewrite(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(slug): At<Slug>,
    Input { value: wish, .. }: Input<Rewrite>,
) -> Result<Json<Value>, Problem> {
    let row = find(&caller.scope, &slug).await?;
    let text = read(&app, &caller, &wish.words).await?;
    caller.scope.segment_change(row.id, &text).await?;
    Ok(Json(told(&find(&caller.scope, &slug).await?)))
}

async fn remove(caller: Caller, At(slug): At<Slug>) -> Result<StatusCode, Problem> {
    let row = find(&caller.scope, &slug).await?;
    caller.scope.segment_remove(row.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn counted(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(slug): At<Slug>,
    Asked(asked): Asked<Question>,
) -> Result<Json<Value>, Problem> {
    let row = find(&caller.scope, &slug).await?;
    let account = caller.scope.row().await?;
    let list = match &asked.list {
        None => None,
        Some(slug) => {
            let list = lists::find(&caller.scope, slug).await;
            let list = list.map_err(|_| Problem::field("list", "This account has no such list"))?;
            Some(list.id)
        }
    };
    let question = SegmentQuestion {
        account: &account,
        slug: &row.slug,
        text: &row.canonical,
        purpose: &asked.purpose,
        list,
        about: asked.about.as_ref(),
    };
    let chosen = count_segment((&app.store, &app.shelf), question, app.now()).await;
    Ok(Json(sizes_told(&chosen.map_err(Problem::of_brief)?)))
}

fn sizes_told(chosen: &Chosen) -> Value {
    let why = |(codes, people): &(String, u64)| {
        let codes: Vec<&str> = codes.split([' ', ',']).filter(|c| !c.is_empty()).collect();
        let first = codes.first().and_then(|code| explain_code(code));
        json!({ "codes": codes, "sentence": first.map(|(title, _)| title), "people": people })
    };
    json!({
        "looked_at": chosen.meant + chosen.outside + chosen.untold,
        "meant": chosen.meant,
        "outside": chosen.outside,
        "untold": chosen.untold,
        "untold_why": chosen.untold_why.iter().map(why).collect::<Vec<_>>(),
    })
}
