//! What a file may add to what is known of a person.
//!
//! Never: lifts a no. A grant out of a file is not even recorded where a no stands, whatever its date:
//! only the person's own act here lifts one. A no that stands is not said twice.

use avow_model::{FactKind, How, PurposeSelector};

use crate::fact_rows::NewFact;
use crate::intake::{NewCollection, NewContact};
use crate::plan::Known;

impl Known {
    /// As `take`, for a row of a file.
    pub(crate) fn take_from_file(&mut self, person: &NewContact) {
        self.take_row(person);
        if let Some(collection) = &person.collection
            && !self.holds_unattested(collection)
        {
            self.take_collection(collection);
        }
        for fact in &person.facts {
            if self.file_may_add(fact) {
                self.take_fact(fact);
            }
        }
        if let Some(place) = person.subscribe {
            self.take_place(place);
        }
    }

    /// Data that nobody attests are bound to nothing: a second file adds nothing to them.
    fn holds_unattested(&self, new: &NewCollection) -> bool {
        new.how == How::ImportUnattested && self.holds_collection_like(new)
    }

    fn file_may_add(&self, new: &NewFact) -> bool {
        match &new.kind {
            FactKind::Grant { purpose, .. } => !self.kinds().any(|no| stands_against(no, purpose)),
            FactKind::Refuse { .. }
            | FactKind::Withdraw { .. }
            | FactKind::Object { .. }
            | FactKind::Complaint
            | FactKind::Bounce => !self.says_already(new),
            _ => true,
        }
    }

    fn kinds(&self) -> impl Iterator<Item = &FactKind> {
        let known = self.facts.iter().map(|fact| &fact.kind);
        known.chain(self.new_facts.iter().map(|fact| &fact.kind))
    }

    /// The same no stands, and no grant came after it.
    fn says_already(&self, new: &NewFact) -> bool {
        let moments = || {
            let known = self.facts.iter().map(|f| (&f.kind, &f.scope, f.at));
            known.chain(self.new_facts.iter().map(|f| (&f.kind, &f.scope, f.at)))
        };
        let same = moments().filter(|(kind, scope, _)| **kind == new.kind && **scope == new.scope);
        let Some(last) = same.map(|(.., at)| at).max() else {
            return false;
        };
        let granted_after =
            |(kind, _, at): (&FactKind, _, _)| matches!(kind, FactKind::Grant { .. }) && at > last;
        !moments().any(granted_after)
    }
}

fn stands_against(no: &FactKind, granted: &PurposeSelector) -> bool {
    match no {
        FactKind::Complaint => true,
        FactKind::Refuse { purpose }
        | FactKind::Withdraw { purpose }
        | FactKind::Object { purpose } => match (purpose, granted) {
            (PurposeSelector::One(no), PurposeSelector::One(yes)) => {
                no.covers(yes) || yes.covers(no)
            }
            _ => true,
        },
        _ => false,
    }
}
