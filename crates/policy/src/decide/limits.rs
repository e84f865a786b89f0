//! What the rules of a purpose say beyond the choice: how often, about what, along with what, by which way.
//!
//! Every version since the collection has its say: a limit that was promised then holds for the data of then.

use avow_model::{OwnRequest, Purpose, Timestamp};

use super::choice::Choices;
use super::{Case, Findings, Need};
use crate::code::Code;
use crate::reason::Reason;
use crate::version::{Frequency, Kind, PurposeRule};

impl<'a> Case<'a> {
    pub(super) fn check_limits(&mut self, from: usize, need: &Need) {
        self.check_channel(from);
        if need.kind == Kind::Demo && self.request.is_mail() {
            self.check_answers();
        }
        if !self.table.is_some_and(|t| t.has_limits) {
            return;
        }
        for at in self.versions_since(from) {
            if let Some(rule) = self.rule_at(at) {
                self.check_rule_limits(rule);
            }
        }
        self.check_marks(from);
    }

    /// The versions from this one to the one in force.
    pub(super) fn versions_since(&self, from: usize) -> std::ops::RangeInclusive<usize> {
        let current = self.current.unwrap_or(0);
        from.min(current)..=current
    }

    /// What the version at this index says of the purpose, under whichever of its names.
    pub(super) fn rule_at(&self, at: usize) -> Option<&'a PurposeRule> {
        let place = self.table?.rule_place(at)?;
        self.set.version_at(at).purposes().get(place)
    }

    fn check_channel(&mut self, from: usize) {
        let channel = self.request.channel;
        let closed = |case: &Self, at: usize| {
            let rule = case.rule_at(at);
            rule.is_some_and(|rule| !rule.channels.contains(&channel))
        };
        if self.versions_since(from).any(|at| closed(self, at)) {
            self.out.deny.add(Code::DChannel);
        }
    }

    fn check_rule_limits(&mut self, rule: &PurposeRule) {
        if let Some(frequency) = rule.frequency.filter(|_| self.request.is_mail()) {
            self.check_frequency(frequency);
        }
        if let Some(category) = &rule.interest {
            let topic = self.request.topic.as_ref();
            let said = |i: &avow_model::Interest| {
                i.category == *category
                    && topic.is_some_and(|t| is_within(t.as_str(), i.topic.as_str()))
            };
            if !self.facts.interests.iter().any(said) {
                self.out.deny.add(Code::DOutsideInterest);
            }
        }
        if !rule.messages.is_empty() && !self.asks() {
            let sort = self.request.message.as_ref();
            if !sort.is_some_and(|sort| rule.messages.contains(sort)) {
                self.out.deny.add(Code::DMessageSort);
            }
        }
        if rule
            .send_as
            .as_ref()
            .is_some_and(|b| *b != self.request.brand)
        {
            self.out.deny.add(Code::DBrand);
        }
        for needed in &rule.requires {
            if !self.is_permitted_too(needed) {
                self.out.deny.add(Code::DRequires);
            }
        }
    }

    /// Mails of all names of the purpose count; one that went exactly so long ago counts no more.
    fn check_frequency(&mut self, frequency: Frequency) {
        let Some(table) = self.table else {
            return;
        };
        let counts = |sent: &&avow_model::Sent| {
            let late = self.now.duration_since(sent.at) < frequency.per;
            late && table.line.contains(&sent.purpose)
        };
        let count = self.facts.sends.iter().filter(counts).count();
        if count >= frequency.count_max as usize {
            self.out.deny.add(Code::DFrequency);
        }
    }

    /// Whether what the person said suffices for another purpose, too.
    fn is_permitted_too(&self, purpose: &Purpose) -> bool {
        let (Some(current), Some(table)) = (self.current, self.set.table(purpose)) else {
            return false;
        };
        let Some(terms) = table.terms(current) else {
            return false;
        };
        let asked = self.asked_about(&table.line, Some(terms.kind));
        let choices = Choices::fold(self.facts, self.now, &asked);
        let need = Need::of(terms);
        let mut out = Findings::none();
        self.choice_ground(&choices, &need, &mut out);
        out.deny.is_empty()
    }

    /// A demonstration or sample answers the person's own request, once.
    fn check_answers(&mut self) {
        let line = self.asked().line;
        let facts = self.facts;
        let wanted = self.request.answers.as_ref();
        let own = |r: &&OwnRequest| {
            Some(&r.id) == wanted && line.contains(&r.purpose) && r.at <= self.now
        };
        match facts.requests.iter().find(own) {
            None => self.out.deny.add(Code::DNoRequest),
            Some(request) if request.answered.is_some() => {
                self.out.deny.add(Code::DSingleUseSpent);
            }
            Some(_) => {}
        }
    }

    /// A single-use purpose that was used for this address before, by whomever: the marker outlives the data.
    fn check_marks(&mut self, from: usize) {
        let facts = self.facts;
        for at in self.versions_since(from) {
            let Some(rule) = self.rule_at(at).filter(|r| r.uses_max.is_some()) else {
                continue;
            };
            let lives = |marked: Timestamp| {
                let age = self.now.duration_since(marked);
                rule.marker_ttl.is_none_or(|ttl| age < ttl)
            };
            let line = self.asked().line;
            let stands = |m: &avow_model::Marked| line.contains(&m.purpose) && lives(m.at);
            if facts.marks.iter().any(stands) {
                self.deny(Reason::new(Code::DSingleUseSpent));
                return;
            }
        }
    }
}

/// True when a topic is the one named, or below it on a dot boundary.
pub(super) fn is_within(topic: &str, above: &str) -> bool {
    let rest = topic.strip_prefix(above);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
