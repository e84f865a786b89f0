//! What comes back by mail after a single message was taken: bounces and complaints.

use serde_json::json;

use super::{Scene, news};
use crate::receive::{complaint, dead, post};

const RECEIVE: &str = "[receive]\nlisten = \"127.0.0.1:0\"\ndomain = \"bounces.imark.example\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_bounce_and_a_complaint_about_a_single_message_are_told_and_end_what_they_must() {
    let scene = Scene::with(RECEIVE).await;
    let fates = scene.sent(&news(&["ada@example.com", "bea@example.com"]));
    for fate in &fates {
        scene.until(&fate["id"], "delivered");
    }
    let caught = scene.catcher.caught();
    let to = |address: &str| caught.iter().find(|mail| mail.rcpt_to == address).unwrap();
    let listening = scene.server.said("receiving");
    let (ada, bea) = (to("ada@example.com"), to("bea@example.com"));
    assert_eq!(
        post(&listening, &ada.mail_from, &dead("ada@example.com")),
        "250"
    );
    assert_eq!(
        post(&listening, &bea.mail_from, &complaint(&bea.raw)),
        "250"
    );

    let bounced = scene.status(&fates[0]["id"]);
    assert_eq!(bounced["status"], "delivered", "an outcome never moves");
    assert_eq!(
        bounced["returned"],
        json!([{ "kind": "bounce", "class": "userunknown", "hard": true }])
    );
    let spam = scene.status(&fates[1]["id"]);
    assert_eq!(spam["returned"][0]["kind"], "complaint", "{spam}");
    let next = scene.sent(&news(&["ada@example.com", "bea@example.com"]));
    for (fate, code) in next.iter().zip(["D_BOUNCED", "D_COMPLAINT"]) {
        assert_eq!(fate["status"], "refused", "{fate}");
        assert!(fate["codes"].to_string().contains(code), "{fate}");
    }
}
