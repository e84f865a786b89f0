//! The plan of an intake: what is known of each person and what a batch adds. Pure.
//!
//! Promises: the same person twice in a batch is one contact; nothing known is added again.

use std::collections::{BTreeMap, HashMap};

use avow_model::{Category, ContactId, Fact, How, Jurisdiction, ListId, Timestamp};

use crate::contacts::ContactFlags;
use crate::fact_rows::NewFact;
use crate::imports::ImportCounts;
use crate::intake::{ImportBatchResult, NewCollection, NewContact, Saved};
use crate::lists::SubscriptionState;
use crate::markers::Marker;

/// How a person stands to the store when a batch comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coming {
    /// Not in the store yet.
    New,
    Known,
    /// Was erased, and comes back by the person's own act.
    Returned,
}

/// One person while a batch is planned.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) id: ContactId,
    pub(crate) marker: Marker,
    /// As typed; empty of an erased person.
    pub(crate) address: String,
    pub(crate) fields: BTreeMap<String, String>,
    /// As the row had them when it was read: what was corrected since is not written over.
    pub(crate) fields_then: String,
    pub(crate) flags: ContactFlags,
    pub(crate) jurisdiction: Jurisdiction,
    pub(crate) age: Option<u8>,
    pub(crate) soft_opt_in: bool,
    pub(crate) coming: Coming,
    /// Its own row differs from the store's.
    pub(crate) changed: bool,
    pub(crate) facts: Vec<Fact>,
    pub(crate) collections: Vec<KnownCollection>,
    pub(crate) places: Vec<ListId>,
    pub(crate) new_facts: Vec<NewFact>,
    pub(crate) new_collections: Vec<NewCollection>,
    pub(crate) new_places: Vec<(ListId, SubscriptionState)>,
}

/// A collection as the store tells two of them apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct KnownCollection {
    pub(crate) names: String,
    pub(crate) version: Option<u32>,
    pub(crate) how: How,
    pub(crate) at: Timestamp,
    pub(crate) recorded_at: Timestamp,
}

/// Categories as their column holds them.
pub(crate) fn names(categories: &[Category]) -> String {
    let names: Vec<&str> = categories.iter().map(Category::as_str).collect();
    names.join(" ")
}

/// The store keeps microseconds: times are compared as it will give them back.
fn same_moment(a: Timestamp, b: Timestamp) -> bool {
    a.as_microsecond() == b.as_microsecond()
}

impl Known {
    /// A known person of whom nothing has been read yet.
    pub(crate) fn blank(id: ContactId) -> Self {
        Self {
            id,
            marker: Marker::default(),
            address: String::new(),
            fields: BTreeMap::new(),
            fields_then: String::new(),
            flags: ContactFlags::default(),
            jurisdiction: Jurisdiction::UNKNOWN,
            age: None,
            soft_opt_in: false,
            coming: Coming::Known,
            changed: false,
            facts: Vec::new(),
            collections: Vec::new(),
            places: Vec::new(),
            new_facts: Vec::new(),
            new_collections: Vec::new(),
            new_places: Vec::new(),
        }
    }

    pub(crate) fn is_erased(&self) -> bool {
        self.address.is_empty() && self.coming != Coming::New
    }

    /// What happened to the person, told to whoever brought it.
    pub(crate) fn saved(&self) -> Saved {
        let added = !self.new_facts.is_empty()
            || !self.new_collections.is_empty()
            || !self.new_places.is_empty();
        match (self.coming, self.changed || added) {
            (Coming::New, _) => Saved::Created,
            (_, true) => Saved::Updated,
            (_, false) => Saved::Unchanged,
        }
    }

    /// Takes in what a row or a form says.
    pub(crate) fn take(&mut self, person: &NewContact) {
        self.take_row(person);
        if let Some(collection) = &person.collection {
            self.take_collection(collection);
        }
        for fact in &person.facts {
            self.take_fact(fact);
        }
        if let Some(place) = person.subscribe {
            self.take_place(place);
        }
    }

    pub(crate) fn take_row(&mut self, person: &NewContact) {
        if self.address.is_empty() {
            person.address.expose().clone_into(&mut self.address);
            self.changed = true;
        }
        for (name, value) in person.fields.iter().filter(|(_, value)| !value.is_empty()) {
            if self.fields.get(name) != Some(value) {
                self.fields.insert(name.clone(), value.clone());
                self.changed = true;
            }
        }
        let before = (self.flags, self.jurisdiction, self.age, self.soft_opt_in);
        self.flags = person.flags;
        let said = person.jurisdiction.map(|j| self.jurisdiction.refined(j));
        self.jurisdiction = said.unwrap_or(self.jurisdiction);
        self.age = person.age.or(self.age);
        self.soft_opt_in |= person.soft_opt_in;
        self.changed |= before != (self.flags, self.jurisdiction, self.age, self.soft_opt_in);
    }

