//! Greeting, TLS and authentication.

use std::path::Path;

use super::*;
use crate::tls::materials::{acceptor, file};

fn trusting() -> ClientOptions {
    ClientOptions {
        tls: TlsClients::new(Some(&file("ca.pem"))).unwrap(),
        ..options()
    }
}

/// One script in clear, a handshake, one script inside.
pub(super) async fn secured(
    clear: Script,
    inside: Script,
    route: &Route,
    options: &ClientOptions,
) -> (Result<Session, Trouble>, Option<Transcript>) {
    let (near, mut far) = tokio::io::duplex(PIPE_BYTES);
    let server = async move {
        clear.play(&mut far).await;
        // The authority's certificate behind the server's, as DANE-TA wants it.
        let mut stream = acceptor(["relay.pem", "ca.pem"], "relay.key")
            .accept(far)
            .await
            .ok()?;
        Some(inside.play(&mut stream).await)
    };
    let client = Session::over(Box::new(near), false, route, (options, &route.tls));
    tokio::join!(client, server)
}

pub(super) fn starttls() -> Script {
    Script::greeting(&["STARTTLS", "SMTPUTF8"])
        .expect("STARTTLS")
        .say("220 Go")
}

/// EHLO again, answered with other keywords.
pub(super) fn hello_inside(keyword: &str) -> Script {
    let last = format!("250 {keyword}");
    Script::new()
        .expect("EHLO")
        .say("250-mx.example.org")
        .say(&last)
}

#[tokio::test(start_paused = true)]
async fn after_the_handshake_nothing_of_the_clear_session_is_believed() {
    let (opened, transcript) = secured(
        starttls(),
        hello_inside("PIPELINING"),
        &route(TlsMode::StartTls),
        &trusting(),
    )
    .await;
    let session = opened.unwrap();
    assert!(session.extensions().pipelining && !session.extensions().smtputf8);
    assert_eq!(transcript.unwrap().strayed, None);
}

