//! Delivery to each domain's own servers.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use avow_testkit::{People, Said, SeededEntropy};
use tokio::net::UdpSocket;
use tokio::task::JoinSet;

use super::{Scene, options};
use crate::dns::Dns;
use crate::engine::Engine;
use crate::route::{Direct, Guard, Transport};

/// A name server that knows one thing of each domain: where its only host is, or that it does not exist.
async fn name_server(tasks: &mut JoinSet<()>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let addr = socket.local_addr().unwrap();
    tasks.spawn(async move {
        let mut query = [0; 512];
        while let Ok((n, from)) = socket.recv_from(&mut query).await {
            let _ = socket.send_to(&answer(&query[..n]), from).await;
        }
    });
    addr
}

/// RFC 1035 section 4: the question again, and an A record where one was asked for.
fn answer(query: &[u8]) -> Vec<u8> {
    let name_end = 12 + query[12..].iter().position(|b| *b == 0).unwrap() + 1;
    let question = &query[12..name_end + 4];
    let asks_for_a = question[question.len() - 4..question.len() - 2] == [0, 1];
    let first_label = &query[13..13 + usize::from(query[12])];
    let host = match first_label {
        b"gone" => None,
        b"down" => Some(Ipv4Addr::new(127, 0, 0, 2)),
        _ => Some(Ipv4Addr::LOCALHOST),
    };
    let (code, records) = match host {
        None => (3, 0),
        Some(_) => (0, u8::from(asks_for_a)),
    };
    let mut reply = query[..2].to_vec();
    reply.extend([0x81, 0x80 | code, 0, 1, 0, records, 0, 0, 0, 0]);
    reply.extend(question);
    if let (Some(host), 1) = (host, records) {
        reply.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        reply.extend(host.octets());
    }
    reply
}

#[tokio::test]
async fn a_domain_that_is_down_or_gone_holds_up_nobody_elses_mail() {
    let scene = Scene::new().await;
    let domains = ["down.example", "gone.example", "one.example", "two.example"];
    let people = People {
        count: 400,
        address: &|n| format!("person{n}@{}", domains[n % 4]),
        said: &|_| Said::Newsletter,
    };
    scene.bureau.people(people).await.unwrap();
    let mut tasks = JoinSet::new();
    let server = name_server(&mut tasks).await;
    let mut parts = scene.parts(scene.bureau.store.clone(), options());
    parts.transport = Transport::Direct(Direct {
        dns: Dns::with_servers(&[server]).unwrap(),
        guard: Guard::Any,
        port: scene.catcher.addr().port(),
        entropy: Arc::new(SeededEntropy::new(4)),
    });
    let campaign = scene.campaign().await;
    let engine = scene.launch(Engine::start(parts).await.unwrap());
    scene
        .until_tally(campaign, |t| t.audience() == 400 && t.waiting == 0)
        .await;
    engine.leave().await;
    let tally = scene.tally(campaign).await;
    assert_eq!(
        (tally.delivered, tally.deferred, tally.bounced),
        (200, 100, 100)
    );
    assert_eq!(scene.catcher.total(), 200);
}
