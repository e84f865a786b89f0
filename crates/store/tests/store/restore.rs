//! A backup from before an erasure is restored: it erases again before it serves. On SQLite, whose backup
//! is a file; what is done again is the same batch on both databases.

use std::path::{Path, PathBuf};

use avow_model::{ContactId, FactKind};
use avow_store::{ChainOf, NewFact, Store};

use crate::people::{account, at, person};
use crate::world;

fn backup(folder: &Path, name: &str) -> PathBuf {
    let copy = folder.join(name);
    let database = rusqlite::Connection::open(folder.join("avow.db")).unwrap();
    let into = copy.to_str().unwrap();
    database.execute("VACUUM INTO ?1", [into]).unwrap();
    copy
}

async fn opens(store: &Store, account: avow_model::AccountId, contact: ContactId) -> bool {
    let scope = store.account(account);
    let chain = scope.chain(ChainOf::Person(contact), 0, 10).await;
    !chain.unwrap().is_empty()
}

#[tokio::test]
async fn a_restored_backup_erases_again_before_it_serves_and_only_once() {
    let world = world::sqlite().await;
    let list = world.folder().join("erasures.log");
    assert_eq!(world.store.keep_erasures(&list).await.unwrap(), 0);
    let scope = account(&world, "acme").await;
    let (ada, _) = scope.contact_save(person("ada@example.org")).await.unwrap();
    let (bob, _) = scope.contact_save(person("bob@example.org")).await.unwrap();
    scope.sequence(100).await.unwrap();
    let before = backup(world.folder(), "before.db");
    scope
        .record_fact(ada, NewFact::new(FactKind::Erase, at(9)))
        .await
        .unwrap();

    let restored = world.open_file(before.clone()).await;
    assert!(
        opens(&restored, scope.id(), ada).await,
        "the backup knows her"
    );
    assert_eq!(restored.keep_erasures(&list).await.unwrap(), 1);
    assert!(
        !opens(&restored, scope.id(), ada).await,
        "nothing about her opens"
    );
    assert!(opens(&restored, scope.id(), bob).await);
    let her = restored
        .account(scope.id())
        .contact(ada)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((her.address, her.fields.len()), (None, 0));
    let again = world.open_file(before).await;
    assert_eq!(again.keep_erasures(&list).await.unwrap(), 0);
}

#[tokio::test]
async fn who_came_back_after_the_erasure_is_not_erased_again() {
    let world = world::sqlite().await;
    let list = world.folder().join("erasures.log");
    world.store.keep_erasures(&list).await.unwrap();
    let scope = account(&world, "acme").await;
    let (ada, _) = scope.contact_save(person("ada@example.org")).await.unwrap();
    scope
        .record_fact(ada, NewFact::new(FactKind::Erase, at(9)))
        .await
        .unwrap();
    scope.contact_save(person("ada@example.org")).await.unwrap();
    let after = backup(world.folder(), "after.db");
    let restored = world.open_file(after).await;
    assert_eq!(restored.keep_erasures(&list).await.unwrap(), 0);
    let her = restored
        .account(scope.id())
        .contact(ada)
        .await
        .unwrap()
        .unwrap();
    assert!(her.address.is_some());
}

#[tokio::test]
async fn a_list_of_erasures_that_was_changed_stops_the_start() {
    let world = world::sqlite().await;
    let list = world.folder().join("erasures.log");
    std::fs::write(&list, "avow-erasure/1 ac_x ct_y 00 0 00\n").unwrap();
    let refused = world.store.keep_erasures(&list).await.unwrap_err();
    assert!(
        refused.to_string().contains("the list of erasures"),
        "{refused}"
    );
}
