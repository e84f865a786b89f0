//! `/api/v1/lists`: lists, and who is on them.
//!
//! A place on a list is no permission: whether somebody gets anything, the gate decides for each message. A place that
//! the person left is not taken again by a program, nor one that waits for their confirmation.

use std::sync::Arc;

use avow_model::{ContactId, Slug};
use avow_store::{AccountScope, ApiScope, ListRow, SubscriptionState};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Call;
use super::contacts;
use super::input::{Asked, At, AtBoth, Input, gone};
use super::key::Caller;
use super::once::Named;
use super::paging::{self, Paging};
use super::people;
use super::problem::{Kind, Problem};
use super::spec::{Area, Doc, Shape, count, form, id, instant, must, object, short, slug, words};
use crate::App;

/// Longest name of a list.
const NAME_CHARS_MAX: usize = 120;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let doc = |id, title| Doc::new(id, Area::Lists, title);
    let all = doc("listLists", "List the lists")
        .query(paging::fields())
        .answers(
            200,
            "A page, in the order of their short names",
            paging::shape("lists", line()),
        );
    let make = doc("createList", "Make a list")
        .body(form([
            must("slug", slug("readers")),
            must("name", short("Readers", NAME_CHARS_MAX)),
        ]))
        .answers(201, "Made", line())
        .may_fail([Kind::Taken])
        .once();
    let one = doc("getList", "Look at a list").answers(
        200,
        "The list, with how many are confirmed on it",
        whole(),
    );
    let who = doc("listContactsOfList", "List who is on a list")
        .query(paging::fields())
        .answers(
            200,
            "A page of those confirmed",
            paging::shape("contacts", contacts::summary()),
        )
        .may_fail([Kind::Policy]);
    let put = doc("putOnList", "Put somebody on a list")
        .about("A place is no permission. A place that the person left, or that waits for their confirmation, is theirs to take: 409.")
        .answers(200, "On the list", place())
        .may_fail([Kind::State]);
    let away = doc("takeOffList", "Take somebody off a list").answers(200, "Off the list", place());
    let lists = ApiScope::Lists;
    let (path, at) = ("/api/v1/lists", "/api/v1/lists/{list}");
    let person = "/api/v1/lists/{list}/contacts/{contact}";
    vec![
        Call::get(path, lists, get_all, all),
        Call::post(path, lists, create, make),
        Call::get(at, lists, get_one, one),
        Call::get(
            "/api/v1/lists/{list}/contacts",
            ApiScope::ContactsRead,
            get_people,
            who,
        ),
        Call::put(person, lists, put_on, put),
        Call::delete(person, lists, take_off, away),
    ]
}

fn line() -> Shape {
    object([
        must("id", id("ls_")),
        must("slug", slug("readers")),
        must("name", short("Readers", NAME_CHARS_MAX)),
        must("created_at", instant()),
    ])
    .named("List")
}

fn whole() -> Shape {
    object([
        must("id", id("ls_")),
        must("slug", slug("readers")),
        must("name", short("Readers", NAME_CHARS_MAX)),
        must("created_at", instant()),
        must("confirmed", count(9_688)),
    ])
    .named("ListWithSize")
}

fn place() -> Shape {
    object([
        must("list", slug("readers")),
        must("contact", id("ct_")),
        must("state", words(&["confirmed", "pending", "ended"])),
    ])
    .named("Place")
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    slug: Slug,
    name: String,
}

async fn get_all(caller: Caller, Asked(paging): Asked<Paging>) -> Result<Json<Value>, Problem> {
    let rows = caller.scope.lists().await?;
    let page = paging.cut(("lists", rows), |row| row.slug.to_string(), told)?;
    Ok(Json(page))
}

fn told(row: &ListRow) -> Value {
    json!({
        "id": row.id,
        "slug": row.slug,
        "name": row.name,
        "created_at": row.created_at,
    })
}

