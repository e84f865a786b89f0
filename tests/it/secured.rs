//! TLS on the port for mail that comes back.

use serde_json::json;

use crate::avow::Avow;
use crate::client::{Client, configure, tls_lines};
use crate::process::Process;

const RECEIVE: &str = "[receive]\nlisten = \"127.0.0.1:0\"\ndomain = \"bounces.imark.example\"\n";

fn serve(avow: &Avow) -> Process {
    let words = ["serve", "--no-engine", "--listen", "127.0.0.1:0"];
    Process::start(&mut avow.command(&words))
}

fn installed(tls: &str) -> (Avow, Process) {
    let avow = Avow::new().with_account();
    configure(&avow, &format!("{RECEIVE}{tls}"));
    let server = serve(&avow);
    (avow, server)
}

fn is(reply: &str, code: &str) {
    assert!(reply.starts_with(code), "{code}: {reply}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_may_speak_tls_with_the_receiver_and_begins_anew_then() {
    let (_avow, server) = installed(&tls_lines());
    let mut client = Client::connect(&server.said("receiving")).await;
    let offered = client.hello().await;
    assert!(offered.contains("250-STARTTLS\r\n"), "{offered}");
    assert!(!offered.contains("AUTH"), "nobody signs in here: {offered}");
    is(&client.say("MAIL FROM:<a@example.org>").await, "250");
    is(&client.say("STARTTLS now").await, "501");
    is(&client.say("STARTTLS").await, "220");
    let mut client = client.handshake().await;
    is(
        &client.say("RCPT TO:<fbl@bounces.imark.example>").await,
        "503",
    );
    is(&client.say("MAIL FROM:<a@example.org>").await, "503");
    let offered = client.hello().await;
    assert!(!offered.contains("STARTTLS"), "{offered}");
    is(&client.say("STARTTLS").await, "503");
    is(&client.say("AUTH PLAIN AGEAYg==").await, "502");
    let fbl = ["fbl@bounces.imark.example"];
    is(
        &client.post("", &fbl, "Subject: x\n\nNo report.").await,
        "550",
    );
    is(&client.post("", &["ada@example.com"], "x").await, "550");
    is(&client.say("QUIT").await, "221");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_in_clear_behind_starttls_is_thrown_away() {
    let (_avow, server) = installed(&tls_lines());
    for injected in [
        "QUIT\r\n",
        "EHLO x\r\nMAIL FROM:<>\r\n",
        "MAIL FR",
        "DATA\r\n",
    ] {
        let mut client = Client::connect(&server.said("receiving")).await;
        client.hello().await;
        let clear = format!(
            "MAIL FROM:<>\r\nRCPT TO:<fbl@bounces.imark.example>\r\nSTARTTLS\r\n{injected}"
        );
        client.write(clear.as_bytes()).await;
        for code in ["250", "250", "220"] {
            is(&client.reply().await, code);
        }
        let mut client = client.handshake().await;
        is(&client.say("NOOP").await, "250 2.0.0");
        is(&client.say("MAIL FROM:<>").await, "503");
        is(&client.say("DATA").await, "503");
        is(&client.hello().await, "250-");
        is(&client.say("MAIL FROM:<>").await, "250 2.1.0");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_certificate_tls_is_not_offered_and_one_that_cannot_be_used_stops_the_start() {
    let (avow, server) = installed("");
    let mut client = Client::connect(&server.said("receiving")).await;
    let offered = client.hello().await;
    assert!(!offered.contains("STARTTLS"), "{offered}");
    is(&client.say("STARTTLS").await, "503");
    is(&client.say("NOOP").await, "250");
    drop(server);
    let broken = avow.file("broken.pem", "no certificate");
    let words = ["serve", "--no-engine", "--listen", "127.0.0.1:0"];
    let good = tls_lines();
    let key = good.lines().find(|l| l.starts_with("key")).unwrap();
    let certificate = good.lines().find(|l| l.starts_with("certificate")).unwrap();
    for (lines, named) in [
        (format!("certificate = \"{broken}\"\n{key}\n"), "broken.pem"),
        (
            format!("certificate = \"absent.pem\"\n{key}\n"),
            "absent.pem",
        ),
        (format!("{certificate}\nkey = \"{broken}\"\n"), "broken.pem"),
    ] {
        configure(&avow, &format!("{RECEIVE}[tls]\n{lines}"));
        let told = avow.fails(1, &words);
        assert!(told.contains(named) && told.contains("[tls]"), "{told}");
    }
    configure(&avow, RECEIVE);
    let server = serve(&avow);
    assert_eq!(server.said["submission"], json!(null));
}
