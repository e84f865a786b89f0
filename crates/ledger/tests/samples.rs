//! Payloads of every kind, and a small world to log them in.

use avow_ledger::{
    AccountKey, Collected, Decided, Digest, Disclosed, Evidence, Freezing, FrozenState, KeyChange,
    KeyPurpose, MailState, NoticeMail, NoticePosting, NoticeServing, Payload, PermitUse, Published,
    Retracted, Reveal, RightsKind, RightsStage, RightsStep, Seed, SubjectKey, SuppressionChange,
    SuppressionEntry, Tombstone,
};
use avow_model::{
    Act, EntryId, Fact, FactKind, Grantor, How, Method, PurposeSelector, Scope, Suppression,
    SuppressionClass, SuppressionScope, Timestamp, UserId,
};

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_772_323_200 + second).unwrap()
}

pub(crate) fn key(person: u8) -> SubjectKey {
    AccountKey::from_bytes([7; 32]).subject(&Seed::from_bytes([person; 32]))
}

pub(crate) fn id(n: i64) -> EntryId {
    EntryId::from_i64(n)
}

pub(crate) fn fact(kind: FactKind) -> Payload {
    Payload::Choice(Fact {
        kind,
        at: at(10),
        recorded_at: at(11),
        scope: Scope {
            account: None,
            brand: Some("acme".parse().unwrap()),
            list: None,
        },
    })
}

fn one(purpose: &str) -> PurposeSelector {
    PurposeSelector::One(purpose.parse().unwrap())
}

pub(crate) fn facts() -> Vec<Payload> {
    let grant = FactKind::Grant {
        purpose: one("newsletter"),
        saw: Some(3),
        method: Method::Click,
        by: Grantor::Person,
        asked: Act::Fair,
        double_opt_in: true,
        confirmed: false,
        expires: Some(at(1_000)),
    };
    let purpose = || PurposeSelector::AllMarketing;
    [
        grant,
        FactKind::Confirm { purpose: None },
        FactKind::Confirm {
            purpose: Some(one("newsletter")),
        },
        FactKind::Refuse { purpose: purpose() },
        FactKind::Withdraw {
            purpose: PurposeSelector::Any,
        },
        FactKind::Object { purpose: purpose() },
        FactKind::Complaint,
        FactKind::Notice { version: 2 },
        FactKind::Bounce,
        FactKind::ConfirmAddress,
        FactKind::Erase,
        FactKind::Recollect,
        FactKind::Restrict,
        FactKind::Unrestrict,
        FactKind::Used { purpose: None },
        FactKind::Used {
            purpose: Some("demo".parse().unwrap()),
        },
    ]
    .map(fact)
    .to_vec()
}

pub(crate) fn decided() -> Decided {
    Decided {
        at: at(20),
        message: "msg_0000000000001-7".into(),
        request: "{\"purpose\":\"newsletter\"}".into(),
        contact: "{\"age\":44,\"jurisdiction\":\"de\"}".into(),
        inputs: Digest::of(b"facts"),
        answer: "{\"effect\":\"ALLOW\"}".into(),
        engine: "avow 0.1.0".into(),
        policies: vec![Digest::of(b"v1"), Digest::of(b"v2")],
        packs: vec![],
    }
}

fn suppression() -> SuppressionEntry {
    let suppression = Suppression {
        class: SuppressionClass::Choice,
        reach: SuppressionScope::Account,
        at: at(5),
        scope: Scope::default(),
        purpose: Some("newsletter".parse().unwrap()),
    };
    let entry = SuppressionEntry::new(SuppressionChange::Added, &suppression);
    assert_eq!(entry.suppression(), suppression);
    entry
}

fn people() -> Vec<Payload> {
    vec![
        Payload::NoticeServed(NoticeServing {
            version: 1,
            text: Digest::of(b"notice"),
            form: "signup".parse().unwrap(),
            at: at(1),
        }),
        Payload::NoticeMailed(NoticeMail {
            version: 2,
            state: MailState::Delivered,
            at: at(2),
        }),
        Payload::Collection(Collected {
            categories: vec!["email".parse().unwrap(), "name".parse().unwrap()],
            version: Some(1),
            how: How::Direct,
            at: at(1),
            recorded_at: at(1),
            evidence: Some(Evidence {
                kind: "form".into(),
                source: "signup \"ü\"\n".into(),
                wording: Some(Digest::of(b"May we?")),
            }),
        }),
        Payload::Suppression(suppression()),
        Payload::Decision(Box::new(decided())),
        Payload::PermitUsed(PermitUse {
            decision: id(9),
            digest: Digest::of(b"mail"),
            message: decided().message,
            code: Some(250),
            reply: "2.0.0 Ok: queued as 4Z".into(),
            attempts: 1,
            at: at(30),
        }),
        Payload::Disclosure(Disclosed {
            recipient: "partner".parse().unwrap(),
            name: "Wheels Ltd".into(),
            categories: vec!["email".parse().unwrap()],
            ground: "permission".into(),
            at: at(40),
        }),
        Payload::RightsStep(RightsStep {
            request: "12".into(),
            right: RightsKind::Access,
            stage: RightsStage::Done,
            at: at(41),
        }),
        Payload::StaffReveal(Reveal {
            user: UserId::from_i64(4),
            categories: vec!["email".parse().unwrap()],
            reason: "a bounce".into(),
            at: at(42),
        }),
    ]
}

fn account() -> Vec<Payload> {
    vec![
        Payload::Publication(Published {
            version: 2,
            policy: Digest::of(b"v2"),
            packs: vec![Digest::of(b"eu")],
            published: at(0),
            effective: at(604_800),
            notice_seconds: 604_800,
        }),
        Payload::Retraction(Retracted {
            version: 2,
            at: at(3),
        }),
        Payload::NoticePosted(NoticePosting {
            version: 2,
            places: vec!["homepage".into()],
            text: Digest::of(b"banner"),
            at: at(4),
        }),
        Payload::Freeze(Freezing {
            state: FrozenState::Frozen,
            reason: "breach".into(),
            at: at(50),
        }),
        Payload::KeyRotation(KeyChange {
            purpose: KeyPurpose::Checkpoint,
            old: Digest::of(b"old"),
            new: Digest::of(b"new"),
            at: at(51),
        }),
        Payload::Erasure(Tombstone {
            seeds: 1,
            entries: 17,
            rows: 23,
            at: at(52),
        }),
    ]
}

/// At least one payload of every kind.
pub(crate) fn payloads() -> Vec<Payload> {
    [facts(), people(), account()].concat()
}
