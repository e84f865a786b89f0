//! What the kind and the choice of a purpose demand of its other keys.

use super::verb_fits;
use crate::reader::{At, Table};
use crate::version::{ChoiceRule, Kind};

/// Which optional keys a purpose has.
pub(super) struct Words {
    pub once: bool,
    pub ask: bool,
    pub why: bool,
}

/// What the kind and the choice of a purpose demand of its other keys.
pub(super) fn check_rule(
    table: &Table<'_, '_>,
    kind: &At<Kind>,
    choice: &At<ChoiceRule>,
    said: Words,
) {
    check_choice(table, kind, choice, said.once);
    check_words(table, kind.value, choice.value, &said);
}

/// A kind that needs no permission must be bounded in another way; the others need a choice.
fn check_choice(table: &Table<'_, '_>, kind: &At<Kind>, choice: &At<ChoiceRule>, once: bool) {
    let none = choice.value == ChoiceRule::None;
    let (message, hint) = match kind.value {
        Kind::Service if !none => (
            "service mail has no choice",
            "write choice = \"none\", or make it another kind",
        ),
        Kind::Referral | Kind::Demo if none && !once => {
            ("without a choice it may be used only once", "add uses = 1")
        }
        Kind::Marketing | Kind::Tracking | Kind::Profiling | Kind::Sharing if none => (
            "this kind of purpose needs a choice",
            "write choice = \"opt_in\"",
        ),
        _ => return,
    };
    table.reader.fault_hint(&choice.span, message, hint);
}

/// Sentences that forms and footers cannot do without.
fn check_words(table: &Table<'_, '_>, kind: Kind, choice: ChoiceRule, said: &Words) {
    if choice != ChoiceRule::None && !said.ask {
        table.missing(
            "ask",
            "the question that a form puts, for example \"Send me the newsletter\"",
        );
    }
    if verb_fits(kind, "send") && !said.why {
        table.missing(
            "why",
            "the footer's sentence: why the person gets this mail",
        );
    }
}
