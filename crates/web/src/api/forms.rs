//! `/api/v1/forms`: hosted sign-up forms.

use std::sync::Arc;

use avow_model::{Category, Purpose, Slug};
use avow_policy::{FormShape, check_form};
use avow_store::{AccountScope, ApiScope, FormRow, FormSettings};
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
    Area, Doc, Field, Shape, form, id, instant, list, may, must, name, object, short, slug, text,
};
use crate::App;

/// Longest heading and button.
const LINE_CHARS_MAX: usize = 200;
/// Longest paragraph of a form.
const TEXT_CHARS_MAX: usize = 2_000;
/// Purposes, and data, that one form asks for.
const ASKED_MAX: usize = 30;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let all = Doc::new("listForms", Area::Forms, "List the forms")
        .query(paging::fields())
        .answers(
            200,
            "A page, in the order of their short names",
            paging::shape("forms", whole()),
        );
    let make = Doc::new("createForm", Area::Forms, "Make a form")
        .about("It asks for what the policy declares, and for nothing else; each choice has its own control. It is at once to be found at its `url`.")
        .body(wish())
        .answers(201, "Made", whole())
        .may_fail([Kind::Taken, Kind::Account])
        .once();
    let one = Doc::new("getForm", Area::Forms, "Look at a form").answers(200, "The form", whole());
    let (forms, path) = (ApiScope::Forms, "/api/v1/forms");
    vec![
        Call::get(path, forms, get_all, all),
        Call::post(path, forms, create, make),
        Call::get("/api/v1/forms/{form}", forms, get_one, one),
    ]
}

fn asked() -> Vec<Field> {
    let line = |example: &str| short(example, LINE_CHARS_MAX);
    let some = |shape: Shape| list(shape).items(1, ASKED_MAX);
    vec![
        must("slug", slug("newsletter").about("In its address")),
        must("title", line("Our newsletter")),
        may("intro", text("Once a month.").at_most(TEXT_CHARS_MAX)),
        must(
            "purposes",
            some(name("newsletter")).about("The choices that are offered, in this order"),
        ),
        must(
            "categories",
            some(name("email")).about("The data that are asked for, `email` among them"),
        ),
        may(
            "list",
            slug("readers")
                .or_null()
                .about("Which a confirmed person joins"),
        ),
        must("button", line("Subscribe")),
        must("thanks", short("Look into your mailbox.", TEXT_CHARS_MAX)),
    ]
}

fn wish() -> Shape {
    form(asked()).named("FormWish")
}

fn whole() -> Shape {
    let more = [
        must("id", id("fm_")),
        must("url", text("https://mail.example.com/f/imark/newsletter")),
        must("created_at", instant()),
    ];
    object(asked().into_iter().chain(more)).named("Form")
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    slug: Slug,
    title: String,
    #[serde(default)]
    intro: String,
    purposes: Vec<Purpose>,
    categories: Vec<Category>,
    list: Option<Slug>,
    button: String,
    thanks: String,
}

fn fits(field: &'static str, value: &str, (least, most): (usize, usize)) -> Result<(), Problem> {
    let is_plain = !value.chars().any(|c| c.is_control() && c != '\n');
    if (least..=most).contains(&value.chars().count()) && is_plain {
        return Ok(());
    }
    let sentence =
        format!("It must have {least} to {most} characters, none of them a control character");
    Err(Problem::field(field, sentence))
}

fn few<T>(field: &'static str, all: &[T]) -> Result<(), Problem> {
    if (1..=ASKED_MAX).contains(&all.len()) {
        return Ok(());
    }
    Err(Problem::field(field, format!("Name 1 to {ASKED_MAX}")))
}

impl Wish {
    fn check(&self) -> Result<(), Problem> {
        fits("title", &self.title, (1, LINE_CHARS_MAX))?;
        fits("intro", &self.intro, (0, TEXT_CHARS_MAX))?;
        fits("button", &self.button, (1, LINE_CHARS_MAX))?;
        fits("thanks", &self.thanks, (1, TEXT_CHARS_MAX))?;
        few("purposes", &self.purposes)?;
        few("categories", &self.categories)?;
        if !self.categories.iter().any(|c| c.as_str() == "email") {
            let sentence = "A form needs `email`: the confirmation goes there";
            return Err(Problem::field("categories", sentence));
        }
        Ok(())
    }

    /// What it asks for must be declared, and each choice has a control of its own on a hosted form.
    async fn must_be_declared(&self, app: &App, caller: &Caller) -> Result<(), Problem> {
        let policies = people::policies(app, caller).await?;
        let version = policies.in_force(app.now()).ok_or_else(people::no_policy)?;
        let shape = FormShape {
            fields: self.categories.clone(),
            purposes: self.purposes.clone(),
            controls: self.purposes.clone(),
        };
        match check_form(version, &shape).first() {
            None => Ok(()),
            Some(fault) => Err(Problem::field("categories", fault.to_string())),
        }
    }
}

fn told(app: &App, account: &Slug, (row, lists): (&FormRow, &[avow_store::ListRow])) -> Value {
    let list = lists.iter().find(|list| Some(list.id) == row.settings.list);
    json!({
        "id": row.id,
        "slug": row.slug,
        "title": row.settings.title,
        "intro": row.settings.intro,
        "purposes": row.settings.purposes,
        "categories": row.settings.categories,
        "list": list.map(|list| &list.slug),
        "button": row.settings.button,
        "thanks": row.settings.thanks,
        "url": format!("{}/f/{account}/{}", app.settings.base_url, row.slug),
        "created_at": row.created_at,
    })
}

async fn get_all(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(paging): Asked<Paging>,
) -> Result<Json<Value>, Problem> {
    let account = caller.scope.row().await?.slug;
    let lists = caller.scope.lists().await?;
    let rows = caller.scope.forms().await?;
    let name_of = |row: &FormRow| row.slug.to_string();
    let page = paging.cut(("forms", rows), name_of, |row| {
        told(&app, &account, (row, &lists))
    })?;
    Ok(Json(page))
}

async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    named: Named,
    input: Input<Wish>,
) -> Result<Response, Problem> {
    let wish = input.value;
    wish.check()?;
    wish.must_be_declared(&app, &caller).await?;
    let list = match &wish.list {
        None => None,
        Some(slug) => {
            let row = lists::find(&caller.scope, slug).await;
            Some(
                row.map_err(|_| Problem::field("list", "This account has no such list"))?
                    .id,
            )
        }
    };
    let settings = FormSettings {
        title: wish.title,
        intro: wish.intro,
        purposes: wish.purposes,
        categories: wish.categories,
        list,
        button: wish.button,
        thanks: wish.thanks,
        face: avow_store::FormFace::default(),
    };
    let work = async {
        caller.scope.form_create(&wish.slug, &settings).await?;
        Ok(wish.slug.to_string())
    };
    let done = named.once(&caller.scope, &input.bytes, work).await?;
    let slug: Slug = done.name.parse().map_err(|_| gone())?;
    let made = Json(tell(&app, &caller.scope, &slug).await?);
    Ok(done.answer((StatusCode::CREATED, made)))
}

async fn tell(app: &App, scope: &AccountScope, slug: &Slug) -> Result<Value, Problem> {
    let row = scope.form_by_slug(slug).await?.ok_or_else(gone)?;
    let account = scope.row().await?.slug;
    let lists = scope.lists().await?;
    Ok(told(app, &account, (&row, &lists)))
}

async fn get_one(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(slug): At<Slug>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(tell(&app, &caller.scope, &slug).await?))
}
