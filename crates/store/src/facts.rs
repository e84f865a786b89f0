//! Facts: what the gate may know about people, and the acts that add to it.
//!
//! Promises: a recorded fact is on the disk before the call returns and is never changed; the facts of
//! a page of contacts cost four queries whatever their number. Never: folds or judges (that is `policy`).

use avow_ledger::{Payload, RightsKind, RightsStage, RightsStep};
use avow_model::{
    AccountId, ContactId, Datum, EmailAddress, Fact, FactId, FactKind, Facts, How, MailFormat,
    Scope, Slug, StoreHealth, Suppression, SuppressionScope, Timestamp,
};

use crate::batch::Batch;
use crate::fact_rows::{
    FACT_ADD_TEXT, FactPlace, NewFact, as_kept, fact_at, fact_columns, fact_params, restricts,
    whole_micros,
};
use crate::markers::{INSTALLATION, Marker};
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, NewEntry, StoreError};

queries! {
    pub(crate) FACT_ADD = FACT_ADD_TEXT;
    pub(crate) CONTACT_EXISTS = "UPDATE contact SET created_at = created_at WHERE account = $1 AND id = $2";
    PAGE_CONTACTS = "SELECT id, address, jurisdiction, age, soft_opt_in, last_activity_at,
        text_only, retired_at FROM contact WHERE account = $1 AND id {in $2}";
    PAGE_COLLECTIONS = "SELECT contact, categories, version, how FROM collection
        WHERE account = $1 AND contact {in $2} ORDER BY contact, id";
    PAGE_FACTS = concat!("SELECT f.contact, ", fact_columns!(), " FROM fact f
        WHERE f.account = $1 AND f.contact {in $2} ORDER BY f.contact, f.id");
    PAGE_SUPPRESSIONS = "SELECT account, marker, class, at, purpose, brand, list FROM suppression
        WHERE account {in $1} AND marker {in $2} ORDER BY account, marker, id";
}

impl AccountScope {
    /// Records a fact; on the disk when it returns.
    ///
    /// An `Erase` also blanks the address, the fields, the network addresses of earlier facts, the replies
    /// of mail servers and the single messages of the contact; the facts themselves stay. A no moves the
    /// restriction counter.
    pub async fn record_fact(
        &self,
        contact: ContactId,
        new: NewFact,
    ) -> Result<FactId, StoreError> {
        if new.kind == FactKind::Erase {
            return self.erase(contact, new).await;
        }
        self.record(contact, new, |_| None).await
    }

    /// Records that a person objected, and that it is done (GDPR 21): both are on the disk when it returns, or neither.
    pub async fn record_objection(
        &self,
        contact: ContactId,
        new: NewFact,
    ) -> Result<FactId, StoreError> {
        let at = whole_micros(self.now());
        let done = |fact: FactId| {
            let step = RightsStep {
                at,
                request: fact.to_string(),
                right: RightsKind::Object,
                stage: RightsStage::Done,
            };
            Some(NewEntry::about(contact, Payload::RightsStep(step)))
        };
        self.record(contact, new, done).await
    }

    async fn record(
        &self,
        contact: ContactId,
        new: NewFact,
        beside: impl Fn(FactId) -> Option<NewEntry>,
    ) -> Result<FactId, StoreError> {
        let id = FactId::from_i64(self.next_id());
        let place = FactPlace {
            account: self.id(),
            contact,
            id,
            now: self.now(),
        };
        let mut entries = vec![NewEntry::about(
            contact,
            Payload::Choice(as_kept(place, &new)),
        )];
        entries.extend(beside(id));
        let mut batch = Batch::new();
        batch.run(&CONTACT_EXISTS, params![self.id(), contact]);
        batch.expect(1, "there is no such contact in this account");
        batch.run(&FACT_ADD, fact_params(place, &new));
        self.enter(&mut batch, &entries).await?;
        self.db().write(batch).await?;
        if restricts(&new.kind) {
            self.shared().note_restriction();
        }
        Ok(id)
    }

    /// A number that grows whenever this process records a no of anybody in the account: whoever holds
    /// facts reads them again when it has moved. Writes of other processes do not show here.
    pub fn restriction_counter(&self) -> u64 {
        self.shared().restrictions()
    }

    /// All that the gate may know about one contact. Of a contact that does not exist: nothing.
    pub async fn facts(&self, contact: ContactId) -> Result<Facts, StoreError> {
        let page = self.facts_page(&[contact]).await?;
        Ok(page.into_iter().next().unwrap_or_default())
    }

    /// As `facts`, and where they cannot be read, facts that say so: the gate then holds.
    pub async fn facts_or_down(&self, contact: ContactId) -> Facts {
        self.facts(contact).await.unwrap_or_else(|fault| {
            tracing::warn!(%fault, "facts could not be read: the gate holds");
            Facts {
                store: StoreHealth::Down,
                ..Facts::default()
            }
        })
    }

    /// The facts of many contacts, in their order. `contacts` must be sorted and without repeats.
    pub async fn facts_page(&self, contacts: &[ContactId]) -> Result<Vec<Facts>, StoreError> {
        debug_assert!(contacts.is_sorted(), "facts_page takes sorted ids");
        let ids: Vec<i64> = contacts.iter().map(|c| c.as_i64()).collect();
        let key = || params![self.id(), ids.clone()];
        let slug = self.slug().await?;
        let mut page = Page::new(contacts);
        let held = move |row: &Row<'_>| held_data(row, &slug);
        let events = |row: &Row<'_>| Ok((row.get(0)?, fact_at(row, 1)?));
        // Side by side: each goes to a reader of its own.
        let (people, data, events) = tokio::try_join!(
            self.db().query_map(&PAGE_CONTACTS, key(), person),
            self.db().query_map(&PAGE_COLLECTIONS, key(), held),
            self.db().query_map(&PAGE_FACTS, key(), events),
        )?;
        let marked = self.marked(
            people
                .iter()
                .filter_map(|p| Some((p.id, p.address.as_ref()?))),
        );
        let entries = self.entries_against(&marked).await?;
        page.people(people);
        page.data(data);
        page.events(events);
        page.relate(self.now());
        page.suppressions(entries, &marked);
        Ok(page.facts)
    }

    /// Suppressions that match these people's addresses.
    pub(crate) async fn suppressions_of(
        &self,
        people: Vec<(ContactId, EmailAddress)>,
    ) -> Result<Vec<(ContactId, Vec<Suppression>)>, StoreError> {
        let marked = self.marked(people.iter().map(|(id, address)| (*id, address)));
        let mut ids: Vec<ContactId> = people.iter().map(|(id, _)| *id).collect();
        ids.sort_unstable();
        let mut page = Page::new(&ids);
        page.suppressions(self.entries_against(&marked).await?, &marked);
        let found = page.facts.into_iter().map(|facts| facts.suppressions);
        let found: Vec<_> = found.collect();
        Ok(ids
            .into_iter()
            .zip(found)
            .filter(|(_, s)| !s.is_empty())
            .collect())
    }

    async fn entries_against(
        &self,
        marked: &[(Marker, ContactId)],
    ) -> Result<Vec<(Marker, Suppression)>, StoreError> {
        let markers: Vec<Vec<u8>> = marked.iter().map(|(m, _)| m.to_vec()).collect();
        let scopes = vec![INSTALLATION.as_i64(), self.id().as_i64()];
        let key = params![scopes, markers];
        let db = self.db();
        db.query_map(&PAGE_SUPPRESSIONS, key, suppression).await
    }

    /// Both markers of each address, sorted, with whose they are.
    fn marked<'p>(
        &self,
        people: impl Iterator<Item = (ContactId, &'p EmailAddress)>,
    ) -> Vec<(Marker, ContactId)> {
        let markers = self.markers();
        let both = |(id, address): (ContactId, &EmailAddress)| {
            [self.id(), INSTALLATION].map(|a| (markers.suppression(a, address), id))
        };
        let mut marked: Vec<_> = people.flat_map(both).collect();
        marked.sort_unstable();
        marked
    }
}

/// What the contact's own row says.
struct Person {
    id: ContactId,
    address: Option<EmailAddress>,
    facts: Facts,
}

fn person(row: &Row<'_>) -> Result<Person, StoreError> {
    let address: String = row.get(1)?;
    Ok(Person {
        id: row.get(0)?,
        address: address.parse().ok(),
        facts: Facts {
            jurisdiction: row.get(2)?,
            age: row.get(3)?,
            soft_opt_in: row.get(4)?,
            last_activity: row.get(5)?,
            format: if row.get(6)? {
                MailFormat::TextOnly
            } else {
                MailFormat::Any
            },
            retired: row.get(7)?,
            ..Facts::default()
        },
    })
}

fn held_data(row: &Row<'_>, slug: &Slug) -> Result<(ContactId, Vec<Datum>), StoreError> {
    let categories: String = row.get(1)?;
    let version: Option<u32> = row.get(2)?;
    let how: How = row.get(3)?;
    let datum = |name: &str| {
        let category = name.parse();
        Ok(Datum {
            category: category.map_err(|_| row.corrupt(1, "a name that is no category"))?,
            version,
            how,
            account: slug.clone(),
        })
    };
    let data: Result<_, StoreError> = categories.split_ascii_whitespace().map(datum).collect();
    Ok((row.get(0)?, data?))
}

fn suppression(row: &Row<'_>) -> Result<(Marker, Suppression), StoreError> {
    let account: AccountId = row.get(0)?;
    let reach = if account == INSTALLATION {
        SuppressionScope::Global
    } else {
        SuppressionScope::Account
    };
    let entry = Suppression {
        class: row.get(2)?,
        reach,
        at: row.get(3)?,
        scope: Scope {
            account: None,
            brand: row.get(5)?,
            list: row.get(6)?,
        },
        purpose: row.get(4)?,
    };
    Ok((row.get(1)?, entry))
}

/// A page being filled: facts beside the sorted ids they belong to.
struct Page<'a> {
    contacts: &'a [ContactId],
    facts: Vec<Facts>,
}

