//! Sealed tokens: what the addresses in a mail carry instead of ids.
//!
//! Promises: a token says nothing to who reads it, cannot be forged, and the same content gives the same
//! token (a resent message is byte-identical). Never: an expiry check (the caller knows the time) or a lookup.
//!
//! Layout: one version byte in clear, then AES-256-GCM-SIV (RFC 8452) over kind and payload, then its tag;
//! all in unpadded base64url. The nonce is constant: in SIV mode the tag, which depends on the key and on the
//! whole plaintext, is the effective nonce, so that a repeated nonce reveals only that two equal contents
//! are equal. That is what we want: ids are unique, and resends must repeat.

use std::fmt;

use avow_model::{AccountId, CampaignId, ContactId, FactId, FormId, MessageId, Timestamp};
use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The layout described above. A later layout takes the next number; both can then be opened.
const VERSION: u8 = 1;
/// AES-GCM-SIV's tag (RFC 8452 section 4).
const TAG_BYTES: usize = 16;
/// Kind plus the longest payload (confirm: four numbers of 8).
const PLAIN_BYTES_MAX: usize = 1 + 32;
/// Longest token as bytes.
const TOKEN_BYTES_MAX: usize = 1 + PLAIN_BYTES_MAX + TAG_BYTES;
/// Longest token as text: three bytes make four characters.
const TOKEN_CHARS_MAX: usize = TOKEN_BYTES_MAX.div_ceil(3) * 4;

/// The key of one installation: seals and opens tokens, signs return paths. `Debug` shows nothing of it.
pub struct TokenKey {
    seal: LessSafeKey,
    pub(crate) return_path: hmac::Key,
    second_factor: hmac::Key,
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(..)")
    }
}

/// One message to one person, enough to find both without a lookup by message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageRef {
    pub account: AccountId,
    pub campaign: CampaignId,
    pub seq: u32,
    pub contact: ContactId,
}

impl MessageRef {
    /// The message's id.
    pub const fn message(&self) -> MessageId {
        MessageId {
            campaign: self.campaign,
            seq: self.seq,
        }
    }
}

/// What a token allows its holder to say. One kind never opens as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Token {
    /// The beacon of a message was fetched.
    Open(MessageRef),
    /// Link number `link` of the campaign was followed.
    Click { message: MessageRef, link: u16 },
    /// One-click unsubscribe (RFC 8058).
    Unsubscribe(MessageRef),
    /// See the message in a browser.
    View(MessageRef),
    /// "Why did I get this?"
    Why(MessageRef),
    /// A person's own choices.
    Preferences {
        account: AccountId,
        contact: ContactId,
    },
    /// Confirms the sign-up recorded as `fact`. The caller compares `expires` with its clock.
    Confirm {
        account: AccountId,
        contact: ContactId,
        fact: FactId,
        expires: Timestamp,
    },
    /// Binds a form submission to the notice (policy version) that was served with the form.
    FormNotice {
        account: AccountId,
        form: FormId,
        version: u32,
        served_at: Timestamp,
        /// In which of the version's languages it was put: its place among the texts.
        language: u8,
    },
}

/// Why a text is not one of our tokens. None of them names the content: there is none to trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    #[error("the link is incomplete: copy all of it from the mail")]
    Truncated,
    #[error("the link has characters that our links never have: copy it from the mail again")]
    NotBase64,
    #[error(
        "the link is of a version that this server does not know: it may come from a newer one"
    )]
    UnknownVersion,
    #[error("the link was not made by this server, or was changed on its way")]
    Forged,
    #[error("the link is genuine, but made for another page")]
    WrongKind,
}

/// A plaintext being written: kind, then numbers in big-endian order.
struct Plain {
    bytes: [u8; PLAIN_BYTES_MAX],
    len: usize,
}

impl Plain {
    fn new(kind: u8) -> Self {
        let mut bytes = [0; PLAIN_BYTES_MAX];
        bytes[0] = kind;
        Self { bytes, len: 1 }
    }

    fn put<const N: usize>(mut self, number: [u8; N]) -> Self {
        self.bytes[self.len..self.len + N].copy_from_slice(&number);
        self.len += N;
        self
    }

    fn id(self, raw: i64) -> Self {
        self.put(raw.to_be_bytes())
    }

    fn message(self, m: &MessageRef) -> Self {
        self.id(m.account.as_i64())
            .id(m.campaign.as_i64())
            .put(m.seq.to_be_bytes())
            .id(m.contact.as_i64())
    }
}

fn plain(token: &Token) -> Plain {
    match token {
        Token::Open(m) => Plain::new(1).message(m),
        Token::Click { message, link } => Plain::new(2).message(message).put(link.to_be_bytes()),
        Token::Unsubscribe(m) => Plain::new(3).message(m),
        Token::View(m) => Plain::new(4).message(m),
        Token::Why(m) => Plain::new(5).message(m),
        Token::Preferences { account, contact } => {
            Plain::new(6).id(account.as_i64()).id(contact.as_i64())
        }
        Token::Confirm {
            account,
            contact,
            fact,
            expires,
        } => Plain::new(7)
            .id(account.as_i64())
            .id(contact.as_i64())
            .id(fact.as_i64())
            .id(expires.as_millisecond()),
        Token::FormNotice {
            account,
            form,
            version,
            served_at,
            language,
        } => Plain::new(8)
            .id(account.as_i64())
            .id(form.as_i64())
            .put(version.to_be_bytes())
            .id(served_at.as_millisecond())
            .put([*language]),
    }
}

