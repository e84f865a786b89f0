//! Addresses of ours that name one message: where a bounce of it comes back to, and where a mail ends it.
//!
//! `b+<account, campaign, seq, MAC>@domain`, and `u+` for the way out. In base 32 and lower case, because servers on the way may fold
//! the case of a local part. Opaque enough (ids are no secrets) and authentic: who makes one up bounces nobody.

use avow_model::{AccountId, CampaignId, MessageId};
use aws_lc_rs::hmac;

use crate::token::{TokenFault, TokenKey};

/// What mail to an address of ours is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// The message came back: the envelope's sender (VERP).
    Back,
    /// The person wants no more of it: the address in List-Unsubscribe (RFC 2369).
    Out,
}

impl Way {
    const ALL: [Self; 2] = [Self::Back, Self::Out];

    /// What the local part begins with; `+` lets one mailbox or rule take them all.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Back => "b+",
            Self::Out => "u+",
        }
    }

    /// What is authenticated behind the ids, so that one way is no token for the other.
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Back => b"",
            Self::Out => b"out",
        }
    }
}

/// What an address of ours says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Addressed {
    pub way: Way,
    pub account: AccountId,
    pub message: MessageId,
}

/// Both prefixes have this length.
const PREFIX_BYTES: usize = 2;
/// 64 bits of HMAC-SHA256: a guess costs one SMTP transaction each, and wins one false bounce.
const MAC_BYTES: usize = 8;
const ID_BYTES: usize = 8 + 8 + 4;
const ALL_BYTES: usize = ID_BYTES + MAC_BYTES;
/// Five bits a character.
const DIGITS: usize = (ALL_BYTES * 8).div_ceil(5);
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

fn encode(bytes: &[u8; ALL_BYTES]) -> [u8; DIGITS] {
    std::array::from_fn(|i| {
        let bit = i * 5;
        let pair = |at: usize| u16::from(*bytes.get(at).unwrap_or(&0));
        let window = (pair(bit / 8) << 8) | pair(bit / 8 + 1);
        ALPHABET[usize::from((window >> (11 - bit % 8)) & 31)]
    })
}

fn decode(text: &[u8]) -> Option<[u8; ALL_BYTES]> {
    let mut bytes = [0u8; ALL_BYTES];
    let (mut held, mut bits, mut at) = (0u32, 0, 0);
    for c in text {
        let digit = ALPHABET.iter().position(|a| *a == c.to_ascii_lowercase())?;
        held = ((held << 5) | digit as u32) & 0xfff;
        bits += 5;
        if bits >= 8 && at < ALL_BYTES {
            bits -= 8;
            bytes[at] = (held >> bits) as u8;
            at += 1;
        }
    }
    Some(bytes)
}

fn mac(key: &TokenKey, way: Way, ids: &[u8]) -> [u8; MAC_BYTES] {
    let mut context = hmac::Context::with_key(&key.return_path);
    context.update(ids);
    context.update(way.label());
    let tag = context.sign();
    std::array::from_fn(|i| tag.as_ref()[i])
}

/// The return path of one message: 47 characters before the `@`, of the 64 that RFC 5321 4.5.3.1.1 allows.
pub fn return_path(key: &TokenKey, account: AccountId, message: MessageId, domain: &str) -> String {
    let way = Way::Back;
    let addressed = Addressed {
        way,
        account,
        message,
    };
    address(key, &addressed, domain)
}

/// The address of ours that says this. The same saying gives the same address.
pub fn address(key: &TokenKey, addressed: &Addressed, domain: &str) -> String {
    let message = addressed.message;
    let mut bytes = [0u8; ALL_BYTES];
    bytes[..8].copy_from_slice(&addressed.account.as_i64().to_be_bytes());
    bytes[8..16].copy_from_slice(&message.campaign.as_i64().to_be_bytes());
    bytes[16..ID_BYTES].copy_from_slice(&message.seq.to_be_bytes());
    let tag = mac(key, addressed.way, &bytes[..ID_BYTES]);
    bytes[ID_BYTES..].copy_from_slice(&tag);
    let digits = encode(&bytes);
    let mut path = String::with_capacity(PREFIX_BYTES + DIGITS + 1 + domain.len());
    path.push_str(addressed.way.prefix());
    path.extend(digits.iter().map(|b| char::from(*b)));
    path.push('@');
    path.push_str(domain);
    path
}