impl<'a> Page<'a> {
    fn new(contacts: &'a [ContactId]) -> Self {
        let facts = vec![Facts::default(); contacts.len()];
        Self { contacts, facts }
    }

    fn of(&mut self, contact: ContactId) -> Option<&mut Facts> {
        let at = self.contacts.binary_search(&contact).ok()?;
        self.facts.get_mut(at)
    }

    fn people(&mut self, people: Vec<Person>) {
        for person in people {
            if let Some(facts) = self.of(person.id) {
                *facts = person.facts;
            }
        }
    }

    fn data(&mut self, rows: Vec<(ContactId, Vec<Datum>)>) {
        for (contact, data) in rows {
            if let Some(facts) = self.of(contact) {
                facts.data.extend(data);
            }
        }
    }

    fn events(&mut self, rows: Vec<(ContactId, Fact)>) {
        for (contact, event) in rows {
            if let Some(facts) = self.of(contact) {
                facts.events.push(event);
            }
        }
    }

    /// What the events say of purchases and of a running relationship.
    fn relate(&mut self, now: Timestamp) {
        self.facts.iter_mut().for_each(|facts| facts.relate(now));
    }

    /// Wide matching gives one entry to several contacts; `marked` is sorted by marker.
    fn suppressions(&mut self, rows: Vec<(Marker, Suppression)>, marked: &[(Marker, ContactId)]) {
        for (marker, entry) in rows {
            let first = marked.partition_point(|(m, _)| *m < marker);
            let same = marked[first..].iter().take_while(|(m, _)| *m == marker);
            for (_, contact) in same {
                if let Some(facts) = self.of(*contact) {
                    facts.suppressions.push(entry.clone());
                }
            }
        }
    }
}
