//! DANE from the name server to the handshake.

use aws_lc_rs::digest::{SHA256, digest};

use super::*;
use crate::dns::{Answer, Trust};
use crate::route::{OpenFault, RouteFault};
use crate::smtp::Phase;

const A: &str = "a.example.org";

/// Signed from the domain to the server's records, which name its certificate.
async fn signed(data: &[u8]) -> World {
    let world = World::new().await;
    world.domain(A);
    world.zone.tlsa(MX, world.mail.port(), (3, 0, 1), data);
    for name in [A, MX, &records(&world)] {
        world.zone.sign(name);
    }
    world
}

fn records(world: &World) -> String {
    format!("_{}._tcp.{MX}", world.mail.port())
}

fn right() -> Vec<u8> {
    digest(&SHA256, &certificate("policy.pem"))
        .as_ref()
        .to_vec()
}

async fn open(world: &World) -> Result<(), OpenFault> {
    let transport = world.transport();
    transport.open(A, &world.options).await.map(|_| ())
}

async fn finding(world: &World) -> HostFinding {
    let (_, trust) = world.inspector.mx(A).await;
    let need = world.inspector.need(A, trust).await;
    world.inspector.host(&need, MX, world.mail.port()).await.1
}

#[tokio::test]
async fn signed_records_take_the_server_that_they_name_and_no_other() {
    // No authority is known here: only the record speaks for the certificate.
    let mut world = signed(&right()).await;
    world.options.tls = TlsClients::new(None).unwrap();
    assert!(matches!(
        finding(&world).await.way,
        HostWay::Use(Demand::Dane(_))
    ));
    assert_eq!(open(&world).await, Ok(()));
    let world = signed(&[0; 32]).await;
    let Err(OpenFault::Trouble(trouble)) = open(&world).await else {
        panic!("a certificate that no record names was taken");
    };
    assert_eq!(trouble.phase, Phase::Tls);
}

#[tokio::test]
async fn records_that_are_not_told_put_mail_off_and_weaken_nothing() {
    let world = signed(&right()).await;
    world.zone.fail(&records(&world));
    assert_eq!(finding(&world).await.tlsa, TlsaAnswer::Failed);
    let waits = OpenFault::Route(RouteFault::Untrusted(Skipped::NoTlsaAnswer));
    assert_eq!(open(&world).await, Err(waits));
}

#[tokio::test]
async fn a_policy_does_not_stand_in_for_records_that_do_not_match() {
    let world = signed(&[0; 32]).await;
    world.announce(A, "1", policy("enforce", MX));
    let Err(OpenFault::Trouble(trouble)) = open(&world).await else {
        panic!("MTA-STS overrode DANE");
    };
    assert_eq!(trouble.phase, Phase::Tls);
    let world = signed(&right()).await;
    world.announce(A, "1", policy("enforce", "other.example.org"));
    assert_eq!(open(&world).await, Ok(()));
}

#[tokio::test]
async fn a_break_in_the_chain_of_signatures_leaves_dane_out() {
    for left_out in 0..3 {
        let world = World::new().await;
        world.domain(A);
        world.zone.tlsa(MX, world.mail.port(), (3, 0, 1), &[0; 32]);
        let names = [A.to_owned(), MX.to_owned(), records(&world)];
        for (n, name) in names.iter().enumerate() {
            if n != left_out {
                world.zone.sign(name);
            }
        }
        let found = finding(&world).await;
        assert_eq!(
            found.way,
            HostWay::Use(Demand::Opportunistic),
            "{}",
            names[left_out]
        );
        let asked = found.tlsa != TlsaAnswer::NotAsked;
        assert_eq!(asked, left_out == 2);
        assert_eq!(open(&world).await, Ok(()));
    }
}

#[tokio::test]
async fn without_records_or_without_a_validating_resolver_there_is_no_dane() {
    let world = World::new().await;
    world.domain(A);
    world.zone.sign(A);
    world.zone.sign(MX);
    assert_eq!(finding(&world).await.tlsa, TlsaAnswer::None);
    let mut world = signed(&[0; 32]).await;
    world.inspector.validated = None;
    let found = finding(&world).await;
    assert_eq!(
        (found.address, found.tlsa),
        (Trust::Unsigned, TlsaAnswer::NotAsked)
    );
    assert_eq!(open(&world).await, Ok(()));
}

#[tokio::test]
async fn records_that_mail_cannot_use_want_tls_with_any_certificate() {
    let world = World::new().await;
    world.domain(A);
    world.zone.tlsa(MX, world.mail.port(), (1, 1, 1), &[0; 32]);
    for name in [A, MX, &records(&world)] {
        world.zone.sign(name);
    }
    assert_eq!(finding(&world).await.way, HostWay::Use(Demand::Encrypted));
    assert_eq!(open(&world).await, Ok(()));
}

#[tokio::test]
async fn mx_records_that_do_not_validate_are_no_answer() {
    let world = signed(&right()).await;
    world.zone.fail(A);
    assert_eq!(
        world.inspector.mx(A).await,
        (Answer::Failed, MxTrust::Unknown)
    );
    let waits = OpenFault::Route(RouteFault::NoAnswer);
    assert_eq!(open(&world).await, Err(waits));
}

/// The MX record names an alias of the one mail server, whose certificate has the server's own name.
const ALIAS: &str = "mail.example.net";

async fn aliased(signed: &[&str]) -> World {
    let world = World::new().await;
    world.zone.mail(A, &[ALIAS]);
    world.zone.alias(ALIAS, MX);
    for name in signed {
        world.zone.sign(name);
    }
    world
}

async fn found_at_alias(world: &World) -> HostFinding {
    let (_, trust) = world.inspector.mx(A).await;
    let need = world.inspector.need(A, trust).await;
    let host = world.inspector.host(&need, ALIAS, world.mail.port());
    host.await.1
}

#[tokio::test]
async fn an_alias_is_asked_for_its_records_where_it_leads_and_then_at_its_own_name() {
    let mut world = aliased(&[A, ALIAS]).await;
    let port = world.mail.port();
    // An authority of the server's own: the certificate must have the name that the records stand under.
    let authority = digest(&SHA256, &certificate("policy-ca.pem"));
    world.zone.tlsa(MX, port, (2, 0, 1), authority.as_ref());
    world.zone.sign(&records(&world));
    world.options.tls = TlsClients::new(None).unwrap();
    let found = found_at_alias(&world).await;
    assert_eq!(found.host, MX);
    assert!(matches!(found.way, HostWay::Use(Demand::Dane(_))));
    assert_eq!(open(&world).await, Ok(()));
    // None there: those of its own name.
    let world = aliased(&[A, ALIAS]).await;
    let own = format!("_{}._tcp.{ALIAS}", world.mail.port());
    world
        .zone
        .tlsa(ALIAS, world.mail.port(), (3, 0, 1), &right());
    world.zone.sign(&own);
    let found = found_at_alias(&world).await;
    assert_eq!(found.host, ALIAS);
    assert!(matches!(found.way, HostWay::Use(Demand::Dane(_))));
    assert_eq!(open(&world).await, Ok(()));
    // Silence about those where it leads is no "none".
    world.zone.fail(&records(&world));
    assert_eq!(found_at_alias(&world).await.tlsa, TlsaAnswer::Failed);
}
