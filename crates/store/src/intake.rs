//! Taking people in: one by one from forms, in thousands from files, by the same plan.
//!
//! Promises: everything of a batch lands together with the import's position, or nothing; taking the
//! same in again changes nothing; facts are added and never rewritten or removed. Never: brings an
//! erased person back from a file, or ends or starts again a subscription that a file disagrees with.

use std::collections::{BTreeMap, HashMap};

use avow_model::{
    Category, ContactId, EmailAddress, EvidenceId, FactId, FactKind, How, ImportId, Jurisdiction,
    ListId, Timestamp,
};

use crate::batch::Batch;
use crate::codes::json_text;
use crate::contacts::ContactFlags;
use crate::fact_rows::{
    FactPlace, NewFact, as_kept, fact_at, fact_columns, fact_params, restricts,
};
use crate::facts::FACT_ADD;
use crate::imports::{IMPORT_PROGRESS, ImportCounts};
use crate::lists::SubscriptionState;
use crate::markers::Marker;
use crate::plan::{Coming, Known, KnownCollection, Plan, names};
use crate::row::Row;
use crate::sql::queries;
use crate::tlog::{Teller, Told};
use crate::value::{Value, params};
use crate::{AccountScope, StoreError};

mod ahead;

pub use ahead::{BatchAhead, BatchRows, Marked};

/// How often a batch is planned anew when another writer took one of its addresses in, or erased one of its people,
/// at the same moment.
const PLANS_MAX: usize = 4;

/// One collection of data and what it is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCollection {
    pub categories: Vec<Category>,
    /// The policy version whose notice was served; `None` where nobody attests one.
    pub version: Option<u32>,
    pub how: How,
    pub evidence: Option<EvidenceId>,
    pub at: Timestamp,
}

/// A person to take in.
#[derive(Debug, Clone)]
pub struct NewContact {
    pub address: EmailAddress,
    /// Text values; of a known contact the empty ones change nothing.
    pub fields: BTreeMap<String, String>,
    pub flags: ContactFlags,
    /// `None` leaves what is known.
    pub jurisdiction: Option<Jurisdiction>,
    pub age: Option<u8>,
    /// Attested soft opt-in; once true it stays.
    pub soft_opt_in: bool,
    pub collection: Option<NewCollection>,
    pub facts: Vec<NewFact>,
    /// A list to join. A file never changes a place that the person has on the list already.
    pub subscribe: Option<(ListId, SubscriptionState)>,
}

/// A row of a file, ready to be taken in.
pub type ImportContact = NewContact;

/// Whether a person was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Saved {
    Created,
    Updated,
    Unchanged,
}

/// Where an import stands once a batch is in.
#[derive(Debug, Clone, Copy)]
pub struct ImportStep {
    pub run: ImportId,
    /// The byte of the file after the last row of this batch.
    pub position: u64,
    /// The counts with this batch's rows and rejects, and without what the store is about to find.
    pub counts: ImportCounts,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportBatchResult {
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    /// People who were erased: left alone.
    pub erased: u64,
    /// The counts of the step with this batch's: what the store now holds of the run.
    pub counts: ImportCounts,
}

queries! {
    KEYS_KNOWN = "SELECT marker, contact FROM contact_key WHERE account = $1 AND marker {in $2}";
    CONTACTS_KNOWN = "SELECT id, address, fields, flags, jurisdiction, age, soft_opt_in FROM contact
        WHERE account = $1 AND id {in $2}";
    FACTS_KNOWN = concat!("SELECT f.contact, ", fact_columns!(), " FROM fact f
        WHERE f.account = $1 AND f.contact {in $2} ORDER BY f.contact, f.id");
    COLLECTIONS_KNOWN = "SELECT contact, categories, version, how, at, recorded_at FROM collection
        WHERE account = $1 AND contact {in $2} ORDER BY contact, id";
    PLACES_KNOWN = "SELECT contact, list FROM subscription WHERE account = $1 AND contact {in $2}
        AND list {in $3}";
    CONTACT_ADD = "INSERT INTO contact (account, id, address, fields, flags, jurisdiction, age, soft_opt_in,
        last_activity_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, $9)";
    KEY_ADD = "INSERT INTO contact_key (account, marker, contact) VALUES ($1, $2, $3)";
    CONTACT_UPDATE = "UPDATE contact SET address = $3, fields = $4, flags = $5, jurisdiction = $6, age = $7,
        soft_opt_in = $8 WHERE account = $1 AND id = $2 AND (address <> '' OR $9) AND fields = $10";
    COLLECTION_ADD = "INSERT INTO collection (account, contact, id, categories, version, how, evidence, at,
        recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    PLACE_ADD = "INSERT INTO subscription (account, list, contact, state, at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (account, list, contact) DO NOTHING";
    PLACE_SET = "INSERT INTO subscription (account, list, contact, state, at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (account, list, contact) DO UPDATE SET state = excluded.state, at = excluded.at";
}

/// Who brings a person: it decides what may be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// The person, on a form of ours: an erased person comes back, a place on a list is set.
    Person,
    File,
    /// A member of staff who corrects what is held, in the person's stead.
    Staff,
}

