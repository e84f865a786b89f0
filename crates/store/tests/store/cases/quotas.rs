//! Counts by the hour and the day.

use avow_model::{CampaignId, MessageId};
use avow_store::{QuotaKey, QuotaRow, ReturnedKind, ReturnedMail};

use crate::people::{account, at};

#[tokio::test]
async fn counts_grow_and_are_kept_apart_by_owner_name_and_period() {
    let Some(world) = super::world().await else { return };
    let key = |account, name: &str| QuotaKey { account, name: name.to_owned() };
    let scope = account(&world, "acme").await;
    let (own, warm) = (key(Some(scope.id()), "sent"), key(None, "sent"));
    let row = |period, used, bad| QuotaRow { period, used, bad };
    for (key, more) in [(&own, row(5, 10, 0)), (&own, row(5, 7, 2)), (&own, row(6, 1, 0)), (&warm, row(5, 3, 0))] {
        world.store.quota_add(key, more).await.unwrap();
    }
    assert_eq!(world.store.quota_since(&own, 5).await.unwrap(), [row(5, 17, 2), row(6, 1, 0)]);
    assert_eq!(world.store.quota_since(&own, 6).await.unwrap(), [row(6, 1, 0)]);
    assert_eq!(world.store.quota_since(&warm, 0).await.unwrap(), [row(5, 3, 0)]);
}

#[tokio::test]
async fn complaints_are_counted_since_a_moment() {
    let Some(world) = super::world().await else { return };
    let scope = account(&world, "acme").await;
    for (seq, second) in [(1, 5), (2, 50), (3, 60)] {
        let mail = ReturnedMail {
            message: MessageId { campaign: CampaignId::from_i64(7), seq },
            kind: ReturnedKind::Complaint,
            class: "feedback",
            hard: false,
            status: None,
            at: at(second),
        };
        scope.returned_add(&mail).await.unwrap();
    }
    assert_eq!(scope.complaints_since(at(50)).await.unwrap(), 2);
}
