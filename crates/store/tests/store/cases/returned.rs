//! What came back by mail: one row a message, kind and class.

use avow_model::{CampaignId, MessageId};
use avow_store::{ReturnedKind, ReturnedMail};

use crate::people::{account, at};

#[tokio::test]
async fn the_same_mail_twice_is_one_row_and_other_accounts_see_none() {
    let Some(world) = super::world().await else { return };
    let scope = account(&world, "acme").await;
    let other = account(&world, "other").await;
    let campaign = CampaignId::from_i64(7);
    let mail = |seq, kind, class, hard| ReturnedMail {
        message: MessageId { campaign, seq },
        kind,
        class,
        hard,
        status: Some("5.1.1".to_owned()),
        at: at(5),
    };
    let dead = mail(1, ReturnedKind::Bounce, "userunknown", true);
    for again in [&dead, &dead, &mail(2, ReturnedKind::Bounce, "userunknown", true)] {
        scope.returned_add(again).await.unwrap();
    }
    scope.returned_add(&mail(1, ReturnedKind::Complaint, "feedback", false)).await.unwrap();
    let tally = scope.returned_tally(campaign).await.unwrap();
    let told: Vec<_> = tally.iter().map(|t| (t.kind.as_str(), t.class.as_str(), t.hard, t.n)).collect();
    assert_eq!(told, [("bounce", "userunknown", true, 2), ("complaint", "feedback", false, 1)]);
    assert!(other.returned_tally(campaign).await.unwrap().is_empty());
}
