//! Policies and records over real sockets: a name server, a policy host and a mail server in one process.

mod dane;
mod fetching;
mod reports;
mod sites;

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use avow_testkit::{Script, SeededEntropy, VirtualClock};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::*;
use crate::dns::Validated;
use crate::dns::zone::Zone;
use crate::route::{Direct, Guard, Transport};
use crate::smtp::{ClientOptions, Egress, Habits, Timeouts};
use crate::tls::TlsClients;
use crate::tls::materials::{acceptor, certificate, file};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// The mail server of all domains here; the certificate names it.
const MX: &str = "mx.example.org";

/// Answers of a policy host, by the name that it is asked for.
type Pages = Arc<Mutex<HashMap<String, String>>>;

fn page(status: &str, kind: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}")
}

fn policy(mode: &str, mx: &str) -> String {
    let text = format!("version: STSv1\nmode: {mode}\nmx: {mx}\nmax_age: 604800\n");
    page("200 OK", "text/plain", &text)
}

async fn serve_pages(pages: Pages, tasks: &mut JoinSet<()>) -> SocketAddr {
    let listener = TcpListener::bind((HERE, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tasks.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor(["policy.pem", "policy-ca.pem"], "policy.key")
                .accept(stream)
                .await
            else {
                continue;
            };
            let mut asked = Vec::new();
            while !asked.ends_with(b"\r\n\r\n") && stream.read_buf(&mut asked).await.unwrap() > 0 {}
            let asked = String::from_utf8(asked).unwrap().to_lowercase();
            assert!(asked.starts_with("get /.well-known/mta-sts.txt http/1.1\r\n"));
            let host = asked.split("\r\nhost: ").nth(1).unwrap();
            let host = host.split("\r\n").next().unwrap().to_owned();
            let answer = pages
                .lock()
                .unwrap()
                .get(&host)
                .cloned()
                .unwrap_or_default();
            // A client that has read enough hangs up.
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    address
}

/// A mail server that speaks TLS to whoever asks for it, one session after the other.
async fn serve_mail(tasks: &mut JoinSet<()>) -> SocketAddr {
    let listener = TcpListener::bind((HERE, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tasks.spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let clear = Script::greeting(&["STARTTLS"])
                .expect("STARTTLS")
                .say("220 Go");
            clear.play(&mut stream).await;
            let Ok(mut stream) = acceptor(["policy.pem", "policy-ca.pem"], "policy.key")
                .accept(stream)
                .await
            else {
                continue;
            };
            let inside = Script::new().expect("EHLO").say("250 mx.example.org");
            inside.play(&mut stream).await;
        }
    });
    address
}

/// Everything that a sender asks.
struct World {
    zone: Zone,
    pages: Pages,
    clock: Arc<VirtualClock>,
    inspector: Inspector,
    mail: SocketAddr,
    options: ClientOptions,
    _tasks: JoinSet<()>,
}

impl World {
    async fn new() -> Self {
        let zone = Zone::serve().await;
        zone.address(MX, HERE);
        let mut tasks = JoinSet::new();
        let pages = Pages::default();
        let policies = serve_pages(pages.clone(), &mut tasks).await;
        let mail = serve_mail(&mut tasks).await;
        let clock = Arc::new(VirtualClock::new());
        let tls = TlsClients::new(Some(&file("policy-ca.pem"))).unwrap();
        let entropy = Arc::new(SeededEntropy::new(7));
        let inspector = Inspector {
            dns: zone.dns.clone(),
            validated: Some(Validated::new(zone.server, entropy).unwrap()),
            library: Arc::default(),
            fetcher: Fetcher {
                dns: zone.dns.clone(),
                guard: Guard::Any,
                port: policies.port(),
                tls: tls.verified.clone(),
            },
            clock: clock.clone(),
        };
        let options = ClientOptions {
            ehlo: "out.example.com".to_owned(),
            timeouts: Timeouts::default(),
            egress: Egress::default(),
            tls,
            habits: Arc::new(Habits::new(clock.clone())),
        };
        Self {
            zone,
            pages,
            clock,
            inspector,
            mail,
            options,
            _tasks: tasks,
        }
    }

    /// A domain whose mail goes to the one mail server.
    fn domain(&self, domain: &str) {
        self.zone.mail(domain, &[MX]);
    }

    /// Announces a policy and answers so when it is fetched.
    fn announce(&self, domain: &str, id: &str, page: String) {
        let host = format!("mta-sts.{domain}");
        let record = format!("_mta-sts.{domain}");
        self.zone.forget(&record);
        self.zone.text(&record, &format!("v=STSv1; id={id}"));
        self.zone.forget(&host);
        self.zone.address(&host, HERE);
        self.pages.lock().unwrap().insert(host, page);
    }

    fn transport(&self) -> Transport {
        Transport::Direct(Direct {
            dns: self.zone.dns.clone(),
            guard: Guard::Any,
            port: self.mail.port(),
            entropy: Arc::new(SeededEntropy::new(4)),
            security: Some(self.inspector.clone()),
        })
    }
}
