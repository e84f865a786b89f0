//! Compiled policies of accounts, kept until they change.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use avow_model::{AccountId, PublishedPolicies};

use crate::diagnostic::Diagnostic;
use crate::set::PolicySet;

/// Accounts whose compiled policies stay in memory; a set takes some ten kilobytes.
const ACCOUNTS_MAX: usize = 256;

/// Compiles each published state of an account once. Share one in a process.
#[derive(Debug, Default)]
pub struct Shelf(Mutex<HashMap<AccountId, (u64, Arc<PolicySet>)>>);

impl Shelf {
    /// The compiled policies of an account. Compiles when the stamp is new; a fault is never kept.
    pub fn open(
        &self,
        account: AccountId,
        published: &PublishedPolicies,
    ) -> Result<Arc<PolicySet>, Vec<Diagnostic>> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((stamp, set)) = lock().get(&account)
            && *stamp == published.stamp
        {
            return Ok(Arc::clone(set));
        }
        let set = Arc::new(PolicySet::from_published(published)?);
        let mut kept = lock();
        if kept.len() >= ACCOUNTS_MAX && !kept.contains_key(&account) {
            kept.clear();
        }
        kept.insert(account, (published.stamp, Arc::clone(&set)));
        Ok(set)
    }
}
