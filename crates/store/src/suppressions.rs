//! Suppressions: nos that hang on an address, not on a contact, and outlive every contact.
//!
//! Promises: matched wide (case, dots, plus, IDN) by a keyed marker. Never: holds the address; lifts one.

use avow_ledger::{Payload, SuppressionChange, SuppressionEntry};
use avow_model::{
    EmailAddress, Purpose, Scope, Slug, Suppression, SuppressionClass, SuppressionScope, Timestamp,
};

use crate::batch::Batch;
use crate::fact_rows::whole_micros;
use crate::markers::INSTALLATION;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, NewEntry, StoreError};

/// A suppression to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSuppression {
    pub class: SuppressionClass,
    /// Whether it binds this account or the whole installation.
    pub reach: SuppressionScope,
    /// Narrowing; `None` = any.
    pub purpose: Option<Purpose>,
    pub brand: Option<Slug>,
    pub list: Option<Slug>,
    /// What brought it, in a few words for people; never an address.
    pub cause: String,
    pub at: Timestamp,
}

queries! {
    SUPPRESSION_ADD = "INSERT INTO suppression (account, marker, id, class, purpose, brand, list, cause, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
}

impl AccountScope {
    /// Adds a suppression; on the disk when it returns. It moves the restriction counters of whom it binds.
    pub async fn suppress(
        &self,
        address: &EmailAddress,
        new: NewSuppression,
    ) -> Result<(), StoreError> {
        let account = match new.reach {
            SuppressionScope::Account => self.id(),
            SuppressionScope::Global => INSTALLATION,
        };
        let marker = self.markers().suppression(account, address);
        let told = new.told();
        let mut batch = Batch::new();
        let row = params![
            account,
            marker,
            self.next_id(),
            new.class,
            new.purpose.as_ref(),
            new.brand.as_ref(),
            new.list.as_ref(),
            new.cause,
            new.at
        ];
        batch.run(&SUPPRESSION_ADD, row);
        for scope in self.bound_by(new.reach).await? {
            scope.tell_suppression(address, &told, &mut batch).await?;
        }
        self.db().write(batch).await?;
        match new.reach {
            SuppressionScope::Account => self.shared().note_restriction(),
            SuppressionScope::Global => self.store.inner.shared.note_restriction(),
        }
        Ok(())
    }

    /// The accounts that a suppression binds.
    async fn bound_by(&self, reach: SuppressionScope) -> Result<Vec<Self>, StoreError> {
        match reach {
            SuppressionScope::Account => Ok(vec![self.clone()]),
            SuppressionScope::Global => {
                let accounts = self.store.accounts().await?;
                Ok(accounts.iter().map(|a| self.store.account(a.id)).collect())
            }
        }
    }

    /// Writes a suppression into the chain of the contact with this address, if there is one. Who comes
    /// later is told when they come.
    async fn tell_suppression(
        &self,
        address: &EmailAddress,
        suppression: &Suppression,
        batch: &mut Batch,
    ) -> Result<(), StoreError> {
        let Some(contact) = self.contact_by_address(address).await? else {
            return Ok(());
        };
        let entry = SuppressionEntry::new(SuppressionChange::Added, suppression);
        let entry = NewEntry::about(contact.id, Payload::Suppression(entry));
        self.enter(batch, &[entry]).await.map(drop)
    }
}

impl NewSuppression {
    /// The suppression as the gate will read it.
    fn told(&self) -> Suppression {
        Suppression {
            class: self.class,
            reach: self.reach,
            at: whole_micros(self.at),
            scope: Scope {
                account: None,
                brand: self.brand.clone(),
                list: self.list.clone(),
            },
            purpose: self.purpose.clone(),
        }
    }
}
