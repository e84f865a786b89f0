//! A thousand recipient domains over a few providers, as lists of people have them, and the name server that says so.
//!
//! The shares are those of a public traffic generator for mail servers: two of three people at one provider, most of the
//! others at four, and every second small domain kept by one of the large ones, so that they share servers.

use std::io;
use std::net::SocketAddr;

use tokio::net::UdpSocket;
use tokio::task::JoinSet;

/// How many of a thousand people are at each large provider.
const LARGE: [(&str, usize); 6] = [
    ("gmail", 674),
    ("hotmail", 88),
    ("yahoo", 59),
    ("aol", 15),
    ("icloud", 12),
    ("outlook", 12),
];
/// Small domains: with the large ones, a thousand.
const SMALL: usize = 994;
/// Bytes of a question or an answer over UDP (RFC 1035 4.2.1).
const MESSAGE_BYTES_MAX: usize = 512;
const HEADER_BYTES: usize = 12;
const TYPE_A: u8 = 1;
const TYPE_MX: u8 = 15;

/// The address of person `n`: every thousand people have the same mix.
pub fn address_of(n: usize) -> String {
    let mut place = n % 1000;
    for (provider, share) in LARGE {
        if place < share {
            return format!("person{n}@{provider}.test");
        }
        place -= share;
    }
    // 140 of each thousand people: all small domains have their turn.
    let domain = (n / 1000 * 140 + place) % SMALL;
    format!("person{n}@small{domain}.test")
}

/// The name server. Every mail server has the address 127.0.0.1. Ends with the value.
pub struct Providers {
    pub server: SocketAddr,
    _task: JoinSet<()>,
}

impl Providers {
    /// Answers from now on.
    pub async fn serve() -> io::Result<Self> {
        let socket = UdpSocket::bind("127.0.0.1:0").await?;
        let server = socket.local_addr()?;
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut query = [0; MESSAGE_BYTES_MAX];
            while let Ok((count, client)) = socket.recv_from(&mut query).await {
                if let Some(reply) = reply(&query[..count]) {
                    let _lost = socket.send_to(&reply, client).await;
                }
            }
        });
        Ok(Self {
            server,
            _task: task,
        })
    }
}

/// The host that takes a domain's mail.
fn host_of(domain: &str) -> String {
    let number = domain
        .strip_prefix("small")
        .and_then(|rest| rest.strip_suffix(".test"))
        .and_then(|number| number.parse::<usize>().ok());
    match (domain, number.map(|n| n % 4)) {
        (_, Some(0)) => "mx.gmail.test".to_owned(),
        (_, Some(1)) | ("hotmail.test" | "outlook.test", _) => "mx.outlook.test".to_owned(),
        ("aol.test", _) => "mx.yahoo.test".to_owned(),
        _ => format!("mx.{domain}"),
    }
}

/// RFC 1035 4.1: the question again, and the record that is known of it, or none.
fn reply(query: &[u8]) -> Option<Vec<u8>> {
    let (name, used) = name_at(query.get(HEADER_BYTES..)?)?;
    let end = HEADER_BYTES + used + 4;
    let kind = *query.get(end - 3)?;
    let mut reply = query.get(..end)?.to_vec();
    let data = match kind {
        TYPE_MX => Some(mail(&host_of(&name))),
        TYPE_A => Some(vec![127, 0, 0, 1]),
        _ => None,
    };
    // An answer, recursion there, no error; one question, none or one answer.
    reply[2..HEADER_BYTES].copy_from_slice(&[0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0]);
    if let Some(data) = data {
        reply[7] = 1;
        // The name of the question, its type, IN, an hour.
        reply.extend_from_slice(&[0xc0, 12, 0, kind, 0, 1, 0, 0, 14, 16]);
        reply.extend_from_slice(&u16::try_from(data.len()).ok()?.to_be_bytes());
        reply.extend_from_slice(&data);
    }
    Some(reply)
}

/// A name in lower case, and how many bytes it takes.
fn name_at(mut bytes: &[u8]) -> Option<(String, usize)> {
    let mut labels = Vec::new();
    let mut used = 1;
    loop {
        let (count, rest) = bytes.split_first()?;
        if *count == 0 {
            return Some((labels.join("."), used));
        }
        let (label, after) = rest.split_at_checked(usize::from(*count))?;
        labels.push(String::from_utf8_lossy(label).to_ascii_lowercase());
        used += 1 + label.len();
        bytes = after;
    }
}

/// Preference 10 and the host, label by label.
fn mail(host: &str) -> Vec<u8> {
    let mut data = vec![0, 10];
    for label in host.split('.') {
        data.push(label.len() as u8);
        data.extend_from_slice(label.as_bytes());
    }
    data.push(0);
    data
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_long_list_has_a_thousand_domains_with_fewer_servers() {
        let domain = |n| address_of(n).split_once('@').map(|(_, d)| d.to_owned());
        let domains: BTreeSet<String> = (0..100_000).filter_map(domain).collect();
        assert_eq!(domains.len(), 1000);
        let hosts: BTreeSet<String> = domains.iter().map(|d| host_of(d)).collect();
        assert!(hosts.len() < 600, "{}", hosts.len());
        let first = (0..1000).filter(|n| address_of(*n).ends_with("@gmail.test"));
        assert_eq!(first.count(), 674);
    }

    #[test]
    fn a_question_of_any_shape_is_no_panic() {
        assert_eq!(reply(&[]), None);
        assert_eq!(reply(&[0; 12]), None);
        assert_eq!(reply(&[9; 40]), None);
    }
}
