//! Who asks, where a person of the staff or a program does: need to know, training, acknowledgement, the
//! lock of an idle screen, and what a token is for. Showing data to staff is an act like any other.

use jiff::SignedDuration;

use super::Case;
use super::choice::Choices;
use crate::circumstance::{Actor, Via};
use crate::code::Code;

/// A screen that was left alone so long is locked.
const IDLE_MAX: SignedDuration = SignedDuration::from_mins(10);

impl Case<'_> {
    /// Data shown to, or handed out to, people of the controller: what some use of the purpose reads.
    pub(super) fn shown(&mut self) {
        self.check_permit();
        self.check_person();
        let choices = Choices::fold(self.facts, self.now, &self.asked());
        let from = self.check_binding(&choices);
        let need = self.need(from);
        self.check_age(&need);
        self.check_protection();
        self.check_actor();
        self.out.allow.add(Code::ANeedToKnow);
    }

    pub(super) fn check_actor(&mut self) {
        let request = self.request;
        match &request.actor {
            Some(actor) => self.check_who(actor),
            None if request.is_shown() => self.out.deny.add(Code::DNoNeedToKnow),
            None => {}
        }
    }

    fn check_who(&mut self, actor: &Actor) {
        let line = self.asked().line;
        let needed = |p: &avow_model::Purpose| line.iter().any(|q| p.covers(q));
        if !actor.needs.iter().any(needed) {
            self.out.deny.add(Code::DNoNeedToKnow);
        }
        match &actor.via {
            Via::Session { active_at } => {
                let idle = self.now.duration_since(*active_at);
                if idle > IDLE_MAX || idle.is_negative() {
                    self.out.deny.add(Code::DLocked);
                }
                self.check_trained(actor);
            }
            Via::Token { verbs, purposes } => {
                let scoped = verbs.contains(&self.request.verb) && purposes.iter().any(needed);
                if !scoped {
                    self.out.deny.add(Code::DTokenScope);
                }
            }
        }
    }

    /// People, not programs: taught of late, and told of the version in force.
    fn check_trained(&mut self, actor: &Actor) {
        if actor.trained_until.is_none_or(|until| self.now >= until) {
            self.out.deny.add(Code::DTrainingOverdue);
        }
        let version = self.current.map(|at| self.set.version_at(at).n());
        if actor.acknowledged < version {
            self.out.deny.add(Code::DNotAcknowledged);
        }
    }
}
