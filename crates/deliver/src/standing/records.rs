//! What a sending domain has to publish, as records that can be copied, and how the way back to it stands.
//!
//! Pure. The same matters as `judge`, told before anything is looked up: set-up, settings and commands show them.

use super::judge::{finding, is_tls_report, untold};
use super::{Finding, Matter, Sender, State, Way};
use crate::dkim::DnsRecord;
use crate::dns::{Answer, Mx};

/// The preference of an only MX (RFC 5321 5.1: lower is tried first; alone, any will do).
const MX_PREFERENCE: u16 = 10;
/// What stands in for an address that is not known here.
const ADDRESS: &str = "ADDRESS";
/// What stands in for a name that a relay gives.
const NAME: &str = "NAME";

/// How much depends on a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Large receivers refuse bulk mail without it.
    Must,
    /// It is better with it.
    Wise,
}

/// One record to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub matter: Matter,
    pub need: Need,
    /// Where it stands in DNS.
    pub name: String,
    /// `TXT` or `MX`.
    pub kind: &'static str,
    pub value: String,
    /// What it is for, in a sentence's part.
    pub why: &'static str,
    /// The value has a word in capitals that whoever publishes it fills in.
    pub is_pattern: bool,
}

/// Everything that a sending domain publishes. `back` is the host that takes returned mail at the domain itself.
pub fn wanted(sender: &Sender, back: Option<&str>) -> Vec<Wanted> {
    let mut out = Vec::new();
    if let Some([rsa, ed25519]) = &sender.keys {
        let why = "Signs your mail, so that nobody can change or fake it";
        out.push(text(Matter::DkimRsa, rsa, (Need::Must, why)));
        let why = "The same for receivers that know Ed25519";
        out.push(text(Matter::DkimEd25519, ed25519, (Need::Wise, why)));
    }
    out.push(spf(sender));
    let dmarc = DnsRecord {
        name: format!("_dmarc.{}", sender.domain),
        value: "v=DMARC1; p=none".to_owned(),
    };
    let why =
        "Says what is to be done with mail that is not yours; raise p= when your reports are clean";
    out.push(text(Matter::Dmarc, &dmarc, (Need::Must, why)));
    if let Some(host) = back {
        out.push(Wanted {
            matter: Matter::ReturnPath,
            need: Need::Must,
            name: sender.domain.clone(),
            kind: "MX",
            value: format!("{MX_PREFERENCE} {host}"),
            why: "Brings returned mail back here, where each is counted",
            is_pattern: false,
        });
        let report = DnsRecord {
            name: format!("_smtp._tls.{}", sender.domain),
            value: format!("v=TLSRPTv1; rua=mailto:postmaster@{}", sender.domain),
        };
        let why = "Others tell you when mail to this domain could not be encrypted (RFC 8460)";
        out.push(text(Matter::TlsReports, &report, (Need::Wise, why)));
    }
    out
}

