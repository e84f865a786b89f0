//! Domains that give addresses for a moment only: our own short list, for a flag and no more.

/// One a line, sorted; the test keeps it so.
const DISPOSABLE: &str = include_str!("disposable.txt");

/// True for a domain of the list and for those below it.
pub(super) fn is_disposable(domain: &str) -> bool {
    use std::sync::OnceLock;
    static SORTED: OnceLock<Vec<&str>> = OnceLock::new();
    let sorted = SORTED.get_or_init(|| DISPOSABLE.lines().collect());
    let mut rest = domain;
    loop {
        if sorted.binary_search(&rest).is_ok() {
            return true;
        }
        match rest.split_once('.') {
            Some((_, parent)) if parent.contains('.') => rest = parent,
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_of_the_list_and_below_are_flagged() {
        assert!(is_disposable("mailinator.com") && is_disposable("x.mailinator.com"));
        assert!(!is_disposable("example.com") && !is_disposable("notmailinator.com"));
    }

    #[test]
    fn the_list_is_sorted_and_holds_nothing_twice() {
        let lines: Vec<&str> = DISPOSABLE.lines().collect();
        assert!(lines.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
