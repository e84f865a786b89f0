//! Where a domain wants its reports: the record at `_smtp._tls.DOMAIN` (RFC 8460 3). Pure.

use avow_model::EmailAddress;
use hyper::Uri;

use crate::security::Place;

/// Places tried of one record: one that takes the report is enough (RFC 8460 3).
const PLACES_MAX: usize = 4;

/// One place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportTo {
    Mail(EmailAddress),
    Post(Place),
}

/// The places in the texts of the name, in their order; none where no record, or more than one, asks for reports.
pub fn report_to(texts: &[String]) -> Vec<ReportTo> {
    let is_one = |text: &&String| {
        let first = text.split(';').next().unwrap_or_default();
        first.trim_end() == "v=TLSRPTv1"
    };
    let mut records = texts.iter().filter(is_one);
    let (Some(record), None) = (records.next(), records.next()) else {
        return Vec::new();
    };
    let mut fields = record.split(';').filter_map(|field| field.split_once('='));
    let rua = fields.find(|(name, _)| name.trim() == "rua");
    let uris = rua.map_or("", |(_, uris)| uris).split(',');
    uris.filter_map(|uri| place(uri.trim()))
        .take(PLACES_MAX)
        .collect()
}

fn place(uri: &str) -> Option<ReportTo> {
    let (scheme, rest) = uri.split_once(':')?;
    if scheme.eq_ignore_ascii_case("mailto") {
        let address = rest.split('?').next()?;
        return decoded(address)?.parse().ok().map(ReportTo::Mail);
    }
    let uri: Uri = uri.parse().ok()?;
    let post = uri.scheme_str() == Some("https") && !uri.host()?.starts_with('[');
    post.then(|| {
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        // A query may follow the host at once: the path of such an address is `/` (RFC 9110 4.2.3).
        let root = if path.starts_with('/') { "" } else { "/" };
        ReportTo::Post(Place {
            host: uri.host().unwrap_or_default().to_ascii_lowercase(),
            port: uri.port_u16(),
            path: format!("{root}{path}"),
        })
    })
}

/// Commas, semicolons and exclamation marks stand as `%2C` and so on in a record.
fn decoded(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            out.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            out.push(*first);
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> Vec<String> {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        let shown = |place: ReportTo| match place {
            ReportTo::Mail(address) => address.expose().to_owned(),
            ReportTo::Post(place) => format!("{} {:?} {}", place.host, place.port, place.path),
        };
        report_to(&texts).into_iter().map(shown).collect()
    }

    #[test]
    fn mail_addresses_and_https_addresses_are_read_in_their_order() {
        let record = "v=TLSRPTv1; rua=mailto:tls%2Bin@example.org?x=y, https://Reports.example.org:8443/v1?a=b;";
        assert_eq!(
            read(&["something else", record]),
            [
                "tls+in@example.org",
                "reports.example.org Some(8443) /v1?a=b"
            ]
        );
        assert_eq!(
            read(&["v=TLSRPTv1;rua=https://example.org"]),
            ["example.org None /"]
        );
        assert_eq!(
            read(&["v=TLSRPTv1;rua=https://example.org?to=/v1"]),
            ["example.org None /?to=/v1"]
        );
    }

    #[test]
    fn two_records_another_version_and_other_schemes_ask_for_nothing() {
        for none in [
            &[
                "v=TLSRPTv1; rua=mailto:a@example.org",
                "v=TLSRPTv1; rua=mailto:b@example.org",
            ][..],
            &["v=TLSRPTv2; rua=mailto:a@example.org"],
            &["rua=mailto:a@example.org; v=TLSRPTv1"],
            &["v=TLSRPTv1"],
            &["v=TLSRPTv1; rua=http://example.org/"],
            &["v=TLSRPTv1; rua=https://[::1]/"],
            &["v=TLSRPTv1; rua=mailto:no address"],
            &["v=TLSRPTv1; rua=mailto:a%4"],
            &["v=TLSRPTv1; rua=mailto:a%0D%0ARCPT@example.org"],
            &[],
        ] {
            assert_eq!(read(none), Vec::<String>::new(), "{none:?}");
        }
    }
}
