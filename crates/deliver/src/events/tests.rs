//! What an entry tells, and that a cursor comes back as it was given.

use avow_ledger::{Decided, Digest, Payload, PermitUse};
use avow_model::{
    AccountId, CampaignId, ContactId, EntryId, Fact, FactKind, HitKind, Outcome, PurposeSelector,
    RecipientState, Scope, Timestamp, Verdict,
};
use avow_store::{LogEntry, LoggedHit, MessageStanding};

use super::*;

const MESSAGE: MessageId = MessageId {
    campaign: CampaignId::from_i64(99),
    seq: 12,
};

fn at(s: i64) -> Timestamp {
    Timestamp::from_second(s).unwrap()
}

fn place() -> (avow_model::AccountId, Cursor) {
    (AccountId::from_i64(7), Cursor::START)
}

fn entry(payload: Payload) -> LogEntry {
    LogEntry {
        index: 41,
        contact: ContactId::from_i64(5),
        payload,
    }
}

fn attempt(attempts: u32, code: Option<u16>) -> LogEntry {
    entry(Payload::PermitUsed(PermitUse {
        at: at(1),
        attempts,
        code,
        decision: EntryId::from_i64(1),
        digest: Digest::from_bytes([0; 32]),
        message: MESSAGE.to_string(),
        reply: "550 5.1.1 <ada@example.com> unknown".to_owned(),
    }))
}

fn told(entry: &LogEntry, outcome: Outcome, attempts: u32) -> Option<Event> {
    let standing = MessageStanding {
        message: MESSAGE,
        state: RecipientState::At(outcome),
        attempts,
    };
    Event::of_entry(entry, &[standing], place())
}

#[test]
fn an_attempt_is_what_its_reply_says_whatever_came_later() {
    use Outcome as O;
    for (attempts, code, outcome, now, what) in [
        (1, Some(250), O::Delivered, 1, What::Delivered),
        (1, Some(451), O::Delivered, 2, What::Deferred),
        (1, Some(451), O::Expired, 1, What::Deferred),
        (1, Some(550), O::Bounced, 1, What::Bounced),
        (1, Some(550), O::Deferred, 1, What::Deferred),
        (1, Some(550), O::Delivered, 2, What::Deferred),
        (2, None, O::Unknown, 2, What::Unknown),
        (1, None, O::Delivered, 2, What::Deferred),
    ] {
        let event = told(&attempt(attempts, code), outcome, now).unwrap();
        assert_eq!(event.what, what, "{code:?} {outcome:?} {now}");
    }
}

#[test]
fn no_event_holds_the_address_that_a_server_repeated() {
    let event = told(&attempt(1, Some(550)), Outcome::Bounced, 1).unwrap();
    assert_eq!(event.reply.as_deref(), Some("550 5.1.1 <…> unknown"));
    assert_eq!(event.message, Some(MESSAGE.to_string()));
    let text = serde_json::to_string(&event).unwrap();
    assert!(!text.contains('@'), "{text}");
}

#[test]
fn of_a_message_that_went_with_its_person_nothing_is_told() {
    assert!(Event::of_entry(&attempt(1, Some(250)), &[], place()).is_none());
}

fn decided(effect: &str, verb: &str) -> LogEntry {
    entry(Payload::Decision(Box::new(Decided {
        answer: format!(
            r#"{{"effect":"{effect}","reasons":[{{"code":"D_WITHDRAWN"}},{{"code":"D_WITHDRAWN"}}]}}"#
        ),
        at: at(2),
        contact: String::new(),
        engine: String::new(),
        inputs: Digest::from_bytes([0; 32]),
        message: MESSAGE.to_string(),
        packs: Vec::new(),
        policies: Vec::new(),
        request: format!(r#"{{"purpose":"newsletter","verb":"{verb}"}}"#),
    })))
}

#[test]
fn only_a_no_to_sending_is_a_refusal() {
    let no = Event::of_entry(&decided("DENY", "send"), &[], place()).unwrap();
    assert_eq!(no.what, What::Refused);
    assert_eq!(no.purpose.as_deref(), Some("newsletter"));
    assert_eq!(no.codes, ["D_WITHDRAWN"]);
    for (effect, verb) in [("ALLOW", "send"), ("HOLD", "send"), ("DENY", "display")] {
        assert!(Event::of_entry(&decided(effect, verb), &[], place()).is_none());
    }
}

#[test]
fn a_no_of_the_person_is_told_with_its_purpose_and_a_yes_is_none() {
    let fact = |kind| {
        entry(Payload::Choice(Fact {
            kind,
            at: at(3),
            recorded_at: at(3),
            scope: Scope::default(),
        }))
    };
    let no = fact(FactKind::Withdraw {
        purpose: PurposeSelector::AllMarketing,
    });
    let told = Event::of_entry(&no, &[], place()).unwrap();
    assert_eq!(
        (told.what, told.purpose.as_deref()),
        (What::Unsubscribed, Some("*marketing"))
    );
    let yes = fact(FactKind::ConfirmAddress);
    assert!(Event::of_entry(&yes, &[], place()).is_none());
}

#[test]
fn a_click_names_its_link_and_who_made_it() {
    let hit = LoggedHit {
        id: HitId::from_i64(77),
        contact: ContactId::from_i64(5),
        message: MESSAGE,
        kind: HitKind::Click { link: 3 },
        verdict: Verdict::Scanner,
        at: at(4),
    };
    let event = Event::of_hit(&hit, place());
    assert_eq!(
        (event.what, event.link, event.by),
        (What::Clicked, Some(3), Some("scanner"))
    );
}

#[test]
fn a_cursor_comes_back_as_it_was_given_and_nothing_else_is_one() {
    let cursor = Cursor {
        log: 12,
        hit: HitId::from_i64(i64::MAX),
    };
    assert_eq!(cursor.to_string().parse(), Ok(cursor));
    for text in [
        "",
        "-",
        "1",
        "1-",
        "-1",
        "1--2",
        "x-1",
        "1-2-3",
        "+1-2",
        "99999999999999999999-1",
    ] {
        assert_eq!(text.parse::<Cursor>(), Err(CursorFault), "{text}");
    }
}

#[test]
fn every_word_is_known_again() {
    for what in What::ALL {
        assert_eq!(What::parse(what.as_str()), Some(what));
        assert_eq!(serde_json::to_value(what).unwrap(), what.as_str());
    }
}
