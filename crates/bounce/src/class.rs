//! The classes of what a returned mail says about one recipient.
//!
//! The words are those that bounce tools of the field use, one word each, so that reports can be joined with
//! theirs. A class that ends an address ([`Class::ends_address`]) is only given when nothing speaks against it.

/// Why a message came back, or what else the mail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    UserUnknown,
    HostUnknown,
    HasMoved,
    /// The domain says that it takes no mail (RFC 7505): for good.
    NullMx,
    /// The host takes no mail now.
    NotAccept,
    MailboxFull,
    Suspend,
    Filtered,
    Rejected,
    Blocked,
    BadReputation,
    RequirePtr,
    AuthFailure,
    PolicyViolation,
    SecurityError,
    SpamDetected,
    VirusDetected,
    ContentError,
    NotCompliantRfc,
    SyntaxError,
    MessageTooBig,
    ExceedLimit,
    NoRelaying,
    Speeding,
    TooManyConnections,
    Expired,
    NetworkError,
    SystemError,
    SystemFull,
    MailerError,
    /// There is not enough in the mail to say more.
    OnHold,
    Undefined,
    Vacation,
    Delivered,
    Feedback,
}

impl Class {
    pub const ALL: [Self; 35] = [
        Self::UserUnknown,
        Self::HostUnknown,
        Self::HasMoved,
        Self::NullMx,
        Self::NotAccept,
        Self::MailboxFull,
        Self::Suspend,
        Self::Filtered,
        Self::Rejected,
        Self::Blocked,
        Self::BadReputation,
        Self::RequirePtr,
        Self::AuthFailure,
        Self::PolicyViolation,
        Self::SecurityError,
        Self::SpamDetected,
        Self::VirusDetected,
        Self::ContentError,
        Self::NotCompliantRfc,
        Self::SyntaxError,
        Self::MessageTooBig,
        Self::ExceedLimit,
        Self::NoRelaying,
        Self::Speeding,
        Self::TooManyConnections,
        Self::Expired,
        Self::NetworkError,
        Self::SystemError,
        Self::SystemFull,
        Self::MailerError,
        Self::OnHold,
        Self::Undefined,
        Self::Vacation,
        Self::Delivered,
        Self::Feedback,
    ];

    /// True for the classes after which an address must never be tried again.
    pub const fn ends_address(self) -> bool {
        matches!(
            self,
            Self::UserUnknown | Self::HostUnknown | Self::HasMoved | Self::NullMx
        )
    }

    /// The word that rows and reports use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserUnknown => "userunknown",
            Self::HostUnknown => "hostunknown",
            Self::HasMoved => "hasmoved",
            Self::NullMx | Self::NotAccept => "notaccept",
            Self::MailboxFull => "mailboxfull",
            Self::Suspend => "suspend",
            Self::Filtered => "filtered",
            Self::Rejected => "rejected",
            Self::Blocked => "blocked",
            Self::BadReputation => "badreputation",
            Self::RequirePtr => "requireptr",
            Self::AuthFailure => "authfailure",
            Self::PolicyViolation => "policyviolation",
            Self::SecurityError => "securityerror",
            Self::SpamDetected => "spamdetected",
            Self::VirusDetected => "virusdetected",
            Self::ContentError => "contenterror",
            Self::NotCompliantRfc => "notcompliantrfc",
            Self::SyntaxError => "syntaxerror",
            Self::MessageTooBig => "mesgtoobig",
            Self::ExceedLimit => "exceedlimit",
            Self::NoRelaying => "norelaying",
            Self::Speeding => "speeding",
            Self::TooManyConnections => "toomanyconn",
            Self::Expired => "expired",
            Self::NetworkError => "networkerror",
            Self::SystemError => "systemerror",
            Self::SystemFull => "systemfull",
            Self::MailerError => "mailererror",
            Self::OnHold => "onhold",
            Self::Undefined => "undefined",
            Self::Vacation => "vacation",
            Self::Delivered => "delivered",
            Self::Feedback => "feedback",
        }
    }

    /// One plain sentence for people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::UserUnknown => "The mailbox does not exist.",
            Self::HostUnknown => "The domain of the address does not exist.",
            Self::HasMoved => "The recipient is no longer at this address.",
            Self::NullMx => "The domain says that it takes no mail.",
            Self::NotAccept => "The receiving host takes no mail now.",
            Self::MailboxFull => "The mailbox is full.",
            Self::Suspend => "The recipient's account is suspended or disabled.",
            Self::Filtered => "The recipient's own settings or a filter refused the message.",
            Self::Rejected => "The receiver refuses the sender's address or domain.",
            Self::Blocked => "The receiver refuses the sending host.",
            Self::BadReputation => "The sending host or domain has a bad reputation there.",
            Self::RequirePtr => "The sending host has no reverse DNS name that fits.",
            Self::AuthFailure => "SPF, DKIM or DMARC failed at the receiver.",
            Self::PolicyViolation => "The message breaks a policy of the receiver.",
            Self::SecurityError => "The receiver refuses for reasons of security or permission.",
            Self::SpamDetected => "The receiver takes the message for spam.",
            Self::VirusDetected => "The receiver found a virus or a threat in the message.",
            Self::ContentError => "The receiver cannot take the form of the content.",
            Self::NotCompliantRfc => "The message breaks a rule of the mail format.",
            Self::SyntaxError => "The receiver did not understand a command of the dialogue.",
            Self::MessageTooBig => "The message is larger than the receiver takes.",
            Self::ExceedLimit => "The message is beyond a limit of the recipient.",
            Self::NoRelaying => "The host asked does not relay for this address.",
            Self::Speeding => "The sender sends too fast for the receiver.",
            Self::TooManyConnections => "The sender has too many connections or messages there.",
            Self::Expired => "The message was tried for its whole time and given up.",
            Self::NetworkError => "The way to the receiving host did not work.",
            Self::SystemError => "The receiving system has a fault.",
            Self::SystemFull => "The receiving system has no room left.",
            Self::MailerError => "The program that files mail at the receiver failed.",
            Self::OnHold => "The mail does not say enough to tell why.",
            Self::Undefined => "No reason is given.",
            Self::Vacation => "An automatic reply: the mailbox lives.",
            Self::Delivered => "The message was delivered or passed on.",
            Self::Feedback => "A feedback report about the message.",
        }
    }
}
