//! The resolver against a small name server, and routes made from its answers.

use std::net::Ipv4Addr;
use std::sync::Arc;

use avow_testkit::SeededEntropy;
use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, MX};
use hickory_resolver::proto::rr::{Name, Record, RecordType};
use tokio::net::UdpSocket;
use tokio::task::JoinSet;

use super::*;
use crate::route::{Direct, Guard, RouteFault, Transport};

/// A name server on the loopback interface; it ends with the set.
async fn name_server(tasks: &mut JoinSet<()>) -> Dns {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tasks.spawn(async move {
        let mut buffer = [0; 1500];
        while let Ok((count, client)) = socket.recv_from(&mut buffer).await {
            let query = Message::from_vec(&buffer[..count]).unwrap();
            let answer = answer(query).to_vec().unwrap();
            socket.send_to(&answer, client).await.unwrap();
        }
    });
    Dns::with_servers(&[address]).unwrap()
}

fn answer(query: Message) -> Message {
    let question = query.queries[0].clone();
    let name = question.name().to_ascii().to_lowercase();
    let mut answer = query.into_response();
    let mut say = |data| {
        answer.add_answer(Record::from_rdata(question.name().clone(), 60, data));
    };
    let mx =
        |preference, host: &str| RData::MX(MX::new(preference, Name::from_ascii(host).unwrap()));
    match (name.as_str(), question.query_type()) {
        ("two.example.", RecordType::MX) => {
            say(mx(20, "b.two.example."));
            say(mx(10, "A.two.example."));
        }
        ("null.example.", RecordType::MX) => say(mx(0, ".")),
        ("inner.example.", RecordType::MX) => say(mx(0, "inner.example.")),
        ("inner.example.", RecordType::A) => say(RData::A(A(Ipv4Addr::new(10, 0, 0, 1)))),
        ("a.two.example." | "bare.example.", RecordType::A) => {
            say(RData::A(A(Ipv4Addr::new(1, 1, 1, 1))));
        }
        ("b.two.example.", RecordType::A) => say(RData::A(A(Ipv4Addr::new(1, 0, 0, 1)))),
        ("gone.example.", _) => answer.metadata.response_code = ResponseCode::NXDomain,
        ("broken.example.", _) => answer.metadata.response_code = ResponseCode::ServFail,
        _ => {}
    }
    answer
}

#[tokio::test]
async fn each_answer_of_a_name_server_is_told_apart() {
    let mut tasks = JoinSet::new();
    let dns = name_server(&mut tasks).await;
    assert_eq!(dns.mx("gone.example").await, Answer::NoDomain);
    assert_eq!(dns.mx("bare.example").await, Answer::NoRecords);
    assert_eq!(dns.mx("broken.example").await, Answer::Failed);
    let root = Mx {
        preference: 0,
        host: String::new(),
    };
    assert_eq!(dns.mx("null.example").await, Answer::Records(vec![root]));
    let address = Answer::Records(vec![Ipv4Addr::new(1, 1, 1, 1).into()]);
    assert_eq!(dns.addresses("a.two.example").await, address);
}

#[tokio::test]
async fn a_domain_leads_to_its_servers_or_to_the_reason_why_not() {
    let mut tasks = JoinSet::new();
    let dns = name_server(&mut tasks).await;
    let transport = Transport::Direct(Direct {
        dns,
        guard: Guard::PublicOnly,
        port: 25,
        entropy: Arc::new(SeededEntropy::new(1)),
        security: None,
    });
    let routes = transport.routes("two.example").await.unwrap();
    let hosts: Vec<String> = routes.iter().map(|r| r.host.to_lowercase()).collect();
    assert_eq!(hosts, ["a.two.example", "b.two.example"]);
    let bare = transport.routes("bare.example").await.unwrap();
    assert_eq!(bare[0].host, "bare.example");
    for (domain, fault) in [
        ("gone.example", RouteFault::NoDomain),
        ("null.example", RouteFault::NullMx),
        ("nothing.example", RouteFault::NoHost),
        ("inner.example", RouteFault::Forbidden),
        ("broken.example", RouteFault::NoAnswer),
    ] {
        assert_eq!(transport.routes(domain).await, Err(fault), "{domain}");
    }
}
