//! Sessions by domain and day, and the reports about them.

use avow_store::{TlsReportRow, TlsReportState, TlsSessionKey};

use crate::people::at;

fn key(domain: &str, day: i64, policy: &str) -> TlsSessionKey {
    TlsSessionKey {
        domain: domain.to_owned(),
        day,
        policy: policy.to_owned(),
        result: "success",
        host: String::new(),
        peer: String::new(),
        reason: String::new(),
    }
}

#[tokio::test]
async fn sessions_of_a_kind_add_up_and_others_are_kept_apart() {
    let Some(world) = super::world().await else { return };
    let store = &world.store;
    let failed = TlsSessionKey {
        result: "certificate-expired",
        host: "mx.example.org".to_owned(),
        ..key("example.org", 5, "{\"a\":1}")
    };
    let first = vec![(key("example.org", 5, "{\"a\":1}"), 3), (failed.clone(), 1)];
    store.tls_sessions_add(first).await.unwrap();
    let more = vec![(key("example.org", 5, "{\"a\":1}"), 4), (key("example.org", 6, "{\"b\":1}"), 9)];
    store.tls_sessions_add(more).await.unwrap();
    let rows = store.tls_sessions("example.org", 5).await.unwrap();
    let told: Vec<_> = rows.iter().map(|r| (r.result.as_str(), r.host.as_str(), r.sessions)).collect();
    assert_eq!(told, [("certificate-expired", "mx.example.org", 1), ("success", "", 7)]);
    assert!(rows.iter().all(|row| row.policy == "{\"a\":1}"));
    assert_eq!(store.tls_sessions("example.com", 5).await.unwrap(), []);
}

#[tokio::test]
async fn a_report_is_planned_once_is_due_in_its_time_and_ends_once() {
    let Some(world) = super::world().await else { return };
    let store = &world.store;
    let counts = vec![(key("example.org", 5, "{}"), 1), (key("example.org", 6, "{}"), 1)];
    store.tls_sessions_add(counts).await.unwrap();
    assert_eq!(store.tls_reports_unplanned(6, 9).await.unwrap(), [("example.org".to_owned(), 5)]);
    let planned = TlsReportRow {
        domain: "example.org".to_owned(),
        day: 5,
        state: TlsReportState::Waiting,
        attempts: 0,
        next_at: at(100),
    };
    store.tls_reports_plan(std::slice::from_ref(&planned)).await.unwrap();
    let later = TlsReportRow { next_at: at(900), ..planned.clone() };
    store.tls_reports_plan(&[later]).await.unwrap();
    assert_eq!(store.tls_reports_unplanned(6, 9).await.unwrap(), []);
    assert_eq!(store.tls_reports_due(at(99), 9).await.unwrap(), []);
    let due = store.tls_reports_due(at(100), 9).await.unwrap();
    assert_eq!(due, std::slice::from_ref(&planned));
    let sent = TlsReportRow { state: TlsReportState::Sent, attempts: 1, ..planned };
    store.tls_report_set(&sent).await.unwrap();
    assert_eq!(store.tls_reports_due(at(9_999), 9).await.unwrap(), []);
    assert_eq!(store.tls_report("example.org", 5).await.unwrap(), Some(sent));
}

#[tokio::test]
async fn what_is_old_goes_with_its_policies_and_the_rest_stays() {
    let Some(world) = super::world().await else { return };
    let store = &world.store;
    let counts = vec![(key("example.org", 5, "{\"old\":1}"), 1), (key("example.org", 6, "{}"), 2)];
    store.tls_sessions_add(counts).await.unwrap();
    store.tls_reports_forget(6).await.unwrap();
    assert_eq!(store.tls_sessions("example.org", 5).await.unwrap(), []);
    assert_eq!(store.tls_sessions("example.org", 6).await.unwrap().len(), 1);
}
