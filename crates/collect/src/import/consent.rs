//! What a row proves of its person's yes.

use std::net::IpAddr;

use avow_model::{Act, FactKind, Grantor, Method, PurposeSelector, Timestamp};
use avow_store::NewFact;

use super::error::Reject;
use super::row::{Proof, Record, RowReader, at, cut, is_true};
use super::times;

/// A yes and what it is worth.
pub(super) struct Consent {
    pub(super) at: Timestamp,
    pub(super) ip: Option<String>,
    pub(super) confirmed: bool,
    pub(super) version: Option<u32>,
    pub(super) proof: Proof,
}

fn ip(text: &str) -> Option<String> {
    text.trim().parse::<IpAddr>().ok().map(|ip| ip.to_string())
}

impl RowReader {
    /// A time that evidence rests on: absent, good, or a reason to reject the row.
    pub(super) fn time(
        &self,
        record: &impl Record,
        slot: Option<usize>,
    ) -> Result<Option<Timestamp>, Reject> {
        let word = at(record, slot);
        if word.is_empty() {
            return Ok(None);
        }
        let column = || self.header(slot);
        let time = times::time(word).ok_or_else(|| Reject::Time {
            column: column(),
            word: word.to_owned(),
        })?;
        if time > self.now {
            return Err(Reject::Future { column: column() });
        }
        Ok(Some(time))
    }

    /// What of a yes the row can prove, or the attestation says for it.
    pub(super) fn consent(&self, record: &impl Record) -> Result<Option<Consent>, Reject> {
        let slots = &self.slots;
        let opted_in = self.time(record, slots.opt_in_time)?;
        let from = ip(at(record, slots.opt_in_ip));
        let confirmed_at = self.time(record, slots.confirm_time)?;
        let confirmed_from = ip(at(record, slots.confirm_ip));
        if let (Some(at), Some(ip)) = (opted_in, from) {
            return Ok(Some(Consent {
                at,
                ip: Some(ip),
                confirmed: confirmed_at.is_some() && confirmed_from.is_some(),
                version: self.version(record, at, None)?,
                proof: self.columns_proof(record),
            }));
        }
        let Some(attestation) = &self.attestation else {
            return Ok(None);
        };
        let when = opted_in.unwrap_or(attestation.at);
        Ok(Some(Consent {
            at: when,
            ip: None,
            confirmed: confirmed_at.is_some() || is_true(at(record, slots.double_opt_in)),
            version: self.version(record, when, attestation.version)?,
            proof: Proof::Attestation,
        }))
    }

    /// The version the row names, else the attested one, else the one in force then.
    fn version(
        &self,
        record: &impl Record,
        when: Timestamp,
        attested: Option<u32>,
    ) -> Result<Option<u32>, Reject> {
        let word = at(record, self.slots.version);
        if word.is_empty() {
            let attested = attested.filter(|n| self.basis.had_taken_effect(*n, when));
            return Ok(attested.or_else(|| self.basis.in_force(when)));
        }
        let named = word.trim_start_matches(['v', 'V']).parse().ok();
        let named = named.filter(|n| self.basis.had_taken_effect(*n, when));
        named.map(Some).ok_or_else(|| Reject::Version {
            column: self.header(self.slots.version),
            word: word.to_owned(),
        })
    }

    fn columns_proof(&self, record: &impl Record) -> Proof {
        Proof::Columns {
            source: cut(at(record, self.slots.source)).to_owned(),
            wording: cut(at(record, self.slots.wording)).to_owned(),
        }
    }

    /// One grant for each purpose that the caller names.
    pub(super) fn grants<'a>(&'a self, consent: &'a Consent) -> impl Iterator<Item = NewFact> + 'a {
        self.purposes.iter().map(|purpose| {
            let kind = FactKind::Grant {
                purpose: PurposeSelector::One(purpose.clone()),
                saw: consent.version,
                method: Method::Click,
                by: Grantor::Person,
                asked: Act::Fair,
                double_opt_in: consent.confirmed,
                confirmed: consent.confirmed,
                expires: None,
            };
            NewFact {
                ip: consent.ip.clone(),
                ..NewFact::new(kind, consent.at)
            }
        })
    }
}
