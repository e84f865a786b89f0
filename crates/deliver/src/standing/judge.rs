//! The pure half: from what the name servers said to findings.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::spf::record;
use super::{Finding, Matter, Seen, Sender, Spf, State, Way};
use crate::dkim::DnsRecord;
use crate::dns::Answer;
use crate::route::is_public;

/// Everything that receivers look at, in the order in which it is best put right.
pub fn judge(sender: &Sender, seen: &Seen) -> Vec<Finding> {
    let mut findings = keys(sender, seen);
    findings.push(spf(sender, seen));
    findings.push(dmarc(sender, seen));
    if let (Way::Direct { ehlo }, Some(host)) = (&sender.way, &seen.host) {
        findings.push(self::host(ehlo, host, seen));
    }
    findings
}

pub(super) fn finding(
    matter: Matter,
    state: State,
    name: &str,
    text: impl Into<String>,
) -> Finding {
    Finding {
        matter,
        state,
        name: name.to_owned(),
        text: text.into(),
        fix: String::new(),
    }
}

impl Finding {
    pub(super) fn fix(self, fix: impl Into<String>) -> Self {
        let fix = fix.into();
        Self { fix, ..self }
    }
}

pub(super) fn untold(matter: Matter, name: &str) -> Finding {
    let text = format!("The name servers give no answer about {name}.");
    finding(matter, State::Untold, name, text)
        .fix("It is asked again; look at your resolver when it lasts.")
}

fn keys(sender: &Sender, seen: &Seen) -> Vec<Finding> {
    let Some(records) = &sender.keys else {
        let text = format!(
            "{} has no signing keys: its mail leaves unsigned.",
            sender.domain
        );
        let fix = "Restore the keys folder from a backup, or have your relay sign.";
        return vec![finding(Matter::DkimRsa, State::Bad, &sender.domain, text).fix(fix)];
    };
    // Receivers that know Ed25519 know RSA, too: the second signature is for the day when RSA falls.
    let matters = [
        (Matter::DkimRsa, State::Bad),
        (Matter::DkimEd25519, State::Weak),
    ];
    let answers = records.iter().zip(&seen.keys).zip(matters);
    answers
        .map(|((record, answer), (matter, without))| key(record, answer, matter, without))
        .collect()
}

fn key(record: &DnsRecord, answer: &Answer<String>, matter: Matter, without: State) -> Finding {
    let name = record.name.as_str();
    let publish = format!("Publish the TXT record {name} = {}", record.value);
    let texts = match answer {
        Answer::Records(texts) => texts.as_slice(),
        Answer::NoRecords | Answer::NoDomain => &[],
        Answer::Failed => return untold(matter, name),
    };
    let wanted = tags(&record.value);
    let key_of = |text: &String| tags(text).get("p").cloned();
    let keys: Vec<String> = texts.iter().filter_map(key_of).collect();
    match keys.as_slice() {
        [] => finding(matter, without, name, format!("There is no key at {name}.")).fix(publish),
        [key] if Some(key) == wanted.get("p") => {
            finding(matter, State::Good, name, "The key is published.")
        }
        [key] if key.is_empty() => finding(
            matter,
            State::Bad,
            name,
            format!("The key at {name} is withdrawn."),
        )
        .fix(publish),
        [_] => {
            let text = format!("The key at {name} is another one: signatures would fail.");
            finding(matter, State::Bad, name, text).fix(publish)
        }
        _ => {
            let text = format!("There are several keys at {name}: receivers take none of them.");
            finding(matter, State::Bad, name, text).fix(format!("{publish}, and no other there."))
        }
    }
}

/// A tag list (RFC 6376 3.2), without white space inside the values.
fn tags(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split(';').filter_map(|pair| pair.split_once('='));
    let clean = |value: &str| value.chars().filter(|c| !c.is_whitespace()).collect();
    pairs
        .map(|(name, value)| (name.trim().to_owned(), clean(value)))
        .collect()
}

