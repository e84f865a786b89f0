//! The question to the gate.

use avow_model::{Category, Purpose, RecipientClass, Slug, Timestamp, Verb};

/// What is to be done, for what, with which data, by whom. Reusable over many people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub account: Slug,
    pub brand: Slug,
    /// The list addressed; `None` is the list named like the purpose.
    pub list: Option<Slug>,
    pub purpose: Purpose,
    pub verb: Verb,
    /// The categories of data that are read.
    pub reads: Vec<Category>,
    /// Categories that are read where they may be, and left out where not; the permit says which.
    pub fallbacks: Vec<Category>,
    pub recipient: RecipientClass,
    pub content: Content,
    pub promotion: Promotion,
    /// A permit given earlier that is presented now, at the handoff.
    pub permit: Option<PresentedPermit>,
}

impl Request {
    /// Plain use of the e-mail address for the controller itself. Whoever asks for more says so:
    /// `Request { reads, ..Request::new(account, brand, purpose, verb) }`.
    pub fn new(account: Slug, brand: Slug, purpose: Purpose, verb: Verb) -> Self {
        Self {
            account,
            brand,
            list: None,
            purpose,
            verb,
            reads: vec![word("email")],
            fallbacks: Vec::new(),
            recipient: word("self"),
            content: Content::Normal,
            promotion: Promotion::None,
            permit: None,
        }
    }

    /// True for mail; the other verbs touch no mailbox.
    pub fn is_mail(&self) -> bool {
        self.verb.as_str() == "send"
    }
}

/// A name that every installation knows.
fn word<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().expect("invariant: a name")
}

/// What a mail is, where that is not plain content of its purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Content {
    #[default]
    Normal,
    /// Announces the policy version of this number.
    PolicyNotice { version: u32 },
    /// Asks for a permission.
    ChoiceRequest,
    /// Answers a rights request, at the address given in it.
    RightsReply,
    /// Answers a sign-up at the address given in it: asks its owner to confirm.
    Confirmation,
}

/// Whether the content promotes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Promotion {
    #[default]
    None,
    Carried,
}

/// What a shell remembers of a permit between decision and handoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresentedPermit {
    pub issued_at: Timestamp,
    /// True when a handoff was made with it already.
    pub used: bool,
}
