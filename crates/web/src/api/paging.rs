//! Long answers, page by page: `after` is the `next` of the page before.
//!
//! A cursor is the name of the last thing that was told; one that is none of the account is a problem, never another
//! account's page.

use std::str::FromStr;

use avow_model::Slug;
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::Problem;
use super::spec::{self, Field, Shape, between, may, must, object, short};

/// Things on a page where the call does not say.
const LIMIT_DEFAULT: u32 = 50;
/// Things on a page at most: such a page is made in some milliseconds.
const LIMIT_MAX: u32 = 200;
/// Longest cursor: a name.
const AFTER_CHARS_MAX: usize = 64;

/// `?after=&limit=`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Paging {
    pub(super) after: Option<String>,
    pub(super) limit: Option<u32>,
}

/// The two parameters, for the description of a call.
pub(super) fn fields() -> [Field; 2] {
    let after = short("ct_0cn55dbxg2c00", AFTER_CHARS_MAX)
        .about("`next` of the page before; the beginning when left out");
    let limit =
        between(1, LIMIT_MAX.into(), LIMIT_DEFAULT.into()).unless_said(LIMIT_DEFAULT.into());
    let limit = limit.about("How many at most");
    [may("after", after), may("limit", limit)]
}

/// The form of a page of such things.
pub(super) fn shape(name: &'static str, item: Shape) -> Shape {
    let next = spec::text("ct_0cn55dbxg2c00").or_null();
    let next = next.about("What to send as `after` for the next page; null on the last one");
    object([must(name, spec::list(item)), must("next", next)])
}

impl Paging {
    pub(super) fn limit(&self) -> Result<u32, Problem> {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        if (1..=LIMIT_MAX).contains(&limit) {
            return Ok(limit);
        }
        let sentence = format!("It must be from 1 to {LIMIT_MAX}");
        Err(Problem::field("limit", sentence))
    }

    /// Where to go on; `None` at the beginning.
    pub(super) fn after<T: FromStr>(&self) -> Result<Option<T>, Problem> {
        let no_cursor = || Problem::field("after", "It is no `next` of such a page");
        let fits = |text: &str| (1..=AFTER_CHARS_MAX).contains(&text.chars().count());
        if self.after.as_deref().is_some_and(|text| !fits(text)) {
            return Err(no_cursor());
        }
        let after = self.after.as_deref().map(str::parse).transpose();
        after.map_err(|_| no_cursor())
    }

    /// A page of a whole list that is in the order of its names.
    pub(super) fn cut<T>(
        &self,
        (name, all): (&str, Vec<T>),
        name_of: impl Fn(&T) -> String,
        told: impl Fn(&T) -> Value,
    ) -> Result<Value, Problem> {
        let limit = self.limit()?;
        let after = self.after::<Slug>()?.map(|slug| slug.to_string());
        let is_behind = |one: &T| after.as_ref().is_none_or(|after| name_of(one) > *after);
        let rest = all.into_iter().filter(is_behind);
        Ok(page(
            (name, limit),
            rest.take(limit as usize + 1).collect(),
            name_of,
            told,
        ))
    }
}

/// A page of things of which one more was read than is told.
pub(super) fn page<T>(
    (name, limit): (&str, u32),
    mut all: Vec<T>,
    name_of: impl Fn(&T) -> String,
    told: impl Fn(&T) -> Value,
) -> Value {
    let has_more = all.len() > limit as usize;
    all.truncate(limit as usize);
    let next = all.last().filter(|_| has_more).map(name_of);
    let told: Vec<Value> = all.iter().map(told).collect();
    json!({ name: told, "next": next })
}
