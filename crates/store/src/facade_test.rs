//! The facade on both databases: values, lists, batches, groups, faults.

use std::time::Duration;

use crate::batch::Batch;
use crate::db::Db;
use crate::error::StoreError;
use crate::sql::queries;
use crate::sqlite::{Limits, Sqlite};
use crate::store::{self};
use crate::test_support::{self, both, now};
use crate::value::{Value, params};

queries! {
    ADD_ACCOUNT = "INSERT INTO account (id, slug, name, settings, created_at) VALUES ($1, $2, $3, $4, $5)";
    RENAME = "UPDATE account SET name = $2 WHERE id = $1";
    SLUGS = "SELECT slug FROM account ORDER BY id";
    BY_ID_AND_SLUG = "SELECT name FROM account WHERE slug = $2 AND id = $1";
    IN_IDS = "SELECT id FROM account WHERE id {in $1} ORDER BY id";
    IN_SLUGS = "SELECT id FROM account WHERE slug {in $1} ORDER BY id";
    ADD_KEY = "INSERT INTO contact_key (account, marker, contact) VALUES ($1, $2, $3)";
    IN_MARKERS = "SELECT contact FROM contact_key WHERE account = $1 AND marker {in $2} ORDER BY contact";
    ADD_HIT = "INSERT INTO hit (account, campaign, id, seq, contact, kind, link, verdict, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    HIT_LINK = "SELECT link, at, kind FROM hit WHERE id = $1";
    COUNT = "SELECT count(*) FROM account";
    ECHO_BOOL = "SELECT soft_opt_in FROM contact WHERE id = $1";
    ADD_CONTACT = "INSERT INTO contact (account, id, address, fields, flags, jurisdiction, age, soft_opt_in,
        last_activity_at, created_at) VALUES (1, $1, 'a@example.org', '{}', 0, 'zz', NULL, $2, NULL, 0)";
}

fn account(id: i64) -> Vec<Value> {
    params![id, format!("a{id}"), "Name", "{}", now()]
}

async fn add(db: &Db, id: i64) -> Result<(), StoreError> {
    let mut batch = Batch::new();
    batch.run(&ADD_ACCOUNT, account(id));
    db.write(batch).await.map(drop)
}

async fn slugs(db: &Db) -> Vec<String> {
    db.query_map(&SLUGS, params![], |row| row.get(0))
        .await
        .unwrap()
}

#[tokio::test]
async fn parameters_bind_by_number_not_by_order_of_appearance() {
    for scratch in both().await {
        add(&scratch.db, 7).await.unwrap();
        let found = scratch
            .db
            .query_opt(&BY_ID_AND_SLUG, params![7i64, "a7"], |row| {
                row.get::<String>(0)
            });
        assert_eq!(found.await.unwrap(), Some("Name".to_owned()));
    }
}

