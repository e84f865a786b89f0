//! Tokens: every kind comes back, nothing else opens.

use super::*;

fn key() -> TokenKey {
    TokenKey::new([7; 32])
}

fn message() -> MessageRef {
    MessageRef {
        account: AccountId::from_i64(0x1122_3344_5566),
        campaign: CampaignId::from_i64(i64::MAX),
        seq: u32::MAX,
        contact: ContactId::from_i64(1),
    }
}

fn all() -> Vec<Token> {
    let at = Timestamp::from_millisecond(1_795_000_000_123).unwrap();
    let (account, contact) = (AccountId::from_i64(5), ContactId::from_i64(6));
    vec![
        Token::Open(message()),
        Token::Click {
            message: message(),
            link: 65_535,
        },
        Token::Unsubscribe(message()),
        Token::View(message()),
        Token::Why(message()),
        Token::Preferences { account, contact },
        Token::Confirm {
            account,
            contact,
            fact: FactId::from_i64(-1),
            expires: at,
        },
        Token::FormNotice {
            account,
            form: FormId::from_i64(9),
            version: 3,
            served_at: at,
            language: 1,
        },
    ]
}

#[test]
fn every_kind_comes_back_and_repeats_byte_for_byte() {
    for token in all() {
        let text = key().seal(&token);
        assert_eq!(key().open(&text), Ok(token));
        assert_eq!(key().seal(&token), text);
        assert!(text.len() <= 68, "{}", text.len());
        assert!(
            text.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        );
    }
}

#[test]
fn tokens_of_one_message_share_no_visible_part() {
    let open = key().seal(&Token::Open(message()));
    let leave = key().seal(&Token::Unsubscribe(message()));
    let same = open
        .bytes()
        .zip(leave.bytes())
        .filter(|(a, b)| a == b)
        .count();
    assert!(same < 16, "{same} of 64 places are equal");
}

#[test]
fn a_token_with_any_bit_changed_is_refused() {
    let text = key().seal(&Token::Unsubscribe(message()));
    let bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut forged = bytes.clone();
        forged[bit / 8] ^= 1 << (bit % 8);
        let expect = if bit < 8 {
            TokenFault::UnknownVersion
        } else {
            TokenFault::Forged
        };
        assert_eq!(key().open(&URL_SAFE_NO_PAD.encode(forged)), Err(expect));
    }
}

#[test]
fn a_truncated_empty_or_padded_token_is_refused() {
    let text = key().seal(&Token::Open(message()));
    for n in 0..text.len() {
        assert!(key().open(&text[..n]).is_err(), "{n}");
    }
    assert_eq!(key().open(""), Err(TokenFault::Truncated));
    assert_eq!(key().open("AQ"), Err(TokenFault::Truncated));
    assert_eq!(key().open("a b"), Err(TokenFault::NotBase64));
    assert_eq!(key().open(&"A".repeat(5_000)), Err(TokenFault::Forged));
    assert!(key().open(&format!("{text}A")).is_err());
    assert!(key().open("ünïcödé").is_err());
}

#[test]
fn a_token_of_another_key_is_refused() {
    let text = TokenKey::new([8; 32]).seal(&Token::Open(message()));
    assert_eq!(key().open(&text), Err(TokenFault::Forged));
}

#[test]
fn a_genuine_token_of_another_kind_is_told_apart() {
    for token in all() {
        let text = key().seal(&token);
        let opened = key().open_as(&text, |t| match t {
            Token::Preferences { account, contact } => Some((account, contact)),
            _ => None,
        });
        match token {
            Token::Preferences { account, contact } => assert_eq!(opened, Ok((account, contact))),
            _ => assert_eq!(opened, Err(TokenFault::WrongKind)),
        }
    }
}

#[test]
fn the_key_does_not_show_in_debug() {
    assert_eq!(format!("{:?}", key()), "TokenKey(..)");
}
