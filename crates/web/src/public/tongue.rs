//! In which of a policy's languages a page speaks to its reader: `?lang=de`, else `Accept-Language`, else the first.

use std::convert::Infallible;

use avow_model::Language as SpokenLanguage;
use avow_policy::{LocaleText, Spoken, Version, locales, text_for};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Serialize;

use crate::language::{ambient, speak};

/// What a request says about the language of its reader. Total: what makes no sense chooses nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Tongue(ambient::Wish);

/// A link to the same page in another language.
#[derive(Debug, Serialize)]
pub(super) struct Language {
    tag: String,
    url: String,
    shown: bool,
}

impl<S: Sync> FromRequestParts<S> for Tongue {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(ambient::wish()))
    }
}

impl Tongue {
    /// Of somebody who asks for this language.
    pub(super) fn of(lang: &str) -> Self {
        Self(ambient::Wish {
            asked: Some(lang.to_owned()),
            accept: None,
        })
    }

    /// The text for this reader; `None` only for a version without texts.
    pub(super) fn text<'v>(&self, version: &'v Version) -> Option<&'v LocaleText> {
        text_for(version, self.0.asked.as_deref(), self.0.accept.as_deref())
    }

    /// Has the words around the policy's text in its language too, where we have it.
    pub(super) fn speak(&self, version: &Version) {
        let text = self.text(version);
        if let Some(language) = text.and_then(|t| SpokenLanguage::of_range(t.locale.as_str())) {
            speak(language);
        }
    }

    /// What the present request asks for.
    pub(super) fn of_request() -> Self {
        Self(ambient::wish())
    }

    /// The version with its titles and questions in the reader's language.
    pub(super) fn spoken<'v>(&self, version: &'v Version) -> Option<Spoken<'v>> {
        let text = self.text(version)?;
        Some(version.spoken(&text.locale))
    }

    /// The language's place among those of the version.
    pub(super) fn place(&self, version: &Version) -> u8 {
        let shown = self.text(version);
        let mut all = version.texts().iter();
        let at = all.position(|t| shown.is_some_and(|s| s.locale == t.locale));
        at.and_then(|at| u8::try_from(at).ok()).unwrap_or_default()
    }

    /// Links to the languages of a version that has more than one.
    pub(super) fn languages(&self, version: &Version) -> Vec<Language> {
        let shown = self.text(version);
        let all: Vec<Language> = locales(version)
            .map(|locale| Language {
                tag: locale.to_string(),
                url: format!("?lang={locale}"),
                shown: shown.is_some_and(|t| t.locale == *locale),
            })
            .collect();
        if all.len() > 1 { all } else { Vec::new() }
    }
}
