//! Relays as they are written in `avow.toml`: one in short, more of them with shares and sending domains.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use avow_deliver::route;
use serde::Deserialize;

use super::DeliveryFile;

/// How the connection to the relay is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RelayTls {
    /// STARTTLS where offered, any certificate; in clear where not. For a relay on this machine or network.
    Opportunistic,
    /// STARTTLS with a certificate that is verified, or nothing.
    Starttls,
    /// TLS from the first byte, the certificate verified.
    Implicit,
    /// Never.
    None,
}

/// One of `[[delivery.relays]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RelayFile {
    /// HOST:PORT.
    address: String,
    tls: Option<RelayTls>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    /// Its share of the connections; 0: only while no other answers.
    weight: Option<u32>,
    /// Sending domains whose mail it takes; none: everybody's who has no relay of their own.
    #[serde(default)]
    senders: Vec<String>,
}

/// A relay and how to speak to it.
#[derive(Debug, Clone)]
pub(crate) struct Relay {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: RelayTls,
    pub(crate) credentials: Option<(String, String)>,
    pub(crate) weight: u32,
    pub(crate) senders: Vec<String>,
}

impl RelayTls {
    /// What a relay on this port expects (RFC 8314).
    const fn of_port(port: u16) -> Self {
        match port {
            465 => Self::Implicit,
            587 => Self::Starttls,
            _ => Self::Opportunistic,
        }
    }
}

/// All relays; one named by flag or environment stands in the place of every other.
pub(super) fn read(flag: Option<&str>, file: &DeliveryFile) -> Result<Vec<Relay>> {
    let short = |address: &str| RelayFile {
        address: address.to_owned(),
        tls: file.tls,
        user: file.user.clone(),
        password_file: file.password_file.clone(),
        weight: None,
        senders: Vec::new(),
    };
    if let Some(address) = flag {
        return Ok(vec![relay(short(address))?]);
    }
    let first = file.relay.as_deref().map(short);
    let all = first.into_iter().chain(file.relays.iter().cloned());
    let all = all.map(relay).collect::<Result<Vec<_>>>()?;
    let usual = all.iter().any(|relay| relay.senders.is_empty());
    if !(all.is_empty() || usual) {
        bail!("{}", route::NoUsualRelay);
    }
    Ok(all)
}

fn relay(file: RelayFile) -> Result<Relay> {
    let address = &file.address;
    let (host, port) = address
        .rsplit_once(':')
        .and_then(|(host, port)| Some((host.trim_matches(['[', ']']), port.parse().ok()?)))
        .with_context(|| {
            format!("the relay `{address}` is not HOST:PORT, for example smtp.example.com:587")
        })?;
    let credentials = match (&file.user, &file.password_file) {
        (Some(user), Some(path)) => Some((user.clone(), secret(path)?)),
        (None, None) => None,
        _ => bail!("user and password_file of the relay `{address}` belong together"),
    };
    Ok(Relay {
        host: host.to_owned(),
        port,
        tls: file.tls.unwrap_or(RelayTls::of_port(port)),
        credentials,
        weight: file.weight.unwrap_or(1),
        senders: file.senders,
    })
}

fn secret(path: &Path) -> Result<String> {
    let text = std::fs::read_to_string(path);
    text.map(|t| t.trim_end().to_owned())
        .with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Vec<Relay>> {
        read(None, &toml::from_str(text)?)
    }

    #[test]
    fn a_relay_needs_a_port_and_credentials_come_in_pairs() {
        assert!(load("relay = \"smtp.example.com\"\n").is_err());
        assert!(load("relay = \"smtp.example.com:25\"\nuser = \"a\"\n").is_err());
        let relays = load("relay = \"smtp.example.com:2525\"\n").unwrap();
        assert_eq!(
            (relays[0].host.as_str(), relays[0].port),
            ("smtp.example.com", 2525)
        );
        assert!(load("").unwrap().is_empty());
    }

    #[test]
    fn several_relays_have_shares_and_one_of_them_takes_everybodys_mail() {
        let own = "[[relays]]\naddress = \"b.example:587\"\nsenders = [\"acme.example\"]\n";
        assert!(load(own).is_err());
        let all = format!("[[relays]]\naddress = \"a.example:465\"\nweight = 3\n{own}");
        let relays = load(&all).unwrap();
        assert_eq!((relays[0].weight, relays[0].tls), (3, RelayTls::Implicit));
        assert_eq!(relays[1].senders, ["acme.example"]);
        let file: DeliveryFile = toml::from_str(&all).unwrap();
        let flagged = read(Some("c.example:25"), &file).unwrap();
        assert_eq!(flagged.len(), 1);
    }
}
