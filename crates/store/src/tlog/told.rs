//! What an intake of people tells the ledger: each collection and each fact, under the person's key.

use std::collections::HashMap;

use avow_ledger::SuppressionChange::Added;
use avow_ledger::{Collected, Digest, Evidence, Payload, SubjectKey, SuppressionEntry};
use avow_model::{ContactId, EvidenceId, Fact, Timestamp};

use super::keys::{SEED_ADD, Seeds, Subject};
use super::pen::Pen;
use crate::batch::Batch;
use crate::evidence::evidence_at;
use crate::fact_rows::whole_micros;
use crate::intake::NewCollection;
use crate::markers::INSTALLATION;
use crate::plan::{Coming, Known, KnownCollection, Plan};
use crate::row::Row;
use crate::sql::queries;
use crate::value::{Value, params};
use crate::{AccountScope, StoreError};

queries! {
    EVIDENCE_OF = "SELECT id, kind, source, wording, at FROM evidence WHERE account = $1 AND id {in $2}";
    SUPPRESSIONS_ANY = "SELECT account FROM suppression WHERE account {in $1} LIMIT 1";
}

/// What has to be read before a plan can be told.
pub(crate) struct Told {
    policy: Digest,
    /// Keys of people who are known.
    keys: HashMap<Subject, SubjectKey>,
    evidence: HashMap<EvidenceId, Evidence>,
    /// Suppressions that await people who are new here.
    suppressions: HashMap<ContactId, Vec<SuppressionEntry>>,
    /// For people who have no key yet.
    seeds: Seeds,
}

/// Writes the entries of one intake.
pub(crate) struct Teller<'s> {
    scope: &'s AccountScope,
    told: Told,
    pen: Pen<'s>,
    seeds: Vec<Vec<Value>>,
}

/// A person in the ledger.
pub(crate) struct Person {
    subject: Subject,
    /// None where the person was erased and does not come back.
    key: Option<SubjectKey>,
}

impl AccountScope {
    /// Reads what a plan needs to be told.
    pub(crate) async fn told(&self, plan: &Plan) -> Result<Told, StoreError> {
        let now = self.now();
        let keyless = |k: &&Known| k.coming != Coming::Known;
        let newcomers: Vec<&Known> = plan.people.iter().filter(keyless).collect();
        let has_news = |k: &&Known| !k.new_collections.is_empty() || !k.new_facts.is_empty();
        let known = plan.people.iter().filter(|k| !keyless(k)).filter(has_news);
        let mut wanted: Vec<i64> = known.map(|k| k.id.as_i64()).collect();
        wanted.sort_unstable();
        Ok(Told {
            policy: self.policy_hashes().await?.in_force(now),
            keys: self.subject_keys(wanted).await?,
            evidence: self.evidence_of(plan).await?,
            seeds: Seeds::of(&*self.store.inner.entropy, newcomers.len()),
            suppressions: self.awaiting(&newcomers).await?,
        })
    }

    async fn evidence_of(&self, plan: &Plan) -> Result<HashMap<EvidenceId, Evidence>, StoreError> {
        let collections = plan.people.iter().flat_map(|k| &k.new_collections);
        let mut wanted: Vec<i64> = collections
            .filter_map(|c| c.evidence)
            .map(EvidenceId::as_i64)
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        if wanted.is_empty() {
            return Ok(HashMap::new());
        }
        let key = params![self.id(), wanted];
        let rows = self.db().query_map(&EVIDENCE_OF, key, evidence).await?;
        Ok(rows.into_iter().collect())
    }

