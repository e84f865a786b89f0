//! What the decision says of purchases, inquiries and a running relationship, held against the entries.

use avow_model::{Fact, Facts, Timestamp};

/// Facts are read, then judged, then judged again right before the handoff: a permit lives so long unless the policy
/// says less or more, and what the gate was told may be as old.
const SLACK_SECONDS: i64 = 10 * 60;

/// What the gate was told in the person's favour must be in the entries: what it was not told could only refuse.
pub(super) fn backed(events: &[Fact], told: &Facts, now: Timestamp) -> Result<(), String> {
    let earlier = Timestamp::from_second(now.as_second().saturating_sub(SLACK_SECONDS));
    let earlier = earlier.unwrap_or(Timestamp::MIN);
    let related = [now, earlier].map(|at| related(events, at));
    let [today, _] = &related;
    if let Some(at) = told
        .purchases
        .iter()
        .find(|at| !today.purchases.contains(at))
    {
        return Err(format!("no entry tells of the purchase of {at}"));
    }
    if let Some(at) = told
        .inquiries
        .iter()
        .find(|at| !today.inquiries.contains(at))
    {
        return Err(format!("no entry tells of the inquiry of {at}"));
    }
    if told.account_active && related.iter().all(|facts| !facts.account_active) {
        return Err(
            "the entries tell of no running relationship, and the gate was told of one".to_owned(),
        );
    }
    Ok(())
}

fn related(events: &[Fact], now: Timestamp) -> Facts {
    let mut facts = Facts {
        events: events.to_vec(),
        ..Facts::default()
    };
    facts.relate(now);
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use avow_model::{FactKind, Scope};

    fn at(text: &str) -> Timestamp {
        format!("2026-{text}Z").parse().unwrap()
    }

    fn event(kind: FactKind, text: &str) -> Fact {
        Fact {
            kind,
            at: at(text),
            recorded_at: at(text),
            scope: Scope::default(),
        }
    }

    #[test]
    fn what_no_entry_tells_is_no_ground() {
        let events = [
            event(FactKind::Purchase, "01-01T00:00:00"),
            event(FactKind::AccountClosed, "02-01T00:00:00"),
        ];
        let honest = Facts {
            purchases: vec![at("01-01T00:00:00")],
            ..Facts::default()
        };
        let now = at("03-01T00:00:00");
        assert_eq!(backed(&events, &honest, now), Ok(()));
        assert_eq!(backed(&events, &Facts::default(), now), Ok(()));
        let invented = [
            Facts {
                purchases: vec![at("01-02T00:00:00")],
                ..Facts::default()
            },
            Facts {
                inquiries: vec![at("01-01T00:00:00")],
                ..Facts::default()
            },
            Facts {
                account_active: true,
                ..Facts::default()
            },
        ];
        for told in invented {
            assert!(backed(&events, &told, now).is_err(), "{told:?}");
        }
        // Closed a moment ago: the gate may not have known yet.
        let running = Facts {
            account_active: true,
            ..Facts::default()
        };
        assert_eq!(backed(&events, &running, at("02-01T00:09:00")), Ok(()));
        assert!(backed(&events, &running, at("02-01T00:11:00")).is_err());
    }
}
