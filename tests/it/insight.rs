//! What operators and their monitoring see of a running server.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use avow_testkit::Catcher;

use crate::avow::Avow;
use crate::process::Process;

const PEOPLE: &str = "Email Address,First Name,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP\n\
    ada@example.org,Ada,2026-05-01 10:00:00,192.0.2.1,2026-05-01 10:05:00,192.0.2.1\n\
    bob@example.org,Bob,2026-05-02 10:00:00,192.0.2.2,2026-05-02 10:05:00,192.0.2.2\n";
/// Looks before a test gives up: each is a request, and an outcome is recorded within milliseconds.
const LOOKS_MAX: usize = 100_000;

fn get(address: &str, path: &str, header: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\n{header}Connection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_is_counted_for_the_machine_itself_and_for_nobody_behind_a_proxy() {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let id = avow.draft();
    let catcher = Catcher::start().await.unwrap();
    let relay = catcher.addr().to_string();
    let words = ["serve", "--listen", "127.0.0.1:0", "--relay", &relay];
    let server = Process::start(&mut avow.command(&words));
    let address = server.said("listening").replace("http://", "");
    avow.json(&["campaign", "send", &id, "--wait"]);
    catcher.until(2).await;
    let counted = (0..LOOKS_MAX).any(|_| {
        let page = get(&address, "/metrics", "");
        page.contains("avow_recipients_recorded_total{state=\"delivered\"} 2")
    });
    assert!(counted, "{}", get(&address, "/metrics", ""));
    let page = get(&address, "/metrics", "");
    assert!(
        page.contains("avow_connections_total{result=\"failed\"} 0"),
        "{page}"
    );
    assert!(!page.contains("example.org"), "{page}");
    for header in [
        "X-Forwarded-For: 192.0.2.7\r\n",
        "Forwarded: for=192.0.2.7\r\n",
        "Via: 1.1 proxy\r\n",
        "X-Real-IP: 192.0.2.7\r\n",
    ] {
        let refused = get(&address, "/metrics", header);
        assert!(refused.starts_with("HTTP/1.1 404"), "{refused}");
    }
    let queue = avow.json(&["queue", "--listen", &address]);
    assert_eq!(queue["connections"]["failed"], 0, "{queue}");
    assert!(
        queue["sites"]
            .as_array()
            .unwrap()
            .iter()
            .all(|s| s["ready"] == 0)
    );
    server.end();
    let gone = avow.fails(3, &["queue", "--listen", &address]);
    assert!(gone.contains("start it with `avow serve`"), "{gone}");
}
