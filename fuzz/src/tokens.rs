//! Tokens in links and in return paths.

use avow_compose::{Token, TokenFault, TokenKey, verp};

fn key() -> TokenKey {
    TokenKey::new([7; 32])
}

/// A text that opens is the only writing of its token; a byte changed in a genuine one opens nothing.
pub(crate) fn token(bytes: &[u8]) {
    let key = key();
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(token) = key.open(text)
    {
        assert_eq!(key.seal(&token), text);
    }
    let (Some(sealed), [.., place, change]) = (genuine(&key, bytes), bytes) else {
        return;
    };
    assert!(key.open(&sealed).is_ok());
    let changed = changed(&sealed, *place, *change);
    assert!(changed == sealed || key.open(&changed).is_err());
}

/// The same for the sender's address of a message.
pub(crate) fn return_path(bytes: &[u8]) {
    let key = key();
    let text = String::from_utf8_lossy(bytes);
    if let Ok(addressed) = verp::read(&key, &text) {
        let ours = verp::address(&key, &addressed, "example.com");
        let local = text.split('@').next().unwrap_or_default();
        assert!(
            ours.split('@')
                .next()
                .is_some_and(|l| l.eq_ignore_ascii_case(local))
        );
    }
    let found = verp::find(&key, &text);
    let (Some(addressed), [.., place, change]) = (addressed(bytes), bytes) else {
        return;
    };
    let ours = verp::address(&key, &addressed, "example.com");
    assert!(verp::read(&key, &ours).is_ok());
    let within = format!("{text} <{ours}>");
    assert!(found.is_some() || verp::find(&key, &within).is_some());
    let local = ours.split('@').next().unwrap_or_default();
    let other = changed(local, *place, *change);
    let same = other.eq_ignore_ascii_case(local);
    assert!(same || !matches!(verp::read(&key, &other), Ok(read) if read == addressed));
    assert!(
        same || matches!(verp::read(&key, &other), Err(fault) if fault != TokenFault::UnknownVersion)
    );
}

/// One character of a text made another one of the alphabet.
fn changed(text: &str, place: u8, change: u8) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bytes = text.as_bytes().to_vec();
    let at = usize::from(place) % bytes.len();
    bytes[at] = ALPHABET[usize::from(change) % ALPHABET.len()];
    String::from_utf8_lossy(&bytes).into_owned()
}

fn message(bytes: &[u8]) -> Option<avow_model::MessageId> {
    let (id, rest) = bytes.split_first_chunk::<8>()?;
    let (seq, _) = rest.split_first_chunk::<4>()?;
    Some(avow_model::MessageId {
        campaign: avow_model::CampaignId::from_i64(i64::from_be_bytes(*id)),
        seq: u32::from_be_bytes(*seq),
    })
}

fn genuine(key: &TokenKey, bytes: &[u8]) -> Option<String> {
    let id = message(bytes)?;
    let message = avow_compose::MessageRef {
        account: avow_model::AccountId::from_i64(1),
        campaign: id.campaign,
        seq: id.seq,
        contact: avow_model::ContactId::from_i64(id.campaign.as_i64() ^ 1),
    };
    Some(key.seal(&Token::Unsubscribe(message)))
}

fn addressed(bytes: &[u8]) -> Option<verp::Addressed> {
    let ways = [verp::Way::Back, verp::Way::Out];
    Some(verp::Addressed {
        way: ways[usize::from(*bytes.first()?) % ways.len()],
        account: avow_model::AccountId::from_i64(1),
        message: message(bytes)?,
    })
}
