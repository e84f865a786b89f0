//! From a record to a contact with its consent, or the reason why not.
//!
//! What a file can prove and what not: a time and a network address of the person's own opt-in are
//! evidence; the attestation of a signer is weaker evidence; without either nobody is taken to have
//! said yes. A no is never lost to a bad time and never outweighed by a yes of the same row.

use std::collections::BTreeMap;

use avow_model::{
    Category, EmailAddress, FactKind, How, Jurisdiction, ListId, Purpose, PurposeSelector,
    Timestamp,
};
use avow_store::{ContactFlags, ImportContact, NewCollection, NewFact, SubscriptionState};

use super::basis::Basis;
use super::columns::Columns;
use super::consent::Consent;
use super::domains;
use super::error::Reject;
use super::plan::{Attestation, ImportPlan, Standing, Tally};
use super::slots::{FIELDS_MAX, Slots};
use super::times;

/// Bytes kept of one field; the rest is cut.
const FIELD_BYTES_MAX: usize = 2_000;

/// Reads a record by column number.
pub(super) trait Record {
    fn field(&self, index: usize) -> &str;
}

/// What stands behind a yes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Proof {
    /// The file's attestation.
    Attestation,
    /// The opt-in columns of the row; source and wording where the row has them.
    Columns { source: String, wording: String },
    /// The columns about dealings: purchases, inquiries, accounts.
    Dealings,
}

/// A contact, and its evidence by content: ids come when it is written.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) contact: ImportContact,
    pub(super) proof: Option<Proof>,
    /// Purchases and their like, which rest on the file itself.
    pub(super) dealings: Vec<NewFact>,
}

/// Reads rows of one file.
pub(super) struct RowReader {
    pub(super) columns: Columns,
    pub(super) slots: Slots,
    pub(super) basis: Basis,
    pub(super) attestation: Option<Attestation>,
    pub(super) purposes: Vec<Purpose>,
    list: Option<ListId>,
    everyone: Standing,
    email: Category,
    /// When the run began: the time of what has none of its own.
    pub(super) now: Timestamp,
    pub(super) tally: Tally,
}

/// `true`, `1`, `yes` and their like.
pub(super) fn is_true(word: &str) -> bool {
    matches!(
        word.trim().to_lowercase().as_str(),
        "true" | "1" | "yes" | "y" | "oui" | "ja" | "x"
    )
}

pub(super) fn at(record: &impl Record, slot: Option<usize>) -> &str {
    slot.map_or("", |index| record.field(index).trim())
}

impl RowReader {
    pub(super) fn new(columns: Columns, basis: Basis, plan: &ImportPlan, now: Timestamp) -> Self {
        Self {
            slots: Slots::of(&columns),
            columns,
            basis,
            attestation: plan.attestation.clone(),
            purposes: plan.purposes.clone(),
            list: plan.list,
            everyone: plan.everyone.max(standing_of_name(&plan.file_name)),
            email: email_category(),
            now,
            tally: Tally::default(),
        }
    }

    pub(super) fn columns(&self) -> &Columns {
        &self.columns
    }

    /// One row. Counts it in the tally when it is taken.
    pub(super) fn read(&mut self, record: &impl Record) -> Result<Draft, Reject> {
        let address: EmailAddress = record.field(self.columns.address()).parse()?;
        let standings = self.standings(record)?;
        let strictest = standings.iter().copied().max().unwrap_or_default();
        let consent = match strictest {
            Standing::Subscribed => self.consent(record)?,
            _ => None,
        };
        let draft = match strictest {
            Standing::Subscribed | Standing::NotSubscribed => {
                let dealings = self.dealings(record)?;
                let draft = self.person(record, address, strictest, consent);
                Draft { dealings, ..draft }
            }
            _ => self.refuser(record, address, &standings),
        };
        self.count(&draft, strictest);
        Ok(draft)
    }

