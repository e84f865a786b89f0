//! Hashes of an account's policy versions: each leaf says under which one it was made.

use std::sync::Arc;

use avow_ledger::Digest;
use avow_model::Timestamp;

use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, StoreError};

queries! {
    VERSION_HASHES = "SELECT hash, effective_at FROM policy_version WHERE account = $1 ORDER BY n";
}

/// The hashes of all versions, in the order of their numbers.
#[derive(Debug, Default)]
pub(crate) struct PolicyHashes(Vec<VersionHash>);

#[derive(Debug)]
struct VersionHash {
    hash: Digest,
    effective_at: Timestamp,
}

impl PolicyHashes {
    /// The hash of the version in force; zero before the first.
    pub(crate) fn in_force(&self, now: Timestamp) -> Digest {
        let in_force = self.0.iter().rfind(|v| v.effective_at <= now);
        in_force.map_or(Digest::ZERO, |v| v.hash)
    }
}

impl AccountScope {
    /// At most one second old where another process published.
    pub(crate) async fn policy_hashes(&self) -> Result<Arc<PolicyHashes>, StoreError> {
        let now = self.now();
        if let Some(kept) = self.shared().policy_hashes(now) {
            return Ok(kept);
        }
        let rows = self
            .db()
            .query_map(&VERSION_HASHES, params![self.id()], version);
        let hashes = Arc::new(PolicyHashes(rows.await?));
        self.shared().keep_policy_hashes(now, hashes.clone());
        Ok(hashes)
    }
}

fn version(row: &Row<'_>) -> Result<VersionHash, StoreError> {
    Ok(VersionHash {
        hash: Digest::from_bytes(row.get(0)?),
        effective_at: row.get(1)?,
    })
}
