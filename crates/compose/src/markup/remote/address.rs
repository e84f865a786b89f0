//! From the address of a picture to the name of its host, as browsers read addresses (WHATWG URL).

use url::Url;

use super::Remote;
use crate::markup::escape::unescape;
use crate::template::{IMAGES, Mark, Marks, Segment, TagKind};

/// Stands in for the place of a document that has none; never a host of ours or anybody's (RFC 6761).
const NOWHERE: &str = "nowhere.invalid";

/// The host that an address without template tags is fetched from; `None` when nothing is fetched over a network.
pub(super) fn host(address: &str) -> Option<String> {
    let base = Url::parse(&format!("https://{NOWHERE}/")).ok()?;
    // `https:host/x` has a host only where there is no base: what is doubtful counts.
    let read = Url::parse(address).or_else(|_| base.join(address)).ok()?;
    let fetched = matches!(read.scheme(), "http" | "https" | "ftp" | "ws" | "wss");
    let host = read.host_str().filter(|_| fetched)?;
    let host = host.strip_suffix('.').unwrap_or(host);
    (host != NOWHERE).then(|| host.to_owned())
}

/// What the start of an address says before a template tag goes on.
enum Start {
    /// Scheme and host stand there, and end there.
    Host(Option<String>),
    /// It leads nowhere over a network, whatever follows: a picture inside the mail, a path.
    Local,
    /// What follows may still make the host.
    Open,
}

/// Notes the host of an address that may have template tags in it. `raw` is as the serializer wrote it.
pub(super) fn note(raw: &str, marks: &Marks, found: &mut Remote) {
    if !marks.occur_in(raw) {
        found.add(host(&unescape(raw)));
        return;
    }
    let segments = marks.segments(raw);
    let (mut known, mut line) = (false, 1);
    for (place, segment) in segments.iter().enumerate() {
        let goes_on = place + 1 < segments.len();
        let open = match segment {
            Segment::Text(text) => text_part(&unescape(text), goes_on, &mut known, found),
            Segment::Mark(Mark::Tag(tag)) => {
                line = tag.line;
                // Our own address, with its host and a path: whatever follows is a path as well.
                known = known || tag.code.trim() == IMAGES;
                tag.kind == TagKind::Output && !known
            }
            Segment::Mark(_) => false,
        };
        if open {
            found
                .unknown
                .insert(line_from(&segments[place..]).unwrap_or(line));
            return;
        }
    }
}

/// Notes what a stretch between tags says; true when the host depends on what a tag puts in.
fn text_part(text: &str, goes_on: bool, known: &mut bool, found: &mut Remote) -> bool {
    let text = text.trim_start_matches(|c: char| c <= ' ');
    if text.is_empty() {
        return false;
    }
    let begins_anew = text.starts_with("//") || has_scheme(text);
    if *known && !begins_anew {
        return false;
    }
    if !goes_on {
        found.add(host(text));
        return false;
    }
    match start(text) {
        Start::Host(host) => found.add(host),
        Start::Local => {}
        Start::Open => return true,
    }
    *known = true;
    false
}

fn line_from(segments: &[Segment<'_>]) -> Option<usize> {
    segments.iter().find_map(|segment| match segment {
        Segment::Mark(Mark::Tag(tag)) => Some(tag.line),
        _ => None,
    })
}

fn has_scheme(text: &str) -> bool {
    let scheme = text.split(':').next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    scheme.len() < text.len() && !scheme.is_empty() && scheme.chars().all(plain)
}

fn start(text: &str) -> Start {
    // As browsers do: tabs and line ends mean nothing, a backslash is a slash.
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .collect();
    let plain = plain.replace('\\', "/");
    let lower = plain.to_ascii_lowercase();
    let fetched = ["http:", "https:", "ftp:", "ws:", "wss:"];
    let rest = fetched.iter().find_map(|s| lower.strip_prefix(s));
    let behind = match rest {
        Some(rest) => rest.trim_start_matches('/'),
        None if lower.starts_with("//") => lower.trim_start_matches('/'),
        None if has_scheme(&lower) || is_path(&lower) => return Start::Local,
        None => return Start::Open,
    };
    if behind.contains(['/', '?', '#']) {
        Start::Host(host(&plain))
    } else {
        Start::Open
    }
}

/// `pictures/` and `/pictures/` stay paths; `/` may become `//`, and `ht` a scheme.
fn is_path(text: &str) -> bool {
    let tail = text.strip_prefix('/');
    match tail {
        Some(tail) => !tail.is_empty(),
        None => text.contains('/'),
    }
}

/// Notes the hosts of a `srcset`: addresses with sizes, commas between.
pub(super) fn note_set(raw: &str, marks: &Marks, found: &mut Remote) {
    for word in raw.split_ascii_whitespace() {
        note(word.trim_matches(','), marks, found);
        // An address may have commas in it; some programs part them there all the same.
        let later = word.split(',').skip(1);
        for piece in later.filter(|p| p.get(..4).is_some_and(|h| h.eq_ignore_ascii_case("http"))) {
            note(piece, marks, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_browsers_read_it() {
        for (address, wanted) in [
            ("https://cdn.example.com/a.png", Some("cdn.example.com")),
            (
                " HTTPS://CDN.Example.COM:8443/a.png",
                Some("cdn.example.com"),
            ),
            ("//cdn.example.com/a.png", Some("cdn.example.com")),
            ("\\\\cdn.example.com\\a.png", Some("cdn.example.com")),
            ("/\\cdn.example.com/a", Some("cdn.example.com")),
            ("ht\ntps:/\t/cdn.example.com/", Some("cdn.example.com")),
            ("https:cdn.example.com/a", Some("cdn.example.com")),
            ("https://cdn.example.com./a", Some("cdn.example.com")),
            (
                "https://shop.example@cdn.example.com/",
                Some("cdn.example.com"),
            ),
            (
                "https://b\u{fc}cher.example/a",
                Some("xn--bcher-kva.example"),
            ),
            ("https://cdn%2eexample%2ecom/", Some("cdn.example.com")),
            ("http://0x7f.1/", Some("127.0.0.1")),
            ("https://[::1]/", Some("[::1]")),
            ("ftp://cdn.example.com/a", Some("cdn.example.com")),
            ("cid:logo@acme.example", None),
            ("data:image/gif;base64,R0lGODlhAQABAAAAACw=", None),
            ("pictures/a.png", None),
            ("/a.png", None),
            ("#top", None),
            ("", None),
            ("https://", None),
            ("about:blank", None),
        ] {
            assert_eq!(host(address).as_deref(), wanted, "{address:?}");
        }
    }
}
