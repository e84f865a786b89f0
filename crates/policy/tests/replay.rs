//! Questions, facts and answers as records: one value, one text, and the same answer asked again.

use avow_model::{
    Fact, FactKind, Facts, Interest, MailFormat, Marked, OwnRequest, Purpose, PurposeSelector,
    Scope, Sent, StoreHealth, Timestamp,
};
use avow_policy::replay::{
    ENGINE, ReplayFault, decode_fact, decode_facts, decode_request, encode_decision, encode_fact,
    encode_facts, encode_request, replay, whole_micros,
};
use avow_policy::{
    Actor, BrowserSignal, Channel, Content, Offer, PresentedPermit, Promotion, Request, Via, decide,
};

use crate::fixture::acme;
use crate::people::{Dice, day, facts, name, request};

const PEOPLE: u64 = 3_000;

/// What the gate of this `ENGINE` answers to the seeded people, as one number over all bytes. Other
/// answers mean another gate: then raise `ENGINE` (docs/gate.md says when) and write the number it gives.
const ANSWERS: (&str, u64) = ("avow-gate/1", 10_117_459_579_844_976_087);

fn everything_set(dice: &mut Dice) -> (Request, Facts) {
    let (mut request, mut facts) = (request(dice), facts(dice));
    request.list = dice.one_in(3).then(|| name("events"));
    request.content = dice.pick(&[
        Content::Normal,
        Content::Normal,
        Content::ChoiceRequest,
        Content::RightsReply,
        Content::PolicyNotice { version: 3 },
        Content::Confirmation,
    ]);
    around(dice, &mut request);
    beside(dice, &mut facts);
    request.promotion = dice.pick(&[
        Promotion::None,
        Promotion::None,
        Promotion::Carried,
        Promotion::Solicits,
    ]);
    request.permit = dice.one_in(4).then(|| PresentedPermit {
        issued_at: day(100),
        used: dice.one_in(2),
    });
    facts.age = dice.one_in(6).then_some(12);
    facts.inquiries = vec![day(3); dice.below(2)];
    if dice.one_in(20) {
        facts.store = StoreHealth::Down;
    }
    let used: Option<Purpose> = dice.one_in(2).then(|| name("referral"));
    for kind in [
        FactKind::Used { purpose: used },
        FactKind::Refuse {
            purpose: PurposeSelector::Any,
        },
        FactKind::ConfirmAddress,
        FactKind::Restrict,
        FactKind::Unrestrict,
    ] {
        if dice.one_in(6) {
            facts.events.push(fact(kind, dice));
        }
    }
    (request, facts)
}

/// Who asks, by which way, about what.
fn around(dice: &mut Dice, request: &mut Request) {
    request.fallbacks = vec![name("job"); dice.below(2)];
    request.channel = dice.pick(&[Channel::Email, Channel::Email, Channel::Phone]);
    request.topic = dice.one_in(4).then(|| name("gears"));
    request.message = dice.one_in(4).then(|| name("receipt"));
    request.answers = dice.one_in(4).then(|| name("d1"));
    request.hosts = vec!["acme.example".to_owned(); dice.below(5) / 4];
    request.signal = BrowserSignal::from_headers(dice.one_in(6).then_some(b"1".as_slice()));
    request.offers = vec![
        Offer {
            advertiser: name("bistro"),
            business: dice.one_in(2).then(|| name("food")),
            region: dice.one_in(2).then(|| name("us.il")),
            zip3: dice.one_in(2).then(|| name("606")),
        };
        dice.below(3)
    ];
    request.actor = dice.one_in(8).then(|| Actor {
        role: name("support"),
        needs: vec![request.purpose.clone()],
        trained_until: dice.one_in(2).then(|| day(150)),
        acknowledged: dice.one_in(2).then_some(4),
        via: if dice.one_in(2) {
            Via::Session {
                active_at: day(100),
            }
        } else {
            Via::Token {
                verbs: vec![name("send")],
                purposes: vec![request.purpose.clone()],
            }
        },
    });
}

/// What went to the person, what they asked for, what they like.
fn beside(dice: &mut Dice, facts: &mut Facts) {
    let purpose: Purpose = name("newsletter");
    let at = day(dice.below(200) as i64);
    facts.sends = vec![
        Sent {
            purpose: purpose.clone(),
            at
        };
        dice.below(3)
    ];
    facts.marks = vec![
        Marked {
            purpose: purpose.clone(),
            at
        };
        dice.below(2)
    ];
    facts.confirmations = vec![at; dice.below(3)];
    facts.requests = vec![
        OwnRequest {
            id: name("d1"),
            purpose,
            at,
            answered: dice.one_in(2).then_some(at),
        };
        dice.below(2)
    ];
    facts.interests = vec![
        Interest {
            category: name("job"),
            topic: name("gears"),
        };
        dice.below(2)
    ];
    facts.retired = dice.one_in(10).then_some(at);
    if dice.one_in(10) {
        facts.format = MailFormat::TextOnly;
    }
}

fn fact(kind: FactKind, dice: &mut Dice) -> Fact {
    let at = day(dice.below(200) as i64);
    Fact {
        kind,
        at,
        recorded_at: at,
        scope: Scope {
            brand: dice.one_in(2).then(|| name("acme")),
            account: dice.one_in(2).then(|| name("acme")),
            list: None,
        },
    }
}

