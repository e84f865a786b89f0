//! Domains that share a mail server and not their policies.

use super::*;
use crate::route::{OpenFault, RouteFault};
use crate::smtp::{Phase, What};

const A: &str = "a.example.org";
const B: &str = "b.example.org";

/// Whether a session could be had.
async fn reached(world: &World, domain: &str) -> Result<(), OpenFault> {
    let transport = world.transport();
    transport.open(domain, &world.options).await.map(|_| ())
}

#[tokio::test]
async fn of_two_domains_with_one_server_only_the_one_with_a_broken_policy_waits() {
    let world = World::new().await;
    world.domain(A);
    world.domain(B);
    world.announce(A, "1", policy("enforce", "other.example.org"));
    world.announce(B, "1", policy("enforce", "*.example.org"));
    let waits = OpenFault::Route(RouteFault::Untrusted(Skipped::NotInPolicy));
    assert_eq!(reached(&world, A).await, Err(waits));
    assert_eq!(reached(&world, B).await, Ok(()));
    let transport = world.transport();
    let (a, b) = (
        transport.destination("", A).await,
        transport.destination("", B).await,
    );
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(a.site, b.site);
    assert_ne!(a.tls, b.tls);
}

#[tokio::test]
async fn a_policy_in_testing_or_taken_back_stops_no_mail() {
    for mode in ["testing", "none"] {
        let world = World::new().await;
        world.domain(A);
        world.announce(A, "1", policy(mode, "other.example.org"));
        assert_eq!(reached(&world, A).await, Ok(()), "{mode}");
    }
}

#[tokio::test]
async fn an_enforced_policy_wants_a_certificate_that_is_valid() {
    let mut world = World::new().await;
    world.domain(A);
    world.announce(A, "1", policy("enforce", MX));
    assert_eq!(reached(&world, A).await, Ok(()));
    // The same, to a client that does not know the authority.
    world.options.tls = TlsClients::new(None).unwrap();
    let Err(OpenFault::Trouble(trouble)) = reached(&world, A).await else {
        panic!("an unknown certificate was taken");
    };
    assert!(matches!(
        (trouble.phase, trouble.what),
        (Phase::Tls, What::Tls { .. })
    ));
    world.domain(B);
    assert_eq!(reached(&world, B).await, Ok(()));
}