fn text(matter: Matter, record: &DnsRecord, (need, why): (Need, &'static str)) -> Wanted {
    Wanted {
        matter,
        need,
        name: record.name.clone(),
        kind: "TXT",
        value: record.value.clone(),
        why,
        is_pattern: false,
    }
}

fn spf(sender: &Sender) -> Wanted {
    let (value, is_pattern) = match &sender.way {
        Way::Direct { ehlo } if is_name(ehlo) => (format!("v=spf1 a:{ehlo} -all"), false),
        Way::Direct { .. } => (format!("v=spf1 ip4:{ADDRESS} -all"), true),
        Way::Relay => (format!("v=spf1 include:{NAME} -all"), true),
    };
    let record = DnsRecord {
        name: sender.domain.clone(),
        value,
    };
    let why = match (&sender.way, is_pattern) {
        (Way::Relay, _) => "Lets your relay send for the domain: it tells you the name to put in",
        (Way::Direct { .. }, true) => {
            "Lets the machine that sends do so: put its public address in"
        }
        (Way::Direct { .. }, false) => "Lets the machine that sends do so",
    };
    Wanted {
        is_pattern,
        ..text(Matter::Spf, &record, (Need::Must, why))
    }
}

/// True for a name that the public DNS can know: no literal address, no name of this machine alone.
fn is_name(ehlo: &str) -> bool {
    ehlo.contains('.') && !ehlo.starts_with('[')
}

/// How the way back stands: the MX of the domain, and where reports about TLS go.
pub fn returning(
    domain: &str,
    host: &str,
    mx: &Answer<Mx>,
    reports: &Answer<String>,
) -> [Finding; 2] {
    [self::mx(domain, host, mx), self::reports(domain, reports)]
}

fn mx(domain: &str, host: &str, answer: &Answer<Mx>) -> Finding {
    let say = |state, text: String| finding(Matter::ReturnPath, state, domain, text);
    let records = match answer {
        Answer::Records(records) => records.as_slice(),
        Answer::NoRecords | Answer::NoDomain => &[],
        Answer::Failed => return untold(Matter::ReturnPath, domain),
    };
    let fix = format!("Publish the MX record {domain} = {MX_PREFERENCE} {host}");
    let best = records.iter().min_by_key(|mx| mx.preference);
    match best {
        None => say(
            State::Bad,
            format!("{domain} has no MX: what receivers return is lost."),
        )
        .fix(fix),
        Some(mx) if mx.host.eq_ignore_ascii_case(host) => {
            say(State::Good, "Returned mail comes back here.".to_owned())
        }
        Some(mx) => {
            let text = format!(
                "Mail to {domain} goes to {}: what is returned is not counted here.",
                mx.host
            );
            say(State::Weak, text).fix(format!(
                "Send from a domain of its own, such as mail.{domain}, or have {} forward it here.",
                mx.host
            ))
        }
    }
}

fn reports(domain: &str, answer: &Answer<String>) -> Finding {
    let name = format!("_smtp._tls.{domain}");
    let say = |state, text: String| finding(Matter::TlsReports, state, &name, text);
    let texts = match answer {
        Answer::Records(texts) => texts.as_slice(),
        Answer::NoRecords | Answer::NoDomain => &[],
        Answer::Failed => return untold(Matter::TlsReports, &name),
    };
    match texts.iter().filter(|text| is_tls_report(text)).count() {
        1 => say(State::Good, "Reports about TLS have an address.".to_owned()),
        0 => say(
            State::Weak,
            "Nobody is told where reports about TLS go.".to_owned(),
        )
        .fix(format!(
            "Publish the TXT record {name} = v=TLSRPTv1; rua=mailto:postmaster@{domain}"
        )),
        _ => say(
            State::Weak,
            format!("There are several records at {name}: none counts."),
        )
        .fix("Leave one."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(way: Way) -> Sender {
        let record = |name: &str| DnsRecord {
            name: format!("{name}._domainkey.acme.example"),
            value: "v=DKIM1; p=AAAA".to_owned(),
        };
        Sender {
            domain: "acme.example".to_owned(),
            keys: Some([record("avow-rsa"), record("avow-ed")]),
            way,
        }
    }

    fn direct(ehlo: &str) -> Sender {
        sender(Way::Direct {
            ehlo: ehlo.to_owned(),
        })
    }

    #[test]
    fn a_domain_is_told_each_record_once_and_never_one_that_lets_nobody_send() {
        let all = wanted(&direct("mail.acme.example"), Some("mail.acme.example"));
        let matters: Vec<_> = all.iter().map(|w| w.matter.as_str()).collect();
        assert_eq!(
            matters,
            [
                "dkim_rsa",
                "dkim_ed25519",
                "spf",
                "dmarc",
                "return_path",
                "tls_reports"
            ]
        );
        assert_eq!(all[2].value, "v=spf1 a:mail.acme.example -all");
        assert_eq!(
            (all[4].kind, all[4].value.as_str()),
            ("MX", "10 mail.acme.example")
        );
        for unknown in ["[127.0.0.1]", "localhost"] {
            let spf = &wanted(&direct(unknown), None)[2];
            assert!(spf.is_pattern && spf.value.contains(ADDRESS), "{spf:?}");
        }
        assert!(
            wanted(&sender(Way::Relay), None)[2]
                .value
                .contains("include:NAME")
        );
    }

    #[test]
    fn the_way_back_is_told_by_the_first_mx_and_silence_is_no_absence() {
        let mx = |preference, host: &str| Mx {
            preference,
            host: host.to_owned(),
        };
        let state = |answer: &Answer<Mx>| {
            let [back, _] = returning("acme.example", "mail.acme.example", answer, &Answer::Failed);
            back.state
        };
        assert_eq!(state(&Answer::NoRecords), State::Bad);
        assert_eq!(state(&Answer::Failed), State::Untold);
        let ours = Answer::Records(vec![mx(20, "b.example"), mx(10, "Mail.Acme.Example")]);
        assert_eq!(state(&ours), State::Good);
        assert_eq!(
            state(&Answer::Records(vec![mx(1, "b.example")])),
            State::Weak
        );
    }
}
