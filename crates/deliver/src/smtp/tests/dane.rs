//! Certificates and the records that name them, in real handshakes.

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use rustls::server::ParsedCertificate;

use super::opening::{hello_inside, secured, starttls};
use super::*;
use crate::security::Tlsa;
use crate::tls::materials::certificate;

fn key(name: &str) -> Vec<u8> {
    let certificate = certificate(name);
    let parsed = ParsedCertificate::try_from(&certificate).unwrap();
    parsed.subject_public_key_info().to_vec()
}

fn record(numbers: (u8, u8, u8), name: &str) -> Tlsa {
    let part = match numbers.1 {
        0 => certificate(name).to_vec(),
        _ => key(name),
    };
    let data = match numbers.2 {
        0 => part,
        1 => digest(&SHA256, &part).as_ref().to_vec(),
        _ => digest(&SHA512, &part).as_ref().to_vec(),
    };
    Tlsa::usable(numbers, &data).unwrap()
}

async fn shake(host: &str, records: &[Tlsa]) -> Result<Session, Trouble> {
    let route = Route {
        host: host.to_owned(),
        ..route(TlsMode::Dane(records.into()))
    };
    let inside = hello_inside("PIPELINING");
    secured(starttls(), inside, &route, &options()).await.0
}

#[tokio::test(start_paused = true)]
async fn a_servers_own_certificate_is_taken_by_every_kind_of_record_whatever_its_names() {
    for selector in [0, 1] {
        for matching in [0, 1, 2] {
            let record = record((3, selector, matching), "relay.pem");
            let other = record_of_nobody();
            for host in ["relay.example.test", "another.example.test"] {
                let opened = shake(host, &[other.clone(), record.clone()]).await;
                assert!(opened.is_ok(), "3 {selector} {matching} {host}");
            }
        }
    }
}

fn record_of_nobody() -> Tlsa {
    Tlsa::usable((3, 1, 1), &[0; 32]).unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_authority_is_taken_for_the_host_that_it_signed_for_and_no_other() {
    for selector in [0, 1] {
        for matching in [0, 1, 2] {
            let records = [record((2, selector, matching), "ca.pem")];
            let opened = shake("relay.example.test", &records).await;
            assert!(
                opened.is_ok(),
                "2 {selector} {matching}: {:?}",
                opened.err()
            );
            let trouble = shake("another.example.test", &records).await.err().unwrap();
            assert_eq!(trouble.phase, Phase::Tls);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_certificate_that_no_record_names_is_never_taken_and_nothing_is_said_in_clear() {
    let crossed = [
        vec![record_of_nobody()],
        // The right bytes in the wrong part.
        vec![record((3, 1, 1), "ca.pem")],
        vec![record((2, 1, 1), "relay.pem")],
    ];
    for records in crossed {
        let trouble = shake("relay.example.test", &records).await.err().unwrap();
        assert_eq!(trouble.phase, Phase::Tls, "{trouble}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_domain_requires_is_not_done_without() {
    let dane = TlsMode::Dane([record_of_nobody()].into());
    for tls in [TlsMode::Encrypted, TlsMode::StartTls, dane] {
        let plain = Script::greeting(&["PIPELINING"]).quiet();
        let (opened, _) = secured(plain, Script::new(), &route(tls.clone()), &options()).await;
        assert_eq!(opened.err().unwrap().what, What::NoStartTls, "{tls:?}");
        let refusing = Script::greeting(&["STARTTLS"])
            .expect("STARTTLS")
            .say("454 4.7.0 No");
        let (opened, _) = secured(refusing, Script::new(), &route(tls), &options()).await;
        assert!(matches!(opened.err().unwrap().what, What::Refused(_)));
    }
}

#[tokio::test(start_paused = true)]
async fn unusable_records_want_tls_with_any_certificate() {
    let route = Route {
        host: "another.example.test".to_owned(),
        ..route(TlsMode::Encrypted)
    };
    let inside = hello_inside("PIPELINING");
    let (opened, _) = secured(starttls(), inside, &route, &options()).await;
    assert!(opened.is_ok());
}

/// A server on the loopback interface that breaks every handshake.
#[tokio::test]
async fn a_broken_handshake_is_not_tried_in_clear_where_tls_is_required_and_is_remembered_where_not()
 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let route = |tls| Route {
        port: address.port(),
        addresses: vec![address.ip()],
        ..route(tls)
    };
    let broken = async || {
        let (mut stream, _) = listener.accept().await.unwrap();
        starttls().play(&mut stream).await;
    };
    let options = options();
    let required = route(TlsMode::Encrypted);
    let (opened, ()) = tokio::join!(Session::open(&required, &options), broken());
    assert_eq!(opened.err().unwrap().phase, Phase::Tls);

    let optional = route(TlsMode::Opportunistic);
    let in_clear = async || {
        let (mut stream, _) = listener.accept().await.unwrap();
        Script::greeting(&["STARTTLS"]).play(&mut stream).await
    };
    let server = async {
        broken().await;
        in_clear().await
    };
    let (opened, transcript) = tokio::join!(Session::open(&optional, &options), server);
    assert_eq!((opened.is_ok(), transcript.strayed), (true, None));
    // From now on at once.
    let (opened, transcript) = tokio::join!(Session::open(&optional, &options), in_clear());
    assert_eq!((opened.is_ok(), transcript.strayed), (true, None));
    let (opened, ()) = tokio::join!(Session::open(&required, &options), broken());
    assert_eq!(opened.err().unwrap().phase, Phase::Tls);
}
