//! What recipients' domains write about the connection that carries their mail: policy files and records.

use std::time::Duration;

use avow_deliver::security::{Policy, announced};
use avow_deliver::tls_report::{ReportTo, report_to};

/// RFC 8461 3.2.
const MAX_AGE: Duration = Duration::from_hours(8766);

/// A file is a policy or says why not, twice the same; a policy has servers or asks for none, and each of its
/// patterns without a star covers itself.
pub(crate) fn policy(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let read = Policy::parse(text);
    assert_eq!(read, Policy::parse(text));
    let Ok(policy) = read else {
        return;
    };
    assert!(policy.max_age <= MAX_AGE);
    for pattern in &policy.mx {
        let name = pattern.to_string();
        let host = name.replacen('*', "mx", 1);
        assert!(pattern.covers(&host), "{name}");
        assert!(!pattern.covers(&format!("x{host}.example")));
        assert!(!pattern.covers(""));
    }
}

/// Texts of one name, each ended by a zero byte: at most one policy is announced, by an id of plain letters; no place for
/// reports holds what could end a command or a header.
pub(crate) fn records(bytes: &[u8]) {
    let texts = bytes.split(|byte| *byte == 0);
    let texts: Vec<String> = texts
        .map(|text| String::from_utf8_lossy(text).into_owned())
        .collect();
    if let Some(id) = announced(&texts) {
        assert!((1..=32).contains(&id.len()));
        assert!(id.bytes().all(|b| b.is_ascii_alphanumeric()));
    }
    let plain = |text: &str| !text.bytes().any(|b| b <= b' ' || b == 0x7f);
    for place in report_to(&texts) {
        match place {
            ReportTo::Mail(address) => assert!(plain(&address.expose_envelope())),
            ReportTo::Post(place) => {
                assert!(!place.host.is_empty() && plain(&place.host));
                assert!(place.path.starts_with('/') && plain(&place.path));
            }
        }
    }
}
