//! Published policies, rule packs, lists, forms, evidence: what an account sets up.

use avow_model::Timestamp;
use avow_store::{Evidence, EvidenceKind, FormSettings, NewPolicyVersion, StoreError};

use crate::people::account;

fn version(n: u32) -> NewPolicyVersion {
    let at = Timestamp::from_second(1_800_000_000 + i64::from(n)).unwrap();
    NewPolicyVersion {
        n,
        source: format!("version = {n}"),
        published_at: at,
        effective_at: at,
    }
}

#[tokio::test]
async fn versions_follow_each_other_and_the_stamp_tells_every_change() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let empty = scope.published().await.unwrap();
    assert!(empty.versions.is_empty());
    scope.publish_policy(version(1)).await.unwrap();
    let one = scope.published().await.unwrap();
    assert!(one.versions.len() == 1 && one.stamp != empty.stamp);
    for wrong in [1, 3] {
        let refused = scope.publish_policy(version(wrong)).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{wrong}");
    }
    scope.put_pack("eu", "a = 1").await.unwrap();
    let pack = scope.published().await.unwrap();
    scope.put_pack("eu", "a = 2").await.unwrap();
    let other = scope.published().await.unwrap();
    assert_eq!(other.packs, [("eu".to_owned(), "a = 2".to_owned())]);
    assert!(pack.stamp != other.stamp && pack.stamp != one.stamp);
}

#[tokio::test]
async fn what_the_gate_was_once_given_stays_for_proofs() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    for text in ["a = 1", "a = 1", "a = 2", "a = 1", "a = 3"] {
        scope.put_pack("eu", text).await.unwrap();
    }
    scope.put_pack("us", "b = 1").await.unwrap();
    scope.publish_policy(version(1)).await.unwrap();
    scope.publish_policy(version(2)).await.unwrap();
    let before = version(2).effective_at - jiff::SignedDuration::from_secs(1);
    scope.retract_policy(2, before).await.unwrap();
    let mut past = scope.past_sources().await.unwrap();
    past.sort();
    let named = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    assert_eq!(
        past,
        [
            named("pack eu", "a = 1"),
            named("pack eu", "a = 1"),
            named("pack eu", "a = 2"),
            named("version", "version = 2"),
        ]
    );
    let now = scope.published().await.unwrap();
    assert_eq!(now.packs, [named("eu", "a = 3"), named("us", "b = 1")]);
    scope
        .replace_packs(&[named("eu@2", "a = 4")], &["eu".to_owned()])
        .await
        .unwrap();
    let past = scope.past_sources().await.unwrap();
    assert!(past.contains(&named("pack eu", "a = 3")), "{past:?}");
    let now = scope.published().await.unwrap();
    assert_eq!(now.packs, [named("eu@2", "a = 4"), named("us", "b = 1")]);
    let other = account(&world, "abel").await;
    assert!(other.past_sources().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_publication_of_another_process_is_seen_within_a_second() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    scope.publish_policy(version(1)).await.unwrap();
    assert_eq!(scope.published().await.unwrap().versions.len(), 1);
    let other = world.open_again().await.account(scope.id());
    other.publish_policy(version(2)).await.unwrap();
    world.clock.advance_us(1_000_000);
    assert_eq!(scope.published().await.unwrap().versions.len(), 2);
}

#[tokio::test]
async fn what_one_account_sets_up_no_other_account_sees() {
    let Some(world) = super::world().await else {
        return;
    };
    let (acme, abel) = (account(&world, "acme").await, account(&world, "abel").await);
    acme.publish_policy(version(1)).await.unwrap();
    let slug = "signup".parse().unwrap();
    let list = acme.list_create(&slug, "Sign-ups").await.unwrap();
    let settings = FormSettings {
        title: "News".into(),
        intro: String::new(),
        purposes: vec!["newsletter".parse().unwrap()],
        categories: vec!["email".parse().unwrap()],
        list: Some(list),
        button: "Subscribe".into(),
        thanks: "Look into your mail".into(),
        face: avow_store::FormFace::default(),
    };
    let form = acme.form_create(&slug, &settings).await.unwrap();
    let evidence = Evidence {
        kind: EvidenceKind::Form,
        source: "signup".into(),
        wording: "Send me news".into(),
        at: version(1).published_at,
    };
    let proof = acme.evidence_add(evidence.clone()).await.unwrap();
    assert_eq!(acme.form_by_slug(&slug).await.unwrap().unwrap().settings, settings);
    assert_eq!(acme.evidence(proof).await.unwrap(), Some(evidence));
    assert_eq!(acme.lists().await.unwrap().len(), 1);
    assert!(abel.form_by_slug(&slug).await.unwrap().is_none());
    assert!(abel.form(form).await.unwrap().is_none());
    assert!(abel.list(list).await.unwrap().is_none());
    assert!(abel.evidence(proof).await.unwrap().is_none());
    assert!(abel.published().await.unwrap().versions.is_empty());
    abel.list_create(&slug, "Same slug, other account").await.unwrap();
    let taken = acme.list_create(&slug, "Again").await;
    assert!(matches!(taken, Err(StoreError::Duplicate { .. })));
}