fn for_records(mut check: impl FnMut(u64, &mut Dice, &Request, &Facts)) {
    for seed in 0..PEOPLE {
        let mut dice = Dice::new(seed);
        let (request, facts) = everything_set(&mut dice);
        check(seed, &mut dice, &request, &facts);
    }
}

#[test]
fn what_is_written_is_read_back_and_written_the_same() {
    for_records(|seed, _, request, facts| {
        let (asked, known) = (
            encode_request(request).unwrap(),
            encode_facts(facts).unwrap(),
        );
        assert_eq!(&decode_request(&asked).unwrap(), request, "seed {seed}");
        assert_eq!(&decode_facts(&known).unwrap(), facts, "seed {seed}");
        for fact in &facts.events {
            let alone = encode_fact(fact).unwrap();
            assert_eq!(&decode_fact(&alone).unwrap(), fact, "seed {seed}");
        }
    });
}

#[test]
fn the_gate_asked_again_from_the_records_gives_the_same_bytes() {
    let set = acme();
    for_records(|seed, dice, request, facts| {
        let now = day(10 + dice.below(290) as i64);
        let said = encode_decision(&decide(request, facts, now, &set)).unwrap();
        let (asked, known) = (
            encode_request(request).unwrap(),
            encode_facts(facts).unwrap(),
        );
        let again = replay(&asked, &known, now.as_microsecond(), &set).unwrap();
        assert_eq!(said, again, "seed {seed}");
    });
}

/// Sorted keys, integers only, nothing between: RFC 8785, checked without our own writer.
#[test]
fn every_record_is_in_canonical_form() {
    let set = acme();
    for_records(|seed, dice, request, facts| {
        let now = day(10 + dice.below(290) as i64);
        for text in [
            encode_request(request).unwrap(),
            encode_facts(facts).unwrap(),
            encode_decision(&decide(request, facts, now, &set)).unwrap(),
        ] {
            let value: serde_json::Value = serde_json::from_slice(&text).unwrap();
            assert_eq!(canonical(&value).as_bytes(), text, "seed {seed}");
        }
    });
}

fn canonical(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            let field = |k: &&String| format!("\"{k}\":{}", canonical(&map[*k]));
            let fields: Vec<_> = keys.iter().map(field).collect();
            format!("{{{}}}", fields.join(","))
        }
        serde_json::Value::Array(items) => {
            let items: Vec<_> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        serde_json::Value::Number(number) => {
            assert!(number.is_i64() || number.is_u64(), "{number}");
            number.to_string()
        }
        other => other.to_string(),
    }
}

#[test]
fn other_answers_need_another_engine_number() {
    let set = acme();
    let mut sum = Fnv::new();
    for_records(|_, dice, request, facts| {
        let now = day(10 + dice.below(290) as i64);
        sum.add(&encode_decision(&decide(request, facts, now, &set)).unwrap());
    });
    assert_eq!((ENGINE, sum.0), ANSWERS);
}

/// FNV-1a, 64 bits: small, and the same everywhere.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

#[test]
fn a_record_that_was_touched_is_refused() {
    let mut dice = Dice::new(1);
    let text = String::from_utf8(encode_request(&request(&mut dice)).unwrap()).unwrap();
    let unknown = text.replace("\"verb\"", "\"verbal\":1,\"verb\"");
    let spaced = text.replace(",\"verb\"", ", \"verb\"");
    let spelt_out = text.replace("\"purpose\"", "\"promotes\":false,\"purpose\"");
    let later = text.replace("avow-request/1", "avow-request/2");
    let malformed = |t: &str| {
        matches!(
            decode_request(t.as_bytes()),
            Err(ReplayFault::Malformed { .. })
        )
    };
    let touched = |t: &str| {
        matches!(
            decode_request(t.as_bytes()),
            Err(ReplayFault::NotCanonical { .. })
        )
    };
    assert!(malformed(&unknown) && malformed("") && malformed("{}") && malformed(&text[1..]));
    assert!(touched(&spaced) && touched(&spelt_out));
    assert!(matches!(
        decode_request(later.as_bytes()),
        Err(ReplayFault::Format { .. })
    ));
}

#[test]
fn cut_and_flipped_records_never_panic() {
    let set = acme();
    let mut dice = Dice::new(7);
    let (request, facts) = everything_set(&mut dice);
    let (asked, known) = (
        encode_request(&request).unwrap(),
        encode_facts(&facts).unwrap(),
    );
    for round in 0..4_000 {
        let (mut a, mut k) = (asked.clone(), known.clone());
        let text = if round % 2 == 0 { &mut a } else { &mut k };
        let at = dice.below(text.len());
        text[at] ^= 1 << dice.below(8);
        if dice.one_in(4) {
            text.truncate(at);
        }
        // A flip may give another record that is well formed; it must then be answered, not crash.
        let _ = replay(&a, &k, day(200).as_microsecond(), &set);
    }
}

#[test]
fn an_instant_between_two_microseconds_has_no_record() {
    let mut dice = Dice::new(1);
    let between = Timestamp::from_nanosecond(1_500).unwrap();
    let mut facts = facts(&mut dice);
    facts.last_activity = Some(between);
    assert_eq!(encode_facts(&facts), Err(ReplayFault::Instant));
    facts.last_activity = Some(whole_micros(between));
    assert!(encode_facts(&facts).is_ok());
}
