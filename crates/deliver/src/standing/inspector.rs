//! The shell: asks the name servers what `judge` needs.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use avow_model::Timestamp;
use jiff::SignedDuration;

use super::judge::is_dmarc;
use super::spf::Check;
use super::{Finding, Seen, Sender, State, Way, judge};
use crate::dns::{Answer, Dns};

/// How long a good answer serves: a record that was just published is seen within minutes.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(10);
/// Domains remembered; more than an installation has.
const DOMAINS_MAX: usize = 1_000;
/// Domains above a sending domain that are asked for DMARC (RFC 9989 4.10: eight queries at most).
const DMARC_STEPS_MAX: usize = 8;
/// Addresses of the greeting's name that are looked at.
const ADDRESSES_MAX: usize = 8;

/// What was found, and when.
type Remembered = (Timestamp, Vec<Finding>);

/// Looks at sending domains; remembers what was good.
#[derive(Debug, Clone)]
pub struct Inspector {
    dns: Dns,
    known: Arc<Mutex<HashMap<Sender, Remembered>>>,
}

impl Inspector {
    /// Asks nothing yet.
    pub fn new(dns: Dns) -> Self {
        let known = Arc::default();
        Self { dns, known }
    }

    /// The findings; those of the last ten minutes where nothing stood against the domain.
    pub async fn findings(&self, sender: &Sender, now: Timestamp) -> Vec<Finding> {
        if let Some(findings) = self.remembered(sender, now) {
            return findings;
        }
        let findings = judge(sender, &self.look(sender).await);
        let stands = |f: &Finding| matches!(f.state, State::Bad | State::Untold);
        if !findings.iter().any(stands) {
            self.remember(sender, now, &findings);
        }
        findings
    }

    fn remembered(&self, sender: &Sender, now: Timestamp) -> Option<Vec<Finding>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, findings) = known.get(sender)?;
        let age = now.duration_since(*at);
        (age >= SignedDuration::ZERO && age < GOOD_FOR).then(|| findings.clone())
    }

    fn remember(&self, sender: &Sender, now: Timestamp, findings: &[Finding]) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= DOMAINS_MAX {
            known.clear();
        }
        known.insert(sender.clone(), (now, findings.to_vec()));
    }

    /// How the way back to a domain stands, whose returned mail this host takes. Asked anew each time.
    pub async fn returning(&self, domain: &str, host: &str) -> [Finding; 2] {
        let mx = self.dns.mx(domain).await;
        let reports = self.dns.texts(&format!("_smtp._tls.{domain}")).await;
        super::returning(domain, host, &mx, &reports)
    }

    /// What the name servers say now.
    pub async fn look(&self, sender: &Sender) -> Seen {
        let keys = match &sender.keys {
            Some([rsa, ed]) => [
                self.dns.texts(&rsa.name).await,
                self.dns.texts(&ed.name).await,
            ],
            None => [Answer::NoRecords, Answer::NoRecords],
        };
        let host = match &sender.way {
            Way::Direct { ehlo } => Some(self.dns.addresses(ehlo).await),
            Way::Relay => None,
        };
        let addresses: Vec<IpAddr> = match &host {
            Some(Answer::Records(addresses)) => {
                addresses.iter().take(ADDRESSES_MAX).copied().collect()
            }
            _ => Vec::new(),
        };
        let (mut spf, mut names) = (Vec::new(), Vec::new());
        for ip in addresses {
            spf.push((ip, Check::new(&self.dns, ip).run(&sender.domain).await));
            names.push((ip, self.names(ip).await));
        }
        Seen {
            keys,
            domain: self.dns.texts(&sender.domain).await,
            spf,
            dmarc: self.dmarc(&sender.domain).await,
            host,
            names,
        }
    }

    /// The names of an address that lead back to it: others anybody could claim.
    async fn names(&self, ip: IpAddr) -> Answer<String> {
        let names = match self.dns.names(ip).await {
            Answer::Records(names) => names,
            nothing => return nothing,
        };
        let (mut confirmed, mut nothing) = (Vec::new(), Answer::NoRecords);
        for name in names.into_iter().take(ADDRESSES_MAX) {
            match self.dns.addresses(&name).await {
                Answer::Records(ips) if ips.contains(&ip) => confirmed.push(name),
                Answer::Failed => nothing = Answer::Failed,
                _ => {}
            }
        }
        // One name that leads back is enough, whatever became of the others.
        if confirmed.is_empty() {
            nothing
        } else {
            Answer::Records(confirmed)
        }
    }

    /// The domain's own answer, and those of the domains above it up to the first that has a DMARC record: other
    /// texts, as a wildcard gives them, are passed over (RFC 9989 4.10).
    async fn dmarc(&self, domain: &str) -> Vec<(String, Answer<String>)> {
        let mut answers = Vec::new();
        let mut rest = Some(domain);
        while let Some(at) = rest.filter(|at| at.contains('.'))
            && answers.len() < DMARC_STEPS_MAX
        {
            let name = format!("_dmarc.{at}");
            let answer = self.dns.texts(&name).await;
            let ends = match &answer {
                Answer::Records(texts) => texts.iter().any(|text| is_dmarc(text)),
                Answer::Failed => true,
                Answer::NoRecords | Answer::NoDomain => false,
            };
            answers.push((name, answer));
            if ends {
                break;
            }
            rest = at.split_once('.').map(|(_, above)| above);
        }
        answers
    }
}
