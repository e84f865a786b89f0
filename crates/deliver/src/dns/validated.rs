//! Answers that were checked by DNSSEC: asked of a validating resolver on this machine, which says so in the AD bit.
//!
//! Promises: never believes an AD bit that crossed a network: the resolver must be on the loopback (RFC 6840 5.8,
//! RFC 7672 3.4.4). A validating resolver answers SERVFAIL where a signature does not hold, so a failed answer is
//! never taken for "there is none". Never caches: the resolver does.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use avow_model::SharedEntropy;
use hickory_resolver::proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use super::{Answer, Mx, absolute, some};
use crate::security::Tlsa;

/// A resolver on this machine that has to ask the world first.
const QUERY_TIME: Duration = Duration::from_secs(5);
const QUERIES_MAX: usize = 3;
/// What fits into one packet everywhere (DNS flag day 2020).
const PAYLOAD_BYTES: u16 = 1232;

/// Aliases followed in one answer; resolvers give up at about as many.
const ALIASES_MAX: usize = 8;

/// The addresses of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    pub answer: Answer<IpAddr>,
    pub trust: Trust,
    /// Where the host's name leads when it is an alias.
    pub alias: Option<String>,
}

/// How far an answer can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trust {
    /// The zone is not signed, or nobody checked.
    Unsigned,
    /// Every signature up to the root holds.
    Validated,
}

/// Why a resolver is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the validating resolver {0} is not on this machine: what it says could be changed on the way; run one here (for example unbound) and give 127.0.0.1:53"
)]
pub struct NotOnThisMachine(pub SocketAddr);

/// A validating resolver on this machine.
#[derive(Debug, Clone)]
pub struct Validated {
    resolver: SocketAddr,
    entropy: SharedEntropy,
}

impl Validated {
    /// Asks nothing yet.
    pub fn new(resolver: SocketAddr, entropy: SharedEntropy) -> Result<Self, NotOnThisMachine> {
        if !resolver.ip().is_loopback() {
            return Err(NotOnThisMachine(resolver));
        }
        Ok(Self { resolver, entropy })
    }

    /// The MX records of a domain.
    pub async fn mx(&self, domain: &str) -> (Answer<Mx>, Trust) {
        self.records(domain, RecordType::MX, |data| match data {
            RData::MX(mx) => Some(Mx {
                preference: mx.preference,
                host: mx.exchange.to_ascii().trim_end_matches('.').to_owned(),
            }),
            _ => None,
        })
        .await
    }

    /// The addresses of a host, IPv4 first. They are validated when all of them are, with the aliases that lead there.
    pub async fn addresses(&self, host: &str) -> Addresses {
        let v4 = self.asked(host, RecordType::A, |data| match data {
            RData::A(a) => Some(IpAddr::V4(a.0)),
            _ => None,
        });
        let (v4, v4_alias) = v4.await;
        let v6 = self.asked(host, RecordType::AAAA, |data| match data {
            RData::AAAA(a) => Some(IpAddr::V6(a.0)),
            _ => None,
        });
        let (v6, v6_alias) = v6.await;
        let (answer, trust) = both(v4, v6);
        Addresses {
            answer,
            trust,
            alias: v4_alias.or(v6_alias),
        }
    }

    /// Whether a name is an alias in a signed zone, wherever it leads.
    pub async fn is_alias(&self, host: &str) -> bool {
        let alias = self.records(host, RecordType::CNAME, |data| match data {
            RData::CNAME(_) => Some(()),
            _ => None,
        });
        matches!(alias.await, (Answer::Records(_), Trust::Validated))
    }

    /// The TLSA records of a host's port; `None` for those that mail cannot use.
    pub async fn tlsa(&self, host: &str, port: u16) -> (Answer<Option<Tlsa>>, Trust) {
        let name = format!("_{port}._tcp.{host}");
        self.records(&name, RecordType::TLSA, |data| match data {
            RData::TLSA(record) => {
                let numbers = (
                    u8::from(record.cert_usage),
                    u8::from(record.selector),
                    u8::from(record.matching),
                );
                Some(Tlsa::usable(numbers, &record.cert_data))
            }
            _ => None,
        })
        .await
    }

    async fn records<T>(
        &self,
        name: &str,
        kind: RecordType,
        pick: impl Fn(&RData) -> Option<T>,
    ) -> (Answer<T>, Trust) {
        self.asked(name, kind, pick).await.0
    }

    /// The records, and the name at which they are when the one that was asked about is an alias.
    async fn asked<T>(
        &self,
        name: &str,
        kind: RecordType,
        pick: impl Fn(&RData) -> Option<T>,
    ) -> ((Answer<T>, Trust), Option<String>) {
        let Some(answer) = self.ask(name, kind).await else {
            return ((Answer::Failed, Trust::Unsigned), None);
        };
        let alias = end_of(&answer, name);
        let trust = if answer.metadata.authentic_data {
            Trust::Validated
        } else {
            Trust::Unsigned
        };
        let records = answer.answers.iter().filter_map(|r| pick(&r.data));
        let told = match answer.metadata.response_code {
            ResponseCode::NoError => (some(records.collect()), trust),
            ResponseCode::NXDomain => (Answer::NoDomain, trust),
            _ => (Answer::Failed, Trust::Unsigned),
        };
        (told, alias)
    }

