//! Where mail arrives from outside: what comes back, what programs hand in, and the certificate of both.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use avow_deliver::receive::People;
use avow_model::{EmailAddress, Purpose};
use serde::Deserialize;

use super::forward::{self, ForwardFile};

/// `[receive]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiveFile {
    listen: SocketAddr,
    domain: Option<String>,
    forward: Option<ForwardFile>,
}

/// `[submission]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SubmissionFile {
    listen: SocketAddr,
    purpose: Option<String>,
}

/// `[tls]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TlsFile {
    certificate: PathBuf,
    key: PathBuf,
}

/// The three as written.
pub(super) struct ListenersFile {
    pub(super) receive: Option<ReceiveFile>,
    pub(super) submission: Option<SubmissionFile>,
    pub(super) tls: Option<TlsFile>,
}

/// Where mail that comes back arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receive {
    pub(crate) listen: SocketAddr,
    /// The domain of return paths and of the way out by mail; `None`: the one that the message is from.
    pub(crate) domain: Option<String>,
    /// What senders are offered TLS with.
    pub(crate) tls: Option<Certificate>,
    /// Who gets mail that no program can deal with; `None`: it is refused.
    pub(crate) people: Option<People>,
}

/// Where programs hand mail in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Submit {
    pub(crate) listen: SocketAddr,
    /// What mail is for that does not say it.
    pub(crate) purpose: Option<Purpose>,
    /// A password is never taken in clear.
    pub(crate) tls: Certificate,
}

/// The files of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// The chain, our own first, in PEM.
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// All of it, settled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Listeners {
    /// `None`: nothing comes back here.
    pub(crate) receive: Option<Receive>,
    /// `None`: nobody hands mail in over SMTP.
    pub(crate) submission: Option<Submit>,
}

pub(super) fn read(file: ListenersFile) -> Result<Listeners> {
    let tls = file.tls.map(|tls| Certificate {
        certificate: tls.certificate,
        key: tls.key,
    });
    let submission = file.submission;
    let submission = submission.map(|submission| submit(submission, tls.clone()));
    Ok(Listeners {
        submission: submission.transpose()?,
        receive: file.receive.map(|r| receive(r, tls)).transpose()?,
    })
}

fn receive(file: ReceiveFile, tls: Option<Certificate>) -> Result<Receive> {
    if let Some(domain) = &file.domain {
        // The domain of an address, as our own have it.
        let address = format!("b@{domain}").parse::<EmailAddress>();
        if !domain.is_ascii() || address.is_err() {
            bail!(
                "receive.domain `{domain}` is no domain of a mail address, for example bounces.example.com"
            );
        }
    }
    Ok(Receive {
        listen: file.listen,
        domain: file.domain,
        tls,
        people: file.forward.map(forward::read).transpose()?,
    })
}

fn submit(file: SubmissionFile, tls: Option<Certificate>) -> Result<Submit> {
    let Some(tls) = tls else {
        bail!(
            "submission needs a certificate, for keys are never taken in clear: set [tls] certificate and key"
        );
    };
    let purpose = file.purpose.map(|text| {
        let told = format!("submission.purpose `{text}` is no name of a purpose of a policy");
        text.parse().context(told)
    });
    Ok(Submit {
        listen: file.listen,
        purpose: purpose.transpose()?,
        tls,
    })
}

#[cfg(test)]
mod tests {
    use super::super::File;
    use super::*;

    fn load(text: &str) -> Result<Listeners> {
        let file: File = toml::from_str(text)?;
        read(ListenersFile {
            receive: file.receive,
            submission: file.submission,
            tls: file.tls,
        })
    }

    #[test]
    fn mail_is_received_only_when_asked_for_and_at_a_domain() {
        assert_eq!(load("").unwrap(), Listeners::default());
        let text = "[receive]\nlisten = \"0.0.0.0:25\"\n";
        let receive = load(text).unwrap().receive.unwrap();
        assert_eq!((receive.listen.port(), receive.domain), (25, None));
        assert_eq!(receive.tls, None);
        for bad in ["", "a b", "x>\\r\\nBcc", "@example.com"] {
            let text = format!("{text}domain = \"{bad}\"\n");
            assert!(load(&text).is_err(), "{bad}");
        }
        assert!(load("[receive]\ndomain = \"b.example.com\"\n").is_err());
    }

    #[test]
    fn nobody_hands_mail_in_without_a_certificate() {
        let text = "[submission]\nlisten = \"0.0.0.0:587\"\n";
        let told = load(text).unwrap_err().to_string();
        assert!(told.contains("[tls] certificate"), "{told}");
        let tls = "[tls]\ncertificate = \"c.pem\"\nkey = \"k.pem\"\n";
        let both = load(&format!("{text}{tls}")).unwrap().submission.unwrap();
        assert_eq!((both.listen.port(), both.purpose), (587, None));
        let purpose = load(&format!("{text}purpose = \"service\"\n{tls}")).unwrap();
        let purpose = purpose.submission.unwrap().purpose;
        assert_eq!(purpose, Some("service".parse().unwrap()));
        assert!(load(&format!("{text}purpose = \"No\"\n{tls}")).is_err());
        assert!(load("[tls]\ncertificate = \"c.pem\"\n").is_err());
    }
}
