//! Whether a value keeps to a schema of ours: the words that `shape` writes, and no others. An object with a part that
//! its schema does not name is a fault, so that an answer cannot grow past its description.

use serde_json::Value;

/// What is wrong and where; `None` when nothing is.
pub(in crate::api) fn fault_of(value: &Value, schema: &Value) -> Option<String> {
    check("$", value, schema).err()
}

fn check(place: &str, value: &Value, schema: &Value) -> Result<(), String> {
    let at = |what: &str| format!("{place}: {what}: {value}");
    if !kinds(schema).iter().any(|kind| is(value, kind)) {
        return Err(at("wrong type"));
    }
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(value)
    {
        return Err(at("none of the words"));
    }
    match value {
        Value::String(text) => check_text(text, schema).map_err(at),
        Value::Number(_) => check_number(value, schema).map_err(at),
        Value::Array(all) => {
            let size = all.len() as u64;
            if schema["maxItems"].as_u64().is_some_and(|max| size > max) {
                return Err(at("too many"));
            }
            let mut numbered = all.iter().enumerate();
            numbered.try_for_each(|(n, one)| check(&format!("{place}[{n}]"), one, &schema["items"]))
        }
        Value::Object(map) => {
            let required = schema["required"].as_array().into_iter().flatten();
            let mut names = required.filter_map(Value::as_str);
            if let Some(name) = names.find(|name| !map.contains_key(*name)) {
                return Err(at(&format!("{name} is missing")));
            }
            let (parts, others) = (&schema["properties"], &schema["additionalProperties"]);
            map.iter().try_for_each(|(name, one)| {
                let place = format!("{place}.{name}");
                match (parts.get(name), others) {
                    (Some(part), _) => check(&place, one, part),
                    (None, Value::Object(_)) => check(&place, one, others),
                    (None, _) => Err(format!("{place} is not described: {one}")),
                }
            })
        }
        Value::Null | Value::Bool(_) => Ok(()),
    }
}

fn kinds(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec!["any"],
    }
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        _ => true,
    }
}

fn check_number(value: &Value, schema: &Value) -> Result<(), &'static str> {
    let number = value.as_f64().unwrap_or_default();
    if schema["minimum"].as_f64().is_some_and(|min| number < min) {
        return Err("too small");
    }
    if schema["maximum"].as_f64().is_some_and(|max| number > max) {
        return Err("too large");
    }
    Ok(())
}

fn check_text(text: &str, schema: &Value) -> Result<(), &'static str> {
    let chars = text.chars().count() as u64;
    if schema["maxLength"].as_u64().is_some_and(|max| chars > max) {
        return Err("too long");
    }
    if schema["minLength"].as_u64().is_some_and(|min| chars < min) {
        return Err("too short");
    }
    let is_instant = schema["format"] == "date-time";
    if is_instant && text.parse::<avow_model::Timestamp>().is_err() {
        return Err("no instant");
    }
    let pattern = schema["pattern"].as_str().unwrap_or_default();
    let prefix = pattern.strip_suffix("[0-9a-hjkmnp-tv-z]{13}$");
    if let Some(prefix) = prefix.and_then(|p| p.strip_prefix('^'))
        && !(text.starts_with(prefix) && text.len() == prefix.len() + 13)
    {
        return Err("no id of this sort");
    }
    Ok(())
}
