//! Sending domains that are in order, and each thing that can be wrong with one.

use std::net::IpAddr;

use avow_testkit::SeededEntropy;

use super::*;
use crate::dkim::KeyFolder;
use crate::dns::zone::Zone;

const DOMAIN: &str = "news.acme.example";
const EHLO: &str = "mail.acme.example";
const IP: &str = "8.8.4.4";

fn ip() -> IpAddr {
    IP.parse().unwrap()
}

fn keys() -> [DnsRecord; 2] {
    let folder = tempfile::tempdir().unwrap();
    let entropy = SeededEntropy::new(7);
    KeyFolder(folder.path()).ensure(DOMAIN, &entropy).unwrap()
}

fn sender(keys: &[DnsRecord; 2], way: Way) -> Sender {
    Sender {
        domain: DOMAIN.to_owned(),
        keys: Some(keys.clone()),
        way,
    }
}

fn direct() -> Way {
    Way::Direct {
        ehlo: EHLO.to_owned(),
    }
}

/// A name server on which everything is as it has to be.
async fn in_order(keys: &[DnsRecord; 2]) -> Zone {
    let zone = Zone::serve().await;
    for record in keys {
        zone.text(&record.name, &record.value);
    }
    zone.text(DOMAIN, "some other text");
    zone.text(DOMAIN, "v=spf1 include:_spf.acme.example -all");
    zone.text("_spf.acme.example", &format!("v=spf1 ip4:{IP}/31 ?all"));
    zone.text(
        "_dmarc.acme.example",
        "v=DMARC1; p=quarantine; rua=mailto:d@acme.example",
    );
    zone.address(EHLO, ip());
    zone.name_of(ip(), EHLO);
    zone
}

async fn findings(zone: &Zone, sender: &Sender) -> Vec<Finding> {
    let inspector = Inspector::new(zone.dns.clone());
    judge(sender, &inspector.look(sender).await)
}

fn state(findings: &[Finding], matter: Matter) -> State {
    findings.iter().find(|f| f.matter == matter).unwrap().state
}

#[tokio::test]
async fn a_domain_that_publishes_everything_is_good_in_every_matter() {
    let keys = keys();
    let zone = in_order(&keys).await;
    let found = findings(&zone, &sender(&keys, direct())).await;
    assert!(
        found
            .iter()
            .all(|f| f.state == State::Good && f.fix.is_empty()),
        "{found:#?}"
    );
    assert_eq!(found.len(), 5);
    assert_eq!(obstacle(&found), None);
}

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "one table: a line for each thing that can be wrong"
)]
async fn each_missing_or_wrong_record_is_named_with_what_has_to_stand_there() {
    type Harm = fn(&Zone, &[DnsRecord; 2]);
    let cases: [(Matter, State, &str, Harm); 15] = [
        (Matter::DkimRsa, State::Bad, "There is no key", |z, k| {
            z.forget(&k[0].name);
        }),
        (
            Matter::DkimEd25519,
            State::Weak,
            "There is no key",
            |z, k| z.forget(&k[1].name),
        ),
        (Matter::DkimRsa, State::Bad, "another one", |z, k| {
            z.forget(&k[0].name);
            z.text(&k[0].name, "v=DKIM1; k=rsa; p=AAAA");
        }),
        (Matter::DkimRsa, State::Bad, "withdrawn", |z, k| {
            z.forget(&k[0].name);
            z.text(&k[0].name, "v=DKIM1; p=");
        }),
        (Matter::DkimRsa, State::Bad, "several keys", |z, k| {
            z.text(&k[0].name, "v=DKIM1; p=AAAA");
        }),
        (Matter::Spf, State::Bad, "no SPF record", |z, _| {
            z.forget(DOMAIN);
        }),
        (Matter::Spf, State::Bad, "several SPF records", |z, _| {
            z.text(DOMAIN, "v=spf1 -all");
        }),
        (
            Matter::Spf,
            State::Bad,
            "does not let 8.8.4.4 send",
            |z, _| {
                z.forget(DOMAIN);
                z.text(DOMAIN, "v=spf1 ip4:8.8.8.8 -all");
            },
        ),
        (
            Matter::Spf,
            State::Bad,
            "cannot be read: v=spf1 ip:x",
            |z, _| {
                z.forget(DOMAIN);
                z.text(DOMAIN, "v=spf1 ip:x");
            },
        ),
        (Matter::Spf, State::Bad, "more than ten times", |z, _| {
            z.forget("_spf.acme.example");
            z.text("_spf.acme.example", "v=spf1 include:_spf.acme.example -all");
        }),
        (Matter::Dmarc, State::Bad, "no DMARC record", |z, _| {
            z.forget("_dmarc.acme.example");
        }),
        (
            Matter::Dmarc,
            State::Bad,
            "no policy that counts",
            |z, _| z.text("_dmarc.news.acme.example", "v=DMARC1; p=maybe"),
        ),
        (Matter::Host, State::Bad, "has no address", |z, _| {
            z.forget(EHLO);
        }),
        (Matter::Host, State::Bad, "No name leads back", |z, _| {
            z.forget("4.4.8.8.in-addr.arpa");
        }),
        (
            Matter::Host,
            State::Weak,
            "is called vps7.host.example",
            |z, _| {
                z.forget("4.4.8.8.in-addr.arpa");
                z.name_of(ip(), "vps7.host.example");
                z.address("vps7.host.example", ip());
            },
        ),
    ];
    let keys = keys();
    for (matter, wanted, words, harm) in cases {
        let zone = in_order(&keys).await;
        harm(&zone, &keys);
        let found = findings(&zone, &sender(&keys, direct())).await;
        let finding = found.iter().find(|f| f.matter == matter).unwrap();
        assert_eq!(finding.state, wanted, "{words}: {finding:?}");
        assert!(finding.text.contains(words), "{words}: {finding:?}");
        assert!(!finding.fix.is_empty(), "{finding:?}");
        assert_eq!(obstacle(&found).is_some(), wanted == State::Bad, "{words}");
    }
}

