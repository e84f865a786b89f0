//! A name server for tests: says what it is told to say, and can be told otherwise while it runs.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA, CNAME, MX, PTR, TLSA, TXT};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use tokio::net::UdpSocket;
use tokio::task::JoinSet;

use super::Dns;

type Records = HashMap<(String, RecordType), Vec<RData>>;

/// Ends with the value. Names that it was told nothing of do not exist.
pub(crate) struct Zone {
    records: Arc<Mutex<Records>>,
    silent: Arc<Mutex<Vec<String>>>,
    signed: Arc<Mutex<Vec<String>>>,
    pub(crate) dns: Dns,
    /// Where it is asked.
    pub(crate) server: SocketAddr,
    _task: JoinSet<()>,
}

impl Zone {
    pub(crate) async fn serve() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let server = socket.local_addr().unwrap();
        let dns = Dns::with_servers(&[server]).unwrap();
        let records: Arc<Mutex<Records>> = Arc::default();
        let silent: Arc<Mutex<Vec<String>>> = Arc::default();
        let signed: Arc<Mutex<Vec<String>>> = Arc::default();
        let mut task = JoinSet::new();
        let (known, mute, checked) = (records.clone(), silent.clone(), signed.clone());
        task.spawn(async move {
            let mut buffer = [0; 1500];
            while let Ok((count, client)) = socket.recv_from(&mut buffer).await {
                let query = Message::from_vec(&buffer[..count]).unwrap();
                let mut reply = answer(query, &known.lock().unwrap(), &mute.lock().unwrap());
                // As a validating resolver says it: only to whoever asks for it.
                let name = reply.queries[0].name().to_ascii().to_lowercase();
                reply.metadata.authentic_data &= checked.lock().unwrap().contains(&name);
                socket
                    .send_to(&reply.to_vec().unwrap(), client)
                    .await
                    .unwrap();
            }
        });
        Self {
            records,
            silent,
            signed,
            dns,
            server,
            _task: task,
        }
    }

    fn say(&self, name: &str, data: RData) {
        let key = (format!("{}.", name.to_lowercase()), data.record_type());
        self.records
            .lock()
            .unwrap()
            .entry(key)
            .or_default()
            .push(data);
    }

    pub(crate) fn text(&self, name: &str, text: &str) {
        // Long texts come in several strings, as they do in life.
        let strings = text.as_bytes().chunks(200);
        let strings = strings
            .map(|s| String::from_utf8_lossy(s).into_owned())
            .collect();
        self.say(name, RData::TXT(TXT::new(strings)));
    }

    pub(crate) fn address(&self, name: &str, ip: IpAddr) {
        self.say(
            name,
            match ip {
                IpAddr::V4(ip) => RData::A(A(ip)),
                IpAddr::V6(ip) => RData::AAAA(AAAA(ip)),
            },
        );
    }

    /// Mail for the domain goes to these hosts, the first preferred.
    pub(crate) fn mail(&self, domain: &str, hosts: &[&str]) {
        for (preference, host) in (10..).zip(hosts) {
            let host = Name::from_ascii(format!("{host}.")).unwrap();
            self.say(domain, RData::MX(MX::new(preference, host)));
        }
    }

    /// The name is another name for a target.
    pub(crate) fn alias(&self, name: &str, target: &str) {
        let target = Name::from_ascii(format!("{target}.")).unwrap();
        self.say(name, RData::CNAME(CNAME(target)));
    }

    /// Answers about this name are signed from now on.
    pub(crate) fn sign(&self, name: &str) {
        let name = format!("{}.", name.to_lowercase());
        self.signed.lock().unwrap().push(name);
    }

    /// A TLSA record for mail at this host.
    pub(crate) fn tlsa(
        &self,
        host: &str,
        port: u16,
        (usage, selector, matching): (u8, u8, u8),
        data: &[u8],
    ) {
        let record = TLSA::new(
            usage.into(),
            selector.into(),
            matching.into(),
            data.to_vec(),
        );
        self.say(&format!("_{port}._tcp.{host}"), RData::TLSA(record));
    }

    /// The address leads back to this name.
    pub(crate) fn name_of(&self, ip: IpAddr, name: &str) {
        let reverse = Name::from(ip).to_ascii();
        let data = RData::PTR(PTR(Name::from_ascii(format!("{name}.")).unwrap()));
        self.say(reverse.trim_end_matches('.'), data);
    }

    pub(crate) fn forget(&self, name: &str) {
        let name = format!("{}.", name.to_lowercase());
        self.records.lock().unwrap().retain(|(n, _), _| *n != name);
    }

    /// Questions about this name end in SERVFAIL.
    pub(crate) fn fail(&self, name: &str) {
        self.silent
            .lock()
            .unwrap()
            .push(format!("{}.", name.to_lowercase()));
    }
}

fn answer(query: Message, records: &Records, silent: &[String]) -> Message {
    let question = query.queries[0].clone();
    let name = question.name().to_ascii().to_lowercase();
    let mut answer = query.into_response();
    if silent.contains(&name) {
        answer.metadata.response_code = ResponseCode::ServFail;
        return answer;
    }
    if !records.keys().any(|(known, _)| *known == name) {
        answer.metadata.response_code = ResponseCode::NXDomain;
        return answer;
    }
    let mut at = question.name().clone();
    loop {
        let known = |kind| records.get(&(at.to_ascii().to_lowercase(), kind));
        let alias = known(RecordType::CNAME).and_then(|data| data.first().cloned());
        let asked = known(question.query_type()).into_iter().flatten();
        for data in asked {
            answer.add_answer(Record::from_rdata(at.clone(), 1, data.clone()));
        }
        match alias {
            Some(RData::CNAME(target)) if question.query_type() != RecordType::CNAME => {
                let data = RData::CNAME(target.clone());
                answer.add_answer(Record::from_rdata(at, 1, data));
                at = target.0;
            }
            _ => return answer,
        }
    }
}
