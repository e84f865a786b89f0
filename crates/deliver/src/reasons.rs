//! The engine's own reason codes, beside those of the gate, in words.

use avow_store::{REASON_CANCELLED, REASON_RETRACTED};

use crate::choosing::{REASON_LEFT_SEGMENT, REASON_NOT_HELD, REASON_NOT_MEASURED};
use crate::engine::duty;
use crate::engine::turn::{REASON_CONTENT, REASON_GONE, REASON_OUR_SETUP, REASON_TOO_LATE};

/// Title and remedy of any code that a recipient's row may hold; `None` for a text that is no code.
pub fn explain_code(code: &str) -> Option<(&'static str, &'static str)> {
    Some(match code {
        REASON_CANCELLED => (
            "The campaign was cancelled before it left",
            "Send another campaign to reach these people.",
        ),
        REASON_RETRACTED => (
            "The policy version was taken back before its notice left",
            "Nothing to do: the version never takes effect.",
        ),
        REASON_CONTENT => (
            "The content could not be written for this person",
            "Give every field in the content a fallback; the row says what failed.",
        ),
        REASON_GONE => (
            "The person's record was erased or removed before it left",
            "Nothing to do.",
        ),
        REASON_OUR_SETUP => (
            "The receiver refuses something that we have to set up",
            "See what `avow queue` and `avow account dns --check` say; it is tried again by itself.",
        ),
        REASON_TOO_LATE => (
            "The campaign's time ran out before it could leave",
            "See why the mail server was not reached, then send another campaign.",
        ),
        REASON_LEFT_SEGMENT => (
            "No longer known to be in the segment when the message's turn came",
            "Nothing to do: what is held of them, or what may be read of it, changed since the start.",
        ),
        REASON_NOT_MEASURED => (
            "They got mail that was not measured: nobody knows what they did with it",
            "Ask for another mail, or ask these people whether their mail may be measured.",
        ),
        REASON_NOT_HELD => (
            "What the segment asks about is not held of them",
            "Ask for it on a form, or say what counts without it: `is not known`.",
        ),
        code => match duty::of_code(code) {
            Some(undone) => (
                "The message cannot do what goes with the permission",
                undone.told(),
            ),
            None => return avow_policy::explain_code(code),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_engine_and_of_the_gate_is_explained() {
        for code in [
            REASON_CANCELLED,
            REASON_RETRACTED,
            REASON_CONTENT,
            REASON_GONE,
            REASON_OUR_SETUP,
            REASON_TOO_LATE,
            REASON_LEFT_SEGMENT,
            REASON_NOT_HELD,
            REASON_NOT_MEASURED,
            "C_DUTY_SEND_AS_BRAND",
        ] {
            assert!(explain_code(code).is_some(), "{code}");
        }
        assert!(explain_code("D_WITHDRAWN").is_some());
        assert!(explain_code("C_WHATEVER").is_none());
    }
}
