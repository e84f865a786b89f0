//! Which servers, in which order, and which never.

use super::*;

fn mx(preference: u16, host: &str) -> Mx {
    Mx {
        preference,
        host: host.to_owned(),
    }
}

fn plan(answer: Answer<Mx>, random: u64) -> Result<Vec<String>, RouteFault> {
    Ok(order(&servers(answer, "example.org")?, random))
}

fn hosts(records: Vec<Mx>, random: u64) -> Result<Vec<String>, RouteFault> {
    plan(Answer::Records(records), random)
}

#[test]
fn servers_come_in_order_of_preference() {
    let records = vec![
        mx(20, "b.example.org"),
        mx(5, "c.example.org"),
        mx(10, "a.example.org"),
    ];
    let order = hosts(records, 1).unwrap();
    assert_eq!(order, ["c.example.org", "a.example.org", "b.example.org"]);
}

#[test]
fn equal_preferences_are_spread_by_the_random_number_alone() {
    let first = |random: u64| {
        let records = vec![mx(10, "a.example.org"), mx(10, "b.example.org")];
        hosts(records, random).unwrap()[0].clone()
    };
    let a = (0..1000).filter(|n| first(*n) == "a.example.org").count();
    assert!((400..600).contains(&a), "{a}");
    let turned = vec![mx(10, "b.example.org"), mx(10, "a.example.org")];
    assert_eq!(hosts(turned, 7).unwrap()[0], first(7));
}

#[test]
fn a_domain_without_mx_is_its_own_server() {
    let order = plan(Answer::NoRecords, 0).unwrap();
    assert_eq!(order, ["example.org"]);
}

#[test]
fn a_null_mx_takes_no_mail_and_stands_alone() {
    assert_eq!(hosts(vec![mx(0, ".")], 0), Err(RouteFault::NullMx));
    assert_eq!(hosts(vec![mx(0, "")], 0), Err(RouteFault::NullMx));
    let both = hosts(vec![mx(0, "."), mx(10, "mx.example.org")], 0);
    assert_eq!(both.unwrap(), ["mx.example.org"]);
}

#[test]
fn no_domain_is_for_good_and_no_answer_for_now() {
    let plan = |answer| plan(answer, 0).unwrap_err();
    assert_eq!(plan(Answer::NoDomain), RouteFault::NoDomain);
    assert_eq!(plan(Answer::Failed), RouteFault::NoAnswer);
}

#[test]
fn a_flood_of_servers_is_cut() {
    let many = (0..100)
        .map(|n| mx(n, &format!("mx{n}.example.org")))
        .collect();
    assert_eq!(hosts(many, 0).unwrap().len(), HOSTS_MAX);
}

fn one(ip: &str) -> Answer<IpAddr> {
    Answer::Records(vec![ip.parse().unwrap()])
}

const ANYHOW: HostWay = HostWay::Use(Demand::Opportunistic);

#[test]
fn a_server_that_must_not_be_used_is_passed_over_and_puts_mail_off_when_there_is_no_other() {
    let skip = || HostWay::Skip(Skipped::NotInPolicy);
    let host = |n: u8, way| (format!("mx{n}.example.org"), one("1.1.1.1"), way);
    let verified = host(2, HostWay::Use(Demand::Verified));
    let routes = admit(vec![host(1, skip()), verified], Guard::PublicOnly, 25).unwrap();
    assert_eq!(routes.len(), 1);
    assert_eq!(
        (routes[0].host.as_str(), &routes[0].tls),
        ("mx2.example.org", &TlsMode::StartTls)
    );
    let inner = ("mx3.example.org".to_owned(), one("10.0.0.1"), ANYHOW);
    let none = admit(vec![host(1, skip()), inner], Guard::PublicOnly, 25);
    assert_eq!(none, Err(RouteFault::Untrusted(Skipped::NotInPolicy)));
}

#[test]
fn servers_without_an_address_are_passed_over() {
    let hosts = vec![
        ("gone.example.org".to_owned(), Answer::NoDomain, ANYHOW),
        ("mx.example.org".to_owned(), one("1.1.1.1"), ANYHOW),
    ];
    let routes = admit(hosts, Guard::PublicOnly, 25).unwrap();
    assert_eq!(routes.len(), 1);
    assert_eq!(routes[0].host, "mx.example.org");
    assert_eq!(routes[0].tls, TlsMode::Opportunistic);
}

#[test]
fn without_any_address_the_reason_decides_whether_to_try_again() {
    let admit = |answers: Vec<Answer<IpAddr>>| {
        let hosts = answers
            .into_iter()
            .map(|a| ("mx.example.org".to_owned(), a, ANYHOW));
        admit(hosts.collect(), Guard::PublicOnly, 25).unwrap_err()
    };
    assert_eq!(admit(vec![Answer::NoRecords]), RouteFault::NoHost);
    assert_eq!(admit(vec![one("10.0.0.1")]), RouteFault::Forbidden);
    assert_eq!(
        admit(vec![one("10.0.0.1"), Answer::Failed]),
        RouteFault::NoAnswer
    );
}

#[test]
fn addresses_of_both_families_are_tried_by_turns() {
    let tried = |all: &[&str]| {
        let all = all.iter().map(|ip| ip.parse().unwrap()).collect();
        let hosts = vec![("mx.example.org".to_owned(), Answer::Records(all), ANYHOW)];
        let routes = admit(hosts, Guard::PublicOnly, 25).unwrap();
        let shown = routes[0].addresses.iter().map(ToString::to_string);
        shown.collect::<Vec<String>>()
    };
    let four = ["1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4", "1.1.1.5"];
    let six = ["2606:4700::1111", "2606:4700::1112"];
    assert_eq!(tried(&four), four[..4]);
    let both = [&four[..3], &six].concat();
    assert_eq!(tried(&both), [four[0], six[0], four[1], six[1]]);
    assert_eq!(tried(&[six[0], six[1], four[0]]), [four[0], six[0], six[1]]);
    assert_eq!(tried(&six[..1]), six[..1]);
}

#[test]
fn inner_networks_are_never_dialled_and_the_operator_may_allow_them() {
    for ip in [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "192.0.0.8",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:7f00:1::",
        "2001:db8::1",
        "2001::1",
    ] {
        let host = || vec![("mx.example.org".to_owned(), one(ip), ANYHOW)];
        assert_eq!(
            admit(host(), Guard::PublicOnly, 25),
            Err(RouteFault::Forbidden),
            "{ip}"
        );
        assert!(admit(host(), Guard::Any, 25).is_ok(), "{ip}");
    }
    for ip in [
        "1.1.1.1",
        "100.128.0.1",
        "2606:4700::1111",
        "2001:4860::8888",
        "2002:101:101::",
    ] {
        assert!(is_public(ip.parse().unwrap()), "{ip}");
    }
}
