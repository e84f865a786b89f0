//! Who asks, as far as limits and evidence need it.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Mutex;

use avow_collect::forms::Slots;
use avow_model::{AccountId, EmailAddress, Timestamp};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

/// Forms and pages that one network address may post in ten minutes: an office behind one address fits.
const POSTS_MAX: u32 = 60;
const POSTS_WINDOW_S: i64 = 600;
/// Confirmation mails to one address in an hour: one, and two more for those who do not find it.
const MAILS_MAX: u32 = 3;
const MAILS_WINDOW_S: i64 = 3_600;
/// About 100 bytes each: under 7 MB for both tables.
const KEYS_MAX: usize = 32_768;

/// Limits that protect people's mailboxes and the store.
#[derive(Debug)]
pub(crate) struct Limits {
    posts: Mutex<Slots<IpAddr>>,
    mails: Mutex<Slots<(AccountId, String)>>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            posts: Mutex::new(Slots::new(POSTS_WINDOW_S, POSTS_MAX, KEYS_MAX)),
            mails: Mutex::new(Slots::new(MAILS_WINDOW_S, MAILS_MAX, KEYS_MAX)),
        }
    }
}

impl Limits {
    /// False when this address has posted its share.
    pub(super) fn post(&self, peer: Peer, now: Timestamp) -> bool {
        let mut posts = self
            .posts
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        posts.take(peer.network(), now)
    }

    /// False when this mailbox has got its share of confirmation mails.
    pub(crate) fn mail(&self, account: AccountId, address: &EmailAddress, now: Timestamp) -> bool {
        let mut mails = self
            .mails
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        mails.take((account, address.expose_wide()), now)
    }
}

/// An IPv6 customer holds a whole /64.
fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => {
            let bits = v6.to_bits() & !u128::from(u64::MAX);
            IpAddr::V6(bits.into())
        }
    }
}

/// The network address of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer(pub IpAddr);

impl Peer {
    /// What one customer of a provider has: what limits count by.
    pub(crate) fn network(self) -> IpAddr {
        network(self.0)
    }

    fn of(connected: Option<SocketAddr>, headers: &HeaderMap) -> Self {
        let near = connected.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |a| a.ip());
        // A proxy stands near by; whoever connects from far away may not name another address.
        let forwarded = is_near(near).then(|| last_forwarded(headers)).flatten();
        Self(forwarded.unwrap_or(near))
    }
}

fn is_near(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    }
}

/// The last entry of `X-Forwarded-For` is the one that our own proxy wrote.
fn last_forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let value = headers.get_all("x-forwarded-for").iter().next_back()?;
    value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self::of(connected.map(|c| c.0), &parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_near_proxy_may_name_the_person() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-forwarded-for",
            "198.51.100.7, 203.0.113.9".parse().unwrap(),
        );
        let from = |text: &str| Peer::of(text.parse().ok(), &headers).0.to_string();
        assert_eq!(from("127.0.0.1:9"), "203.0.113.9");
        assert_eq!(from("192.0.2.1:9"), "192.0.2.1");
    }
}
