//! The phases of a session with a mail server (RFC 5321 section 3).

/// Where in a session something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    Connect,
    Tls,
    Greeting,
    Hello,
    StartTls,
    Auth,
    Reset,
    Mail,
    Rcpt,
    Data,
    /// Writing the content: the final dot has not left, the server cannot have taken the message.
    Body,
    /// The final dot left: without an answer nobody knows whether the message was taken.
    Dot,
    Quit,
    /// Not sent at all: Avow knows that this server would refuse it.
    Here,
}

impl Phase {
    /// What reports and errors call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connecting",
            Self::Tls => "the TLS handshake",
            Self::Greeting => "the greeting",
            Self::Hello => "EHLO",
            Self::StartTls => "STARTTLS",
            Self::Auth => "AUTH",
            Self::Reset => "RSET",
            Self::Mail => "MAIL FROM",
            Self::Rcpt => "RCPT TO",
            Self::Data => "DATA",
            Self::Body => "the content",
            Self::Dot => "the final dot",
            Self::Quit => "QUIT",
            Self::Here => "the check before sending",
        }
    }
}