fn spf(sender: &Sender, seen: &Seen) -> Finding {
    let domain = sender.domain.as_str();
    let say = |state, text: String| finding(Matter::Spf, state, domain, text);
    let texts = match &seen.domain {
        Answer::Records(texts) => texts.as_slice(),
        Answer::NoRecords | Answer::NoDomain => &[],
        Answer::Failed => return untold(Matter::Spf, domain),
    };
    let Ok(record) = record(texts) else {
        return say(
            State::Bad,
            format!("{domain} has several SPF records: receivers take none."),
        )
        .fix("Join them into one.");
    };
    let addresses: Vec<String> = seen.spf.iter().map(|(ip, _)| term(*ip)).collect();
    let addresses = addresses.join(" ");
    let Some(record) = record else {
        let fix = match sender.way {
            // Never "-all" alone: whoever published that would have all mail refused.
            Way::Direct { .. } if addresses.is_empty() => format!(
                "Publish a TXT record at {domain}: v=spf1 ip4:ADDRESS -all, with each address that mail leaves from."
            ),
            Way::Direct { .. } => {
                format!("Publish the TXT record {domain} = v=spf1 {addresses} -all")
            }
            Way::Relay => format!(
                "Publish a TXT record at {domain}: v=spf1 include:NAME -all, with the name that your relay gives."
            ),
        };
        return say(State::Bad, format!("{domain} has no SPF record.")).fix(fix);
    };
    if super::spf::parse(record).is_none() {
        return say(
            State::Bad,
            format!("The SPF record of {domain} cannot be read: {record}"),
        )
        .fix("Correct it: a list of ip4:, ip6:, a, mx and include:, and -all at its end.");
    }
    let bad = seen.spf.iter().find(|(_, result)| *result != Spf::Pass);
    match bad {
        None => say(State::Good, "The record covers what we send from.".to_owned()),
        Some((_, Spf::NoAnswer)) => untold(Matter::Spf, domain),
        Some((_, Spf::Broken)) => say(State::Bad, format!("The SPF record of {domain} includes one that cannot be read, or asks more than ten times."))
            .fix("Take out what is not used any more."),
        Some((ip, _)) => say(State::Bad, format!("The SPF record of {domain} does not let {ip} send."))
            .fix(format!("Put {} before its end.", term(*ip))),
    }
}

fn term(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => format!("ip4:{ip}"),
        IpAddr::V6(ip) => format!("ip6:{ip}"),
    }
}

fn dmarc(sender: &Sender, seen: &Seen) -> Finding {
    let name = format!("_dmarc.{}", sender.domain);
    for (at, answer) in &seen.dmarc {
        let texts = match answer {
            Answer::Records(texts) => texts,
            Answer::NoRecords | Answer::NoDomain => continue,
            Answer::Failed => return untold(Matter::Dmarc, at),
        };
        let found: Vec<&String> = texts.iter().filter(|text| is_dmarc(text)).collect();
        match found.as_slice() {
            [] => {}
            [one] => return policy(at, one),
            _ => {
                let text = format!("There are several DMARC records at {at}: receivers take none.");
                return finding(Matter::Dmarc, State::Bad, at, text).fix("Leave one.");
            }
        }
    }
    let text = format!("{} has no DMARC record.", sender.domain);
    finding(Matter::Dmarc, State::Bad, &name, text)
        .fix(format!("Publish the TXT record {name} = v=DMARC1; p=none"))
}

/// True for a DMARC record, well made or not.
pub(super) fn is_dmarc(text: &str) -> bool {
    tags(text).get("v").is_some_and(|v| v == "DMARC1")
}

/// True for a record that says where reports about TLS go (RFC 8460 3).
pub(super) fn is_tls_report(text: &str) -> bool {
    tags(text).get("v").is_some_and(|v| v == "TLSRPTv1")
}

fn policy(at: &str, record: &str) -> Finding {
    let tags = tags(record);
    let policy = tags.get("p").map(|p| p.to_ascii_lowercase());
    let counts = |p: &String| ["none", "quarantine", "reject"].contains(&p.as_str());
    if let Some(p) = policy.filter(counts) {
        let text = format!("DMARC is published (p={p}).");
        return finding(Matter::Dmarc, State::Good, at, text);
    }
    let text = format!("The DMARC record at {at} says no policy that counts.");
    finding(Matter::Dmarc, State::Bad, at, text).fix("Write p=none, p=quarantine or p=reject.")
}

fn host(ehlo: &str, host: &Answer<IpAddr>, seen: &Seen) -> Finding {
    let say = |state, text: String| finding(Matter::Host, state, ehlo, text);
    let fix = "Set [delivery] ehlo to the name of the machine that sends.";
    let addresses = match host {
        Answer::Records(addresses) => addresses,
        Answer::NoRecords | Answer::NoDomain => {
            return say(
                State::Bad,
                format!("We greet as {ehlo}, and that name has no address."),
            )
            .fix(fix);
        }
        Answer::Failed => return untold(Matter::Host, ehlo),
    };
    if let Some(ip) = addresses.iter().find(|ip| !is_public(**ip)) {
        let text =
            format!("We greet as {ehlo}, which leads to {ip}: no address of the public Internet.");
        return say(State::Bad, text).fix(fix);
    }
    for (ip, names) in &seen.names {
        let names = match names {
            Answer::Records(names) => names.as_slice(),
            Answer::NoRecords | Answer::NoDomain => &[],
            Answer::Failed => return untold(Matter::Host, &ip.to_string()),
        };
        if names.is_empty() {
            return say(
                State::Bad,
                format!("No name leads back from {ip} (reverse DNS)."),
            )
            .fix(format!(
                "Have your provider set the reverse DNS of {ip} to {ehlo}."
            ));
        }
        if !names.iter().any(|name| name.eq_ignore_ascii_case(ehlo)) {
            return say(
                State::Weak,
                format!("{ip} is called {} and we greet as {ehlo}.", names[0]),
            )
            .fix(format!(
                "Have your provider set the reverse DNS of {ip} to {ehlo}, or greet as {}.",
                names[0]
            ));
        }
    }
    say(State::Good, format!("{ehlo} and its addresses agree."))
}
