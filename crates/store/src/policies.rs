//! Published policy versions and rule packs, as text.
//!
//! Promises: a version is never changed, only taken back before its effect, and its number never given
//! again; a publication is seen at once in this process and within
//! a second in others. Never: compiles or judges a policy (that is `policy`).

use std::sync::Arc;

use avow_ledger::{Digest, Payload, Published, Retracted};
use avow_model::{CampaignId, PublishedPolicies, PublishedVersion, Timestamp};
use aws_lc_rs::digest;

use crate::batch::Batch;
use crate::fact_rows::whole_micros;
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, NewEntry, NewNotice, StoreError};

/// A version to publish.
#[derive(Debug, Clone)]
pub struct NewPolicyVersion {
    /// The number after the last one.
    pub n: u32,
    pub source: String,
    pub published_at: Timestamp,
    pub effective_at: Timestamp,
}

/// What the ledger says of a version: hashes of canonical texts, by which a proof names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// SHA-256 of the version's canonical bytes.
    pub policy: Digest,
    /// The same of each rule pack that it names, in the order of their names.
    pub packs: Vec<Digest>,
    /// The least time between publication and effect, by the version being left; 0 for the first.
    pub notice_seconds: u32,
}

impl Stated {
    /// By the hashes of the texts themselves, where nobody compiled them; without a notice period.
    pub fn of_texts(source: &str, packs: &[String]) -> Self {
        Self {
            policy: Digest::of(source.as_bytes()),
            packs: packs.iter().map(|p| Digest::of(p.as_bytes())).collect(),
            notice_seconds: 0,
        }
    }
}

queries! {
    VERSION_ADD = "INSERT INTO policy_version (account, n, source, hash, published_at, effective_at)
        SELECT $1, CAST($2 AS BIGINT), $3, $4, $5, $6
        WHERE (SELECT COALESCE(MAX(n), 0) FROM policy_version WHERE account = $1) = CAST($2 AS BIGINT) - 1";
    VERSIONS = "SELECT n, source, published_at, effective_at FROM policy_version
        WHERE account = $1 AND retracted_at IS NULL ORDER BY n";
    RETRACTED = "SELECT n FROM policy_version WHERE account = $1 AND retracted_at IS NOT NULL ORDER BY n";
    VERSION_RETRACT = "UPDATE policy_version SET retracted_at = $3 WHERE account = $1 AND n = $2
        AND retracted_at IS NULL AND effective_at > $3
        AND n = (SELECT MAX(n) FROM policy_version WHERE account = $1 AND retracted_at IS NULL)";
    VERSIONS_BOUND = "SELECT DISTINCT version FROM collection WHERE account = $1 AND version IS NOT NULL
        ORDER BY version";
    VERSION_LAST = "SELECT MAX(n) FROM policy_version WHERE account = $1";
    PACK_RETIRE = "INSERT INTO policy_pack_past (account, id, name, source, replaced_at)
        SELECT account, CAST($3 AS BIGINT), name, source, CAST($4 AS BIGINT) FROM policy_pack
        WHERE account = $1 AND name = $2";
    PACK_DELETE = "DELETE FROM policy_pack WHERE account = $1 AND name = $2";
    PACK_PUT = "INSERT INTO policy_pack (account, name, source) VALUES ($1, $2, $3)
        ON CONFLICT (account, name) DO UPDATE SET source = excluded.source";
    /// What is replaced by the same text is not replaced.
    PACK_KEEP = "INSERT INTO policy_pack_past (account, id, name, source, replaced_at)
        SELECT account, CAST($4 AS BIGINT), name, source, CAST($5 AS BIGINT) FROM policy_pack
        WHERE account = $1 AND name = $2 AND source <> $3";
    PAST_SOURCES = "SELECT 'pack ' || name, source FROM policy_pack_past WHERE account = $1
        UNION ALL SELECT 'version', source FROM policy_version WHERE account = $1 AND retracted_at IS NOT NULL";
    PACKS = "SELECT name, source FROM policy_pack WHERE account = $1 ORDER BY name";
}

impl AccountScope {
    /// Publishes the next version; a number that is not the next one is a `Conflict`. The ledger names it
    /// by the hash of its text.
    pub async fn publish_policy(&self, new: NewPolicyVersion) -> Result<(), StoreError> {
        let key = params![self.id()];
        let pack = |row: &Row<'_>| row.get::<String>(1);
        let packs = self.db().query_map(&PACKS, key, pack).await?;
        let stated = Stated::of_texts(&new.source, &packs);
        self.publish_stated(new, stated).await
    }

    /// As `publish_policy`, with what the ledger says of the version.
    pub async fn publish_stated(
        &self,
        new: NewPolicyVersion,
        stated: Stated,
    ) -> Result<(), StoreError> {
        self.publish_announced(new, stated, None).await.map(drop)
    }

    /// As `publish_stated`, with the mailing that tells people of it: both are there, or neither.
    pub async fn publish_announced(
        &self,
        new: NewPolicyVersion,
        stated: Stated,
        notice: Option<&NewNotice>,
    ) -> Result<Option<CampaignId>, StoreError> {
        let published = Published {
            version: new.n,
            policy: stated.policy,
            packs: stated.packs,
            published: whole_micros(new.published_at),
            effective: whole_micros(new.effective_at),
            notice_seconds: stated.notice_seconds,
        };
        let entry = NewEntry::own(Payload::Publication(published));
        let mut batch = Batch::new();
        let row = params![
            self.id(),
            new.n,
            new.source,
            *stated.policy.as_bytes(),
            new.published_at,
            new.effective_at
        ];
        batch.run(&VERSION_ADD, row);
        batch.expect(
            1,
            "the policy's version number must be the one after the last published one; look at the policy page",
        );
        let announced = notice.map(|notice| self.announce(&mut batch, new.n, notice));
        self.enter(&mut batch, &[entry]).await?;
        self.db().write(batch).await?;
        self.shared().forget_published();
        Ok(announced)
    }

