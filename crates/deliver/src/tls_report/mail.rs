//! The mail that carries a report (RFC 8460 5.3), and the report packed. Pure.

use std::io::Write as _;

use avow_model::{EmailAddress, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::fmt::rfc2822;
use serde_json::Value;

use super::Reporter;
use super::body::report_id;
use super::tally::DAY_S;

/// What packed reports are.
pub(super) const KIND: &str = "application/tlsrpt+gzip";
/// RFC 2045 6.8.
const LINE_CHARS: usize = 76;

/// A report packed and named.
#[derive(Debug, Clone)]
pub(super) struct Packed {
    pub(super) bytes: Vec<u8>,
    id: String,
    file: String,
}

/// Packs a report; the same report gives the same bytes.
pub(super) fn pack(
    reporter: &Reporter,
    (domain, day): (&str, i64),
    report: &Value,
) -> std::io::Result<Packed> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(report.to_string().as_bytes())?;
    let from = day.saturating_mul(DAY_S);
    let submitter = reporter.submitter();
    let to = from + DAY_S - 1;
    Ok(Packed {
        bytes: packer.finish()?,
        id: report_id(reporter, domain, day),
        file: format!("{submitter}!{domain}!{from}!{to}.json.gz"),
    })
}

/// Header block without its ending empty line, and body.
pub(super) fn letter(
    reporter: &Reporter,
    (domain, to): (&str, &EmailAddress),
    packed: &Packed,
    now: Timestamp,
) -> (Vec<u8>, Vec<u8>) {
    let (submitter, id) = (reporter.submitter(), &packed.id);
    let boundary = format!("tlsrpt-{:08x}", crc32fast::hash(id.as_bytes()));
    let date = rfc2822::to_string(&now.to_zoned(jiff::tz::TimeZone::UTC)).unwrap_or_default();
    let headers = format!(
        "From: <{}>\r\nTo: <{}>\r\nSubject: Report Domain: {domain}\r\n Submitter: {submitter}\r\n \
         Report-ID: <{id}>\r\nDate: {date}\r\nMessage-ID: <{id}>\r\nAuto-Submitted: auto-generated\r\n\
         TLS-Report-Domain: {domain}\r\nTLS-Report-Submitter: {submitter}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=\"tlsrpt\";\r\n boundary=\"{boundary}\"\r\n",
        reporter.from.expose(),
        to.expose(),
    );
    let file = &packed.file;
    let mut body = format!(
        "--{boundary}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
         How connections to the mail servers of {domain} were secured, for one day,\r\n\
         as {submitter} saw it (RFC 8460).\r\n\r\n\
         --{boundary}\r\nContent-Type: {KIND}\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment;\r\n filename=\"{file}\"\r\n\r\n",
    )
    .into_bytes();
    let encoded = STANDARD.encode(&packed.bytes);
    for line in encoded.as_bytes().chunks(LINE_CHARS) {
        body.extend_from_slice(line);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (headers.into_bytes(), body)
}
