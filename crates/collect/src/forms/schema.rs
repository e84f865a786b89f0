//! What a form may ask: its settings, cut down to what one policy version declares.

use avow_model::{Category, Purpose, Verb};
use avow_policy::{ChoiceRule, Version};
use avow_store::FormSettings;

/// The category of the address itself: every form asks for it.
const EMAIL: &str = "email";

/// How a field is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    Email,
    Text,
}

/// One thing a form asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub category: Category,
    pub label: String,
    pub kind: FieldKind,
    /// Only the address is needed; the rest is the person's gift.
    pub optional: bool,
}

/// One choice: its own box, unticked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    pub purpose: Purpose,
    /// The question as it is put; becomes part of the evidence.
    pub wording: String,
    /// Mail comes only after a confirmation.
    pub sends_mail: bool,
}

/// A form as one policy version lets it be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// The version whose notice is served, and to which everything collected is bound.
    pub version: u32,
    pub fields: Vec<Field>,
    pub asks: Vec<Ask>,
}

/// The form under `version`. A category or purpose that the version does not declare is left out, and a
/// purpose that needs no choice has no box.
pub fn schema(settings: &FormSettings, version: &Version) -> Schema {
    let mut categories: Vec<&Category> = settings.categories.iter().collect();
    categories.sort_by_key(|c| c.as_str() != EMAIL);
    let fields = categories.into_iter().filter_map(|c| field(c, version));
    let asks = settings.purposes.iter().filter_map(|p| ask(p, version));
    Schema {
        version: version.n(),
        fields: fields.collect(),
        asks: asks.collect(),
    }
}

fn field(category: &Category, version: &Version) -> Option<Field> {
    let rule = version.categories().iter().find(|c| c.id == *category)?;
    let email = category.as_str() == EMAIL;
    Some(Field {
        category: category.clone(),
        label: rule.title.clone(),
        kind: if email {
            FieldKind::Email
        } else {
            FieldKind::Text
        },
        optional: !email,
    })
}

fn ask(purpose: &Purpose, version: &Version) -> Option<Ask> {
    let rule = version.purpose(purpose)?;
    if rule.choice == ChoiceRule::None {
        return None;
    }
    let sends = |v: &Verb| v.as_str() == "send";
    Some(Ask {
        purpose: purpose.clone(),
        wording: rule.ask.clone().unwrap_or_else(|| rule.title.clone()),
        sends_mail: rule.verbs.iter().any(sends),
    })
}
