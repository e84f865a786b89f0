//! Keyed markers of addresses: they find a contact or a suppression without holding the address.
//!
//! HMAC-SHA256 over the account and the address, cut to 16 bytes: 2^64 addresses before two meet.
//! Never: can be turned back into an address without the key of the installation.

use avow_model::{AccountId, EmailAddress};
use aws_lc_rs::hmac;

/// A marker as tables hold it.
pub(crate) type Marker = [u8; 16];

/// The account number of suppressions that bind the whole installation.
pub(crate) const INSTALLATION: AccountId = AccountId::from_i64(0);

/// Makes markers.
#[derive(Debug)]
pub(crate) struct Markers(hmac::Key);

impl Markers {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// Finds the contact with this address in this account.
    pub(crate) fn contact(&self, account: AccountId, address: &EmailAddress) -> Marker {
        self.mark(account, address.expose_canonical())
    }

    /// Finds the suppressions of this address: by its widest form.
    pub(crate) fn suppression(&self, account: AccountId, address: &EmailAddress) -> Marker {
        self.mark(account, &address.expose_wide())
    }

    fn mark(&self, account: AccountId, address: &str) -> Marker {
        let mut text = hmac::Context::with_key(&self.0);
        text.update(&account.as_i64().to_be_bytes());
        text.update(address.as_bytes());
        let tag = text.sign();
        let mut marker = Marker::default();
        marker.copy_from_slice(&tag.as_ref()[..16]);
        marker
    }
}