/// What is taken in, and what moves with it.
#[derive(Debug, Clone, Copy)]
struct Work {
    origin: Origin,
    step: Option<ImportStep>,
}

impl Work {
    const PERSON: Self = Self {
        origin: Origin::Person,
        step: None,
    };

    const STAFF: Self = Self {
        origin: Origin::Staff,
        step: None,
    };
    const ADDED: Self = Self {
        origin: Origin::File,
        step: None,
    };

    const fn file(step: ImportStep) -> Self {
        Self {
            origin: Origin::File,
            step: Some(step),
        }
    }
}

impl AccountScope {
    /// Takes one person in, from the person's own act. An erased person's record is filled again, with a
    /// `Recollect` fact before the others.
    pub async fn contact_save(&self, new: NewContact) -> Result<(ContactId, Saved), StoreError> {
        let people = [new];
        let plan = self
            .take_in(&self.markers_of(&people), &people, Work::PERSON)
            .await?;
        let known = plan.people.into_iter().next();
        let known = known.ok_or(StoreError::Missing("no person was given"))?;
        Ok((known.id, known.saved()))
    }

    /// Takes one person in as a row of a file would be: a no is never lifted, and somebody who was erased is left alone
    /// (`None`).
    pub async fn contact_add(
        &self,
        new: NewContact,
    ) -> Result<Option<(ContactId, Saved)>, StoreError> {
        self.one(new, Work::ADDED).await
    }

    /// Corrects what is held of a person, in their stead: values of fields are replaced, empty ones change nothing.
    /// Somebody who was erased is left alone (`None`).
    pub async fn contact_correct(
        &self,
        new: NewContact,
    ) -> Result<Option<(ContactId, Saved)>, StoreError> {
        self.one(new, Work::STAFF).await
    }

    async fn one(
        &self,
        new: NewContact,
        work: Work,
    ) -> Result<Option<(ContactId, Saved)>, StoreError> {
        let people = [new];
        let plan = self
            .take_in(&self.markers_of(&people), &people, work)
            .await?;
        let known = plan.people.into_iter().next();
        Ok(known
            .filter(|known| !known.is_erased())
            .map(|known| (known.id, known.saved())))
    }

    /// Takes many people in, and moves the import on in the same transaction. Ten to twenty thousand at
    /// a time are fastest; several rows of one address in a batch count as one contact and later updates.
    pub async fn import_batch(
        &self,
        people: &[ImportContact],
        step: ImportStep,
    ) -> Result<ImportBatchResult, StoreError> {
        let work = Work::file(step);
        let plan = self.take_in(&self.markers_of(people), people, work).await?;
        Ok(plan.result(step.counts))
    }

