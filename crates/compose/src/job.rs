//! What one rendering needs: the recipient, the campaign's constants, and buffers to reuse.

use std::collections::BTreeMap;

use avow_model::{AccountId, ContactId, EmailAddress, MailFormat, MessageId, Timestamp};

use crate::token::{MessageRef, TokenKey};
use crate::urls::Urls;

/// Everything that may differ between two renderings of a campaign. The same job gives the same bytes.
#[derive(Debug, Clone, Copy)]
pub struct RenderJob<'a> {
    pub to: &'a EmailAddress,
    /// The contact's fields, for `{{ first_name }}` and the like.
    pub fields: &'a Fields,
    pub message: MessageId,
    pub account: AccountId,
    pub contact: ContactId,
    /// The campaign's start: becomes `Date`, whenever the message leaves.
    pub date: Timestamp,
    /// The domain of Message-ID and List-Id.
    pub sender_domain: &'a str,
    pub urls: &'a Urls,
    pub tokens: &'a TokenKey,
    /// Put the beacon in: true only with a permit to measure opens.
    pub open_beacon: bool,
    /// Lead links through the click counter: true only with a permit to measure clicks.
    pub track_clicks: bool,
    /// `TextOnly` leaves HTML, and so the beacon, out; links in plain text are never led through the counter.
    pub format: MailFormat,
}

impl RenderJob<'_> {
    /// What the message's tokens are about.
    pub const fn message_ref(&self) -> MessageRef {
        MessageRef {
            account: self.account,
            campaign: self.message.campaign,
            seq: self.message.seq,
            contact: self.contact,
        }
    }
}

/// Output of a rendering; keep one a worker and hand it in again.
#[derive(Debug, Default)]
pub struct Scratch {
    /// The header block, each line ended by CRLF, without the empty line that ends it.
    pub headers: Vec<u8>,
    /// The body: 7-bit, CRLF, no line over 76 characters, not dot-stuffed.
    pub body: Vec<u8>,
    pub(crate) skeleton: Vec<u8>,
    pub(crate) subject: String,
}

/// A contact's merge fields: names to text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(BTreeMap<String, String>);

/// Why a contact's stored fields cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the contact's fields are not a JSON object: import or edit the contact again ({0})")]
pub struct FieldsFault(#[from] serde_json::Error);

impl Fields {
    /// From the store's JSON object. Numbers and booleans become text; null, lists and objects are left out.
    pub fn from_json(text: &str) -> Result<Self, FieldsFault> {
        if text.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        let object: BTreeMap<String, serde_json::Value> = serde_json::from_str(text)?;
        let plain = |value| match value {
            serde_json::Value::String(text) => Some(text),
            serde_json::Value::Number(n) => Some(n.to_string()),
            serde_json::Value::Bool(b) => Some(b.to_string()),
            _ => None,
        };
        let fields = object.into_iter();
        Ok(Self(
            fields
                .filter_map(|(name, v)| Some((name, plain(v)?)))
                .collect(),
        ))
    }

    /// The same, without these.
    #[must_use]
    pub fn without<'n>(mut self, names: impl Iterator<Item = &'n str>) -> Self {
        for name in names {
            self.0.remove(name);
        }
        self
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// One field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl FromIterator<(String, String)> for Fields {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

impl From<BTreeMap<String, String>> for Fields {
    fn from(fields: BTreeMap<String, String>) -> Self {
        Self(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_fields_become_text_and_nested_ones_are_left_out() {
        let json =
            r#"{"first_name":"Ada","visits":3,"vip":true,"gone":null,"list":[1],"o":{"a":1}}"#;
        let fields = Fields::from_json(json).unwrap();
        assert_eq!(fields.get("first_name"), Some("Ada"));
        assert_eq!(fields.get("visits"), Some("3"));
        assert_eq!(fields.get("vip"), Some("true"));
        assert_eq!(
            (fields.get("gone"), fields.get("list"), fields.get("o")),
            (None, None, None)
        );
        assert_eq!(Fields::from_json("").unwrap(), Fields::default());
        assert!(Fields::from_json("[1]").is_err());
    }
}