    pub(crate) fn take_collection(&mut self, new: &NewCollection) {
        let names = names(&new.categories);
        let same = |c: &KnownCollection| {
            c.names == names
                && c.version == new.version
                && c.how == new.how
                && same_moment(c.at, new.at)
        };
        if !self.collections.iter().any(same) && !self.new_collections.contains(new) {
            self.new_collections.push(new.clone());
        }
    }

    /// The same categories came in the same way, whenever.
    pub(crate) fn holds_collection_like(&self, new: &NewCollection) -> bool {
        let names = names(&new.categories);
        let known =
            |c: &KnownCollection| c.names == names && c.version == new.version && c.how == new.how;
        self.collections.iter().any(known)
            || self.new_collections.iter().any(|c| {
                c.categories == new.categories && c.version == new.version && c.how == new.how
            })
    }

    /// Adds a fact, unless the same happened at the same moment already.
    pub(crate) fn take_fact(&mut self, new: &NewFact) {
        let same =
            |f: &Fact| f.kind == new.kind && f.scope == new.scope && same_moment(f.at, new.at);
        if !self.facts.iter().any(same) && !self.new_facts.contains(new) {
            self.new_facts.push(new.clone());
        }
    }

    pub(crate) fn take_place(&mut self, (list, state): (ListId, SubscriptionState)) {
        if !self.places.contains(&list) {
            self.places.push(list);
            self.new_places.push((list, state));
        }
    }
}

/// A batch of people, each once.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) people: Vec<Known>,
    by_marker: HashMap<Marker, usize>,
    by_id: HashMap<ContactId, usize>,
    /// For each row that came, the person it is about.
    pub(crate) rows: Vec<usize>,
    /// A no is among the new facts.
    pub(crate) restricts: bool,
}

impl Plan {
    pub(crate) fn with_room(rows: usize) -> Self {
        Self {
            people: Vec::with_capacity(rows),
            by_marker: HashMap::with_capacity(rows),
            by_id: HashMap::new(),
            rows: Vec::with_capacity(rows),
            restricts: false,
        }
    }

    /// Enters people that the store knows.
    pub(crate) fn learn(&mut self, people: Vec<Known>, markers: &HashMap<ContactId, Marker>) {
        for mut known in people {
            let Some(marker) = markers.get(&known.id) else {
                continue;
            };
            known.marker = *marker;
            self.by_marker.insert(*marker, self.people.len());
            self.by_id.insert(known.id, self.people.len());
            self.people.push(known);
        }
    }

    fn of(&mut self, contact: ContactId) -> Option<&mut Known> {
        let at = *self.by_id.get(&contact)?;
        self.people.get_mut(at)
    }

    pub(crate) fn facts(&mut self, rows: Vec<(ContactId, Fact)>) {
        for (contact, fact) in rows {
            if let Some(known) = self.of(contact) {
                known.facts.push(fact);
            }
        }
    }

    pub(crate) fn collections(&mut self, rows: Vec<(ContactId, KnownCollection)>) {
        for (contact, collection) in rows {
            if let Some(known) = self.of(contact) {
                known.collections.push(collection);
            }
        }
    }

    pub(crate) fn places(&mut self, rows: Vec<(ContactId, ListId)>) {
        for (contact, list) in rows {
            if let Some(known) = self.of(contact) {
                known.places.push(list);
            }
        }
    }

    /// Somebody with this marker is in the plan.
    pub(crate) fn is_about(&self, marker: &Marker) -> bool {
        self.by_marker.contains_key(marker)
    }

    /// The place of the person with this marker; a new person gets an id.
    pub(crate) fn place(&mut self, marker: Marker, new_id: impl FnOnce() -> ContactId) -> usize {
        if let Some(at) = self.by_marker.get(&marker) {
            return *at;
        }
        let at = self.people.len();
        self.by_marker.insert(marker, at);
        self.people.push(Known {
            marker,
            coming: Coming::New,
            ..Known::blank(new_id())
        });
        at
    }

    /// What the batch does, row by row: the second row of a new person is an update.
    pub(crate) fn result(&self, before: ImportCounts) -> ImportBatchResult {
        let mut seen = vec![false; self.people.len()];
        let mut result = ImportBatchResult::default();
        for at in &self.rows {
            let known = &self.people[*at];
            let again = std::mem::replace(&mut seen[*at], true);
            match known.saved() {
                _ if known.is_erased() => result.erased += 1,
                Saved::Created if !again => result.created += 1,
                Saved::Updated if !again => result.updated += 1,
                _ => result.unchanged += 1,
            }
        }
        result.counts = ImportCounts {
            created: before.created + result.created,
            updated: before.updated + result.updated,
            unchanged: before.unchanged + result.unchanged,
            erased: before.erased + result.erased,
            ..before
        };
        result
    }
}
