//! Opening, reopening, and keeping.

#[tokio::test]
async fn a_store_opens_twice_on_the_same_data() {
    let Some(world) = super::world().await else {
        return;
    };
    let version = world.store.schema_version().await.unwrap();
    assert!(version >= 1);
    let again = world.open_again().await;
    assert_eq!(again.schema_version().await.unwrap(), version);
}
