//! The form of a value: its JSON Schema (2020-12, as OpenAPI 3.1 takes it) and an example that keeps to it.
//!
//! A shape has both, so that no example is written beside a schema that it breaks.

use serde_json::{Map, Value, json};

/// An instant of the examples.
const INSTANT: &str = "2026-05-03T14:02:00Z";
/// Thirteen digits of Crockford's base 32, as ids have them.
const ID_DIGITS: &str = "[0-9a-hjkmnp-tv-z]{13}";
/// An id of the examples.
const ID_EXAMPLE: &str = "0cn55dbxg2c00";
/// The largest number that is told exactly by every JSON reader (RFC 8259 section 6).
const WHOLE_MAX: u64 = (1 << 53) - 1;

/// What a value looks like.
#[derive(Debug, Clone)]
pub(in crate::api) struct Shape {
    schema: Map<String, Value>,
    example: Value,
}

/// A named part of an object, or a parameter of a query.
#[derive(Debug, Clone)]
pub(in crate::api) struct Field {
    pub(super) name: &'static str,
    pub(super) is_required: bool,
    pub(super) shape: Shape,
}

/// A part that is always there.
pub(in crate::api) fn must(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        is_required: true,
        shape,
    }
}

/// A part that may be left out.
pub(in crate::api) fn may(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        is_required: false,
        shape,
    }
}

fn of(schema: Value, example: Value) -> Shape {
    let Value::Object(schema) = schema else {
        return Shape {
            schema: Map::new(),
            example,
        };
    };
    Shape { schema, example }
}

/// Any text, such as this one.
pub(in crate::api) fn text(example: &str) -> Shape {
    of(json!({ "type": "string" }), example.into())
}

/// A text of 1 to so many characters.
pub(in crate::api) fn short(example: &str, chars_max: usize) -> Shape {
    let schema = json!({ "type": "string", "minLength": 1, "maxLength": chars_max });
    of(schema, example.into())
}

/// An address. What is one, the server alone decides (RFC 5321, with addresses of the whole of Unicode).
pub(in crate::api) fn address() -> Shape {
    let schema = json!({ "type": "string", "minLength": 3, "maxLength": 254 });
    of(schema, "ada@example.com".into())
}

/// An id with this prefix.
pub(in crate::api) fn id(prefix: &str) -> Shape {
    let schema = json!({ "type": "string", "pattern": format!("^{prefix}{ID_DIGITS}$") });
    of(schema, format!("{prefix}{ID_EXAMPLE}").into())
}

/// A short name: a list's, a segment's, a form's.
pub(in crate::api) fn slug(example: &str) -> Shape {
    name(example)
}

/// A name that the policy has: a purpose, a category, a topic.
pub(in crate::api) fn name(example: &str) -> Shape {
    let pattern = r"^[a-z0-9_-]+(\.[a-z0-9_-]+)*$";
    let schema = json!({ "type": "string", "pattern": pattern, "maxLength": 64 });
    of(schema, example.into())
}

/// An instant (RFC 3339).
pub(in crate::api) fn instant() -> Shape {
    let schema = json!({ "type": "string", "format": "date-time" });
    of(schema, INSTANT.into())
}

/// A count.
pub(in crate::api) fn count(example: u64) -> Shape {
    let schema = json!({ "type": "integer", "minimum": 0, "maximum": WHOLE_MAX });
    of(schema, example.into())
}

/// A whole number between two.
pub(in crate::api) fn between(least: u64, most: u64, example: u64) -> Shape {
    let schema = json!({ "type": "integer", "minimum": least, "maximum": most });
    of(schema, example.into())
}

/// True or false.
pub(in crate::api) fn flag(example: bool) -> Shape {
    of(json!({ "type": "boolean" }), example.into())
}

/// One of these words; the first is the example.
pub(in crate::api) fn words(all: &[&str]) -> Shape {
    let example = all.first().copied().unwrap_or_default();
    of(json!({ "type": "string", "enum": all }), example.into())
}

/// A list of such values.
pub(in crate::api) fn list(item: Shape) -> Shape {
    let example = json!([item.example]);
    of(json!({ "type": "array", "items": item.schema }), example)
}

/// Texts by name.
pub(in crate::api) fn texts(example: Value) -> Shape {
    let text = json!({ "type": "string" });
    let schema = json!({ "type": "object", "additionalProperties": text });
    of(schema, example)
}

/// Texts, numbers, true or false by name.
pub(in crate::api) fn values(example: Value) -> Shape {
    let value = json!({ "type": ["string", "number", "boolean"] });
    let schema = json!({ "type": "object", "additionalProperties": value });
    of(schema, example)
}

/// An object with these parts, and perhaps later with others.
pub(in crate::api) fn object(fields: impl IntoIterator<Item = Field>) -> Shape {
    let (mut parts, mut required, mut example) = (Map::new(), Vec::new(), Map::new());
    for field in fields {
        if field.is_required {
            required.push(field.name);
        }
        example.insert(field.name.to_owned(), field.shape.example);
        parts.insert(field.name.to_owned(), Value::Object(field.shape.schema));
    }
    let mut schema = json!({ "type": "object", "properties": parts });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    of(schema, Value::Object(example))
}

/// An object that a call has: with these parts and no others.
pub(in crate::api) fn form(fields: impl IntoIterator<Item = Field>) -> Shape {
    object(fields).with("additionalProperties", false.into())
}

impl Shape {
    fn with(mut self, word: &str, value: Value) -> Self {
        self.schema.insert(word.to_owned(), value);
        self
    }

    /// What it is, in a sentence.
    pub(in crate::api) fn about(self, sentence: &str) -> Self {
        self.with("description", sentence.into())
    }

    /// Another example.
    pub(in crate::api) fn such_as(mut self, example: Value) -> Self {
        self.example = example;
        self
    }

    /// The same under a name: it stands once in the document, and is called by its name elsewhere.
    pub(in crate::api) fn named(self, name: &'static str) -> Self {
        self.with("title", name.into())
    }

    /// So many characters at most.
    pub(in crate::api) fn at_most(self, chars: usize) -> Self {
        self.with("maxLength", chars.into())
    }

    /// Of such characters.
    pub(in crate::api) fn matching(self, pattern: &str) -> Self {
        self.with("pattern", pattern.into())
    }

    /// From so many to so many items.
    pub(in crate::api) fn items(self, least: usize, most: usize) -> Self {
        self.with("minItems", least.into())
            .with("maxItems", most.into())
    }

    /// So many names at most.
    pub(in crate::api) fn names(self, most: usize) -> Self {
        self.with("maxProperties", most.into())
    }

    /// Or nothing.
    pub(in crate::api) fn or_null(mut self) -> Self {
        if let Some(kind) = self.schema.get("type").cloned() {
            self.schema.insert("type".to_owned(), json!([kind, "null"]));
        }
        if let Some(Value::Array(words)) = self.schema.get_mut("enum") {
            words.push(Value::Null);
        }
        self
    }

    /// What stands where nothing is said.
    pub(in crate::api) fn unless_said(self, value: Value) -> Self {
        self.with("default", value)
    }

    /// As JSON Schema.
    pub(in crate::api) fn schema(&self) -> Value {
        Value::Object(self.schema.clone())
    }

    /// A value of this form.
    pub(in crate::api) const fn example(&self) -> &Value {
        &self.example
    }
}
