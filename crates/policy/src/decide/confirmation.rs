//! The mail that asks the owner of an address to confirm a sign-up made with it.
//!
//! Anybody can type any address into a form, so this mail must not become a way around a no; and people come
//! back, so no no may bar it for ever. An earlier unsubscribe, a dead address or an erasure does not bar it:
//! the address was given again. Somebody who reported mail as spam, wants no mail of any sort, or is on a
//! suppression list for all mail gets one in thirty days; and nobody gets more than a few in a day.
//! Protection, restriction and age bar it always.

use jiff::SignedDuration;

use super::Case;
use super::choice::Choices;
use crate::code::Code;
use crate::reason::Reason;

/// How far back `Facts::confirmations` must go: how long one mail must do for somebody who wants none: whoever means to come back confirms with it.
pub const CONFIRMATIONS_COUNT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
/// More mails than anybody needs who looks for a lost one, and too few to fill a mailbox with.
const DAY: SignedDuration = SignedDuration::from_hours(24);
const MAILS_A_DAY_MAX: usize = 5;

impl Case<'_> {
    pub(super) fn confirmation(&mut self) {
        self.check_permit();
        self.check_restricted();
        self.check_protection();
        if self.current.is_none() {
            self.out.deny.add(Code::DNoPolicy);
        }
        let need = self.need(self.current.unwrap_or(0));
        self.check_age(&need);
        if self.promotes() {
            self.out.deny.add(Code::DContentClass);
        }
        self.check_quiet();
        self.out.allow.add(Code::AConfirmation);
    }

    fn check_quiet(&mut self) {
        let choices = Choices::fold(self.facts, self.now, &self.asked());
        let wants_none = choices.hard_no().is_some() || self.wide_choice_entry().is_some();
        if self.mails_within(DAY) >= MAILS_A_DAY_MAX
            || wants_none && self.mails_within(CONFIRMATIONS_COUNT_FOR) > 0
        {
            let fact = choices.hard_no().map(|no| no.fact);
            self.deny(Reason::new(Code::DConfirmationRecent).fact(fact));
        }
    }

    /// Counts what lies ahead too: a clock that was set back must not send again.
    fn mails_within(&self, span: SignedDuration) -> usize {
        let late = |at: &&jiff::Timestamp| self.now.duration_since(**at) < span;
        self.facts.confirmations.iter().filter(late).count()
    }
}
