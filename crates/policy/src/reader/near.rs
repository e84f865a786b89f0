//! What was probably meant: the nearest known word, and enough of a value to know it again.

/// Enough of a value to know it again in a message.
pub(super) fn clip(text: &str) -> String {
    const CHARS_MAX: usize = 40;
    let mut short: String = text.chars().take(CHARS_MAX).collect();
    if text.chars().nth(CHARS_MAX).is_some() {
        short.push('…');
    }
    short
}

/// The known word nearest to `text`, when it is near enough to be what was meant.
pub(crate) fn suggestion<'k>(text: &str, known: &[&'k str]) -> Option<&'k str> {
    const WORD_CHARS_MAX: usize = 40;
    if text.chars().count() > WORD_CHARS_MAX {
        return None;
    }
    let (distance, word) = known.iter().map(|k| (edits(text, k), *k)).min()?;
    (distance <= 1 + word.len() / 4).then_some(word)
}

/// Levenshtein distance in characters.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let swap = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = swap.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_find_a_slip_and_leave_strangers_alone() {
        let known = ["choice", "reads", "verbs", "retention"];
        assert_eq!(suggestion("choise", &known), Some("choice"));
        assert_eq!(suggestion("read", &known), Some("reads"));
        assert_eq!(suggestion("retension", &known), Some("retention"));
        assert_eq!(suggestion("colour", &known), None);
        assert_eq!(suggestion("x", &[]), None);
    }
}
