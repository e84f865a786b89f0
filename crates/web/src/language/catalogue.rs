//! The catalogues of this build, one bundle of messages for each language.

use std::sync::LazyLock;

use avow_model::Language;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

use super::numbers;

type Bundle = FluentBundle<FluentResource>;

#[derive(RustEmbed)]
#[folder = "languages/"]
pub(super) struct Files;

static BUNDLES: LazyLock<[Bundle; Language::ALL.len()]> =
    LazyLock::new(|| Language::ALL.map(bundle));

/// The messages of a language. What a file has wrong is left out of it; a test lets no such file be.
pub(super) fn bundle(language: Language) -> Bundle {
    let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // In a line that runs from right to left, what is put in is held apart, so that signs beside it stay in their place.
    bundle.set_use_isolating(language.is_right_to_left());
    bundle.set_formatter(Some(numbers::formatter(language)));
    for text in texts(language) {
        let resource = FluentResource::try_new(text).unwrap_or_else(|(sound, _)| sound);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// The files of a language.
pub(super) fn texts(language: Language) -> impl Iterator<Item = String> {
    let folder = format!("{}/", language.tag());
    let files = Files::iter().filter(move |name| name.starts_with(&folder));
    let data = files.filter_map(|name| Files::get(&name));
    data.map(|file| String::from_utf8_lossy(&file.data).into_owned())
}

fn in_one(language: Language, key: &str, args: &FluentArgs<'_>) -> Option<String> {
    #[cfg(test)]
    if let Some(told) = super::tests::pseudo::told(key, args) {
        return Some(told);
    }
    let bundle = BUNDLES
        .iter()
        .zip(Language::ALL)
        .find(|(_, l)| *l == language)?
        .0;
    format_in(bundle, key, args)
}

/// A message of one bundle.
pub(super) fn format_in(bundle: &Bundle, key: &str, args: &FluentArgs<'_>) -> Option<String> {
    let pattern = bundle.get_message(key)?.value()?;
    let mut faults = Vec::new();
    let text = bundle.format_pattern(pattern, Some(args), &mut faults);
    if !faults.is_empty() {
        tracing::error!(key, "a message names what it was not given");
    }
    Some(text.into_owned())
}

/// The message in the language, else in English, else its key.
pub(super) fn message(language: Language, key: &str, args: &FluentArgs<'_>) -> String {
    in_one(language, key, args)
        .or_else(|| in_one(Language::English, key, args))
        .unwrap_or_else(|| {
            tracing::error!(key, "no catalogue has this message");
            key.to_owned()
        })
}