#[tokio::test(start_paused = true)]
async fn data_injected_before_the_handshake_ends_the_session() {
    let script = Script::greeting(&["STARTTLS"])
        .expect("STARTTLS")
        .raw(b"220 Go\r\n250-evil\r\n250 AUTH PLAIN\r\n");
    for tls in [TlsMode::StartTls, TlsMode::Opportunistic] {
        let (opened, _) = secured(script.clone(), Script::new(), &route(tls), &trusting()).await;
        assert_eq!(opened.err().unwrap().what, What::Injected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_relay_whose_certificate_is_unknown_or_of_another_name_is_not_used() {
    for (host, options) in [
        ("relay.example.test", options()),
        ("other.example.test", trusting()),
    ] {
        let route = Route {
            host: host.to_owned(),
            ..route(TlsMode::StartTls)
        };
        let (opened, _) = secured(starttls(), Script::new(), &route, &options).await;
        let trouble = opened.err().unwrap();
        assert_eq!(trouble.phase, Phase::Tls, "{trouble}");
    }
}

#[tokio::test(start_paused = true)]
async fn direct_delivery_takes_any_certificate() {
    let route = Route {
        host: "mx.example.org".to_owned(),
        ..route(TlsMode::Opportunistic)
    };
    let (opened, _) = secured(starttls(), hello_inside("PIPELINING"), &route, &options()).await;
    assert!(opened.unwrap().extensions().pipelining);
}

#[tokio::test(start_paused = true)]
async fn tls_from_the_first_byte_needs_no_word_in_clear() {
    let inside = Script::greeting(&["PIPELINING"]);
    let (opened, transcript) = secured(
        Script::new(),
        inside,
        &route(TlsMode::Implicit),
        &trusting(),
    )
    .await;
    assert!(opened.is_ok());
    assert_eq!(transcript.unwrap().strayed, None);
}

#[tokio::test(start_paused = true)]
async fn a_required_starttls_that_is_not_offered_or_refused_is_never_done_without() {
    let open = async |script: Script| {
        let (opened, _) = secured(
            script,
            Script::new(),
            &route(TlsMode::StartTls),
            &trusting(),
        )
        .await;
        opened.err().unwrap().what
    };
    assert_eq!(open(Script::greeting(&[])).await, What::NoStartTls);
    let refusing = Script::greeting(&["STARTTLS"])
        .expect("STARTTLS")
        .say("454 4.7.0 No");
    assert!(matches!(open(refusing).await, What::Refused(reply) if reply.code == 454));
}

#[tokio::test(start_paused = true)]
async fn an_optional_starttls_that_is_refused_is_done_without() {
    let script = Script::greeting(&["STARTTLS"])
        .expect("STARTTLS")
        .say("454 4.7.0 No");
    let (near, mut far) = tokio::io::duplex(PIPE_BYTES);
    let (route, options) = (route(TlsMode::Opportunistic), options());
    let client = Session::over(Box::new(near), false, &route, (&options, &route.tls));
    let (opened, transcript) = tokio::join!(client, script.play(&mut far));
    assert!(opened.is_ok());
    assert_eq!(transcript.strayed, None);
}

/// A server on the loopback interface that breaks the first handshake and takes the second connection in clear.
#[tokio::test]
async fn a_failed_handshake_falls_back_to_clear_once() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = async {
        let (mut first, _) = listener.accept().await.unwrap();
        starttls().play(&mut first).await;
        drop(first);
        let (mut second, _) = listener.accept().await.unwrap();
        Script::greeting(&["STARTTLS"]).play(&mut second).await
    };
    let route = Route {
        port: address.port(),
        addresses: vec![address.ip()],
        ..route(TlsMode::Opportunistic)
    };
    let options = options();
    let (opened, transcript) = tokio::join!(Session::open(&route, &options), server);
    assert!(opened.is_ok());
    assert_eq!(transcript.strayed, None);
}

#[tokio::test]
async fn a_host_that_refuses_the_connection_is_trouble_of_connecting() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let route = Route {
        port: address.port(),
        addresses: vec![address.ip()],
        ..route(TlsMode::Clear)
    };
    let trouble = Session::open(&route, &options()).await.err().unwrap();
    assert_eq!(trouble.phase, Phase::Connect);
}

async fn with_auth(script: Script, near_by: bool) -> (Result<Session, Trouble>, Transcript) {
    let route = Route {
        auth: Some(Auth {
            user: "user".to_owned(),
            password: "secret".to_owned(),
        }),
        ..route(TlsMode::Clear)
    };
    let (near, mut far) = tokio::io::duplex(PIPE_BYTES);
    let options = options();
    let server = async move { script.play(&mut far).await };
    let client = Session::over(Box::new(near), near_by, &route, (&options, &TlsMode::Clear));
    tokio::join!(client, server)
}

#[tokio::test(start_paused = true)]
async fn plain_is_preferred_and_login_is_known() {
    let plain = Script::greeting(&["AUTH LOGIN PLAIN"])
        .expect("AUTH PLAIN AHVzZXIAc2VjcmV0")
        .say("235 2.7.0 Welcome");
    let login = Script::greeting(&["AUTH LOGIN"])
        .expect("AUTH LOGIN")
        .say("334 VXNlcm5hbWU6")
        .expect("dXNlcg==")
        .say("334 UGFzc3dvcmQ6")
        .expect("c2VjcmV0")
        .say("235 2.7.0 Welcome");
    for script in [plain, login] {
        let (opened, transcript) = with_auth(script, true).await;
        assert!(opened.is_ok());
        assert_eq!(transcript.strayed, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_password_never_crosses_a_network_in_clear() {
    let script = Script::greeting(&["AUTH PLAIN"]).quiet();
    let (opened, transcript) = with_auth(script, false).await;
    assert_eq!(opened.err().unwrap().what, What::PasswordInClear);
    assert_eq!(transcript.lines, ["EHLO out.example.com"]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_password_is_trouble_that_names_the_reply() {
    let script = Script::greeting(&["AUTH PLAIN"])
        .expect("AUTH")
        .say("535 5.7.8 Bad credentials");
    let trouble = with_auth(script, true).await.0.err().unwrap();
    assert_eq!(
        (trouble.phase, trouble.reply().unwrap().code),
        (Phase::Auth, 535)
    );
    let none = with_auth(Script::greeting(&["AUTH CRAM-MD5"]), true)
        .await
        .0
        .err();
    assert_eq!(none.unwrap().what, What::NoMechanism);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_has_never_heard_of_ehlo_is_greeted_with_helo() {
    let script = Script::new()
        .say("220-old")
        .say("220 server")
        .expect("EHLO")
        .say("502 what?")
        .expect("HELO")
        .say("250 PIPELINING");
    let (pipelining, _) = talk(script, async |session| session.extensions().pipelining).await;
    assert!(!pipelining);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_refuses_us_at_the_door_says_why() {
    let trouble = fail_to_open(Script::new().say("554 5.7.1 Not you")).await;
    assert_eq!(trouble.phase, Phase::Greeting);
    assert_eq!(trouble.reply().unwrap().to_string(), "554 5.7.1 Not you");
}

#[test]
fn a_ca_file_that_cannot_be_used_says_what_to_do() {
    let fault = |path: &Path| TlsClients::new(Some(path)).err().unwrap().to_string();
    assert!(fault(Path::new("no-such-file.pem")).contains("check the path"));
    assert!(fault(&file("README.md")).contains("holds no certificate"));
}