    async fn take_in(
        &self,
        marked: &[Marker],
        people: &[NewContact],
        work: Work,
    ) -> Result<Plan, StoreError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let (plan, batch) = self.made(marked, people, work).await?;
            match self.put(&plan, batch).await {
                Ok(()) => return Ok(plan),
                Err(fault) if is_outdated(&fault) && tries < PLANS_MAX => {}
                Err(fault) => return Err(fault),
            }
        }
    }

    /// A plan and the rows that carry it out.
    async fn made(
        &self,
        marked: &[Marker],
        people: &[NewContact],
        work: Work,
    ) -> Result<(Plan, Batch), StoreError> {
        let plan = self.plan(marked, people, work.origin).await?;
        let told = self.told(&plan).await?;
        let batch = self.batch_of(&plan, told, work)?;
        Ok((plan, batch))
    }

    async fn put(&self, plan: &Plan, batch: Batch) -> Result<(), StoreError> {
        self.db().write(batch).await?;
        if plan.restricts {
            self.shared().note_restriction();
        }
        Ok(())
    }

    fn markers_of(&self, people: &[NewContact]) -> Vec<Marker> {
        let markers = self.markers();
        let marker = |p: &NewContact| markers.contact(self.id(), &p.address);
        people.iter().map(marker).collect()
    }

    async fn plan(
        &self,
        marked: &[Marker],
        people: &[NewContact],
        origin: Origin,
    ) -> Result<Plan, StoreError> {
        let mut plan = self.known(marked, people).await?;
        for (person, marker) in people.iter().zip(marked) {
            let at = plan.place(*marker, || ContactId::from_i64(self.next_id()));
            plan.rows.push(at);
            let now = self.now();
            let known = &mut plan.people[at];
            match (known.is_erased(), origin) {
                (true, Origin::File | Origin::Staff) => continue,
                (true, Origin::Person) => {
                    known.coming = Coming::Returned;
                    known.take_fact(&NewFact::new(FactKind::Recollect, now));
                }
                (false, _) => {}
            }
            match origin {
                Origin::Person | Origin::Staff => known.take(person),
                Origin::File => known.take_from_file(person),
            }
            // Other topics can be fewer: a permit that was given for one of them is asked for again.
            plan.restricts |=
                origin != Origin::File && known.coming == Coming::Known && known.changed;
            plan.restricts |= person.facts.iter().any(|f| restricts(&f.kind));
        }
        Ok(plan)
    }

    /// What the store knows of these people already.
    async fn known(&self, marked: &[Marker], people: &[NewContact]) -> Result<Plan, StoreError> {
        let mut wanted: Vec<Vec<u8>> = marked.iter().map(|m| m.to_vec()).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let keys = params![self.id(), wanted];
        let pair = |row: &Row<'_>| Ok((row.get::<Marker>(0)?, row.get::<ContactId>(1)?));
        let pairs = self.db().query_map(&KEYS_KNOWN, keys, pair).await?;
        let mut plan = Plan::with_room(people.len());
        if pairs.is_empty() {
            return Ok(plan);
        }
        let mut ids: Vec<i64> = pairs.iter().map(|(_, id)| id.as_i64()).collect();
        ids.sort_unstable();
        let key = || params![self.id(), ids.clone()];
        let db = self.db();
        let rows = db.query_map(&CONTACTS_KNOWN, key(), known).await?;
        let markers: HashMap<ContactId, Marker> =
            pairs.into_iter().map(|(m, id)| (id, m)).collect();
        plan.learn(rows, &markers);
        let event = |row: &Row<'_>| Ok((row.get(0)?, fact_at(row, 1)?));
        plan.facts(db.query_map(&FACTS_KNOWN, key(), event).await?);
        plan.collections(db.query_map(&COLLECTIONS_KNOWN, key(), collected).await?);
        let mut lists: Vec<i64> = people
            .iter()
            .filter_map(|p| p.subscribe.map(|(list, _)| list.as_i64()))
            .collect();
        lists.sort_unstable();
        lists.dedup();
        let places = params![self.id(), ids.clone(), lists];
        let place = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        plan.places(db.query_map(&PLACES_KNOWN, places, place).await?);
        Ok(plan)
    }

    fn batch_of(&self, plan: &Plan, told: Told, work: Work) -> Result<Batch, StoreError> {
        let mut rows = Rows::default();
        let mut teller = Teller::new(self, told);
        for known in &plan.people {
            self.rows_of(known, &mut rows, &mut teller)?;
        }
        rows.keys.sort_unstable_by_key(|(marker, _)| *marker);
        let mut batch = Batch::new();
        batch.each(&CONTACT_ADD, rows.added);
        batch.each(
            &KEY_ADD,
            rows.keys.into_iter().map(|(_, row)| row).collect(),
        );
        let updated = rows.updated.len() as u64;
        batch.each(&CONTACT_UPDATE, rows.updated);
        batch.expect(
            updated,
            "somebody was erased or corrected while they were taken in",
        );
        batch.each(&COLLECTION_ADD, rows.collections);
        batch.each(&FACT_ADD, rows.facts);
        let places = match work.origin {
            Origin::Person => &PLACE_SET,
            Origin::File | Origin::Staff => &PLACE_ADD,
        };
        batch.each(places, rows.places);
        teller.file(&mut batch);
        if let Some(step) = work.step {
            let counts = json_text(&plan.result(step.counts).counts);
            let row = params![
                self.id(),
                step.run,
                step.position as i64,
                counts,
                self.now()
            ];
            batch.run(&IMPORT_PROGRESS, row);
            batch.expect(1, "another process has carried this import further; start it again to go on from there");
        }
        Ok(batch)
    }

    fn rows_of(
        &self,
        known: &Known,
        rows: &mut Rows,
        teller: &mut Teller<'_>,
    ) -> Result<(), StoreError> {
        let (account, id, now) = (self.id(), known.id, self.now());
        self.contact_row(known, rows);
        let person = teller.person(known)?;
        for c in &known.new_collections {
            let names = names(&c.categories);
            let row = params![
                account,
                id,
                self.next_id(),
                names,
                c.version,
                c.how,
                c.evidence,
                c.at,
                now
            ];
            rows.collections.push(row);
            teller.collected(&person, c, now)?;
        }
        for fact in &known.new_facts {
            let place = FactPlace {
                account,
                contact: id,
                id: FactId::from_i64(self.next_id()),
                now,
            };
            rows.facts.push(fact_params(place, fact));
            teller.chosen(&person, as_kept(place, fact))?;
        }
        for (list, state) in &known.new_places {
            rows.places.push(params![account, *list, id, *state, now]);
        }
        Ok(())
    }

    fn contact_row(&self, known: &Known, rows: &mut Rows) {
        let (account, id) = (self.id(), known.id);
        let row = |extra: Vec<Value>| {
            let mut row = params![
                account,
                id,
                &known.address,
                json_text(&known.fields),
                known.flags.bits(),
                known.jurisdiction,
                known.age,
                known.soft_opt_in
            ];
            row.extend(extra);
            row
        };
        if known.coming == Coming::New {
            rows.added.push(row(params![self.now()]));
            rows.keys
                .push((known.marker, params![account, known.marker, id]));
        } else if known.changed {
            let returns = known.coming == Coming::Returned;
            rows.updated.push(row(params![returns, &known.fields_then]));
        }
    }
}

