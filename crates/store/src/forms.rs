//! Hosted sign-up forms: what they ask for, not what was answered.

use avow_model::{Category, FormId, ListId, Purpose, Slug, Timestamp};
use serde::{Deserialize, Serialize};

use crate::batch::Batch;
use crate::codes::json_text;
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, StoreError};

/// What a form shows and asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormSettings {
    pub title: String,
    #[serde(default)]
    pub intro: String,
    /// The choices that are offered, in this order.
    pub purposes: Vec<Purpose>,
    /// The data that are asked for, `email` among them.
    pub categories: Vec<Category>,
    /// The list that a confirmed person joins.
    #[serde(default)]
    pub list: Option<ListId>,
    /// The words on the button.
    pub button: String,
    /// What the person reads afterwards.
    pub thanks: String,
    #[serde(default)]
    pub face: FormFace,
}

/// How a form stands: whether it takes anything, how it looks, and in whose pages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FormFace {
    pub standing: FormStanding,
    /// `None`: as all public pages.
    pub theme: Option<FormTheme>,
    /// Origins whose pages may show it in a frame.
    pub sites: Vec<String>,
}

/// Whether a form takes anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormStanding {
    #[default]
    Open,
    /// Not published yet.
    Draft,
    Closed,
}

impl FormStanding {
    /// The word that pages use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Draft => "draft",
            Self::Closed => "closed",
        }
    }
}

/// A few tokens; colours as `#0f5040`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormTheme {
    pub accent: String,
    pub ground: String,
    pub font: FormFont,
}

/// The letters of a form: both are shipped with the program.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormFont {
    #[default]
    Serif,
    Sans,
}

/// One form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormRow {
    pub id: FormId,
    pub slug: Slug,
    pub settings: FormSettings,
    pub created_at: Timestamp,
}

queries! {
    FORM_ADD = "INSERT INTO form (account, id, slug, settings, created_at) VALUES ($1, $2, $3, $4, $5)";
    FORM_BY_SLUG = "SELECT id, slug, settings, created_at FROM form WHERE account = $1 AND slug = $2";
    FORM_BY_ID = "SELECT id, slug, settings, created_at FROM form WHERE account = $1 AND id = $2";
    FORM_CHANGE = "UPDATE form SET settings = $3 WHERE account = $1 AND id = $2";
    FORMS = "SELECT id, slug, settings, created_at FROM form WHERE account = $1 ORDER BY slug";
}

impl AccountScope {
    /// Makes a form. A slug that is taken is a `Duplicate`.
    pub async fn form_create(
        &self,
        slug: &Slug,
        settings: &FormSettings,
    ) -> Result<FormId, StoreError> {
        let id = FormId::from_i64(self.next_id());
        let mut batch = Batch::new();
        let row = params![self.id(), id, slug, json_text(settings), self.now()];
        batch.run(&FORM_ADD, row);
        self.db().write(batch).await?;
        Ok(id)
    }

    /// Rewrites what a form shows and asks, and whether it is open.
    pub async fn form_change(&self, id: FormId, settings: &FormSettings) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&FORM_CHANGE, params![self.id(), id, json_text(settings)]);
        batch.expect(1, "there is no such form any more");
        self.db().write(batch).await.map(drop)
    }

    /// The form with this slug.
    pub async fn form_by_slug(&self, slug: &Slug) -> Result<Option<FormRow>, StoreError> {
        let key = params![self.id(), slug];
        self.db().query_opt(&FORM_BY_SLUG, key, form).await
    }

    /// The form with this id.
    pub async fn form(&self, id: FormId) -> Result<Option<FormRow>, StoreError> {
        let key = params![self.id(), id];
        self.db().query_opt(&FORM_BY_ID, key, form).await
    }

    /// All forms in the order of their slugs.
    pub async fn forms(&self) -> Result<Vec<FormRow>, StoreError> {
        self.db().query_map(&FORMS, params![self.id()], form).await
    }
}

fn form(row: &Row<'_>) -> Result<FormRow, StoreError> {
    Ok(FormRow {
        id: row.get(0)?,
        slug: row.get(1)?,
        settings: row.json(2)?,
        created_at: row.get(3)?,
    })
}
