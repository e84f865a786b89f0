//! What each call is, in words and forms: one description, of which the served document and the page are made.
//!
//! Promises: a call cannot be made without one (`Call::new`); what the page and the document say of the answers of a
//! call is the same. Never: decides anything; a handler reads what it gets by itself.

mod document;
mod page;
mod place;
mod shape;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod validate;

pub(super) use document::json;
#[cfg(test)]
pub(super) use document::{document, places};
#[cfg(test)]
pub(crate) use page::reference_pages;
pub(super) use page::routes;
pub(super) use place::place;
pub(super) use shape::*;
#[cfg(test)]
pub(super) use validate::fault_of;

use super::problem::Kind;

/// What calls are about: the parts of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Area {
    Messages,
    Events,
    Webhooks,
    Contacts,
    Lists,
    Segments,
    Forms,
    Imports,
    Campaigns,
    Reports,
    Policy,
    Account,
}

impl Area {
    pub(super) const ALL: [Self; 12] = [
        Self::Messages,
        Self::Events,
        Self::Webhooks,
        Self::Contacts,
        Self::Lists,
        Self::Segments,
        Self::Forms,
        Self::Imports,
        Self::Campaigns,
        Self::Reports,
        Self::Policy,
        Self::Account,
    ];

    /// In addresses and as a tag.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Events => "events",
            Self::Webhooks => "webhooks",
            Self::Contacts => "contacts",
            Self::Lists => "lists",
            Self::Segments => "segments",
            Self::Forms => "forms",
            Self::Imports => "files",
            Self::Campaigns => "campaigns",
            Self::Reports => "reports",
            Self::Policy => "policy",
            Self::Account => "account",
        }
    }

    pub(super) const fn about(self) -> &'static str {
        match self {
            Self::Messages => {
                "Single messages by permission: a receipt, a notice, a newsletter to one person."
            }
            Self::Events => {
                "What became of messages, and what people did with them, to be read on from a cursor."
            }
            Self::Webhooks => {
                "Programs that are told of events as they come, in the form of Standard Webhooks."
            }
            Self::Contacts => {
                "People: their data with where each came from, what may be done with them and why, their no."
            }
            Self::Lists => "Lists, and who is on them.",
            Self::Segments => "Who is meant, in words.",
            Self::Forms => "Hosted sign-up forms.",
            Self::Imports => "Files of people, in and out.",
            Self::Campaigns => "Campaigns from the draft to the end.",
            Self::Reports => "What became of campaigns, and the people behind each number.",
            Self::Policy => "The policy that the program enforces, its versions and what changed.",
            Self::Account => "Users, how delivery stands, what the staff did.",
        }
    }
}

/// One answer that is a yes.
#[derive(Debug, Clone)]
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) about: &'static str,
    /// `None`: an empty body.
    pub(super) shape: Option<Shape>,
    pub(super) media: &'static str,
}

/// What a call does, what it takes, what it answers.
#[derive(Debug, Clone)]
pub(super) struct Doc {
    /// `operationId`: generators of clients name their functions by it.
    pub(super) id: &'static str,
    pub(super) area: Area,
    pub(super) title: &'static str,
    pub(super) about: &'static str,
    pub(super) query: Vec<Field>,
    pub(super) body: Option<Shape>,
    /// What a body is when it is no JSON.
    pub(super) media: &'static str,
    pub(super) answers: Vec<Answered>,
    /// Beyond those that every such call has.
    pub(super) problems: Vec<Kind>,
    /// Whether an `Idempotency-Key` makes it happen once.
    pub(super) is_once: bool,
}

/// The body of most calls.
pub(super) const JSON: &str = "application/json";

impl Doc {
    /// `id` in camel case; `title` a short sentence without a full stop.
    pub(super) const fn new(id: &'static str, area: Area, title: &'static str) -> Self {
        Self {
            id,
            area,
            title,
            about: "",
            query: Vec::new(),
            body: None,
            media: JSON,
            answers: Vec::new(),
            problems: Vec::new(),
            is_once: false,
        }
    }

    pub(super) fn about(self, about: &'static str) -> Self {
        Self { about, ..self }
    }

    pub(super) fn query(mut self, fields: impl IntoIterator<Item = Field>) -> Self {
        self.query.extend(fields);
        self
    }

    pub(super) fn body(self, shape: Shape) -> Self {
        let body = Some(shape);
        Self { body, ..self }
    }

    pub(super) fn answers(mut self, status: u16, about: &'static str, shape: Shape) -> Self {
        let shape = Some(shape);
        self.answers.push(Answered {
            status,
            about,
            shape,
            media: JSON,
        });
        self
    }

    /// An answer without a body.
    pub(super) fn empty(mut self, about: &'static str) -> Self {
        self.answers.push(Answered {
            status: 204,
            about,
            shape: None,
            media: JSON,
        });
        self
    }

    pub(super) fn may_fail(mut self, kinds: impl IntoIterator<Item = Kind>) -> Self {
        self.problems.extend(kinds);
        self
    }

    /// It makes something: with an `Idempotency-Key` once.
    pub(super) fn once(mut self) -> Self {
        self.is_once = true;
        self.problems.extend([Kind::CallKey, Kind::InDoubt]);
        self
    }
}