/// True when a plan was made from what is not so any more.
const fn is_outdated(fault: &StoreError) -> bool {
    matches!(
        fault,
        StoreError::Duplicate { .. } | StoreError::Conflict(_)
    )
}

/// Rows to write, in the order of their keys.
#[derive(Default)]
struct Rows {
    added: Vec<Vec<Value>>,
    keys: Vec<(Marker, Vec<Value>)>,
    updated: Vec<Vec<Value>>,
    collections: Vec<Vec<Value>>,
    facts: Vec<Vec<Value>>,
    places: Vec<Vec<Value>>,
}

/// A collection that is known: whose, what, under which version, how, when.
fn collected(row: &Row<'_>) -> Result<(ContactId, KnownCollection), StoreError> {
    let names: String = row.get(1)?;
    let collection = KnownCollection {
        names,
        version: row.get(2)?,
        how: row.get(3)?,
        at: row.get(4)?,
        recorded_at: row.get(5)?,
    };
    Ok((row.get(0)?, collection))
}

fn known(row: &Row<'_>) -> Result<Known, StoreError> {
    let id = row.get(0)?;
    Ok(Known {
        address: row.get(1)?,
        fields: row.json(2)?,
        fields_then: row.get(2)?,
        flags: ContactFlags::from_bits(row.get(3)?),
        jurisdiction: row.get(4)?,
        age: row.get(5)?,
        soft_opt_in: row.get(6)?,
        ..Known::blank(id)
    })
}
