//! A language of accents: what a page says without them is in no catalogue.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::LazyLock;

use avow_model::Language;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

use super::super::catalogue::{bundle, format_in};

thread_local! {
    static SPOKEN: Cell<bool> = const { Cell::new(false) };
}

static BUNDLE: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| {
    let mut bundle = bundle(Language::English);
    bundle.set_transform(Some(accented));
    bundle
});

fn accented(text: &str) -> Cow<'_, str> {
    let accent = |c: char| match c {
        'a' => 'á',
        'e' => 'é',
        'i' => 'í',
        'o' => 'ó',
        'u' => 'ú',
        'y' => 'ý',
        'A' => 'Á',
        'E' => 'É',
        'I' => 'Í',
        'O' => 'Ó',
        'U' => 'Ú',
        c => c,
    };
    // Names of elements stay: they are not said.
    let mut inside = false;
    let each = text.chars().map(|c| {
        inside = (inside || c == '<') && c != '>';
        if inside { c } else { accent(c) }
    });
    Cow::Owned(each.collect())
}

/// The message with accents, where this thread speaks them.
pub(crate) fn told(key: &str, args: &FluentArgs<'_>) -> Option<String> {
    SPOKEN.get().then(|| format_in(&BUNDLE, key, args))?
}

/// Makes something with accents.
pub(super) fn among<T>(make: impl FnOnce() -> T) -> T {
    SPOKEN.set(true);
    let made = make();
    SPOKEN.set(false);
    made
}
