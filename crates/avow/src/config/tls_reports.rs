//! Who tells recipients' domains what TLS did to their mail (RFC 8460).

use anyhow::{Context, Result, bail};
use avow_deliver::tls_report::Reporter;
use avow_model::EmailAddress;
use serde::Deserialize;

/// `[delivery.tls_reports]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TlsReportsFile {
    /// The name of the organisation that sends.
    organisation: String,
    /// An address for questions about a report.
    contact: String,
    /// The address that mails with reports are from; its domain signs them.
    from: String,
}

/// Checked.
pub(super) fn read(file: TlsReportsFile) -> Result<Reporter> {
    let from: EmailAddress = file.from.parse().ok().with_context(
        || "tls_reports.from is no mail address, for example tls-reports@mail.example.com",
    )?;
    if from.needs_utf8() || !from.domain().is_ascii() {
        bail!("tls_reports.from must be written in ASCII: every mail server has to take it");
    }
    if file.organisation.trim().is_empty() || file.contact.trim().is_empty() {
        bail!("tls_reports.organisation and tls_reports.contact say who reports: give both");
    }
    Ok(Reporter {
        organisation: file.organisation,
        contact: file.contact,
        from,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(organisation: &str, contact: &str, from: &str) -> TlsReportsFile {
        TlsReportsFile {
            organisation: organisation.to_owned(),
            contact: contact.to_owned(),
            from: from.to_owned(),
        }
    }

    #[test]
    fn who_reports_has_a_name_a_contact_and_an_address_that_every_server_takes() {
        let well = file("Acme", "tls@example.com", "reports@mail.example.com");
        assert_eq!(read(well).unwrap().submitter(), "mail.example.com");
        for bad in [
            file("", "tls@example.com", "reports@mail.example.com"),
            file("Acme", " ", "reports@mail.example.com"),
            file("Acme", "tls@example.com", "reports"),
            file("Acme", "tls@example.com", "r\u{e9}ports@mail.example.com"),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad:?}");
        }
    }
}