    /// All that the row says about where the person stands.
    fn standings(&self, record: &impl Record) -> Result<Vec<Standing>, Reject> {
        let slots = &self.slots;
        let mut all = vec![self.everyone];
        let word = at(record, slots.status);
        all.push(Standing::parse(word).ok_or_else(|| Reject::Status {
            column: self.header(slots.status),
            word: word.to_owned(),
        })?);
        if is_true(at(record, slots.blacklisted)) {
            all.push(Standing::Unsubscribed);
        }
        if slots.opt_in.is_some() && !is_true(at(record, slots.opt_in)) {
            all.push(Standing::NotSubscribed);
        }
        if !at(record, slots.clean_time).is_empty() {
            all.push(Standing::Cleaned);
        }
        if !at(record, slots.unsubscribe_time).is_empty() {
            let reason = at(record, slots.unsubscribe_reason).to_lowercase();
            let complaint = ["abuse", "spam", "complain"]
                .iter()
                .any(|w| reason.contains(w));
            all.push(if complaint {
                Standing::Complained
            } else {
                Standing::Unsubscribed
            });
        }
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }

    pub(super) fn header(&self, slot: Option<usize>) -> String {
        slot.and_then(|index| self.columns.headers.get(index))
            .cloned()
            .unwrap_or_default()
    }

    /// Somebody who said no or is not there: the address and the no, nothing else.
    fn refuser(
        &self,
        record: &impl Record,
        address: EmailAddress,
        standings: &[Standing],
    ) -> Draft {
        let when = |slot| {
            let time = times::time(at(record, slot)).unwrap_or(self.now);
            time.min(self.now)
        };
        let left = when(self.slots.unsubscribe_time);
        let facts = standings.iter().filter_map(|standing| {
            Some(match standing {
                Standing::Subscribed | Standing::NotSubscribed => return None,
                Standing::Cleaned => NewFact::new(FactKind::Bounce, when(self.slots.clean_time)),
                Standing::Unsubscribed => {
                    let purpose = PurposeSelector::AllMarketing;
                    NewFact::new(FactKind::Withdraw { purpose }, left)
                }
                Standing::Blocklisted => {
                    let purpose = PurposeSelector::Any;
                    NewFact::new(FactKind::Object { purpose }, left)
                }
                Standing::Complained => NewFact::new(FactKind::Complaint, left),
            })
        });
        let facts = facts.collect();
        let contact = self.contact(record, address, BTreeMap::new());
        let subscribe = self.list.map(|list| (list, SubscriptionState::Ended));
        let contact = ImportContact {
            facts,
            subscribe,
            ..contact
        };
        Draft {
            contact,
            proof: None,
            dealings: Vec::new(),
        }
    }

    /// Somebody who may be written to, if the evidence carries it.
    fn person(
        &self,
        record: &impl Record,
        address: EmailAddress,
        standing: Standing,
        consent: Option<Consent>,
    ) -> Draft {
        let fields = self.fields(record);
        let mut categories = self.columns.categories(&fields);
        categories.insert(0, self.email.clone());
        let version = consent.as_ref().and_then(|consent| consent.version);
        let collection = NewCollection {
            categories,
            version,
            how: if version.is_some() {
                How::ImportAttested
            } else {
                How::ImportUnattested
            },
            evidence: None,
            at: consent.as_ref().map_or(self.now, |consent| consent.at),
        };
        let state = match standing {
            Standing::Subscribed => SubscriptionState::Confirmed,
            _ => SubscriptionState::Pending,
        };
        let attested = matches!(&consent, Some(c) if c.proof == Proof::Attestation);
        let contact = ImportContact {
            soft_opt_in: attested && self.attestation.as_ref().is_some_and(|a| a.soft_opt_in),
            collection: Some(collection),
            facts: consent
                .iter()
                .flat_map(|consent| self.grants(consent))
                .collect(),
            subscribe: self.list.map(|list| (list, state)),
            ..self.contact(record, address, fields)
        };
        let proof = consent.map(|consent| consent.proof);
        Draft {
            contact,
            proof,
            dealings: Vec::new(),
        }
    }