async fn create(caller: Caller, named: Named, input: Input<Wish>) -> Result<Response, Problem> {
    let wish = input.value;
    let name = checked_name(&wish.name, NAME_CHARS_MAX)?;
    let work = async {
        caller.scope.list_create(&wish.slug, &name).await?;
        Ok(wish.slug.to_string())
    };
    let done = named.once(&caller.scope, &input.bytes, work).await?;
    let row = find(&caller.scope, &done.name.parse().map_err(|_| gone())?).await?;
    Ok(done.answer((StatusCode::CREATED, Json(told(&row)))))
}

/// A name for people: one line, not blank.
pub(super) fn checked_name(name: &str, chars_max: usize) -> Result<String, Problem> {
    let name = name.trim();
    let chars = name.chars().count();
    if (1..=chars_max).contains(&chars) && !name.chars().any(char::is_control) {
        return Ok(name.to_owned());
    }
    let sentence = format!("It must be 1 to {chars_max} characters on one line");
    Err(Problem::field("name", sentence))
}

/// The list of this short name.
pub(super) async fn find(scope: &AccountScope, slug: &Slug) -> Result<ListRow, Problem> {
    scope.list_by_slug(slug).await?.ok_or_else(gone)
}

async fn get_one(caller: Caller, At(slug): At<Slug>) -> Result<Json<Value>, Problem> {
    let row = find(&caller.scope, &slug).await?;
    let mut whole = told(&row);
    whole["confirmed"] = caller.scope.list_size(row.id).await?.into();
    Ok(Json(whole))
}

async fn get_people(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(slug): At<Slug>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<Value>, Problem> {
    people::must_show(&app, &caller).await?;
    let row = find(&caller.scope, &slug).await?;
    let page = contacts::page(&caller.scope, &paging, ("", Some(row.id))).await?;
    Ok(Json(page))
}

/// Where somebody stands on a list; `None` for who never was on it. Who is no contact is not there.
async fn standing(
    caller: &Caller,
    (row, contact): (&ListRow, ContactId),
) -> Result<Option<SubscriptionState>, Problem> {
    let person = caller.scope.contact(contact).await?;
    person.filter(|p| p.address.is_some()).ok_or_else(gone)?;
    let places = caller.scope.subscriptions(contact).await?;
    Ok(places.iter().find(|p| p.list == row.id).map(|p| p.state))
}

async fn put_on(
    caller: Caller,
    AtBoth(slug, contact): AtBoth<Slug, ContactId>,
) -> Result<Json<Value>, Problem> {
    use SubscriptionState as S;
    let row = find(&caller.scope, &slug).await?;
    match standing(&caller, (&row, contact)).await? {
        Some(S::Ended) => Err(Problem::new(
            Kind::State,
            "They left this list; only they come back, by a form or their preferences",
        )),
        Some(S::Pending) => Err(Problem::new(
            Kind::State,
            "They were asked to confirm and have not yet; only they can",
        )),
        Some(S::Confirmed) => Ok(placed(&row, contact, S::Confirmed)),
        None => {
            caller
                .scope
                .subscribe(row.id, contact, S::Confirmed)
                .await?;
            Ok(placed(&row, contact, S::Confirmed))
        }
    }
}

async fn take_off(
    caller: Caller,
    AtBoth(slug, contact): AtBoth<Slug, ContactId>,
) -> Result<Json<Value>, Problem> {
    let row = find(&caller.scope, &slug).await?;
    let state = standing(&caller, (&row, contact)).await?.ok_or_else(gone)?;
    if state != SubscriptionState::Ended {
        let ended = SubscriptionState::Ended;
        caller.scope.subscribe(row.id, contact, ended).await?;
    }
    Ok(placed(&row, contact, SubscriptionState::Ended))
}

fn placed(row: &ListRow, contact: ContactId, state: SubscriptionState) -> Json<Value> {
    Json(json!({ "list": row.slug, "contact": contact, "state": state.as_str() }))
}
