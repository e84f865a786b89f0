//! One person, written down by staff: judged as a row of a file would be.
//!
//! Promises: nothing is kept whose category the policy does not declare; without an attestation no permission is
//! recorded; a no is never lifted. Never: brings somebody back who was erased.

use avow_model::ContactId;
use avow_policy::PolicySet;
use avow_store::{AccountScope, Saved};

use super::basis::Basis;
use super::columns::Columns;
use super::error::{ImportError, Reject};
use super::evidence::Evidences;
use super::plan::ImportPlan;
use super::row::{Record, RowReader};

/// What became of a person that staff wrote down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    New(ContactId),
    /// The person was here already; what was missing was added.
    Known(ContactId, Saved),
    /// The person was erased, and only they can come back.
    Erased,
}

/// Why a person was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum AddFault {
    /// The policy has no room for these fields.
    #[error("no version of the policy declares a category for: {}", .0.join(", "))]
    Undeclared(Vec<String>),
    #[error(transparent)]
    Row(#[from] Reject),
    #[error(transparent)]
    Plan(#[from] ImportError),
}

struct Typed(Vec<String>);

impl Record for Typed {
    fn field(&self, index: usize) -> &str {
        self.0.get(index).map_or("", String::as_str)
    }
}

/// Takes in one person. `row` are headers, as a file has them, with their values; `plan` says on what evidence, and
/// its file name who wrote it down.
pub async fn add(
    plan: &ImportPlan,
    scope: &AccountScope,
    policies: &PolicySet,
    row: Vec<(String, String)>,
) -> Result<Added, AddFault> {
    let basis = Basis::of(policies);
    basis.check(plan)?;
    let (headers, values): (Vec<_>, Vec<_>) = row.into_iter().unzip();
    let mut columns = Columns::resolve(headers, &plan.map)?;
    let undeclared = columns.drop_undeclared(|category| basis.declares(category));
    if !undeclared.is_empty() {
        return Err(AddFault::Undeclared(undeclared));
    }
    let mut reader = RowReader::new(columns, basis, plan, plan.now);
    let draft = reader.read(&Typed(values))?;
    let mut evidences = Evidences::new(plan, plan.now);
    let store = |fault| AddFault::Plan(ImportError::Store(fault));
    let person = evidences.attach(scope, draft).await.map_err(store)?;
    Ok(match scope.contact_add(person).await.map_err(store)? {
        None => Added::Erased,
        Some((id, Saved::Created)) => Added::New(id),
        Some((id, saved)) => Added::Known(id, saved),
    })
}
