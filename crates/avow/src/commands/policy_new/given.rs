//! What the flags of `avow policy new` answer.

use avow_model::Slug;
use avow_policy::founding::{Choice, Email, Kind, Line, Measure, Places, Sharing};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// The answers that need not be asked for.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Given {
    /// Short name of the account: a-z, 0-9, '-'
    #[arg(long)]
    pub(crate) account: Option<Slug>,
    /// 1. Who answers for it: the name people know
    #[arg(long)]
    pub(crate) name: Option<Line>,
    /// 1. Its postal address, on one line
    #[arg(long)]
    pub(crate) post: Option<Line>,
    /// 1. Where questions about privacy go
    #[arg(long)]
    pub(crate) email: Option<Email>,
    /// 2. What you send
    #[arg(long, value_parser = choice::<Kind>())]
    pub(crate) kind: Option<Kind>,
    /// 3. Where your people live: eu, uk, de, us, california, ca, or everywhere
    #[arg(long)]
    pub(crate) places: Option<Places>,
    /// 4. Whether you want to see opens and clicks of those who allow it
    #[arg(long, value_parser = choice::<Measure>())]
    pub(crate) measure: Option<Measure>,
    /// 5. Who else gets data
    #[arg(long, value_parser = choice::<Sharing>())]
    pub(crate) sharing: Option<Sharing>,
}

/// Takes one of the words, and shows all of them with their meaning in the help.
fn choice<T: Choice + Send + Sync>() -> impl TypedValueParser<Value = T> {
    let words = T::ALL.iter();
    let values = words.map(|(_, word, help)| PossibleValue::new(*word).help(*help));
    PossibleValuesParser::new(values).try_map(|word| T::of(&word).ok_or("it is none of the words"))
}
