//! Whether receivers will believe a sending domain's mail: what it must publish in DNS, and what is there.
//!
//! Promises: every finding names the record, what stands there and what has to; silence of the name servers is
//! never taken for absence. Never: changes anything. `judge` is pure; `Inspector` asks the name servers and
//! remembers an answer for ten minutes. RFC 6376, 7208, 8463, 9989; the rules for bulk senders of Google, Yahoo
//! and Microsoft ask for all of it.

mod inspector;
mod judge;
mod records;
mod spf;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use avow_model::Timestamp;

use crate::dkim::DnsRecord;
use crate::dns::Answer;

pub use inspector::Inspector;
pub use judge::judge;
pub use records::{Need, Wanted, returning, wanted};
pub use spf::{Term, parse as parse_spf};

/// How this installation's mail reaches the world.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Way {
    /// Straight to the recipients' servers, under this name: its addresses are the ones that receivers see.
    Direct { ehlo: String },
    /// Through somebody else's server: its address and name are not ours to judge.
    Relay,
}

/// What is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sender {
    pub domain: String,
    /// The records of its signing keys; `None` when it has none.
    pub keys: Option<[DnsRecord; 2]>,
    pub way: Way,
}

/// Who looks, and how the mail leaves.
#[derive(Debug, Clone)]
pub struct Inspection {
    pub inspector: Inspector,
    pub way: Way,
}

impl Inspection {
    /// How a sending domain stands now.
    pub async fn findings(
        &self,
        domain: &str,
        keys: Option<[DnsRecord; 2]>,
        now: Timestamp,
    ) -> Vec<Finding> {
        let sender = Sender {
            domain: domain.to_owned(),
            keys,
            way: self.way.clone(),
        };
        self.inspector.findings(&sender, now).await
    }
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Matter {
    DkimRsa,
    DkimEd25519,
    Spf,
    Dmarc,
    /// The name we greet with, and its addresses' names.
    Host,
    /// Where mail to the domain goes, returned mail among it.
    ReturnPath,
    /// Where others report about TLS.
    TlsReports,
}

impl Matter {
    /// The word in answers for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DkimRsa => "dkim_rsa",
            Self::DkimEd25519 => "dkim_ed25519",
            Self::Spf => "spf",
            Self::Dmarc => "dmarc",
            Self::Host => "host",
            Self::ReturnPath => "return_path",
            Self::TlsReports => "tls_reports",
        }
    }
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    Good,
    /// Some receivers mind.
    Weak,
    /// Large receivers refuse bulk mail for it.
    Bad,
    /// The name servers did not answer.
    Untold,
}

impl State {
    /// The word in answers for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Weak => "weak",
            Self::Bad => "bad",
            Self::Untold => "untold",
        }
    }
}

/// One record or name, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub matter: Matter,
    pub state: State,
    /// Where it stands in DNS.
    pub name: String,
    /// What is so, as a sentence.
    pub text: String,
    /// What to do, as a sentence; empty when nothing has to be done.
    pub fix: String,
}

/// What the name servers said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// TXT at the names of the keys' records.
    pub keys: [Answer<String>; 2],
    /// TXT at the domain itself.
    pub domain: Answer<String>,
    /// What SPF says of each address that we send from; empty through a relay.
    pub spf: Vec<(IpAddr, Spf)>,
    /// TXT at `_dmarc` of the domain and of those above it, nearest first (RFC 9989 4.10).
    pub dmarc: Vec<(String, Answer<String>)>,
    /// The addresses of the name we greet with; `None` through a relay.
    pub host: Option<Answer<IpAddr>>,
    /// Of each of these addresses, the names that lead back to it.
    pub names: Vec<(IpAddr, Answer<String>)>,
}

/// The result of an SPF check (RFC 7208 2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spf {
    Pass,
    Fail,
    SoftFail,
    Neutral,
    /// There is no record.
    None,
    /// The record, or one that it includes, cannot be read or asks too much.
    Broken,
    NoAnswer,
}

/// Why bulk mail of a domain has to wait, and where to see what to do, in short; `None` when nothing stands against it.
pub fn obstacle(findings: &[Finding]) -> Option<String> {
    let stands = |f: &&Finding| matches!(f.state, State::Bad | State::Untold);
    let first = findings.iter().find(stands)?;
    let others = findings.iter().filter(stands).count() - 1;
    let more = match others {
        0 => String::new(),
        1 => " One more thing is missing.".to_owned(),
        n => format!(" {n} more things are missing."),
    };
    // What to do may be a key of four hundred characters: told where it is asked for.
    Some(format!(
        "{}{more} `avow account dns --check` says what to do.",
        first.text
    ))
}