    /// Takes the last version back before it takes effect, with its entry in the ledger; whoever was not told
    /// of it yet is not told any more. A `Conflict` where it is in effect, is not the last one, or was taken back already.
    pub async fn retract_policy(&self, n: u32, at: Timestamp) -> Result<(), StoreError> {
        let at = whole_micros(at);
        let entry = NewEntry::own(Payload::Retraction(Retracted { at, version: n }));
        let mut batch = Batch::new();
        batch.run(&VERSION_RETRACT, params![self.id(), n, at]);
        batch.expect(
            1,
            "only the last version can be taken back, and only before it takes effect; publish another one instead",
        );
        self.announce_no_more(&mut batch, n);
        self.enter(&mut batch, &[entry]).await?;
        self.db().write(batch).await?;
        self.shared().forget_published();
        Ok(())
    }

    /// The number that the next version has: one after the last, also where that was taken back.
    pub async fn next_version(&self) -> Result<u32, StoreError> {
        let read = |row: &Row<'_>| row.get::<Option<u32>>(0);
        let last = self.db().query_one(&VERSION_LAST, params![self.id()], read);
        Ok(last.await?.unwrap_or(0) + 1)
    }

    /// The versions that somebody's data were collected under. Reads every collection once: publications
    /// are rare.
    pub async fn bound_versions(&self) -> Result<Vec<u32>, StoreError> {
        let read = |row: &Row<'_>| row.get(0);
        let key = params![self.id()];
        self.db().query_map(&VERSIONS_BOUND, key, read).await
    }

    /// Keeps a rule pack under its name, in the place of an earlier one, which stays for proofs.
    pub async fn put_pack(&self, name: &str, source: &str) -> Result<(), StoreError> {
        let new = [(name.to_owned(), source.to_owned())];
        self.replace_packs(&new, &[]).await
    }

    /// Keeps rule packs under their names, and takes those of `gone` out: all of it, or nothing. What was there before
    /// stays for proofs.
    pub async fn replace_packs(
        &self,
        new: &[(String, String)],
        gone: &[String],
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        for (name, source) in new {
            let kept = params![self.id(), name, source, self.next_id(), self.now()];
            batch.run(&PACK_KEEP, kept);
            batch.run(&PACK_PUT, params![self.id(), name, source]);
        }
        for name in gone {
            batch.run(
                &PACK_RETIRE,
                params![self.id(), name, self.next_id(), self.now()],
            );
            batch.run(&PACK_DELETE, params![self.id(), name]);
        }
        self.db().write(batch).await?;
        self.shared().forget_published();
        Ok(())
    }

    /// What the gate was once given and is no more: packs that were replaced, versions that were taken back;
    /// each with a name for people.
    pub async fn past_sources(&self) -> Result<Vec<(String, String)>, StoreError> {
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let key = params![self.id()];
        self.db().query_map(&PAST_SOURCES, key, read).await
    }

    /// All that is published, also what another process published a moment ago.
    pub async fn published_now(&self) -> Result<Arc<PublishedPolicies>, StoreError> {
        self.shared().forget_published();
        self.published().await
    }

    /// All that is published; at most one second old where another process published.
    pub async fn published(&self) -> Result<Arc<PublishedPolicies>, StoreError> {
        let now = self.now();
        if let Some(cached) = self.shared().published(now) {
            return Ok(cached);
        }
        let key = || params![self.id()];
        let versions = self.db().query_map(&VERSIONS, key(), version).await?;
        let pack = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let packs = self.db().query_map(&PACKS, key(), pack).await?;
        let n = |row: &Row<'_>| row.get(0);
        let retracted = self.db().query_map(&RETRACTED, key(), n).await?;
        let policies = Arc::new(PublishedPolicies {
            stamp: stamp(&versions, &packs, &retracted),
            versions,
            packs,
            retracted,
        });
        self.shared().keep_published(now, policies.clone());
        Ok(policies)
    }
}

fn version(row: &Row<'_>) -> Result<PublishedVersion, StoreError> {
    Ok(PublishedVersion {
        n: row.get(0)?,
        source: row.get(1)?,
        published_at: row.get(2)?,
        effective_at: row.get(3)?,
    })
}

/// The first eight bytes of a SHA-256 over all texts, numbers and dates, each with its length.
fn stamp(versions: &[PublishedVersion], packs: &[(String, String)], retracted: &[u32]) -> u64 {
    let mut all = digest::Context::new(&digest::SHA256);
    for v in versions {
        all.update(&v.n.to_be_bytes());
        all.update(&v.published_at.as_microsecond().to_be_bytes());
        all.update(&v.effective_at.as_microsecond().to_be_bytes());
        all.update(&v.source.len().to_be_bytes());
        all.update(v.source.as_bytes());
    }
    for (name, source) in packs {
        all.update(&name.len().to_be_bytes());
        all.update(name.as_bytes());
        all.update(&source.len().to_be_bytes());
        all.update(source.as_bytes());
    }
    for n in retracted {
        all.update(&n.to_be_bytes());
    }
    let mut first = [0; 8];
    first.copy_from_slice(&all.finish().as_ref()[..8]);
    u64::from_be_bytes(first)
}
