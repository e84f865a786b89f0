//! What was read from one mail: an outcome for each recipient, and the headers of the message it is about.

use std::fmt;

use crate::{Class, Enhanced};

/// What the mail says happened to the message for one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It failed, and is not tried again.
    Bounce,
    /// It is late and still tried.
    Delay,
    Delivered,
    AutoReply,
    Feedback,
    /// The mail is no report at all.
    None,
}

impl Action {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bounce => "bounce",
            Self::Delay => "delay",
            Self::Delivered => "delivered",
            Self::AutoReply => "auto_reply",
            Self::Feedback => "feedback",
            Self::None => "none",
        }
    }
}

/// What one recipient's part of a mail means. `Debug` shows neither address nor text.
#[derive(Clone, PartialEq, Eq)]
pub struct Outcome {
    /// As the mail has it, without brackets.
    pub address: Option<String>,
    /// The address as the sender gave it, when the mail tells a second one (RFC 3464 2.3.1).
    pub original_address: Option<String>,
    pub action: Action,
    pub class: Class,
    /// RFC 3463: the most telling one of the mail.
    pub status: Option<Enhanced>,
    /// The SMTP reply code quoted.
    pub reply: Option<u16>,
}

impl Outcome {
    /// True when the address must never be tried again. Never true for a delay, nor for a status of 4.x.x.
    pub const fn is_hard(&self) -> bool {
        matches!(self.action, Action::Bounce) && self.class.ends_address()
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Outcome({} {})",
            self.action.as_str(),
            self.class.as_str()
        )
    }
}

/// The headers of the message that came back, in their order, unfolded.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Returned {
    pub headers: Vec<(String, String)>,
}

impl Returned {
    /// The first header of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Without brackets.
    pub fn message_id(&self) -> Option<&str> {
        let id = self.get("Message-ID")?;
        Some(
            id.trim()
                .trim_start_matches('<')
                .trim_end_matches('>')
                .trim(),
        )
    }
}

impl fmt::Debug for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Returned({} headers)", self.headers.len())
    }
}

/// The fields of a feedback report (RFC 5965, RFC 6591), as they stand in it, addresses without brackets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Feedback {
    pub kind: String,
    pub user_agent: Option<String>,
    pub version: Option<String>,
    pub original_mail_from: Option<String>,
    pub original_rcpt_to: Vec<String>,
    pub reported_domain: Vec<String>,
    /// The literal without what some write behind it.
    pub source_ip: Option<String>,
    pub auth_failure: Option<String>,
    pub original_envelope_id: Option<String>,
}

impl fmt::Debug for Feedback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Feedback({})", self.kind)
    }
}

/// Everything read from one mail. At least one outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub outcomes: Vec<Outcome>,
    pub returned: Returned,
    /// The addresses the mail itself went to: a VERP token is in one of them.
    pub sent_to: Vec<String>,
    pub feedback: Option<Feedback>,
}
