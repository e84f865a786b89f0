//! The report in the shape that RFC 8460 gives it, and each line of the table in `judge`.

use std::io::Read as _;
use std::sync::Arc;

use avow_bounce::{Phase, Reply};
use avow_model::Timestamp;
use avow_store::TlsSessionRow;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use rustls_pki_types::CertificateDer;
use serde_json::{Value, json};

use super::body::{day_of, report};
use super::judge::{Finding, judge};
use super::mail::{letter, pack};
use super::*;
use crate::route::{Attempt, End};
use crate::security::{InForce, Known, Miss, Policy, Skipped, Tlsa};
use crate::smtp::{Seen, TlsMode, TlsWhy, Trouble, What};

/// The policy of appendix B.
const POLICY: &str =
    "version: STSv1\r\nmode: testing\r\nmx: *.mail.company-y.example\r\nmax_age: 86400\r\n";
const MX: &str = "mx1.mail.company-y.example";

fn reporter() -> Reporter {
    Reporter {
        organisation: "Company-X".to_owned(),
        contact: "sts-reporting@company-x.example".to_owned(),
        from: "tls@company-x.example".parse().unwrap(),
    }
}

fn row(policy: &Value, result: &str, sessions: u64) -> TlsSessionRow {
    TlsSessionRow {
        policy: policy.to_string(),
        result: result.to_owned(),
        host: String::new(),
        peer: String::new(),
        reason: String::new(),
        sessions,
    }
}

/// Appendix B of RFC 8460, with what is counted here.
fn golden() -> Value {
    json!({
        "organization-name": "Company-X",
        "date-range": {
            "start-datetime": "2016-04-01T00:00:00Z",
            "end-datetime": "2016-04-01T23:59:59Z"
        },
        "contact-info": "sts-reporting@company-x.example",
        "report-id": "2016-04-01.company-y.example@company-x.example",
        "policies": [{
            "policy": {
                "policy-type": "sts",
                "policy-string": [
                    "version: STSv1", "mode: testing", "mx: *.mail.company-y.example", "max_age: 86400"
                ],
                "policy-domain": "company-y.example",
                "mx-host": ["*.mail.company-y.example"]
            },
            "summary": {
                "total-successful-session-count": 5326,
                "total-failure-session-count": 303
            },
            "failure-details": [{
                "result-type": "certificate-expired",
                "receiving-mx-hostname": MX,
                "receiving-ip": "203.0.113.56",
                "failed-session-count": 100
            }, {
                "result-type": "validation-failure",
                "receiving-mx-hostname": "mx-backup.company-y.example",
                "failed-session-count": 203,
                "failure-reason-code": "the policy does not name this server"
            }]
        }]
    })
}

fn counted() -> Vec<TlsSessionRow> {
    let (attempt, in_force) = (open(TlsMode::Opportunistic), tested());
    let policy = judge(&attempt, &in_force, || Ok(())).unwrap().policy;
    let mut expired = row(&policy, "certificate-expired", 100);
    (expired.host, expired.peer) = (MX.to_owned(), "203.0.113.56".to_owned());
    let mut other = row(&policy, "validation-failure", 203);
    other.host = "mx-backup.company-y.example".to_owned();
    other.reason = "the policy does not name this server".to_owned();
    vec![row(&policy, "success", 5326), expired, other]
}

#[test]
fn a_report_has_the_shape_of_the_standards_example() {
    let day = day_of("2016-04-01").unwrap();
    let said = report(&reporter(), ("company-y.example", day), &counted()).unwrap();
    assert_eq!(said, golden());
    assert_eq!(report(&reporter(), ("company-y.example", day), &[]), None);
    assert!(day_of("2016-4-1").is_err() && day_of("2016-02-30").is_err());
}

