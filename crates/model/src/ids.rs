//! Typed ids: 63-bit numbers that sort by time, with a prefix in their text form (`ct_01hq…`).
//!
//! Layout, from the top: 42 bits of milliseconds since 2020, 10 bits of a process' random node number,
//! 11 bits of a counter. They are no secrets: whatever must not be guessed is a sealed token.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// 2020-01-01T00:00:00Z in milliseconds: ids count from here.
const EPOCH_MS: i64 = 1_577_836_800_000;
const NODE_BITS: u32 = 10;
const COUNTER_BITS: u32 = 11;
/// Thirteen base-32 digits hold 65 bits: enough for 63.
const DIGITS: usize = 13;
/// Crockford's alphabet in lower case: no i, l, o, u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdFault {
    #[error("the id must begin with `{0}`")]
    Prefix(&'static str),
    #[error("the id has a wrong length or a character that ids never have")]
    Digits,
}

/// Makes ids that grow, one generator a process. Thread safe; never gives the same id twice.
#[derive(Debug)]
pub struct IdGenerator {
    node: i64,
    last: AtomicI64,
}

impl IdGenerator {
    /// `node_seed` is any random number: two processes that write to one store should differ in it.
    pub fn new(node_seed: u16) -> Self {
        Self {
            node: i64::from(node_seed) & ((1 << NODE_BITS) - 1),
            last: AtomicI64::new(0),
        }
    }

    /// The next raw id at `now`. When a millisecond's 2,048 numbers are used up, it borrows from the next.
    pub fn next(&self, now: Timestamp) -> i64 {
        let ms = (now.as_millisecond() - EPOCH_MS).max(0);
        let floor = ms << COUNTER_BITS;
        let step = |last: i64| Some(floor.max(last + 1));
        let previous = self
            .last
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, step);
        let ticket = floor.max(previous.unwrap_or(0) + 1);
        let (ms, counter) = (ticket >> COUNTER_BITS, ticket & ((1 << COUNTER_BITS) - 1));
        (ms << (NODE_BITS + COUNTER_BITS)) | (self.node << COUNTER_BITS) | counter
    }
}

fn encode(mut n: i64) -> [u8; DIGITS] {
    let mut out = [b'0'; DIGITS];
    for slot in out.iter_mut().rev() {
        *slot = ALPHABET[(n & 31) as usize];
        n >>= 5;
    }
    out
}