/// Reads what `Plain` wrote; `None` when the length does not fit the kind.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn id(&mut self) -> Option<i64> {
        self.take().map(i64::from_be_bytes)
    }

    fn instant(&mut self) -> Option<Timestamp> {
        Timestamp::from_millisecond(self.id()?).ok()
    }

    fn message(&mut self) -> Option<MessageRef> {
        Some(MessageRef {
            account: AccountId::from_i64(self.id()?),
            campaign: CampaignId::from_i64(self.id()?),
            seq: u32::from_be_bytes(self.take()?),
            contact: ContactId::from_i64(self.id()?),
        })
    }
}

fn parse(plain: &[u8]) -> Option<Token> {
    let (kind, rest) = plain.split_first()?;
    let mut r = Reader(rest);
    let token = match kind {
        1 => Token::Open(r.message()?),
        2 => Token::Click {
            message: r.message()?,
            link: u16::from_be_bytes(r.take()?),
        },
        3 => Token::Unsubscribe(r.message()?),
        4 => Token::View(r.message()?),
        5 => Token::Why(r.message()?),
        6 => Token::Preferences {
            account: AccountId::from_i64(r.id()?),
            contact: ContactId::from_i64(r.id()?),
        },
        7 => Token::Confirm {
            account: AccountId::from_i64(r.id()?),
            contact: ContactId::from_i64(r.id()?),
            fact: FactId::from_i64(r.id()?),
            expires: r.instant()?,
        },
        8 => Token::FormNotice {
            account: AccountId::from_i64(r.id()?),
            form: FormId::from_i64(r.id()?),
            version: u32::from_be_bytes(r.take()?),
            served_at: r.instant()?,
            // Forms that were open while the program was brought up to date end without it.
            language: r.take().map_or(0, u8::from_be_bytes),
        },
        _ => return None,
    };
    r.0.is_empty().then_some(token)
}

impl TokenKey {
    /// From the 32 bytes derived for tokens. Three keys for three uses are derived from it.
    pub fn new(key: [u8; 32]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let seal = hmac::sign(&root, b"seal");
        let unbound = UnboundKey::new(&AES_256_GCM_SIV, seal.as_ref())
            .expect("invariant: HMAC-SHA256 gives the 32 bytes that AES-256 takes");
        let return_path = hmac::sign(&root, b"return path");
        let second_factor = hmac::sign(&root, b"second factor");
        Self {
            second_factor: hmac::Key::new(hmac::HMAC_SHA256, second_factor.as_ref()),
            seal: LessSafeKey::new(unbound),
            return_path: hmac::Key::new(hmac::HMAC_SHA256, return_path.as_ref()),
        }
    }

    /// The secret that a salt stands for: whoever has the salt and not this key has nothing.
    pub fn secret_of(&self, salt: &[u8; 32]) -> [u8; 32] {
        let mut out = [0; 32];
        out.copy_from_slice(hmac::sign(&self.second_factor, salt).as_ref());
        out
    }

    /// The token as text.
    pub fn seal(&self, token: &Token) -> String {
        let mut out = Vec::with_capacity(TOKEN_CHARS_MAX);
        self.seal_into(token, &mut out);
        String::from_utf8(out).expect("invariant: base64 is ASCII")
    }

    /// Appends the token's text; allocates nothing when `out` has room.
    pub fn seal_into(&self, token: &Token, out: &mut Vec<u8>) {
        let plain = plain(token);
        let end = 1 + plain.len;
        let mut bytes = [0u8; TOKEN_BYTES_MAX];
        bytes[0] = VERSION;
        bytes[1..end].copy_from_slice(&plain.bytes[..plain.len]);
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        let tag = self
            .seal
            .seal_in_place_separate_tag(nonce, Aad::from([VERSION]), &mut bytes[1..end])
            .expect("invariant: sealing 33 bytes is far below the mode's limit");
        bytes[end..end + TAG_BYTES].copy_from_slice(tag.as_ref());
        let mut text = [0u8; TOKEN_CHARS_MAX];
        let n = URL_SAFE_NO_PAD
            .encode_slice(&bytes[..end + TAG_BYTES], &mut text)
            .expect("invariant: the buffer holds the longest token");
        out.extend_from_slice(&text[..n]);
    }

    /// The content of a genuine token.
    pub fn open(&self, text: &str) -> Result<Token, TokenFault> {
        let mut bytes = [0u8; TOKEN_CHARS_MAX];
        if text.len() > TOKEN_CHARS_MAX {
            return Err(TokenFault::Forged);
        }
        let n = URL_SAFE_NO_PAD
            .decode_slice(text, &mut bytes)
            .map_err(|_| TokenFault::NotBase64)?;
        if n < 1 + 1 + TAG_BYTES {
            return Err(TokenFault::Truncated);
        }
        if bytes[0] != VERSION {
            return Err(TokenFault::UnknownVersion);
        }
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        let plain = self
            .seal
            .open_in_place(nonce, Aad::from([VERSION]), &mut bytes[1..n])
            .map_err(|_| TokenFault::Forged)?;
        parse(plain).ok_or(TokenFault::Forged)
    }

    /// The content of a genuine token of the wanted kind: `pick` gives `None` for the others.
    pub fn open_as<T>(
        &self,
        text: &str,
        pick: impl FnOnce(Token) -> Option<T>,
    ) -> Result<T, TokenFault> {
        pick(self.open(text)?).ok_or(TokenFault::WrongKind)
    }
}

impl Token {
    /// The message it is about, where it is about one.
    pub const fn message(&self) -> Option<&MessageRef> {
        match self {
            Self::Open(m) | Self::Unsubscribe(m) | Self::View(m) | Self::Why(m) => Some(m),
            Self::Click { message, .. } => Some(message),
            Self::Preferences { .. } | Self::Confirm { .. } | Self::FormNotice { .. } => None,
        }
    }
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
