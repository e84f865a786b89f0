//! What a user reads the Client Center in.

use std::sync::Arc;

use avow_model::Language;
use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use serde::Deserialize;

use super::super::view::LanguageChoice;
use super::back;
use crate::client_center::guard::Member;
use crate::{App, PageFault};

/// The tag of a language; empty for what the browser asks for.
#[derive(Deserialize)]
pub(crate) struct LanguageForm {
    language: String,
}

/// Every language to choose from.
pub(crate) fn choices(chosen: Option<Language>) -> Vec<LanguageChoice> {
    let choice = |language: Language| LanguageChoice {
        tag: language.tag(),
        name: language.own_name(),
        is_chosen: chosen == Some(language),
    };
    Language::ALL.map(choice).into()
}

/// Sets it; what is none of our languages leaves it to the browser.
pub(crate) async fn set(
    State(app): State<Arc<App>>,
    member: Member,
    Form(form): Form<LanguageForm>,
) -> Result<Redirect, PageFault> {
    let language = Language::of_range(&form.language);
    let user = member.visitor.user;
    app.store.user_language_set(user, language).await?;
    Ok(back(&member, "language"))
}