#[tokio::test]
async fn a_name_that_does_not_lead_back_to_the_address_counts_for_nothing() {
    let keys = keys();
    let zone = in_order(&keys).await;
    zone.forget("4.4.8.8.in-addr.arpa");
    zone.name_of(ip(), "claimed.example");
    zone.address("claimed.example", "1.1.1.1".parse().unwrap());
    let found = findings(&zone, &sender(&keys, direct())).await;
    assert_eq!(state(&found, Matter::Host), State::Bad);
}

#[tokio::test]
async fn a_greeting_that_leads_into_a_private_network_is_refused() {
    let keys = keys();
    let zone = in_order(&keys).await;
    zone.address(EHLO, "10.0.0.1".parse().unwrap());
    let found = findings(&zone, &sender(&keys, direct())).await;
    assert_eq!(state(&found, Matter::Host), State::Bad);
}

#[tokio::test]
async fn silence_is_not_taken_for_absence() {
    let keys = keys();
    for (name, matter) in [
        (keys[0].name.as_str(), Matter::DkimRsa),
        (DOMAIN, Matter::Spf),
        ("_spf.acme.example", Matter::Spf),
        ("_dmarc.news.acme.example", Matter::Dmarc),
        (EHLO, Matter::Host),
        ("4.4.8.8.in-addr.arpa", Matter::Host),
    ] {
        let zone = in_order(&keys).await;
        zone.fail(name);
        let found = findings(&zone, &sender(&keys, direct())).await;
        assert_eq!(state(&found, matter), State::Untold, "{name}");
        assert!(obstacle(&found).is_some());
    }
}

#[tokio::test]
async fn through_a_relay_only_what_is_ours_is_judged() {
    let keys = keys();
    let zone = in_order(&keys).await;
    let found = findings(&zone, &sender(&keys, Way::Relay)).await;
    assert!(found.iter().all(|f| f.state == State::Good), "{found:#?}");
    assert!(found.iter().all(|f| f.matter != Matter::Host));
}

#[tokio::test]
async fn what_was_good_is_remembered_and_what_was_bad_is_asked_again_at_once() {
    let keys = keys();
    let zone = in_order(&keys).await;
    let inspector = Inspector::new(zone.dns.clone());
    let sender = sender(&keys, direct());
    let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    let at = |minutes| now + jiff::SignedDuration::from_mins(minutes);
    assert_eq!(obstacle(&inspector.findings(&sender, now).await), None);
    zone.forget(&keys[0].name);
    assert_eq!(obstacle(&inspector.findings(&sender, at(9)).await), None);
    let empty = Zone::serve().await;
    let fresh = Inspector::new(empty.dns.clone());
    assert!(obstacle(&fresh.findings(&sender, at(11)).await).is_some());
}

#[tokio::test]
async fn texts_that_are_no_dmarc_record_do_not_hide_the_one_above() {
    let keys = keys();
    let zone = in_order(&keys).await;
    zone.text(
        "_dmarc.news.acme.example",
        "a wildcard says this of every name",
    );
    let found = findings(&zone, &sender(&keys, direct())).await;
    assert_eq!(state(&found, Matter::Dmarc), State::Good);
}

#[tokio::test]
async fn one_name_that_leads_back_is_enough() {
    let keys = keys();
    let zone = in_order(&keys).await;
    zone.name_of(ip(), "broken.example");
    zone.fail("broken.example");
    let found = findings(&zone, &sender(&keys, direct())).await;
    assert_eq!(state(&found, Matter::Host), State::Good);
}
