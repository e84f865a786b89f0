//! What a form may ask: its settings, cut down to what one policy version declares.

use avow_model::{Category, Purpose, Slug, Verb};
use avow_policy::{FieldNeed, FormField, FormQuestion, Place, Version, form_words};
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
    /// The form works the same without it.
    pub optional: bool,
    /// The values to choose from; empty: whatever the person types.
    pub topics: Vec<Slug>,
}

/// One choice: its own box, unticked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    pub purpose: Purpose,
    /// The question as it is put; becomes part of the evidence.
    pub wording: String,
    /// Mail comes only after a confirmation.
    pub sends_mail: bool,
    /// Where it stands: with the rest, or by itself.
    pub place: Place,
}

/// A form as one policy version lets it be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// The version whose notice is served, and to which everything collected is bound.
    pub version: u32,
    pub fields: Vec<Field>,
    pub asks: Vec<Ask>,
    /// Who asks, and that a yes can be taken back.
    pub who_asks: String,
}

/// The form under `version`, as the policy words it. A category or purpose that the version does not
/// declare is left out, and a purpose that needs no choice has no box.
pub fn schema(settings: &FormSettings, version: &Version) -> Schema {
    let words = form_words(version, &settings.categories, &settings.purposes);
    let ask = |q| ask(q, version);
    Schema {
        version: words.version,
        fields: words.fields.into_iter().map(field).collect(),
        asks: words.questions.into_iter().map(ask).collect(),
        who_asks: words.who_asks,
    }
}

fn field(asked: FormField) -> Field {
    let email = asked.category.as_str() == EMAIL;
    Field {
        category: asked.category,
        label: asked.title,
        kind: if email {
            FieldKind::Email
        } else {
            FieldKind::Text
        },
        optional: asked.need == FieldNeed::Optional,
        topics: asked.topics,
    }
}

fn ask(question: FormQuestion, version: &Version) -> Ask {
    let sends = |v: &Verb| v.as_str() == "send";
    let rule = version.purpose(&question.purpose);
    Ask {
        sends_mail: rule.is_some_and(|r| r.verbs.iter().any(sends)),
        place: question.place,
        purpose: question.purpose,
        wording: question.ask,
    }
}