    fn contact(
        &self,
        record: &impl Record,
        address: EmailAddress,
        fields: BTreeMap<String, String>,
    ) -> ImportContact {
        ImportContact {
            flags: ContactFlags {
                role: address.is_role(),
                disposable: domains::is_disposable(address.domain()),
            },
            address,
            fields,
            jurisdiction: jurisdiction(
                at(record, self.slots.country),
                at(record, self.slots.region),
            ),
            age: None,
            soft_opt_in: false,
            collection: None,
            facts: Vec::new(),
            subscribe: None,
        }
    }

    fn fields(&self, record: &impl Record) -> BTreeMap<String, String> {
        let mut fields = BTreeMap::new();
        for (index, name) in &self.slots.fields {
            let value = cut(record.field(*index).trim());
            if !value.is_empty() {
                fields.insert(name.clone(), value.to_owned());
            }
        }
        if let Some(index) = self.slots.json {
            self.take_json(record.field(index), &mut fields);
        }
        fields
    }

    /// listmonk's attributes: the texts, numbers and truths at the top of a JSON object, as far as the
    /// policy declares them.
    fn take_json(&self, text: &str, fields: &mut BTreeMap<String, String>) {
        let Ok(serde_json::Value::Object(object)) = serde_json::from_str(text) else {
            return;
        };
        for (name, value) in object {
            let value = match value {
                serde_json::Value::String(text) => text,
                serde_json::Value::Number(number) => number.to_string(),
                serde_json::Value::Bool(truth) => truth.to_string(),
                _ => continue,
            };
            let declared = name
                .parse()
                .is_ok_and(|category| self.basis.declares(&category));
            if declared && fields.len() < FIELDS_MAX {
                fields.entry(name).or_insert_with(|| cut(&value).to_owned());
            }
        }
    }

    fn count(&mut self, draft: &Draft, standing: Standing) {
        let tally = &mut self.tally;
        tally.role_addresses += u64::from(draft.contact.flags.role);
        tally.disposable_addresses += u64::from(draft.contact.flags.disposable);
        let slot = match (standing, &draft.proof) {
            (Standing::Subscribed, Some(Proof::Columns { .. })) => &mut tally.own_act,
            (Standing::Subscribed, Some(Proof::Attestation)) => &mut tally.attested,
            (Standing::Subscribed, Some(Proof::Dealings) | None) => &mut tally.unattested,
            (Standing::NotSubscribed, _) => &mut tally.not_subscribed,
            (Standing::Cleaned, _) => &mut tally.cleaned,
            (Standing::Unsubscribed, _) => &mut tally.unsubscribed,
            (Standing::Blocklisted, _) => &mut tally.blocklisted,
            (Standing::Complained, _) => &mut tally.complained,
        };
        *slot += 1;
        let confirmed = |fact: &NewFact| {
            matches!(
                fact.kind,
                FactKind::Grant {
                    confirmed: true,
                    ..
                }
            )
        };
        tally.confirmed += u64::from(draft.contact.facts.iter().any(confirmed));
    }
}

/// A country that names its subdivision keeps it; else the subdivision's own column counts, where it can be read.
fn jurisdiction(country: &str, region: &str) -> Option<Jurisdiction> {
    let country = Jurisdiction::parse(country)?;
    let part = Jurisdiction::parse(&format!("{}-{region}", country.as_str()));
    Some(part.unwrap_or(country))
}

fn email_category() -> Category {
    "email".parse().expect("invariant: `email` is a name")
}

pub(super) fn cut(value: &str) -> &str {
    &value[..value.floor_char_boundary(FIELD_BYTES_MAX)]
}

/// Mailchimp names its three files by what their people are; a no in the name is believed.
fn standing_of_name(file_name: &str) -> Standing {
    let name = file_name.to_lowercase();
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    if name.starts_with("unsubscribed") {
        Standing::Unsubscribed
    } else if name.starts_with("cleaned") {
        Standing::Cleaned
    } else {
        Standing::Subscribed
    }
}
