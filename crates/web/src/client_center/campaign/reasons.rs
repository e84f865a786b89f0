//! Stored reason codes and replies, in sentences.

use avow_model::{Outcome, RecipientState};
use avow_store::ReasonCount;

use crate::codes::explained;
use crate::language::Told;

/// What a code means and what to do about it.
pub(crate) fn of_code(code: &str) -> (String, String) {
    if let Some((title, remedy)) = explained(code) {
        return (title.into(), remedy.into());
    }
    // The engine's own codes, which are few.
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
        (RecipientState::Waiting, None) => say!("cause-not-tried"),
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
            Self::Reply(code) => {
                let meaning = class(*code).map_or_else(String::new, String::from);
                let told = told!("cause-reply", code = code.to_string(), meaning = meaning);
                (told.into(), next(state))
            }
            Self::None => (state_words(state).into(), next(state)),
        }
    }
}

/// What a reply code says in general (RFC 5321 section 4.2.3).
fn class(code: u16) -> Option<Told> {
    Some(match code {
        421 => told!("reply-421"),
        450 => told!("reply-450"),
        451 => told!("reply-451"),
        452 => told!("reply-452"),
        400..=499 => told!("reply-4xx"),
        550 => told!("reply-550"),
        551 => told!("reply-551"),
        552 => told!("reply-552"),
        553 => told!("reply-553"),
        554 => told!("reply-554"),
        500..=599 => told!("reply-5xx"),
        _ => return None,
    })
}

fn next(state: RecipientState) -> String {
    match state {
        RecipientState::At(Outcome::Deferred) => say!("cause-retried"),
        RecipientState::At(Outcome::Expired) => say!("cause-ran-out"),
        _ => String::new(),
    }
}

fn state_words(state: RecipientState) -> Told {
    match state {
        RecipientState::At(Outcome::Deferred) => told!("cause-no-answer-yet"),
        RecipientState::At(Outcome::Unknown) => told!("cause-never-seen"),
        RecipientState::At(Outcome::Refused) => told!("cause-refused"),
        _ => told!("cause-no-answer"),
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
