//! Where events may be told: an address that was looked at before anything goes there. Pure.

use std::net::IpAddr;

use hyper::Uri;

/// Longest address: proxies and servers take no longer ones.
const URL_CHARS_MAX: usize = 2_000;

/// Who may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Public hosts by HTTPS.
    World,
    /// These, and programs on this machine by plain HTTP: nothing of a rehearsal is about real people.
    Rehearsal,
}

/// Why an address cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    #[error("it is no address: write https://HOST/PATH")]
    Form,
    #[error("it must begin with https://: events tell of people, and go over TLS only")]
    Scheme,
    #[error(
        "a user or password in it would be in every log on the way: the signature says who sends"
    )]
    UserInfo,
    #[error("it names an address that is not public")]
    Private,
}

/// An address to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookAddress {
    /// Without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) path: String,
    pub(super) tls: bool,
    /// As `Host` says it.
    pub(super) authority: String,
}

impl HookAddress {
    /// Reads an address.
    pub fn parse(text: &str, reach: Reach) -> Result<Self, AddressFault> {
        if text.len() > URL_CHARS_MAX || text.contains('#') {
            return Err(AddressFault::Form);
        }
        let uri: Uri = text.parse().map_err(|_| AddressFault::Form)?;
        let authority = uri.authority().ok_or(AddressFault::Form)?;
        if authority.as_str().contains('@') {
            return Err(AddressFault::UserInfo);
        }
        let host = authority.host().trim_matches(['[', ']']).to_lowercase();
        let here = is_loopback(&host);
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if here && reach == Reach::Rehearsal => false,
            Some("http") => return Err(AddressFault::Scheme),
            _ => return Err(AddressFault::Form),
        };
        if host.is_empty() {
            return Err(AddressFault::Form);
        }
        let ip = host.parse::<IpAddr>().ok();
        let inner = here || ip.is_some_and(|ip| !crate::route::is_public(ip));
        if inner && !(here && reach == Reach::Rehearsal) {
            return Err(AddressFault::Private);
        }
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        // A query may follow the host at once: the path of such an address is `/` (RFC 9110 4.2.3).
        let root = if path.starts_with('/') { "" } else { "/" };
        Ok(Self {
            port: authority.port_u16().unwrap_or(if tls { 443 } else { 80 }),
            path: format!("{root}{path}"),
            authority: authority.as_str().to_owned(),
            host,
            tls,
        })
    }

    /// The name of whoever is told.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// True for a program on this machine: nothing is disclosed to anybody.
    pub fn is_here(&self) -> bool {
        is_loopback(&self.host)
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_hosts_over_tls_are_told_and_in_a_rehearsal_this_machine() {
        use AddressFault as F;
        let world = |text: &str| HookAddress::parse(text, Reach::World);
        let good = world("https://Hooks.example.com:8443/in?x=1").unwrap();
        assert_eq!(
            (good.host(), good.port, good.path.as_str()),
            ("hooks.example.com", 8443, "/in?x=1")
        );
        assert_eq!(world("https://hooks.example.com").unwrap().path, "/");
        assert_eq!(
            world("https://hooks.example.com?x=1").unwrap().path,
            "/?x=1"
        );
        for (text, fault) in [
            ("http://hooks.example.com/", F::Scheme),
            ("http://127.0.0.1/", F::Scheme),
            ("ftp://hooks.example.com/", F::Form),
            ("hooks.example.com/in", F::Form),
            ("https://u:p@hooks.example.com/", F::UserInfo),
            ("https://hooks.example.com/#x", F::Form),
            ("https://localhost/", F::Private),
            ("https://127.0.0.1/", F::Private),
            ("https://10.1.2.3/", F::Private),
            ("https://169.254.169.254/latest/meta-data", F::Private),
            ("https://[::1]/", F::Private),
            ("https://[::ffff:10.0.0.1]/", F::Private),
            ("https://[fd00::1]/", F::Private),
            ("", F::Form),
        ] {
            assert_eq!(world(text), Err(fault), "{text}");
        }
        let rehearsal = |text: &str| HookAddress::parse(text, Reach::Rehearsal);
        let here = rehearsal("http://127.0.0.1:8089/in").unwrap();
        assert!(here.is_here() && !here.tls);
        assert_eq!(rehearsal("http://hooks.example.com/"), Err(F::Scheme));
        assert_eq!(rehearsal("https://10.1.2.3/"), Err(F::Private));
        assert!(rehearsal(&format!("https://example.com/{}", "x".repeat(2_000))).is_err());
    }
}
