//! Which fields a form about a person has: those of the categories that the policy in force declares. Pure.

use std::collections::BTreeMap;

use avow_policy::{CategoryRule, Source, Version};

use super::view::Typed;

/// The address is asked for by itself.
const EMAIL: &str = "email";
/// Beside it in a form, and read as a country by itself.
const COUNTRY: &str = "country";

/// The fields in which a category is typed: the usual ones, else one of its own name.
pub(super) fn names(category: &str) -> Vec<&str> {
    match category {
        "name" => vec!["first_name", "last_name"],
        "job" => vec!["job_title"],
        "address" => vec!["street", "postcode", "city"],
        own => vec![own],
    }
}

/// True for what people tell of themselves; what is observed or worked out is nobody's to type.
fn is_typed(rule: &CategoryRule) -> bool {
    let told = |s: &Source| matches!(s, Source::Person | Source::ThirdParty);
    let id = rule.id.as_str();
    let told = rule.source.is_empty() || rule.source.iter().any(told);
    told && id != EMAIL && id != COUNTRY
}

/// `first_name` -> "First name".
pub(crate) fn label(field: &str) -> String {
    let words = field.replace('_', " ");
    let mut chars = words.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

/// The fields of a form under a version, with what is held or was typed.
pub(super) fn fields(version: &Version, held: &BTreeMap<String, String>) -> Vec<Typed> {
    let mut out: Vec<Typed> = Vec::new();
    let field = |name: &str, category: &str| Typed {
        name: name.to_owned(),
        label: label(name),
        value: held.get(name).cloned().unwrap_or_default(),
        category: category.to_owned(),
    };
    for rule in version.categories().iter().filter(|rule| is_typed(rule)) {
        let own = names(rule.id.as_str()).into_iter();
        out.extend(own.map(|name| field(name, &rule.title)));
    }
    // What is held under another name can be corrected, too.
    let rest = held
        .keys()
        .filter(|name| !out.iter().any(|f| f.name == **name));
    let rest: Vec<Typed> = rest.map(|name| field(name, "")).collect();
    out.extend(rest);
    out
}
