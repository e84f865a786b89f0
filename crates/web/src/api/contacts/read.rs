//! Finding people, and what is held of one.

use std::sync::Arc;

use avow_model::{ContactId, EmailAddress, How, ListId, Slug};
use avow_store::{
    AccountScope, ApiScope, Contact, ContactFilter, ContactSummary, ContactsFound, LedgerEntry,
    LedgerLine, SubscriptionRow,
};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::App;
use crate::api::Call;
use crate::api::input::{Asked, At, gone};
use crate::api::key::Caller;
use crate::api::paging::{self, Paging};
use crate::api::people;
use crate::api::problem::Problem;
use crate::api::spec::{
    Area, Doc, Field, Shape, address, count, flag, id, instant, list, may, must, name, object,
    short, slug, text, texts, words,
};

/// A longer search is no address (RFC 5321 section 4.5.3.1).
const SEARCH_CHARS_MAX: usize = 254;
/// Lines of a person's ledger in which collections are looked for.
const LINES_MAX: u32 = 1_000;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let search = short("example.com", SEARCH_CHARS_MAX).about("A part of the address. A whole address is found at once; for a part, so many contacts are looked at that a page may be empty and yet have a `next`");
    let on = slug("readers").about("Only those confirmed on this list, by its short name");
    let many = Doc::new("listContacts", Area::Contacts, "List people, or find some")
        .about("In the order in which they came. Erased people are in no list.")
        .query(paging::fields())
        .query([may("search", search), may("list", on)])
        .answers(200, "A page", paging::shape("contacts", summary()));
    let one = Doc::new("getContact", Area::Contacts, "Look at one person")
        .about("With where each datum came from and the policy version it was collected under: what may be done with it hangs on that.")
        .answers(200, "The person; of an erased one nothing is left but the id", whole());
    let read = ApiScope::ContactsRead;
    vec![
        Call::get("/api/v1/contacts", read, get_page, many),
        Call::get("/api/v1/contacts/{contact}", read, get_one, one),
    ]
}

fn fields() -> Vec<Field> {
    let held = texts(json!({ "first_name": "Ada" }));
    vec![
        must("id", id("ct_")),
        must("email", address().or_null().about("Null once erased")),
        must("fields", held.about("What is held, by name")),
        must(
            "country",
            text("de")
                .or_null()
                .about("As far as known: ISO 3166, in small letters"),
        ),
        must(
            "role_address",
            flag(false).about("The address of a function, not of a person"),
        ),
        must(
            "disposable",
            flag(false).about("The domain gives addresses for a moment only"),
        ),
        must("created_at", instant()),
    ]
}

/// One line of a list of people.
pub(in crate::api) fn summary() -> Shape {
    object(fields()).named("ContactSummary")
}

/// One person.
pub(in crate::api) fn whole() -> Shape {
    let hows = [
        How::Direct,
        How::ImportAttested,
        How::ImportUnattested,
        How::Referral,
    ];
    let hows = hows.map(how_word);
    let collection = object([
        must("categories", list(name("email"))),
        must(
            "policy_version",
            count(1)
                .or_null()
                .about("The version whose notice was served; null where nobody attests one"),
        ),
        must("how", words(&hows)),
        must("at", instant()),
    ]);
    let place = object([
        must("list", slug("readers")),
        must("state", words(&["confirmed", "pending", "ended"])),
        must("at", instant()),
    ]);
    let more = [
        must("last_activity_at", instant().or_null()),
        must(
            "collections",
            list(collection).about("Where the data came from, the newest first"),
        ),
        must("lists", list(place)),
    ];
    object(fields().into_iter().chain(more)).named("Contact")
}

const fn how_word(how: How) -> &'static str {
    match how {
        How::Direct => "direct",
        How::ImportAttested => "import_attested",
        How::ImportUnattested => "import_unattested",
        How::Referral => "referral",
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    after: Option<String>,
    limit: Option<u32>,
    search: Option<String>,
    list: Option<Slug>,
}

