//! The question to the gate.

use avow_model::{
    Category, Facts, Interest, OwnRequest, Purpose, RecipientClass, Slug, Timestamp, Verb,
};

use crate::circumstance::{Actor, BrowserSignal, Offer};
use crate::version::{Channel, PurposeRule};

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
    pub channel: Channel,
    /// What the content is about, where a purpose is narrowed to the interests that people name.
    pub topic: Option<Slug>,
    /// Which sort of service message it is: `receipt`, `password_reset`.
    pub message: Option<Slug>,
    /// The person's own request that this answers.
    pub answers: Option<Slug>,
    /// Hosts outside the message that it loads from, in lower case.
    pub hosts: Vec<String>,
    /// The offers of others in a joint edition.
    pub offers: Vec<Offer>,
    /// Who asks; `None` is the engine of the account itself.
    pub actor: Option<Actor>,
    pub signal: BrowserSignal,
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
            channel: Channel::Email,
            topic: None,
            message: None,
            answers: None,
            hosts: Vec::new(),
            offers: Vec::new(),
            actor: None,
            signal: BrowserSignal::None,
        }
    }

    /// The question before anything is written: may this person be reached for the purpose at all? What the
    /// rule wants of a content is taken as given: a sort of message it lists, its brand and channel, a topic
    /// and an open request of the person's own. What is sent says for itself what it is.
    pub fn in_general(mut self, rule: &PurposeRule, facts: &Facts) -> Self {
        self.message = rule.messages.first().cloned();
        if let Some(brand) = &rule.send_as {
            self.brand = brand.clone();
        }
        if !rule.channels.contains(&self.channel) {
            self.channel = rule.channels.first().copied().unwrap_or(self.channel);
        }
        let named = |i: &&Interest| Some(&i.category) == rule.interest.as_ref();
        self.topic = facts.interests.iter().find(named).map(|i| i.topic.clone());
        let open = |r: &&OwnRequest| r.purpose == rule.id && r.answered.is_none();
        self.answers = facts.requests.iter().find(open).map(|r| r.id.clone());
        self
    }

    /// True for mail; the other verbs touch no mailbox.
    pub fn is_mail(&self) -> bool {
        self.verb.as_str() == "send" && self.channel == Channel::Email
    }

    /// True when data stay with the controller.
    pub(crate) fn goes_to_self(&self) -> bool {
        self.recipient.as_str() == "self"
    }

    /// True when people of the controller see data, or take them out, for a purpose.
    pub(crate) fn is_shown(&self) -> bool {
        match self.verb.as_str() {
            "display" | "reveal" => true,
            "export" => self.goes_to_self(),
            _ => false,
        }
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
    /// It asks for a permission, which is advertising too.
    Solicits,
}

/// What a shell remembers of a permit between decision and handoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresentedPermit {
    pub issued_at: Timestamp,
    /// True when a handoff was made with it already.
    pub used: bool,
}
