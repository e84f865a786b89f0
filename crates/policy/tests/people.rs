//! People and questions drawn from a seeded generator, so that a failure comes back with its seed.

use avow_model::{
    Act, Datum, Fact, FactKind, Facts, Grantor, How, Jurisdiction, Method, PurposeSelector, Scope,
    Suppression, SuppressionClass, SuppressionScope, Timestamp,
};
use avow_policy::Request;

/// xorshift64*: small, and the same everywhere.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() >> 33) as usize % end
    }

    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

pub(crate) fn name<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().expect("a name")
}

/// So many days into 2026.
pub(crate) fn day(n: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + n * 86_400).expect("an instant")
}

/// Purpose, verb and recipient of the acme policies.
const USES: [(&str, &str, &str); 9] = [
    ("service", "send", "self"),
    ("newsletter", "send", "self"),
    ("news.monthly", "send", "self"),
    ("offers", "send", "self"),
    ("customer_news", "send", "self"),
    ("measure", "track.open", "self"),
    ("referral", "send", "self"),
    ("profile", "profile.use", "self"),
    ("partner_mkt", "share", "partner"),
];

pub(crate) fn request(dice: &mut Dice) -> Request {
    let (purpose, verb, recipient) = dice.pick(&USES);
    let mut reads = vec![name("email")];
    if dice.one_in(4) {
        reads.push(name(dice.pick(&["name", "job", "open"])));
    }
    Request {
        reads,
        recipient: name(recipient),
        ..Request::new(name("acme"), name("acme"), name(purpose), name(verb))
    }
}

pub(crate) fn facts(dice: &mut Dice) -> Facts {
    let data = (0..=dice.below(3)).map(|_| datum(dice)).collect();
    let events = (0..dice.below(7)).map(|_| fact(dice)).collect();
    let suppressions = (0..dice.below(5) / 4).map(|_| suppression(dice)).collect();
    Facts {
        data,
        events,
        suppressions,
        jurisdiction: Jurisdiction::parse(dice.pick(&["zz", "us", "eu", "de", "ca", "uk"]))
            .expect("two letters"),
        soft_opt_in: dice.one_in(4),
        account_active: dice.one_in(2),
        purchases: if dice.one_in(4) {
            vec![day(-30)]
        } else {
            Vec::new()
        },
        last_activity: dice.one_in(4).then(|| day(1)),
        ..Facts::default()
    }
}

fn datum(dice: &mut Dice) -> Datum {
    Datum {
        category: name(dice.pick(&["email", "email", "name", "job", "open"])),
        version: Some(1 + dice.below(5) as u32),
        how: dice.pick(&[
            How::Direct,
            How::Direct,
            How::Direct,
            How::Referral,
            How::ImportUnattested,
        ]),
        account: name(dice.pick(&["acme", "acme", "acme", "bistro"])),
    }
}

/// The person's own fair click on this purpose.
pub(crate) fn opt_in(purpose: &str, at: Timestamp) -> Fact {
    Fact {
        kind: FactKind::Grant {
            purpose: PurposeSelector::One(name(purpose)),
            saw: None,
            method: Method::Click,
            by: Grantor::Person,
            asked: Act::Fair,
            double_opt_in: false,
            confirmed: false,
            expires: None,
        },
        at,
        recorded_at: at,
        scope: Scope::default(),
    }
}

pub(crate) fn selector(dice: &mut Dice) -> PurposeSelector {
    match dice.below(10) {
        0 => PurposeSelector::AllMarketing,
        1 => PurposeSelector::Any,
        _ => PurposeSelector::One(name(dice.pick(&USES).0)),
    }
}

pub(crate) fn fact(dice: &mut Dice) -> Fact {
    let at = day(dice.below(280) as i64);
    Fact {
        kind: kind(dice),
        at,
        recorded_at: if dice.one_in(8) { day(300) } else { at },
        scope: Scope {
            list: dice.one_in(10).then(|| name("events")),
            ..Scope::default()
        },
    }
}

fn kind(dice: &mut Dice) -> FactKind {
    let purpose = selector(dice);
    match dice.below(14) {
        0 => FactKind::Withdraw { purpose },
        1 => FactKind::Object { purpose },
        2 => FactKind::Confirm {
            purpose: Some(purpose),
        },
        3 => FactKind::Complaint,
        4 => FactKind::Bounce,
        5 => FactKind::Erase,
        6 => FactKind::Recollect,
        7 | 8 => FactKind::Notice {
            version: 1 + dice.below(5) as u32,
        },
        _ => grant(dice, purpose),
    }
}

fn grant(dice: &mut Dice, purpose: PurposeSelector) -> FactKind {
    FactKind::Grant {
        purpose,
        saw: dice.one_in(2).then(|| 1 + dice.below(5) as u32),
        method: Method::Click,
        by: dice.pick(&[
            Grantor::Person,
            Grantor::Person,
            Grantor::Person,
            Grantor::Import,
        ]),
        asked: Act::Fair,
        double_opt_in: dice.one_in(4),
        confirmed: dice.one_in(4),
        expires: dice.one_in(8).then(|| day(250)),
    }
}

pub(crate) fn suppression(dice: &mut Dice) -> Suppression {
    Suppression {
        class: dice.pick(&[SuppressionClass::Choice, SuppressionClass::Protection]),
        reach: dice.pick(&[SuppressionScope::Account, SuppressionScope::Global]),
        at: day(dice.below(310) as i64),
        scope: Scope::default(),
        purpose: dice.one_in(3).then(|| name(dice.pick(&USES).0)),
    }
}
