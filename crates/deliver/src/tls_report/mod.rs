//! Reports about TLS to the domains that ask for them (RFC 8460).
//!
//! `judge` says what an attempt to open a session means for a domain, `tally` counts it in memory and adds it to the
//! store in batches, `address` reads where a domain wants its reports, `body` and `mail` write them, `desk` sends them
//! once a day. A session counts once for each domain whose mail goes over it. Connections that carry reports are not
//! counted, and ask nothing of TLS: a report about broken TLS must arrive over broken TLS (RFC 8460 3).

mod address;
mod body;
mod desk;
mod judge;
mod mail;
mod tally;
#[cfg(test)]
pub(crate) mod tests;

pub use address::{ReportTo, report_to};
pub use body::{DayFault, day_of, report};
pub(crate) use desk::desk;
pub(crate) use tally::{Tally, Toll};

/// Who reports; reports are sent when there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reporter {
    /// The organisation's name.
    pub organisation: String,
    /// Where questions about a report go.
    pub contact: String,
    /// The address that mails with reports are from; its domain signs them.
    pub from: avow_model::EmailAddress,
}

impl Reporter {
    /// The domain that reports.
    pub fn submitter(&self) -> &str {
        self.from.domain()
    }
}