#[test]
fn policies_stand_apart_and_one_without_failures_lists_none() {
    let none = json!({ "policy-type": "no-policy-found" });
    let rows = [counted(), vec![row(&none, "success", 7)]].concat();
    let said = report(&reporter(), ("company-y.example", 1), &rows).unwrap();
    let policies = said["policies"].as_array().unwrap();
    assert_eq!(policies.len(), 2);
    let is_none = |p: &&Value| p["policy"]["policy-type"] == "no-policy-found";
    let without = policies.iter().find(is_none).unwrap();
    assert_eq!(without["summary"]["total-successful-session-count"], 7);
    assert!(without.get("failure-details").is_none());
}

#[test]
fn the_mail_is_what_the_standard_asks_and_holds_the_report() {
    let about = ("company-y.example", day_of("2016-04-01").unwrap());
    let packed = pack(&reporter(), about, &golden()).unwrap();
    let to = "reports@company-y.example".parse().unwrap();
    let now = Timestamp::from_second(1_459_555_200).unwrap();
    let (headers, body) = letter(&reporter(), (about.0, &to), &packed, now);
    let mail = [headers.as_slice(), b"\r\n", &body].concat();
    crate::smtp::check(&[&mail]).unwrap();
    let mail = String::from_utf8(mail).unwrap();
    for part in [
        "TLS-Report-Domain: company-y.example\r\n",
        "TLS-Report-Submitter: company-x.example\r\n",
        "Content-Type: multipart/report; report-type=\"tlsrpt\";",
        "Subject: Report Domain: company-y.example\r\n Submitter: company-x.example\r\n \
         Report-ID: <2016-04-01.company-y.example@company-x.example>\r\n",
        "Date: Sat, 2 Apr 2016 00:00:00 +0000\r\n",
        "Content-Type: application/tlsrpt+gzip\r\n",
        "filename=\"company-x.example!company-y.example!1459468800!1459555199.json.gz\"",
    ] {
        assert!(mail.contains(part), "{part} is not in\n{mail}");
    }
    assert_eq!(unpacked(&mail), golden());
}

/// The report in a mail.
pub(crate) fn unpacked(mail: &str) -> Value {
    let attached = mail
        .split("Content-Disposition: attachment")
        .nth(1)
        .unwrap();
    let encoded = attached.split("\r\n\r\n").nth(1).unwrap();
    let encoded: String = encoded.lines().collect();
    let bytes = STANDARD.decode(encoded).unwrap();
    let mut text = String::new();
    GzDecoder::new(bytes.as_slice())
        .read_to_string(&mut text)
        .unwrap();
    serde_json::from_str(&text).unwrap()
}

fn open(tls: TlsMode) -> Attempt {
    let seen = Seen {
        chain: vec![CertificateDer::from(vec![0])],
        ..Seen::default()
    };
    Attempt {
        host: MX.to_owned(),
        tls,
        seen,
        end: End::Open,
    }
}

fn failed(tls: TlsMode, phase: Phase, what: What) -> Attempt {
    Attempt {
        seen: Seen::default(),
        end: End::Failed(Trouble { phase, what }),
        ..open(tls)
    }
}

fn skipped(why: Skipped) -> Attempt {
    Attempt {
        end: End::Skipped(why),
        ..open(TlsMode::Opportunistic)
    }
}

fn holds(text: &str) -> InForce {
    let policy = Policy::parse(text).unwrap();
    let known = Known::new("1".to_owned(), text.to_owned(), &policy, Timestamp::MIN);
    InForce::Holds(known)
}

fn tested() -> InForce {
    holds(POLICY)
}

/// Which kind of policy is named, and what is found.
fn found(
    attempt: &Attempt,
    in_force: &InForce,
    verdict: Result<(), TlsWhy>,
) -> Option<(String, Finding)> {
    let judged = judge(attempt, in_force, || verdict)?;
    let kind = judged.policy["policy-type"].as_str().unwrap().to_owned();
    Some((kind, judged.finding))
}

fn certificate(why: TlsWhy) -> What {
    What::Tls {
        why,
        text: String::new(),
    }
}