async fn get_page(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(wish): Asked<Wish>,
) -> Result<Json<Value>, Problem> {
    people::must_show(&app, &caller).await?;
    let paging = Paging {
        after: wish.after,
        limit: wish.limit,
    };
    let on = match &wish.list {
        None => None,
        Some(slug) => Some(list_of(&caller.scope, slug).await?),
    };
    let search = wish.search.as_deref().map(str::trim).unwrap_or_default();
    if search.chars().count() > SEARCH_CHARS_MAX || (wish.search.is_some() && search.is_empty()) {
        let sentence = format!("A search has 1 to {SEARCH_CHARS_MAX} characters");
        return Err(Problem::field("search", sentence));
    }
    Ok(Json(page(&caller.scope, &paging, (search, on)).await?))
}

async fn list_of(scope: &AccountScope, slug: &Slug) -> Result<ListId, Problem> {
    let row = scope.list_by_slug(slug).await?;
    let row = row.ok_or_else(|| Problem::field("list", "This account has no such list"))?;
    Ok(row.id)
}

/// A page of people; of those on a list, or of those with a part in their address.
pub(in crate::api) async fn page(
    scope: &AccountScope,
    paging: &Paging,
    (search, on): (&str, Option<ListId>),
) -> Result<Value, Problem> {
    let (limit, after) = (paging.limit()?, paging.after::<ContactId>()?);
    let found = match on {
        None if !search.is_empty() => scope.contacts_search(search, after, limit + 1).await?,
        on => {
            let filter = ContactFilter {
                search: Some(search.to_owned()).filter(|text| !text.is_empty()),
                list: on,
            };
            ContactsFound {
                contacts: scope.contacts_page(&filter, after, limit + 1).await?,
                looked_to: None,
            }
        }
    };
    let looked_to = found.looked_to;
    let name_of = |c: &ContactSummary| c.id.to_string();
    let mut page = paging::page(("contacts", limit), found.contacts, name_of, told);
    if page["next"].is_null() {
        page["next"] = json!(looked_to);
    }
    Ok(page)
}

fn country(code: &str) -> Option<&str> {
    Some(code).filter(|code| *code != "zz")
}

fn told(contact: &ContactSummary) -> Value {
    json!({
        "id": contact.id,
        "email": contact.address.expose(),
        "fields": contact.fields,
        "country": country(contact.jurisdiction.as_str()),
        "role_address": contact.flags.role,
        "disposable": contact.flags.disposable,
        "created_at": contact.created_at,
    })
}

async fn get_one(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<ContactId>,
) -> Result<Json<Value>, Problem> {
    people::must_show(&app, &caller).await?;
    Ok(Json(tell(&caller.scope, id).await?))
}

/// One person, as programs read it.
pub(in crate::api) async fn tell(scope: &AccountScope, id: ContactId) -> Result<Value, Problem> {
    let contact = scope.contact(id).await?.ok_or_else(gone)?;
    let lines = scope.ledger(id, LINES_MAX).await?;
    let places = scope.subscriptions(id).await?;
    Ok(whole_told(&contact, &lines, &places))
}

fn whole_told(contact: &Contact, lines: &[LedgerLine], places: &[SubscriptionRow]) -> Value {
    let place =
        |p: &SubscriptionRow| json!({ "list": p.slug, "state": p.state.as_str(), "at": p.at });
    json!({
        "id": contact.id,
        "email": contact.address.as_ref().map(EmailAddress::expose),
        "fields": contact.fields,
        "country": country(contact.jurisdiction.as_str()),
        "role_address": contact.flags.role,
        "disposable": contact.flags.disposable,
        "created_at": contact.created_at,
        "last_activity_at": contact.last_activity,
        "collections": lines.iter().filter_map(collection).collect::<Vec<_>>(),
        "lists": places.iter().map(place).collect::<Vec<_>>(),
    })
}

fn collection(line: &LedgerLine) -> Option<Value> {
    let LedgerEntry::Collection {
        categories,
        version,
        how,
    } = &line.entry
    else {
        return None;
    };
    Some(json!({
        "categories": categories,
        "policy_version": version,
        "how": how_word(*how),
        "at": line.at,
    }))
}
