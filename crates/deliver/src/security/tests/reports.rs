//! What domains are told of their servers, over real connections.

use std::time::Duration;

use super::*;
use crate::tls_report::{Tally, Toll};
use avow_model::Clock;
use avow_testkit::Bureau;
use serde_json::Value;

const A: &str = "a.example.org";

/// From before the certificates here are valid to a day on which they are.
const A_YEAR: Duration = Duration::from_hours(366 * 24);

/// Connects for a domain's mail, counts it as often as said, and gives what the store then knows of the day.
async fn told(world: &World, domain: &str, times: usize) -> Vec<(String, String, String, u64)> {
    let bureau = Bureau::open(world.clock.clone()).await.unwrap();
    let tally = Tally::new(&world.transport(), &world.options).unwrap();
    let transport = world.transport();
    for _ in 0..times {
        let to = transport.destination("", domain).await.unwrap();
        let mut tried = Vec::new();
        let opened = transport.connect(&to, &world.options, &mut tried).await;
        drop(opened);
        let mut toll = Toll::new(tried);
        // A connection counts once for a domain, however many messages it carries.
        for _ in 0..3 {
            toll.count(Some(&tally), domain, world.clock.now());
        }
    }
    tally.flush(&bureau.store).await;
    // What was added is not added again.
    tally.flush(&bureau.store).await;
    let day = world.clock.now().as_second().div_euclid(86_400);
    let rows = bureau.store.tls_sessions(domain, day).await.unwrap();
    let shown = rows.into_iter().map(|row| {
        let policy: Value = serde_json::from_str(&row.policy).unwrap();
        let kind = policy["policy-type"].as_str().unwrap().to_owned();
        (kind, row.result, row.host, row.sessions)
    });
    shown.collect()
}

fn one(kind: &str, result: &str, host: &str, times: u64) -> [(String, String, String, u64); 1] {
    [(kind.to_owned(), result.to_owned(), host.to_owned(), times)]
}

#[tokio::test]
async fn a_policy_in_testing_stops_no_mail_and_its_failures_are_reported() {
    let world = World::new().await;
    world.domain(A);
    world.announce(A, "1", policy("testing", MX));
    assert_eq!(
        told(&world, A, 2).await,
        one("sts", "certificate-expired", MX, 2)
    );
    world.clock.advance(A_YEAR);
    assert_eq!(told(&world, A, 2).await, one("sts", "success", "", 2));
    let world = World::new().await;
    world.clock.advance(A_YEAR);
    world.domain(A);
    world.announce(A, "1", policy("testing", "other.example.org"));
    assert_eq!(
        told(&world, A, 1).await,
        one("sts", "validation-failure", MX, 1)
    );
    let world = World::new().await;
    world.clock.advance(A_YEAR);
    world.zone.mail(A, &["mx2.example.org"]);
    world.zone.address("mx2.example.org", HERE);
    world.announce(A, "1", policy("testing", "*.example.org"));
    let mismatch = one("sts", "certificate-host-mismatch", "mx2.example.org", 1);
    assert_eq!(told(&world, A, 1).await, mismatch);
}

#[tokio::test]
async fn an_enforced_policy_that_fails_is_reported_by_the_host_that_was_not_used() {
    let world = World::new().await;
    world.domain(A);
    world.announce(A, "1", policy("enforce", "other.example.org"));
    assert_eq!(
        told(&world, A, 1).await,
        one("sts", "validation-failure", MX, 1)
    );
    let mut world = World::new().await;
    world.domain(A);
    world.announce(A, "1", policy("enforce", MX));
    assert_eq!(told(&world, A, 1).await, one("sts", "success", "", 1));
    world.options.tls = TlsClients::new(None).unwrap();
    assert_eq!(
        told(&world, A, 1).await,
        one("sts", "certificate-not-trusted", MX, 1)
    );
}

#[tokio::test]
async fn a_policy_that_cannot_be_had_is_told_from_none() {
    let world = World::new().await;
    world.domain(A);
    assert_eq!(
        told(&world, A, 1).await,
        one("no-policy-found", "success", "", 1)
    );
    for (id, page, result) in [
        (
            "1",
            page("404 Not Found", "text/plain", ""),
            "sts-policy-fetch-error",
        ),
        ("2", policy("maybe", MX), "sts-policy-invalid"),
    ] {
        let world = World::new().await;
        world.domain(A);
        world.announce(A, id, page);
        assert_eq!(told(&world, A, 1).await, one("sts", result, MX, 1));
    }
    let world = World::new().await;
    world.domain("c.example.org");
    world.announce("c.example.org", "1", policy("testing", MX));
    let told = told(&world, "c.example.org", 1).await;
    assert_eq!(told, one("sts", "sts-webpki-invalid", MX, 1));
}