#[test]
fn a_policy_that_is_only_tested_is_held_against_what_the_server_showed() {
    let attempt = open(TlsMode::Opportunistic);
    let found = |in_force: &InForce, verdict| found(&attempt, in_force, verdict);
    let sts = |finding| Some(("sts".to_owned(), finding));
    assert_eq!(found(&tested(), Ok(())), sts(Finding::Success));
    for (why, finding) in [
        (TlsWhy::HostMismatch, Finding::HostMismatch),
        (TlsWhy::Expired, Finding::Expired),
        (TlsWhy::NotTrusted, Finding::NotTrusted),
        (TlsWhy::Other, Finding::ValidationFailure),
    ] {
        assert_eq!(found(&tested(), Err(why)), sts(finding));
    }
    let other = POLICY.replace("company-y", "company-z");
    let unnamed = found(&holds(&other), Ok(()));
    assert_eq!(unnamed, sts(Finding::ValidationFailure));
    let taken_back = POLICY.replace("testing", "none");
    let plain = found(&holds(&taken_back), Err(TlsWhy::Expired));
    assert_eq!(
        plain,
        Some(("no-policy-found".to_owned(), Finding::Success))
    );
}

#[test]
fn a_policy_that_could_not_be_had_fails_every_session() {
    for (miss, finding) in [
        (Miss::Fetch, Finding::StsFetchError),
        (Miss::Certificate, Finding::StsCertificate),
        (Miss::Invalid, Finding::StsInvalid),
    ] {
        let attempt = open(TlsMode::Opportunistic);
        let judged = found(&attempt, &InForce::Missed(miss), Ok(()));
        assert_eq!(judged, Some(("sts".to_owned(), finding)));
    }
}

#[test]
fn dane_is_judged_by_its_own_records_whatever_mta_sts_says() {
    let record = Tlsa::usable((3, 1, 1), &[7; 32]).unwrap();
    let records: Arc<[Tlsa]> = [record].into();
    let dane = TlsMode::Dane(records);
    let judged = judge(&open(dane.clone()), &tested(), || Err(TlsWhy::Expired)).unwrap();
    assert_eq!(judged.finding, Finding::Success);
    let shown = format!("3 1 1 {}", "07".repeat(32));
    let policy = json!({ "policy-type": "tlsa", "policy-string": [shown] });
    assert_eq!(judged.policy, policy);
    let tlsa = |attempt: &Attempt| found(attempt, &InForce::None, Ok(())).unwrap().1;
    let wrong = failed(dane.clone(), Phase::Tls, certificate(TlsWhy::NotTrusted));
    assert_eq!(tlsa(&wrong), Finding::NotTrusted);
    let bare = failed(dane, Phase::StartTls, What::NoStartTls);
    assert_eq!(tlsa(&bare), Finding::StartTlsNotSupported);
    assert_eq!(tlsa(&open(TlsMode::Encrypted)), Finding::TlsaInvalid);
    let silent = skipped(Skipped::NoTlsaAnswer);
    assert_eq!(tlsa(&silent), Finding::DnssecInvalid);
}

#[test]
fn without_a_policy_no_tls_is_a_failure_and_no_connection_is_nothing() {
    let found = |attempt: &Attempt| found(attempt, &InForce::None, Ok(())).map(|(_, f)| f);
    let mut clear = open(TlsMode::Opportunistic);
    clear.seen.chain.clear();
    assert_eq!(found(&clear), Some(Finding::StartTlsNotSupported));
    clear.seen.broken = Some(TlsWhy::Other);
    assert_eq!(found(&clear), Some(Finding::ValidationFailure));
    let refused = What::Refused(Reply::local(454, (4, 7, 0), "no"));
    let enforced = failed(TlsMode::StartTls, Phase::StartTls, refused.clone());
    assert_eq!(found(&enforced), Some(Finding::StartTlsNotSupported));
    let skipped = skipped(Skipped::NotInPolicy);
    assert_eq!(found(&skipped), Some(Finding::ValidationFailure));
    for (phase, what) in [
        (Phase::Connect, What::Timeout),
        (Phase::Greeting, refused.clone()),
        (Phase::Hello, refused),
    ] {
        assert_eq!(found(&failed(TlsMode::Opportunistic, phase, what)), None);
    }
}