fn decode(text: &str) -> Option<i64> {
    if text.len() != DIGITS {
        return None;
    }
    text.bytes().try_fold(0i64, |n, b| {
        let digit = ALPHABET.iter().position(|a| *a == b)? as i64;
        n.checked_mul(32)?.checked_add(digit)
    })
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(i64);

        impl $name {
            /// What its text form begins with.
            pub const PREFIX: &'static str = $prefix;
            /// From the number the store holds.
            pub const fn from_i64(raw: i64) -> Self {
                Self(raw)
            }
            /// The number the store holds.
            pub const fn as_i64(self) -> i64 {
                self.0
            }
            /// The least that an id made at this instant may be: ids sort by time.
            pub fn floor(at: Timestamp) -> Self {
                let ms = (at.as_millisecond() - EPOCH_MS).max(0);
                Self(ms << (NODE_BITS + COUNTER_BITS))
            }
            /// A new id.
            pub fn generate(ids: &IdGenerator, now: Timestamp) -> Self {
                Self(ids.next(now))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($prefix)?;
                encode(self.0).iter().try_for_each(|b| fmt::Write::write_char(f, char::from(*b)))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
        impl FromStr for $name {
            type Err = IdFault;
            fn from_str(text: &str) -> Result<Self, IdFault> {
                let digits = text.strip_prefix($prefix).ok_or(IdFault::Prefix($prefix))?;
                decode(digits).map(Self).ok_or(IdFault::Digits)
            }
        }
        impl TryFrom<String> for $name {
            type Error = IdFault;
            fn try_from(text: String) -> Result<Self, IdFault> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

id!(
    /// A customer organisation: the unit of isolation and of policy. Every store call takes one.
    AccountId, "ac_"
);
id!(
    /// A login identity.
    UserId, "us_"
);
id!(
    /// One person's record in one account.
    ContactId, "ct_"
);
id!(
    /// A named audience.
    ListId, "ls_"
);
id!(
    /// Who is meant, as an expression.
    SegmentId, "sg_"
);
id!(
    /// A hosted sign-up form.
    FormId, "fm_"
);
id!(
    /// A planned mailing.
    CampaignId, "cp_"
);
id!(
    /// One append-only fact about a contact.
    FactId, "fa_"
);
id!(
    /// One entry of an account's ledger.
    EntryId, "en_"
);
id!(
    /// What stands behind a consent: an attestation, a wording, a form submission.
    EvidenceId, "ev_"
);
id!(
    /// One run of an import.
    ImportId, "im_"
);
id!(
    /// A piece of work that goes on behind the pages.
    JobId, "jb_"
);
id!(
    /// One observed open or click.
    HitId, "ht_"
);

id!(
    /// One single message that is no campaign's: a confirmation, a test, one that a program handed in.
    OutgoingId, "og_"
);

id!(
    /// What lets a program in.
    ApiKeyId, "ak_"
);

id!(
    /// An address that is told of events.
    WebhookId, "wh_"
);

impl OutgoingId {
    /// The name of a single message where one of a campaign could stand: in links, headers and return paths. It
    /// has the number of the message in place of the campaign's, and no recipient.
    pub const fn message(self) -> MessageId {
        MessageId {
            campaign: CampaignId(self.0),
            seq: SINGLE,
        }
    }

    /// The single message of this name; `None` for a campaign's.
    pub const fn of_message(message: MessageId) -> Option<Self> {
        match message.seq {
            SINGLE => Some(Self(message.campaign.0)),
            _ => None,
        }
    }
}

/// Recipients of campaigns are numbered from 1.
const SINGLE: u32 = 0;

/// One message: the how-manyth recipient of which campaign. Text form `msg_<campaign>-<seq>`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId {
    pub campaign: CampaignId,
    pub seq: u32,
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = encode(self.campaign.0);
        f.write_str("msg_")?;
        digits
            .iter()
            .try_for_each(|b| fmt::Write::write_char(f, char::from(*b)))?;
        write!(f, "-{}", self.seq)
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for MessageId {
    type Err = IdFault;
    fn from_str(text: &str) -> Result<Self, IdFault> {
        let rest = text.strip_prefix("msg_").ok_or(IdFault::Prefix("msg_"))?;
        let (campaign, seq) = rest.split_once('-').ok_or(IdFault::Digits)?;
        let campaign = decode(campaign).map(CampaignId).ok_or(IdFault::Digits)?;
        Ok(Self {
            campaign,
            seq: seq.parse().map_err(|_| IdFault::Digits)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(EPOCH_MS + ms).unwrap()
    }

    #[test]
    fn ids_grow_even_when_the_clock_goes_back() {
        let ids = IdGenerator::new(7);
        let mut last = 0;
        for ms in [5, 5, 9, 3, 3, 10_000, 0] {
            for _ in 0..3_000 {
                let id = ids.next(at(ms));
                assert!(id > last);
                last = id;
            }
        }
    }

    #[test]
    fn no_id_is_below_the_floor_of_its_instant_nor_above_that_of_the_next() {
        let ids = IdGenerator::new(1_023);
        for ms in [0, 1, 7_000, 7_001] {
            let id = HitId::generate(&ids, at(ms));
            assert!(HitId::floor(at(ms)) <= id && id < HitId::floor(at(ms + 1)));
        }
    }

    #[test]
    fn an_id_survives_its_text_form_and_knows_its_kind() {
        let id = ContactId::generate(&IdGenerator::new(1), at(123_456_789));
        assert_eq!(id.to_string().parse::<ContactId>(), Ok(id));
        assert_eq!(
            id.to_string().parse::<ListId>(),
            Err(IdFault::Prefix("ls_"))
        );
        assert_eq!("ct_short".parse::<ContactId>(), Err(IdFault::Digits));
        let message = MessageId {
            campaign: CampaignId::from_i64(99),
            seq: 12,
        };
        assert_eq!(message.to_string().parse::<MessageId>(), Ok(message));
    }
}
