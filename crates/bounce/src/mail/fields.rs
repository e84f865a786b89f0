//! Header-like fields: `Name: value` lines, folded, in groups with an empty line between (RFC 3464 2.1).

/// One group of fields, names in lower case, values unfolded, in their order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Group(Vec<(String, String)>);

/// More groups than any honest report has recipients in one mail.
const GROUPS_MAX: usize = 300;
/// More fields than an honest group has.
const FIELDS_MAX: usize = 400;

impl Group {
    /// The first value of a field, trimmed.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(n, _)| n == name);
        found
            .map(|(_, value)| value.trim())
            .filter(|v| !v.is_empty())
    }

    /// Every value of a field.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let found = self.0.iter().filter(move |(n, _)| n == name);
        found.map(|(_, value)| value.trim())
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn push(&mut self, name: &str, value: &str) {
        if self.0.len() < FIELDS_MAX {
            self.0
                .push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    /// A line that goes on with the field before it.
    fn fold(&mut self, line: &str) {
        if let Some((_, value)) = self.0.last_mut() {
            value.push('\n');
            value.push_str(line.trim());
        }
    }

    pub(super) fn into_fields(self) -> Vec<(String, String)> {
        self.0
    }
}

/// All groups of a text. A repeated Final-Recipient begins a group too: some forget the empty line.
pub(super) fn groups(text: &str) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut open = Group::default();
    for line in text.lines().take(GROUPS_MAX * FIELDS_MAX) {
        if groups.len() >= GROUPS_MAX {
            break;
        }
        match field(line) {
            _ if line.trim().is_empty() => close(&mut groups, &mut open),
            _ if line.starts_with([' ', '\t'])
                && field(line.trim_start()).is_none_or(|_| !open.is_empty()) =>
            {
                open.fold(line);
            }
            Some((name, value)) => {
                let again = name.eq_ignore_ascii_case("final-recipient")
                    && open.get("final-recipient").is_some();
                if again {
                    close(&mut groups, &mut open);
                }
                open.push(name, value);
            }
            None => open.fold(line),
        }
    }
    close(&mut groups, &mut open);
    groups
}

fn close(groups: &mut Vec<Group>, open: &mut Group) {
    if !open.is_empty() {
        groups.push(std::mem::take(open));
    }
}

/// The fields at the head of a text, up to the first empty line.
pub(super) fn head(text: &str) -> Vec<(String, String)> {
    let text = text.trim_start_matches('\n');
    let end = text.find("\n\n").unwrap_or(text.len());
    let first = groups(&text[..end]).into_iter().next().unwrap_or_default();
    first.into_fields()
}

/// A line as name and value: RFC 5322 2.2, a space before the colon forgiven.
pub(super) fn field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let name = name.trim_end();
    let well = !name.is_empty()
        && name.len() <= 76
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    well.then_some((name, value))
}

/// The address in `rfc822; user@example.org`, `<user@example.org>`, or bare; without brackets, quotes and comments.
pub(super) fn address(value: &str) -> Option<String> {
    let after = match value.split_once(';') {
        Some((kind, rest)) if !kind.contains('@') => rest,
        _ => value,
    };
    let inner = match (after.find('<'), after.rfind('>')) {
        (Some(from), Some(to)) if from < to => &after[from + 1..to],
        _ => after,
    };
    let word = inner.split_whitespace().next()?;
    let word = word.trim_matches(['<', '>', '"', '\'', ',', ';', '(', ')']);
    let word = word.strip_prefix("mailto:").unwrap_or(word);
    (!word.is_empty()).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_split_and_unfolded() {
        let text = "Reporting-MTA: dns; a.test\n\nFinal-Recipient: rfc822; ada@b.test\nDiagnostic-Code: smtp; 550\n no\nFinal-Recipient: rfc822; bob@b.test\n";
        let groups = groups(text);
        assert_eq!(groups.len(), 3);
        assert_eq!(groups[1].get("diagnostic-code"), Some("smtp; 550\nno"));
        assert_eq!(groups[2].get("final-recipient"), Some("rfc822; bob@b.test"));
    }

    #[test]
    fn addresses_lose_their_dress() {
        for (value, bare) in [
            ("rfc822; ada@b.test", "ada@b.test"),
            ("RFC822;<ada@b.test>", "ada@b.test"),
            ("<ada@b.test>", "ada@b.test"),
            ("LOCAL; ada", "ada"),
            ("rfc822; Ada <ada@b.test>", "ada@b.test"),
        ] {
            assert_eq!(address(value).as_deref(), Some(bare));
        }
        assert_eq!(address("rfc822;"), None);
    }
}
