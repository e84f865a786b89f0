//! Prepares every statement of the crate on both schemas, and finds files that were left out.

use std::path::Path;

use crate::db::Db;
use crate::sql::Sql;
use crate::test_support::both;

/// Every file that uses `queries!`: its path under `src/`, and its statements.
static FILES: &[(&str, &[&Sql])] = &[
    ("accounts.rs", crate::accounts::ALL),
    ("api_calls.rs", crate::api_calls::ALL),
    ("api_keys.rs", crate::api_keys::ALL),
    ("archive.rs", crate::archive::ALL),
    ("audience.rs", crate::audience::ALL),
    ("campaign_lists.rs", crate::campaign_lists::ALL),
    ("campaigns.rs", crate::campaigns::ALL),
    ("sources.rs", crate::sources::ALL),
    ("contacts.rs", crate::contacts::ALL),
    ("evidence.rs", crate::evidence::ALL),
    ("facts.rs", crate::facts::ALL),
    ("forms.rs", crate::forms::ALL),
    ("conduct.rs", crate::conduct::ALL),
    ("form_results.rs", crate::form_results::ALL),
    ("hits.rs", crate::hits::ALL),
    ("images.rs", crate::images::ALL),
    ("imports.rs", crate::imports::ALL),
    ("injected.rs", crate::injected::ALL),
    ("intake.rs", crate::intake::ALL),
    ("jobs.rs", crate::jobs::ALL),
    ("people.rs", crate::people::ALL),
    ("leases.rs", crate::leases::ALL),
    ("ledger.rs", crate::ledger::ALL),
    ("lists.rs", crate::lists::ALL),
    ("members.rs", crate::members::ALL),
    ("notices.rs", crate::notices::ALL),
    ("outcomes.rs", crate::outcomes::ALL),
    ("outgoing.rs", crate::outgoing::ALL),
    ("webhooks.rs", crate::webhooks::ALL),
    ("singles.rs", crate::singles::ALL),
    ("policies.rs", crate::policies::ALL),
    ("recipients.rs", crate::recipients::ALL),
    ("retention.rs", crate::retention::ALL),
    ("quotas.rs", crate::quotas::ALL),
    ("returned.rs", crate::returned::ALL),
    ("schedule.rs", crate::schedule::ALL),
    ("second_factors.rs", crate::second_factors::ALL),
    ("segments.rs", crate::segments::ALL),
    ("sent.rs", crate::sent::ALL),
    ("sessions.rs", crate::sessions::ALL),
    ("setup.rs", crate::setup::ALL),
    ("facade_test.rs", crate::facade_test::ALL),
    ("staff_acts.rs", crate::staff_acts::ALL),
    ("staff_doors.rs", crate::staff_doors::ALL),
    ("store.rs", crate::store::ALL),
    ("suppressions.rs", crate::suppressions::ALL),
    ("tlog/append.rs", crate::tlog::append::ALL),
    ("tlog/backfill.rs", crate::tlog::backfill::ALL),
    ("tlog/checkpoints.rs", crate::tlog::checkpoints::ALL),
    ("tlog/erase.rs", crate::tlog::erase::ALL),
    ("tlog/keys.rs", crate::tlog::keys::ALL),
    ("tlog/log.rs", crate::tlog::log::ALL),
    ("tlog/policy_hash.rs", crate::tlog::policy_hash::ALL),
    ("tlog/read.rs", crate::tlog::read::ALL),
    ("tlog/sequence.rs", crate::tlog::sequence::ALL),
    ("tlog/told.rs", crate::tlog::told::ALL),
    ("tls_reports.rs", crate::tls_reports::ALL),
    ("users.rs", crate::users::ALL),
    ("wishes.rs", crate::wishes::ALL),
];

#[tokio::test]
async fn every_statement_is_understood_by_both_databases() {
    for scratch in both().await {
        for (file, statements) in FILES {
            for sql in *statements {
                let prepared = prepare(&scratch.db, sql).await;
                assert!(prepared.is_ok(), "{file}: {}: {prepared:?}", sql.name());
            }
        }
    }
}

async fn prepare(db: &Db, sql: &'static Sql) -> Result<(), crate::StoreError> {
    match db {
        Db::Lite(lite) => lite.prepare(sql).await,
        Db::Postgres(postgres) => postgres.prepare(sql).await,
    }
}

#[test]
fn no_file_with_statements_is_left_out() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    for file in found {
        let listed = FILES.iter().any(|(name, _)| *name == file);
        assert!(
            listed,
            "{file} uses queries! and is not in FILES of prepare_test.rs"
        );
    }
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        if text.lines().any(|line| line.starts_with("queries! {")) {
            let name = path.strip_prefix(root).unwrap();
            found.push(name.to_string_lossy().into_owned());
        }
    }
}
