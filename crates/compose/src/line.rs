//! A subject or preheader filled in for a page that speaks of a message.

use std::sync::Arc;

use minijinja::Value;

use crate::compiled::clean;
use crate::job::Fields;
use crate::template::{Engine, Values};

/// The line as this person has it. Without fields it is what stands for everybody. A line that cannot be
/// filled in so is given as it was written. Never fails: a page is no place to refuse a template.
pub fn fill_line(source: &str, fields: &Fields) -> String {
    if !source.contains('{') {
        return source.to_owned();
    }
    let names: Arc<[String]> = fields.names().map(str::to_owned).collect();
    let values = names.iter().filter_map(|name| fields.get(name)).map(clean);
    let values = Value::from_object(Values {
        values: values.collect(),
        names: names.clone(),
    });
    let filled = Engine::default().fill(source, &values);
    filled.unwrap_or_else(|| source.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_filled_in_for_a_person_and_for_everybody() {
        let ada = [("first_name".to_owned(), "Ada".to_owned())];
        let ada: Fields = ada.into_iter().collect();
        let nobody = Fields::default();
        let greeting = "{{ first_name | fallback('Hello') }}, the news";
        assert_eq!(fill_line(greeting, &ada), "Ada, the news");
        assert_eq!(fill_line(greeting, &nobody), "Hello, the news");
        assert_eq!(fill_line("Plain", &nobody), "Plain");
    }

    #[test]
    fn a_line_that_cannot_be_filled_in_is_shown_as_it_was_written() {
        let nobody = Fields::default();
        for source in ["{{ first_name }}", "{% for %}", "{{ range(99999) }}"] {
            assert_eq!(fill_line(source, &nobody), source);
        }
    }
}
