//! What the dealings between a person and the controller come to: whether a relationship runs, and the dates that
//! implied consent counts from.

use jiff::{SignedDuration, Timestamp};

use crate::facts::{Fact, FactKind, Facts};

/// How long after a purchase its buyer is owed service mail: the two years of a seller's liability in the Union
/// (Directive (EU) 2019/771, Article 10), which no shorter duty outlasts. The end is not included.
pub const PURCHASE_SERVED_FOR: SignedDuration = SignedDuration::from_hours(730 * 24);

impl Facts {
    /// Takes purchases, inquiries and the running relationship from the events, beside what stands there already. The
    /// order of the events does not matter, and calling it again changes nothing. What happened before an erasure is gone.
    pub fn relate(&mut self, now: Timestamp) {
        // Most people have none: an audience is read by the million.
        if !self.events.iter().any(|fact| is_dealing(&fact.kind)) {
            return;
        }
        let erased = latest(&self.events, now, |kind| *kind == FactKind::Erase);
        let since = |fact: &&Fact| counts(fact, now) && erased.is_none_or(|at| fact.at > at);
        for fact in self.events.iter().filter(since) {
            let dates = match fact.kind {
                FactKind::Purchase => &mut self.purchases,
                FactKind::Inquiry => &mut self.inquiries,
                _ => continue,
            };
            if !dates.contains(&fact.at) {
                dates.push(fact.at);
            }
        }
        self.purchases.sort_unstable();
        self.inquiries.sort_unstable();
        self.account_active = runs(&self.events, erased, now);
    }
}

const fn is_dealing(kind: &FactKind) -> bool {
    matches!(
        kind,
        FactKind::AccountOpened | FactKind::AccountClosed | FactKind::Purchase | FactKind::Inquiry
    )
}

/// True while an account is open, or a purchase is recent, and no closing came at the same moment or later.
fn runs(events: &[Fact], erased: Option<Timestamp>, now: Timestamp) -> bool {
    let closed = latest(events, now, |kind| *kind == FactKind::AccountClosed);
    let after =
        |at: &Timestamp| erased.is_none_or(|end| *at > end) && closed.is_none_or(|end| *at > end);
    let opened = latest(events, now, |kind| *kind == FactKind::AccountOpened);
    let bought = latest(events, now, |kind| *kind == FactKind::Purchase);
    let served = |at: &Timestamp| now.duration_since(*at) < PURCHASE_SERVED_FOR;
    opened.is_some_and(|at| after(&at)) || bought.is_some_and(|at| after(&at) && served(&at))
}

fn latest(events: &[Fact], now: Timestamp, is: impl Fn(&FactKind) -> bool) -> Option<Timestamp> {
    let hit = events.iter().filter(|f| is(&f.kind) && counts(f, now));
    hit.map(|fact| fact.at).max()
}

/// A fact counts from when it is recorded and has happened.
fn counts(fact: &Fact, now: Timestamp) -> bool {
    fact.recorded_at <= now && fact.at <= now
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Scope;

    fn at(text: &str) -> Timestamp {
        format!("{text}T00:00:00Z").parse().unwrap()
    }

    fn facts(events: &[(FactKind, &str)]) -> Facts {
        let fact = |(kind, day): &(FactKind, &str)| Fact {
            kind: kind.clone(),
            at: at(day),
            recorded_at: at(day),
            scope: Scope::default(),
        };
        let mut facts = Facts {
            events: events.iter().map(fact).collect(),
            ..Facts::default()
        };
        facts.relate(at("2026-11-01"));
        facts
    }

    #[test]
    fn a_relationship_runs_while_an_account_is_open_or_a_purchase_recent() {
        use FactKind::{AccountClosed, AccountOpened, Erase, Inquiry, Purchase};
        let rows: [(&[(FactKind, &str)], bool); 13] = [
            (&[], false),
            (&[(Inquiry, "2026-10-01")], false),
            (&[(AccountOpened, "2019-10-01")], true),
            (&[(Purchase, "2026-10-01")], true),
            (&[(Purchase, "2024-11-02")], true),
            (&[(Purchase, "2024-11-01")], false),
            (
                &[(AccountOpened, "2026-01-01"), (AccountClosed, "2026-02-01")],
                false,
            ),
            (
                &[(AccountClosed, "2026-02-01"), (AccountOpened, "2026-01-01")],
                false,
            ),
            (
                &[(AccountOpened, "2026-02-01"), (AccountClosed, "2026-02-01")],
                false,
            ),
            (
                &[(Purchase, "2026-01-01"), (AccountClosed, "2026-02-01")],
                false,
            ),
            (
                &[(AccountClosed, "2026-02-01"), (Purchase, "2026-03-01")],
                true,
            ),
            (
                &[(AccountOpened, "2026-01-01"), (Erase, "2026-02-01")],
                false,
            ),
            (&[(AccountOpened, "2027-01-01")], false),
        ];
        for (events, wanted) in rows {
            assert_eq!(facts(events).account_active, wanted, "{events:?}");
        }
    }

    #[test]
    fn dates_are_taken_once_in_order_and_not_from_before_an_erasure() {
        use FactKind::{Erase, Inquiry, Purchase};
        let mut facts = facts(&[
            (Purchase, "2026-05-01"),
            (Purchase, "2026-04-01"),
            (Erase, "2026-03-01"),
            (Purchase, "2026-02-01"),
            (Inquiry, "2026-06-01"),
        ]);
        let before = facts.clone();
        facts.relate(at("2026-11-01"));
        assert_eq!(facts, before);
        assert_eq!(facts.purchases, [at("2026-04-01"), at("2026-05-01")]);
        assert_eq!(facts.inquiries, [at("2026-06-01")]);
    }
}
