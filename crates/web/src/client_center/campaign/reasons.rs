//! Stored reason codes and replies, in sentences.

use avow_model::{Outcome, RecipientState};
use avow_store::ReasonCount;

/// What a code means and what to do about it.
pub(crate) fn of_code(code: &str) -> (String, String) {
    match avow_deliver::explain_code(code) {
        Some((title, remedy)) => (title.to_owned(), remedy.to_owned()),
        None => (code.to_owned(), String::new()),
    }
}

/// The codes of a stored list, each once, whether commas or spaces part them.
pub(crate) fn codes(stored: &str) -> impl Iterator<Item = &str> {
    let mut codes: Vec<&str> = Vec::new();
    for code in stored.split([' ', ',']).filter(|code| !code.is_empty()) {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes.into_iter()
}

/// The one code that says most of why not: the first that denies, then the first that holds.
pub(crate) fn leading(stored: &str) -> Option<&str> {
    let first = |letter: &str| codes(stored).find(|c| c.starts_with(letter));
    first("D_")
        .or_else(|| first("H_"))
        .or_else(|| codes(stored).next())
}

/// One line for one recipient: the server's own words, or the gate's reason.
pub(crate) fn why(state: RecipientState, reply: Option<&str>, stored: &str) -> String {
    match (state, reply) {
        (RecipientState::At(Outcome::Refused), _) => {
            leading(stored).map_or_else(String::new, |code| of_code(code).0)
        }
        (_, Some(reply)) => reply.to_owned(),
        (RecipientState::Waiting, None) => "Not tried yet".to_owned(),
        (_, None) => String::new(),
    }
}

/// Where a group of rows comes from: a reason code, or the code of a server's reply.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    Code(String),
    Reply(u16),
    None,
}

impl Cause {
    fn of(row: &ReasonCount) -> Self {
        match (row.state, row.reply_code) {
            (RecipientState::At(Outcome::Refused), _) => {
                leading(&row.reasons).map_or(Self::None, |code| Self::Code(code.to_owned()))
            }
            (_, Some(code)) => Self::Reply(code),
            _ => Self::None,
        }
    }

    /// For the address of the page that lists these people.
    pub(crate) fn query(&self, state: RecipientState) -> String {
        let state = state.as_str();
        match self {
            Self::Code(code) => format!("?state={state}&reason={code}"),
            Self::Reply(code) => format!("?state={state}&reply={code}"),
            Self::None => format!("?state={state}"),
        }
    }

    /// The words of a line, and a second, smaller line.
    pub(crate) fn words(&self, state: RecipientState) -> (String, String) {
        match self {
            Self::Code(code) => of_code(code),
            Self::Reply(code) => (format!("{code} {}", class(*code)), next(state).to_owned()),
            Self::None => (state_words(state).to_owned(), next(state).to_owned()),
        }
    }
}

/// What a reply code says in general (RFC 5321 section 4.2.3).
fn class(code: u16) -> &'static str {
    match code {
        421 => "the server is closing the connection",
        450 => "the mailbox is busy or put off",
        451 => "a passing fault or greylisting",
        452 => "no room at present",
        400..=499 => "put off",
        550 => "the mailbox is not there, or mail is refused",
        551 => "the person is elsewhere",
        552 => "the mailbox is full for good",
        553 => "the address is not allowed",
        554 => "the server refused the message",
        500..=599 => "refused",
        _ => "",
    }
}

fn next(state: RecipientState) -> &'static str {
    match state {
        RecipientState::At(Outcome::Deferred) => "Tried again by itself.",
        RecipientState::At(Outcome::Expired) => "Tried until the time ran out.",
        _ => "",
    }
}

fn state_words(state: RecipientState) -> &'static str {
    match state {
        RecipientState::At(Outcome::Deferred) => "No answer yet",
        RecipientState::At(Outcome::Unknown) => "The answer to the last byte was never seen",
        RecipientState::At(Outcome::Refused) => "Refused before it left",
        _ => "No answer",
    }
}

/// Rows of one state and one cause together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caused {
    pub state: RecipientState,
    pub cause: Cause,
    pub n: i64,
}

/// Groups rows by what kept the message from its person; most frequent first. Delivered and waiting are left out.
pub(crate) fn group(rows: &[ReasonCount]) -> Vec<Caused> {
    let mut groups: Vec<Caused> = Vec::new();
    let kept = |r: &&ReasonCount| {
        !matches!(
            r.state,
            RecipientState::Waiting | RecipientState::At(Outcome::Delivered)
        )
    };
    for row in rows.iter().filter(kept) {
        let cause = Cause::of(row);
        let same = |g: &&mut Caused| g.state == row.state && g.cause == cause;
        match groups.iter_mut().find(same) {
            Some(group) => group.n += row.n as i64,
            None => groups.push(Caused {
                state: row.state,
                cause,
                n: row.n as i64,
            }),
        }
    }
    groups.sort_by_key(|g| std::cmp::Reverse(g.n));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_leading_reason_is_the_first_that_denies() {
        assert_eq!(leading("A_OPT_IN H_X D_ONE D_TWO"), Some("D_ONE"));
        assert_eq!(leading("A_OPT_IN,H_X"), Some("H_X"));
        assert_eq!(leading(""), None);
    }

    #[test]
    fn groups_hold_everyone_who_did_not_get_it_once() {
        let row = |code: i64, reasons: &str, reply_code, n| ReasonCount {
            state: RecipientState::from_code(code).unwrap(),
            reasons: reasons.to_owned(),
            reply_code,
            n,
        };
        let rows = [
            row(0, "", None, 9),
            row(1, "A_OPT_IN", Some(250), 90),
            row(3, "", Some(550), 2),
            row(3, "A_X", Some(550), 3),
            row(5, "D_ONE D_TWO", None, 4),
            row(5, "D_ONE", None, 5),
            row(6, "", None, 1),
        ];
        let groups = group(&rows);
        assert_eq!(groups.iter().map(|g| g.n).collect::<Vec<_>>(), [9, 5, 1]);
        assert_eq!(groups[0].cause, Cause::Code("D_ONE".to_owned()));
        assert_eq!(
            groups[1].cause.query(groups[1].state),
            "?state=bounced&reply=550"
        );
    }
}