#[tokio::test]
async fn lists_of_numbers_texts_and_blobs_are_searched() {
    for scratch in both().await {
        let db = &scratch.db;
        let mut batch = Batch::new();
        batch.each(&ADD_ACCOUNT, (1..=5).map(account).collect());
        let key = |n: u8| params![1i64, [n; 16], i64::from(n)];
        batch.each(&ADD_KEY, (1..=5).map(key).collect());
        assert_eq!(db.write(batch).await.unwrap().rows, [5, 5]);
        let ids = |sql, params| db.query_map(sql, params, |row| row.get::<i64>(0));
        let found = ids(&IN_IDS, params![vec![2i64, 4, 99]]).await.unwrap();
        assert_eq!(found, [2, 4]);
        let some = vec!["a1".to_owned(), "a3".to_owned()];
        assert_eq!(ids(&IN_SLUGS, params![some]).await.unwrap(), [1, 3]);
        let markers = vec![vec![5; 16], vec![1; 16], vec![9; 16]];
        let found = ids(&IN_MARKERS, params![1i64, markers]).await.unwrap();
        assert_eq!(found, [1, 5]);
        let none: Vec<i64> = Vec::new();
        assert!(ids(&IN_IDS, params![none]).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn absent_values_booleans_and_times_come_back_as_they_went() {
    for scratch in both().await {
        let db = &scratch.db;
        let mut batch = Batch::new();
        let link: Option<i64> = None;
        batch.run(
            &ADD_HIT,
            params![
                1i64,
                2i64,
                3i64,
                4u32,
                5i64,
                Value::Word("open"),
                link,
                "human",
                now()
            ],
        );
        batch.run(&ADD_CONTACT, params![9i64, true]);
        db.write(batch).await.unwrap();
        let read = db.query_one(&HIT_LINK, params![3i64], |row| {
            Ok((
                row.get::<Option<u16>>(0)?,
                row.get(1)?,
                row.get::<String>(2)?,
            ))
        });
        assert_eq!(read.await.unwrap(), (None, now(), "open".to_owned()));
        let flag = db.query_one(&ECHO_BOOL, params![9i64], |row| row.get::<bool>(0));
        assert!(flag.await.unwrap());
    }
}

#[tokio::test]
async fn a_batch_that_touches_too_few_rows_is_undone_with_its_reason() {
    for scratch in both().await {
        let mut batch = Batch::new();
        batch.run(&ADD_ACCOUNT, account(1));
        batch
            .run(&RENAME, params![99i64, "x"])
            .expect(1, "the account is gone");
        let fault = scratch.db.write(batch).await.unwrap_err();
        assert!(
            matches!(fault, StoreError::Conflict("the account is gone")),
            "{fault}"
        );
        assert!(slugs(&scratch.db).await.is_empty());
    }
}

#[tokio::test]
async fn a_bad_batch_in_a_group_leaves_its_neighbours_alone() {
    for scratch in both().await {
        let db = &scratch.db;
        add(db, 10).await.unwrap();
        let writes = (0..40i64).map(|id| add(db, id));
        let results = futures_util::future::join_all(writes).await;
        for (id, result) in results.into_iter().enumerate() {
            match (id, result) {
                (10, Err(StoreError::Duplicate { .. })) | (_, Ok(())) => {}
                (id, other) => panic!("{id}: {other:?}"),
            }
        }
        assert_eq!(slugs(db).await.len(), 40);
    }
}

#[tokio::test]
async fn a_broken_rule_names_the_query_and_never_a_value() {
    for scratch in both().await {
        let mut batch = Batch::new();
        let bad = params![
            1i64,
            2i64,
            3i64,
            4u32,
            5i64,
            "secret word",
            Value::Null,
            "human",
            now()
        ];
        batch.run(&ADD_HIT, bad);
        let fault = scratch.db.write(batch).await.unwrap_err();
        assert!(
            matches!(
                fault,
                StoreError::Rule {
                    query: "ADD_HIT",
                    ..
                }
            ),
            "{fault}"
        );
        assert!(!fault.to_string().contains("secret word"));
    }
}

#[tokio::test]
async fn a_column_of_another_kind_is_corrupt_and_says_where() {
    for scratch in both().await {
        add(&scratch.db, 1).await.unwrap();
        let read = scratch
            .db
            .query_opt(&SLUGS, params![], |row| row.get::<i64>(0));
        let fault = read.await.unwrap_err();
        assert!(
            matches!(fault, StoreError::Corrupt { query: "SLUGS", ref column, .. } if column == "slug"),
            "{fault}"
        );
    }
}

#[tokio::test]
async fn too_few_parameters_never_reuse_those_of_the_row_before() {
    for scratch in both().await {
        let mut batch = Batch::new();
        batch.each(&ADD_ACCOUNT, vec![account(1), params![2i64]]);
        let fault = scratch.db.write(batch).await.unwrap_err();
        assert!(matches!(fault, StoreError::Statement { .. }), "{fault}");
        assert!(slugs(&scratch.db).await.is_empty());
    }
}

#[tokio::test]
async fn a_batch_larger_than_one_window_is_applied_whole() {
    for scratch in both().await {
        let mut batch = Batch::new();
        batch.each(&ADD_ACCOUNT, (0..5_000).map(account).collect());
        scratch.db.write(batch).await.unwrap();
        let count = scratch
            .db
            .query_one(&COUNT, params![], |row| row.get::<i64>(0));
        assert_eq!(count.await.unwrap(), 5_000);
    }
}

#[tokio::test]
async fn a_full_disk_says_so_keeps_nothing_of_the_batch_and_lets_small_ones_through() {
    let limits = Limits {
        pages_max: Some(120),
        ..Limits::default()
    };
    let scratch = test_support::sqlite(limits).await;
    let mut large = Batch::new();
    large.each(&ADD_ACCOUNT, (0..20_000).map(account).collect());
    let writes = (scratch.db.write(large), add(&scratch.db, 100_001));
    let (large, small) = futures_util::future::join(writes.0, writes.1).await;
    assert!(matches!(large, Err(StoreError::DiskFull)), "{large:?}");
    small.unwrap();
    assert_eq!(slugs(&scratch.db).await, ["a100001"]);
}

#[tokio::test]
async fn a_lock_of_another_program_is_told_after_the_wait_and_passes() {
    let limits = Limits {
        busy_wait: Duration::from_millis(30),
        ..Limits::default()
    };
    let scratch = test_support::sqlite(limits).await;
    let path = test_support::file(scratch.folder.as_ref().unwrap());
    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let fault = add(&scratch.db, 1).await.unwrap_err();
    assert!(matches!(fault, StoreError::Locked), "{fault}");
    assert!(fault.to_string().contains("close the program"));
    other.execute_batch("ROLLBACK").unwrap();
    add(&scratch.db, 1).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_database_is_told_as_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = test_support::file(&folder);
    std::fs::write(&path, "this is a letter, not a database. ".repeat(100)).unwrap();
    let fault = Sqlite::open(path, now()).await.unwrap_err();
    assert!(matches!(fault, StoreError::Damaged { .. }), "{fault}");
}

#[tokio::test]
async fn a_folder_that_is_absent_is_told_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let fault = Sqlite::open(folder.path().join("no/avow.db"), now())
        .await
        .unwrap_err();
    assert!(matches!(fault, StoreError::Denied { ref detail } if detail.contains("no/avow.db")));
}

#[tokio::test]
async fn many_starts_at_once_migrate_once() {
    let folder = tempfile::tempdir().unwrap();
    let starts = (0..6).map(|_| Sqlite::open(test_support::file(&folder), now()));
    for opened in futures_util::future::join_all(starts).await {
        opened.unwrap();
    }
    if let Some(url) = test_support::postgres_url().await {
        let starts = (0..6).map(|_| crate::postgres::Postgres::open(&url, now()));
        for opened in futures_util::future::join_all(starts).await {
            opened.unwrap();
        }
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused_on_both_databases() {
    let newer = "INSERT INTO schema_migrations (version, name, hash, applied_at) VALUES (99, 'later', '', 0)";
    let scratch = test_support::sqlite(Limits::default()).await;
    let path = test_support::file(scratch.folder.as_ref().unwrap());
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch(newer)
        .unwrap();
    let fault = Sqlite::open(path, now()).await.unwrap_err();
    assert!(
        matches!(fault, StoreError::SchemaNewer { found: 99, .. }),
        "{fault}"
    );
    let Some(url) = test_support::postgres_url().await else {
        return;
    };
    drop(crate::postgres::Postgres::open(&url, now()).await.unwrap());
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
        .await
        .unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(connection);
    client.batch_execute(newer).await.unwrap();
    let fault = crate::postgres::Postgres::open(&url, now())
        .await
        .unwrap_err();
    assert!(
        matches!(fault, StoreError::SchemaNewer { found: 99, .. }),
        "{fault}"
    );
}

#[tokio::test]
async fn a_server_that_is_down_or_an_unreadable_url_is_told_without_the_password() {
    let down = "postgres://avow:hunter2@127.0.0.1:1/none";
    let fault = crate::postgres::Postgres::open(down, now())
        .await
        .unwrap_err();
    assert!(matches!(fault, StoreError::Unavailable { .. }), "{fault}");
    assert!(!fault.to_string().contains("hunter2"));
    let fault = crate::postgres::Postgres::open("postgres://x:hunter2@:::", now()).await;
    assert!(!fault.unwrap_err().to_string().contains("hunter2"));
}

#[tokio::test]
async fn a_url_that_asks_for_tls_is_refused_with_what_to_do_instead() {
    let url = "postgres://avow@127.0.0.1:1/none?sslmode=require";
    let fault = crate::postgres::Postgres::open(url, now())
        .await
        .unwrap_err();
    assert!(fault.to_string().contains("use a Unix socket"), "{fault}");
}

#[test]
fn what_is_shown_of_options_holds_no_password() {
    let target = store::Target::Postgres("postgres://avow:hunter2@db/avow".to_owned());
    assert!(!format!("{target:?}").contains("hunter2"));
}