    /// The whole answer; `None` after silence or nonsense.
    async fn ask(&self, name: &str, kind: RecordType) -> Option<Message> {
        let name = Name::from_utf8(absolute(name)).ok()?;
        for _ in 0..QUERIES_MAX {
            let query = self.query(&name, kind);
            let bytes = query.to_vec().ok()?;
            let by_udp = timeout(QUERY_TIME, by_udp(self.resolver, &bytes)).await;
            let Ok(Ok(answer)) = by_udp else { continue };
            if !answer.metadata.truncation {
                return Some(answer).filter(|answer| answers(answer, &query));
            }
            let by_tcp = timeout(QUERY_TIME, by_tcp(self.resolver, &bytes)).await;
            if let Ok(Ok(answer)) = by_tcp {
                return Some(answer).filter(|answer| answers(answer, &query));
            }
        }
        None
    }

    fn query(&self, name: &Name, kind: RecordType) -> Message {
        let mut id = [0; 2];
        self.entropy.fill(&mut id);
        let mut query = Message::new(u16::from_le_bytes(id), MessageType::Query, OpCode::Query);
        query.metadata.recursion_desired = true;
        // "Tell me whether you checked" (RFC 6840 5.7).
        query.metadata.authentic_data = true;
        query.add_query(Query::query(name.clone(), kind));
        let mut edns = Edns::new();
        edns.set_max_payload(PAYLOAD_BYTES);
        query.set_edns(edns);
        query
    }
}

/// Both families' addresses as one answer.
fn both(
    (v4, v4_trust): (Answer<IpAddr>, Trust),
    (v6, v6_trust): (Answer<IpAddr>, Trust),
) -> (Answer<IpAddr>, Trust) {
    match (v4, v6) {
        (Answer::Records(mut all), Answer::Records(v6)) => {
            all.extend(v6);
            let both = v4_trust == Trust::Validated && v6_trust == Trust::Validated;
            let trust = if both {
                Trust::Validated
            } else {
                Trust::Unsigned
            };
            (Answer::Records(all), trust)
        }
        (v4 @ Answer::Records(_), _) => (v4, v4_trust),
        (_, v6 @ Answer::Records(_)) => (v6, v6_trust),
        (Answer::Failed, _) | (_, Answer::Failed) => (Answer::Failed, Trust::Unsigned),
        (v4, _) => (v4, Trust::Unsigned),
    }
}

/// Where the aliases of an answer lead from a name; `None` when the name is none.
fn end_of(answer: &Message, name: &str) -> Option<String> {
    let plain = |name: &Name| {
        let name = name.to_ascii().to_ascii_lowercase();
        name.trim_end_matches('.').to_owned()
    };
    let start = name.trim_end_matches('.').to_ascii_lowercase();
    let mut at = start.clone();
    for _ in 0..ALIASES_MAX {
        let next = answer.answers.iter().find_map(|record| match &record.data {
            RData::CNAME(target) if plain(&record.name) == at => Some(plain(&target.0)),
            _ => None,
        });
        match next {
            Some(next) => at = next,
            None => break,
        }
    }
    (at != start).then_some(at)
}

/// True for the answer to this very question.
fn answers(answer: &Message, query: &Message) -> bool {
    answer.metadata.id == query.metadata.id
        && answer.metadata.message_type == MessageType::Response
        && answer.queries == query.queries
}

async fn by_udp(resolver: SocketAddr, query: &[u8]) -> io::Result<Message> {
    let here = if resolver.is_ipv4() {
        "127.0.0.1:0"
    } else {
        "[::1]:0"
    };
    let socket = UdpSocket::bind(here).await?;
    socket.connect(resolver).await?;
    socket.send(query).await?;
    let mut buffer = [0; PAYLOAD_BYTES as usize];
    let count = socket.recv(&mut buffer).await?;
    Message::from_vec(&buffer[..count]).map_err(io::Error::other)
}

async fn by_tcp(resolver: SocketAddr, query: &[u8]) -> io::Result<Message> {
    let mut stream = TcpStream::connect(resolver).await?;
    let length = u16::try_from(query.len()).map_err(io::Error::other)?;
    let framed = [&length.to_be_bytes()[..], query].concat();
    stream.write_all(&framed).await?;
    let length = stream.read_u16().await?;
    let mut answer = vec![0; usize::from(length)];
    stream.read_exact(&mut answer).await?;
    Message::from_vec(&answer).map_err(io::Error::other)
}
