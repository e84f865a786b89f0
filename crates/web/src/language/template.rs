//! How templates say things: `t`, `rich`, `tag`, `language_tag`, `text_direction`, and the filter `thousands`.

use fluent_bundle::{FluentArgs, FluentValue};
use minijinja::value::{Kwargs, Value};
use minijinja::{Environment, Error, ErrorKind};

use super::rich::{Element, Weave};
use super::{catalogue, current, numbers};

fn whole(value: &Value) -> Option<i64> {
    value.is_number().then(|| value.as_i64()).flatten()
}

fn must_be_there(key: &str, name: &str, value: &Value) -> Result<(), Error> {
    if value.is_undefined() {
        let what = format!("{key} is told with {name}, which is not there");
        return Err(Error::new(ErrorKind::UndefinedError, what));
    }
    Ok(())
}

fn text_of(value: &Value) -> FluentValue<'static> {
    whole(value).map_or_else(|| value.to_string().into(), FluentValue::from)
}

/// `t("campaign-people", n=312)`: text, which the template escapes like any other.
fn t(key: &str, values: Kwargs) -> Result<String, Error> {
    let mut args = FluentArgs::new();
    for name in values.args() {
        let value: Value = values.peek(name)?;
        must_be_there(key, name, &value)?;
        args.set(name.to_owned(), text_of(&value));
    }
    Ok(catalogue::message(current(), key, &args))
}

/// `rich("form-terms", policy=tag("a", href=url), sender=name)`: HTML, in which only what the template gave is markup.
fn rich(key: &str, values: Kwargs) -> Result<Value, Error> {
    let (mut args, mut weave) = (FluentArgs::new(), Weave::default());
    for name in values.args() {
        let value: Value = values.peek(name)?;
        must_be_there(key, name, &value)?;
        if let Some(n) = whole(&value) {
            args.set(name.to_owned(), n);
        } else if let Some(text) = weave.thread(name, &value) {
            args.set(name.to_owned(), text);
        }
    }
    let told = catalogue::message(current(), key, &args);
    Ok(Value::from_safe_string(weave.html(&told)))
}

fn tag(name: &str, attributes: Kwargs) -> Result<Value, Error> {
    Ok(Value::from_object(Element::new(name, &attributes)?))
}

fn dir() -> &'static str {
    if current().is_right_to_left() {
        "rtl"
    } else {
        "ltr"
    }
}

/// Gives the templates their words.
pub(crate) fn install(environment: &mut Environment<'static>) {
    environment.add_function("t", t);
    environment.add_function("rich", rich);
    environment.add_function("tag", tag);
    environment.add_function("language_tag", || current().tag());
    environment.add_function("text_direction", dir);
    environment.add_filter("thousands", numbers::thousands);
}
