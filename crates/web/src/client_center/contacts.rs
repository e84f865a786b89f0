//! What lists and pages say of a contact: the name, what is noticed about the address.

use avow_store::ContactFlags;

/// The person's name from the fields that hold one.
pub(crate) fn name(fields: &std::collections::BTreeMap<String, String>) -> String {
    let get = |key: &str| fields.get(key).map_or("", String::as_str);
    let whole = format!("{} {}", get("first_name"), get("last_name"));
    match whole.trim() {
        "" => get("name").to_owned(),
        whole => whole.to_owned(),
    }
}

pub(crate) fn flags(flags: ContactFlags) -> String {
    match (flags.role, flags.disposable) {
        (true, true) => "role address, disposable",
        (true, false) => "role address",
        (false, true) => "disposable",
        (false, false) => "",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_put_together_from_what_is_there() {
        let fields = |pairs: &[(&str, &str)]| {
            let own = |(k, v): &(&str, &str)| ((*k).to_owned(), (*v).to_owned());
            name(&pairs.iter().map(own).collect())
        };
        assert_eq!(
            fields(&[("first_name", "Ada"), ("last_name", "Lovelace")]),
            "Ada Lovelace"
        );
        assert_eq!(fields(&[("last_name", "Lovelace")]), "Lovelace");
        assert_eq!(fields(&[("name", "Ada L")]), "Ada L");
        assert_eq!(fields(&[]), "");
    }
}
