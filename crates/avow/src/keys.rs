//! What a sending domain has to publish in DNS before its mail is believed.

use std::path::{Path, PathBuf};

use avow_deliver::dkim::DnsRecord;
use serde::Serialize;

const FOLDER: &str = "keys";

/// Where the keys of all domains lie.
pub(crate) fn folder(data: &Path) -> PathBuf {
    data.join(FOLDER)
}

/// One DNS record that the domain's owner has to publish, and why.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Publish {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) value: String,
    pub(crate) why: &'static str,
}

fn txt(record: DnsRecord, why: &'static str) -> Publish {
    Publish {
        name: record.name,
        kind: "TXT",
        value: record.value,
        why,
    }
}

/// The records of a pair of signing keys.
pub(crate) fn signing([rsa, ed25519]: [DnsRecord; 2]) -> Vec<Publish> {
    vec![
        txt(rsa, "DKIM signature that every receiver can verify"),
        txt(ed25519, "DKIM signature for receivers that know Ed25519"),
    ]
}

/// The records of its signing keys, and one more.
pub(crate) fn dns(domain: &str, pair: [DnsRecord; 2]) -> Vec<Publish> {
    let dmarc = DnsRecord {
        name: format!("_dmarc.{domain}"),
        value: "v=DMARC1; p=none".to_owned(),
    };
    let dmarc = txt(
        dmarc,
        "DMARC: large receivers want one; raise p= when your reports are clean",
    );
    let mut records = signing(pair);
    records.push(dmarc);
    records
}
