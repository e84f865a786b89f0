//! MTA-STS policies: fetched, kept, and not believed too easily.

use super::*;
use crate::dns::Dns;

const A: &str = "a.example.org";

fn mode(finding: &PolicyFinding) -> Option<Mode> {
    match finding {
        PolicyFinding::Holds { policy, .. } => Some(policy.mode),
        PolicyFinding::None | PolicyFinding::Broken(_) => None,
    }
}

#[tokio::test]
async fn a_policy_is_fetched_once_and_again_when_its_record_says_so() {
    let world = World::new().await;
    assert_eq!(
        world.inspector.policy("b.example.org").await,
        PolicyFinding::None
    );
    world.announce(A, "1", policy("enforce", MX));
    assert_eq!(mode(&world.inspector.policy(A).await), Some(Mode::Enforce));
    // Not looked at: the record has not changed.
    world.pages.lock().unwrap().clear();
    assert_eq!(mode(&world.inspector.policy(A).await), Some(Mode::Enforce));
    let fresh = World::new().await;
    let library = world.inspector.library.clone();
    let inspector = Inspector {
        library,
        ..fresh.inspector.clone()
    };
    fresh.announce(A, "2", policy("testing", MX));
    assert_eq!(mode(&inspector.policy(A).await), Some(Mode::Testing));
}

#[tokio::test]
async fn a_policy_that_can_no_longer_be_fetched_holds_until_its_end() {
    let world = World::new().await;
    world.announce(A, "1", policy("enforce", MX));
    assert_eq!(mode(&world.inspector.policy(A).await), Some(Mode::Enforce));
    let gone = World::new().await;
    let library = world.inspector.library.clone();
    let inspector = Inspector {
        library,
        clock: world.clock.clone(),
        ..gone.inspector.clone()
    };
    gone.announce(A, "2", page("404 Not Found", "text/plain", ""));
    let finding = inspector.policy(A).await;
    let PolicyFinding::Holds {
        policy,
        stale: Some(why),
    } = &finding
    else {
        panic!("{finding:?}");
    };
    assert_eq!(
        (policy.mode, why.as_str()),
        (Mode::Enforce, "the server answered 404")
    );
    world.clock.advance(policy.max_age);
    assert!(matches!(
        inspector.policy(A).await,
        PolicyFinding::Broken(_)
    ));
}

#[tokio::test]
async fn what_is_no_policy_leaves_the_domain_without_one() {
    let world = World::new().await;
    let good = policy("enforce", MX);
    let large = "x".repeat(70_000);
    for (id, page, why) in [
        ("301", page("301 Moved", "text/plain", ""), "answered 301"),
        (
            "html",
            good.replace("text/plain", "text/html"),
            "text/plain",
        ),
        ("large", page("200 OK", "text/plain", &large), "longer than"),
        ("cut", good.replace("Length: ", "Length: 9"), "cut off"),
        ("mode", policy("maybe", MX), "the policy's mode"),
        ("nothing", String::new(), ""),
    ] {
        let world = World::new().await;
        world.announce(A, id, page);
        match world.inspector.policy(A).await {
            PolicyFinding::Broken(told) => assert!(told.contains(why), "{id}: {told}"),
            other => panic!("{id}: {other:?}"),
        }
        let need = world.inspector.need(A, MxTrust::Unknown).await;
        assert_eq!(need, TlsNeed::default(), "{id}");
    }
    // No certificate for this name.
    world.announce("c.example.org", "1", good);
    let PolicyFinding::Broken(told) = world.inspector.policy("c.example.org").await else {
        panic!("a certificate of another name was taken");
    };
    assert!(told.contains("TLS failed"), "{told}");
}

#[tokio::test]
async fn a_policy_host_inside_a_private_network_is_never_asked() {
    let world = World::new().await;
    world.announce(A, "1", policy("enforce", MX));
    let mut inspector = world.inspector.clone();
    inspector.fetcher.guard = Guard::PublicOnly;
    let PolicyFinding::Broken(told) = inspector.policy(A).await else {
        panic!("an inner address was asked");
    };
    assert!(told.contains("no address"), "{told}");
}

#[test]
fn only_a_resolver_on_this_machine_vouches_for_answers() {
    let entropy = Arc::new(SeededEntropy::new(1));
    let far = Validated::new("192.0.2.53:53".parse().unwrap(), entropy.clone());
    assert!(far.unwrap_err().to_string().contains("not on this machine"));
    assert!(Validated::new("[::1]:53".parse().unwrap(), entropy).is_ok());
    assert!(Dns::with_servers(&[]).is_ok());
}
