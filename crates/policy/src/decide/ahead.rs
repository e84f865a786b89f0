//! Rules that are only proposed: they bar nothing, and are told of where they would.

use super::choice::Choices;
use super::{Case, Findings, Need};
use crate::code::Code;
use crate::reason::Reason;

impl Case<'_> {
    /// Says which proposed rules would ask for more than there is. They bind where a policy promises them.
    pub(super) fn look_ahead(&mut self, choices: &Choices, need: &Need) {
        let set = self.set;
        for number in set.proposed_for(self.facts.jurisdiction) {
            let rule = &set.rules[usize::from(*number)];
            if !rule.reaches(self.facts.age) || !rule.concerns(need.kind, need.choice) {
                continue;
            }
            let mut out = Findings::none();
            self.check_rule(*number, rule, choices, &mut out);
            if !out.deny.is_empty() && !self.out.allow.is_empty() {
                let reason = Reason::new(Code::AProposedRuleAhead).rule(*number);
                self.out.allow.push(reason);
            }
        }
    }
}
