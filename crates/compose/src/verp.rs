//! Variable envelope return paths: where a bounce of one message comes back to.
//!
//! `b+<account, campaign, seq, MAC>@domain`. In base 32 and lower case, because servers on the way may fold
//! the case of a local part. Opaque enough (ids are no secrets) and authentic: who makes one up bounces nobody.

use avow_model::{AccountId, CampaignId, MessageId};
use aws_lc_rs::hmac;

use crate::token::{TokenFault, TokenKey};

/// What every return path begins with; `+` lets one mailbox or rule take them all.
const PREFIX: &str = "b+";
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

fn mac(key: &TokenKey, ids: &[u8]) -> [u8; MAC_BYTES] {
    let tag = hmac::sign(&key.return_path, ids);
    std::array::from_fn(|i| tag.as_ref()[i])
}

/// The return path of one message: 50 characters before the `@`, of the 64 that RFC 5321 4.5.3.1.1 allows.
pub fn return_path(
    key: &TokenKey,
    account: AccountId,
    message: MessageId,
    sender_domain: &str,
) -> String {
    let mut bytes = [0u8; ALL_BYTES];
    bytes[..8].copy_from_slice(&account.as_i64().to_be_bytes());
    bytes[8..16].copy_from_slice(&message.campaign.as_i64().to_be_bytes());
    bytes[16..ID_BYTES].copy_from_slice(&message.seq.to_be_bytes());
    let tag = mac(key, &bytes[..ID_BYTES]);
    bytes[ID_BYTES..].copy_from_slice(&tag);
    let digits = encode(&bytes);
    let mut path = String::with_capacity(PREFIX.len() + DIGITS + 1 + sender_domain.len());
    path.push_str(PREFIX);
    path.extend(digits.iter().map(|b| char::from(*b)));
    path.push('@');
    path.push_str(sender_domain);
    path
}

/// The message that a bounce address names, when we made it. Takes the address or its local part, in any case.
pub fn parse(key: &TokenKey, address: &str) -> Result<(AccountId, MessageId), TokenFault> {
    let local = address.split_once('@').map_or(address, |(l, _)| l);
    let head = local.get(..PREFIX.len()).ok_or(TokenFault::Truncated)?;
    if !head.eq_ignore_ascii_case(PREFIX) {
        return Err(TokenFault::WrongKind);
    }
    let digits = &local.as_bytes()[PREFIX.len()..];
    if digits.len() != DIGITS {
        return Err(TokenFault::Truncated);
    }
    let bytes = decode(digits).ok_or(TokenFault::NotBase64)?;
    let (ids, tag) = bytes.split_at(ID_BYTES);
    if aws_lc_rs::constant_time::verify_slices_are_equal(&mac(key, ids), tag).is_err() {
        return Err(TokenFault::Forged);
    }
    let id = |at: usize| i64::from_be_bytes(std::array::from_fn(|i| ids[at + i]));
    let campaign = CampaignId::from_i64(id(8));
    let seq = u32::from_be_bytes(std::array::from_fn(|i| ids[16 + i]));
    Ok((AccountId::from_i64(id(0)), MessageId { campaign, seq }))
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

    #[test]
    fn a_return_path_comes_back_whatever_case_the_way_made_of_it() {
        let (account, message, path) = made();
        let key = TokenKey::new([1; 32]);
        assert_eq!(parse(&key, &path), Ok((account, message)));
        assert_eq!(parse(&key, &path.to_uppercase()), Ok((account, message)));
        let local = path.split_once('@').unwrap().0;
        assert!(local.len() <= 64);
        assert_eq!(parse(&key, local), Ok((account, message)));
    }

    #[test]
    fn a_made_up_return_path_is_refused() {
        let (_, _, path) = made();
        let key = TokenKey::new([1; 32]);
        assert_eq!(
            parse(&TokenKey::new([2; 32]), &path),
            Err(TokenFault::Forged)
        );
        // The last character carries two spare bits: all before it must count.
        for at in 2..2 + DIGITS - 1 {
            let mut forged = path.clone().into_bytes();
            forged[at] = if forged[at] == b'a' { b'b' } else { b'a' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(parse(&key, &forged), Err(TokenFault::Forged), "{at}");
        }
        assert_eq!(parse(&key, "b+abc@example.com"), Err(TokenFault::Truncated));
        assert_eq!(parse(&key, "ada@example.com"), Err(TokenFault::WrongKind));
        assert_eq!(parse(&key, ""), Err(TokenFault::Truncated));
        let strange = format!("b+{}@example.com", "1".repeat(DIGITS));
        assert_eq!(parse(&key, &strange), Err(TokenFault::NotBase64));
    }
}
