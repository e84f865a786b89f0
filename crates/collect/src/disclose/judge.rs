//! What of one person may go to the recipient, and if nothing, why.

use avow_model::{Category, Facts, Timestamp, Verb};
use avow_policy::{Code, Request, decide};
use avow_store::ContactSummary;

use super::{Counter, Order};
use crate::retention::is_of;

/// The category of the address itself.
pub(super) const EMAIL: &str = "email";

/// One order, as it is judged at one moment.
pub(super) struct Case<'a> {
    pub counter: Counter<'a>,
    pub order: &'a Order,
    pub verb: &'a Verb,
    pub reads: &'a [Category],
    pub now: Timestamp,
}

/// What the gate says of one person.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Judged {
    /// These kinds of data, never none.
    Given(Vec<Category>),
    Refused(Code),
}

impl Case<'_> {
    /// Asks about each kind of data that the person has.
    pub(super) fn judge(&self, person: &ContactSummary, facts: &Facts) -> Judged {
        let mut given = Vec::new();
        let mut refused = Code::DNoDataHeld;
        for category in self.reads.iter().filter(|c| holds(person, c)) {
            let decision = decide(
                &self.asking(category),
                facts,
                self.now,
                self.counter.policies,
            );
            if decision.is_allowed() {
                given.push(category.clone());
            } else if let Some(reason) = decision.reasons().first()
                && refused == Code::DNoDataHeld
            {
                refused = reason.code;
            }
        }
        if given.is_empty() {
            Judged::Refused(refused)
        } else {
            Judged::Given(given)
        }
    }

    fn asking(&self, category: &Category) -> Request {
        let account = self.counter.account;
        Request {
            reads: vec![category.clone()],
            recipient: self.order.recipient.clone(),
            ..Request::new(
                account.slug.clone(),
                account.settings.brand.clone(),
                self.order.purpose.clone(),
                self.verb.clone(),
            )
        }
    }
}

/// True when there is a value of this kind.
fn holds(person: &ContactSummary, category: &Category) -> bool {
    category.as_str() == EMAIL || person.fields.keys().any(|field| is_of(field, category))
}