    /// Suppressions of these newcomers' addresses. Costs nothing where the account has none at all.
    async fn awaiting(
        &self,
        newcomers: &[&Known],
    ) -> Result<HashMap<ContactId, Vec<SuppressionEntry>>, StoreError> {
        let scopes = params![vec![INSTALLATION.as_i64(), self.id().as_i64()]];
        let any = |row: &Row<'_>| row.get::<i64>(0);
        let any = self.db().query_opt(&SUPPRESSIONS_ANY, scopes, any).await?;
        if any.is_none() || newcomers.is_empty() {
            return Ok(HashMap::new());
        }
        let addresses = newcomers
            .iter()
            .filter_map(|k| Some((k.id, k.address.parse().ok()?)))
            .collect();
        let found = self.suppressions_of(addresses).await?;
        let entries = |list: Vec<_>| {
            list.iter()
                .map(|s| SuppressionEntry::new(Added, s))
                .collect()
        };
        Ok(found
            .into_iter()
            .map(|(id, list)| (id, entries(list)))
            .collect())
    }
}

impl<'s> Teller<'s> {
    pub(crate) fn new(scope: &'s AccountScope, told: Told) -> Self {
        Self {
            scope,
            pen: Pen::new(scope, told.policy, scope.now()),
            told,
            seeds: Vec::new(),
        }
    }

    /// The person's place in the ledger: a new key for whoever is new or comes back, and for these what
    /// the store knew already.
    pub(crate) fn person(&mut self, known: &Known) -> Result<Person, StoreError> {
        let subject = Subject::from(known.id);
        if known.coming == Coming::Known {
            let key = self.told.keys.get(&subject).cloned();
            return Ok(Person { subject, key });
        }
        let seed = self.told.seeds.next();
        // Whatever was sealed for the person before an erasure belongs to the key that is gone.
        let returned = known.coming == Coming::Returned;
        let since = if returned { self.scope.next_id() } else { 0 };
        self.seeds.push(self.scope.seed_row(subject, &seed, since));
        let key = Some(self.pen.key().subject(&seed));
        let person = Person { subject, key };
        for suppression in self.told.suppressions.remove(&known.id).unwrap_or_default() {
            self.write(&person, &Payload::Suppression(suppression))?;
        }
        if returned {
            self.again(&person, known)?;
        }
        Ok(person)
    }

    /// The person's facts outlive an erasure; the gate reads them, so the new chain tells them again.
    fn again(&mut self, person: &Person, known: &Known) -> Result<(), StoreError> {
        for c in &known.collections {
            self.write(person, &Payload::Collection(collected_before(c)))?;
        }
        for fact in &known.facts {
            self.chosen(person, fact.clone())?;
        }
        Ok(())
    }

    pub(crate) fn collected(
        &mut self,
        person: &Person,
        new: &NewCollection,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let evidence = new.evidence.and_then(|id| self.told.evidence.get(&id));
        let collected = Collected {
            categories: new.categories.clone(),
            version: new.version,
            how: new.how,
            at: whole_micros(new.at),
            recorded_at: whole_micros(now),
            evidence: evidence.cloned(),
        };
        self.write(person, &Payload::Collection(collected))
    }

    pub(crate) fn chosen(&mut self, person: &Person, fact: Fact) -> Result<(), StoreError> {
        self.write(person, &Payload::Choice(fact))
    }

    fn write(&mut self, person: &Person, payload: &Payload) -> Result<(), StoreError> {
        let written = self.pen.write(person.subject, person.key.as_ref(), payload);
        written.map(drop)
    }

    /// Puts seeds and entries into the batch.
    pub(crate) fn file(self, batch: &mut Batch) {
        batch.each(&SEED_ADD, self.seeds);
        self.pen.file(batch);
    }
}

fn collected_before(known: &KnownCollection) -> Collected {
    let names = known.names.split_ascii_whitespace();
    Collected {
        categories: names.filter_map(|name| name.parse().ok()).collect(),
        version: known.version,
        how: known.how,
        at: known.at,
        recorded_at: known.recorded_at,
        evidence: None,
    }
}

fn evidence(row: &Row<'_>) -> Result<(EvidenceId, Evidence), StoreError> {
    let kept = evidence_at(row, 1)?;
    let evidence = Evidence {
        kind: kept.kind.as_str().to_owned(),
        wording: (!kept.wording.is_empty()).then(|| Digest::of(kept.wording.as_bytes())),
        source: kept.source,
    };
    Ok((row.get(0)?, evidence))
}
