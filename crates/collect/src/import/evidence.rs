//! Turns what proves a consent into entries of the store, each kept once.

use std::collections::HashMap;

use avow_model::{EvidenceId, Timestamp};
use avow_store::{AccountScope, Evidence, EvidenceKind, ImportContact, NewFact, StoreError};

use super::plan::{Attestation, ImportPlan};
use super::row::{Draft, Proof};

/// Entries remembered while a file is read; a file with more different wordings asks the store again.
const REMEMBERED_MAX: usize = 10_000;

/// The evidence of one file.
pub(super) struct Evidences {
    file_name: String,
    attestation: Option<Attestation>,
    began_at: Timestamp,
    known: HashMap<Proof, EvidenceId>,
}

impl Evidences {
    pub(super) fn new(plan: &ImportPlan, began_at: Timestamp) -> Self {
        Self {
            file_name: plan.file_name.clone(),
            attestation: plan.attestation.clone(),
            began_at,
            known: HashMap::new(),
        }
    }

    /// The draft with its evidence named in every fact and in its collection.
    pub(super) async fn attach(
        &mut self,
        scope: &AccountScope,
        draft: Draft,
    ) -> Result<ImportContact, StoreError> {
        let mut contact = draft.contact;
        if let Some(proof) = draft.proof {
            let id = self.id(scope, proof).await?;
            contact
                .facts
                .iter_mut()
                .for_each(|fact| fact.evidence = Some(id));
            if let Some(collection) = &mut contact.collection {
                collection.evidence = Some(id);
            }
        }
        if !draft.dealings.is_empty() {
            let evidence = Some(self.id(scope, Proof::Dealings).await?);
            let with_origin = |fact| NewFact { evidence, ..fact };
            contact
                .facts
                .extend(draft.dealings.into_iter().map(with_origin));
        }
        Ok(contact)
    }

    async fn id(&mut self, scope: &AccountScope, proof: Proof) -> Result<EvidenceId, StoreError> {
        match self.known.get(&proof) {
            Some(id) => Ok(*id),
            None => self.keep(scope, proof).await,
        }
    }

    async fn keep(&mut self, scope: &AccountScope, proof: Proof) -> Result<EvidenceId, StoreError> {
        let id = scope.evidence_once(self.entry(&proof)).await?;
        if self.known.len() >= REMEMBERED_MAX {
            self.known.clear();
        }
        self.known.insert(proof, id);
        Ok(id)
    }

    fn entry(&self, proof: &Proof) -> Evidence {
        let (source, wording, at) = match (proof, &self.attestation) {
            (Proof::Attestation, Some(attested)) => (
                format!(
                    "{}; attested by {} for {}",
                    attested.source, attested.signer, self.file_name
                ),
                attested.wording.clone(),
                attested.at,
            ),
            (Proof::Columns { source, wording }, _) if !source.is_empty() => (
                format!("{source}; opt-in columns of {}", self.file_name),
                wording.clone(),
                self.began_at,
            ),
            (Proof::Columns { wording, .. }, _) => (
                format!("opt-in columns of {}", self.file_name),
                wording.clone(),
                self.began_at,
            ),
            (Proof::Dealings, _) => (
                format!("dealings told by {}", self.file_name),
                String::new(),
                self.began_at,
            ),
            (Proof::Attestation, None) => (self.file_name.clone(), String::new(), self.began_at),
        };
        Evidence {
            kind: EvidenceKind::Attestation,
            source,
            wording,
            at,
        }
    }
}