/// What an address says, when we made it. Takes the address or its local part, in any case; the domain does not
/// count, for it may change while mails with the earlier one still come back.
pub fn read(key: &TokenKey, address: &str) -> Result<Addressed, TokenFault> {
    let local = address.split_once('@').map_or(address, |(l, _)| l);
    let head = local.get(..PREFIX_BYTES).ok_or(TokenFault::Truncated)?;
    let named = |way: &Way| head.eq_ignore_ascii_case(way.prefix());
    let way = Way::ALL.into_iter().find(named);
    let way = way.ok_or(TokenFault::WrongKind)?;
    let digits = &local.as_bytes()[PREFIX_BYTES..];
    if digits.len() != DIGITS {
        return Err(TokenFault::Truncated);
    }
    let bytes = decode(digits).ok_or(TokenFault::NotBase64)?;
    let (ids, tag) = bytes.split_at(ID_BYTES);
    let genuine = aws_lc_rs::constant_time::verify_slices_are_equal(&mac(key, way, ids), tag);
    // The last character has a bit to spare: only one writing of the bytes is ours.
    if genuine.is_err() || !encode(&bytes).eq_ignore_ascii_case(digits) {
        return Err(TokenFault::Forged);
    }
    let id = |at: usize| i64::from_be_bytes(std::array::from_fn(|i| ids[at + i]));
    let campaign = CampaignId::from_i64(id(8));
    let seq = u32::from_be_bytes(std::array::from_fn(|i| ids[16 + i]));
    Ok(Addressed {
        way,
        account: AccountId::from_i64(id(0)),
        message: MessageId { campaign, seq },
    })
}

/// The first address of ours in a text: a header of a message that came back.
pub fn find(key: &TokenKey, text: &str) -> Option<Addressed> {
    let bytes = text.as_bytes();
    let plus = bytes.iter().enumerate().filter(|(_, b)| **b == b'+');
    let starts = plus.filter_map(|(at, _)| at.checked_sub(1));
    starts
        .filter_map(|start| text.get(start..start + PREFIX_BYTES + DIGITS))
        .find_map(|local| read(key, local).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made() -> (AccountId, MessageId, String) {
        let account = AccountId::from_i64(0x7fff_0102_0304_0506);
        let message = MessageId {
            campaign: CampaignId::from_i64(42),
            seq: 4_000_000_001,
        };
        let path = return_path(
            &TokenKey::new([1; 32]),
            account,
            message,
            "mail.example.com",
        );
        (account, message, path)
    }

    fn back(account: AccountId, message: MessageId) -> Addressed {
        Addressed {
            way: Way::Back,
            account,
            message,
        }
    }

    #[test]
    fn a_return_path_comes_back_whatever_case_the_way_made_of_it() {
        let (account, message, path) = made();
        let key = TokenKey::new([1; 32]);
        let said = Ok(back(account, message));
        assert_eq!(read(&key, &path), said);
        assert_eq!(read(&key, &path.to_uppercase()), said);
        let local = path.split_once('@').unwrap().0;
        assert!(local.len() <= 64);
        assert_eq!(read(&key, local), said);
    }

    #[test]
    fn any_changed_character_makes_it_a_forgery() {
        let (_, _, path) = made();
        let key = TokenKey::new([1; 32]);
        assert_eq!(
            read(&TokenKey::new([2; 32]), &path),
            Err(TokenFault::Forged)
        );
        for at in 2..2 + DIGITS {
            for other in ALPHABET.iter().filter(|c| **c != path.as_bytes()[at]) {
                let mut forged = path.clone().into_bytes();
                forged[at] = *other;
                let forged = String::from_utf8(forged).unwrap();
                assert_eq!(read(&key, &forged), Err(TokenFault::Forged), "{at}");
            }
        }
        assert_eq!(read(&key, "b+abc@example.com"), Err(TokenFault::Truncated));
        assert_eq!(read(&key, "ada@example.com"), Err(TokenFault::WrongKind));
        assert_eq!(read(&key, ""), Err(TokenFault::Truncated));
        let strange = format!("b+{}@example.com", "1".repeat(DIGITS));
        assert_eq!(read(&key, &strange), Err(TokenFault::NotBase64));
    }

    #[test]
    fn a_way_back_is_no_way_out() {
        let (account, message, path) = made();
        let key = TokenKey::new([1; 32]);
        let out = Addressed {
            way: Way::Out,
            ..back(account, message)
        };
        let address = address(&key, &out, "mail.example.com");
        assert!(address.starts_with("u+"));
        assert_eq!(read(&key, &address), Ok(out));
        let swapped = path.replacen("b+", "u+", 1);
        assert_eq!(read(&key, &swapped), Err(TokenFault::Forged));
    }

    #[test]
    fn an_address_of_ours_is_found_in_a_text_and_nothing_else_is() {
        let (account, message, path) = made();
        let key = TokenKey::new([1; 32]);
        let said = Some(back(account, message));
        assert_eq!(find(&key, &format!("b+x, <{path}> ü+")), said);
        assert_eq!(find(&key, &path), said);
        assert_eq!(find(&key, "+ b+ ü+b+ u+\u{e9}+"), None);
    }
}
