//! Replies of mail servers, cut and classified.

use avow_bounce::session::{Permanence, classify};
use avow_bounce::{Found, Phase, Reply, Span, TEXT_BYTES_MAX, find, lines};

/// Every phase in which a server may say something.
const PHASES: [Phase; 5] = [
    Phase::Greeting,
    Phase::Mail,
    Phase::Rcpt,
    Phase::Data,
    Phase::Dot,
];

/// A reply is never longer than what came; the same bytes in two reads are the same reply; no reply below 500
/// is permanent, so none of them can end an address.
pub(crate) fn run(bytes: &[u8]) {
    let Found::Whole(span) = find(bytes) else {
        return;
    };
    assert!(span.bytes <= bytes.len() && (200..600).contains(&span.code));
    stays_the_same(bytes, span);
    let whole = &bytes[..span.bytes];
    assert!(lines(whole).all(|line| !line.contains(&b'\n')));
    let reply = Reply::from_lines(whole, span.code);
    assert!(reply.text.len() <= TEXT_BYTES_MAX);
    for phase in PHASES {
        let verdict = classify(&reply, phase);
        assert!(span.code >= 500 || verdict.permanence == Permanence::Transient);
        assert!(span.code >= 500 || !verdict.ends_address());
    }
}

/// What follows a reply does not change it, and without its last byte it is not there yet.
fn stays_the_same(bytes: &[u8], span: Span) {
    assert_eq!(find(&bytes[..span.bytes]), Found::Whole(span));
    assert_eq!(find(&bytes[..span.bytes - 1]), Found::Partial);
}
